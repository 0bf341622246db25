// Seeded random numbers of our own, so that a lab's numbers are the same on every machine and in
// every version.
//
// Two shapes: a stream (xoshiro256**, Blackman and Vigna 2018) for the simulator, and a keyed draw
// that needs no state: the same (seed, device, session, step) gives the same number whatever the
// order of events.
#ifndef BASE_RNG_H
#define BASE_RNG_H

#include <assert.h>
#include <stdint.h>

struct rng {
    uint64_t s[4];
};

void rng_seed(struct rng *rng, uint64_t seed);
double rng_uniform(struct rng *rng); // [0, 1), 53 bits

static inline uint64_t rng_rotate_left(uint64_t x, int by)
{
    return (x << by) | (x >> (64 - by));
}

static inline uint64_t rng_next(struct rng *rng)
{
    uint64_t *s = rng->s;
    uint64_t result = rng_rotate_left(s[1] * 5, 7) * 9;
    uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rng_rotate_left(s[3], 45);
    return result;
}

// [0, limit), limit > 0
static inline uint64_t rng_below(struct rng *rng, uint64_t limit)
{
    assert(limit > 0);
    uint64_t draw = rng_next(rng);
    // Below -limit % limit, which is less than limit, the remainder would favour small numbers. A
    // division takes longer than all the rest, so that one is put off.
    while (draw < limit && draw < -limit % limit)
        draw = rng_next(rng);
    return draw % limit;
}

// What is drawn; a step of a session. Commands are RNG_STEP_COMMAND + index.
enum rng_step {
    RNG_STEP_CONNECT,
    RNG_STEP_LOGIN,
    RNG_STEP_FAULT,
    RNG_STEP_CPU_LOGIN,
    RNG_STEP_DEVICE,
    RNG_STEP_STARTUP,
    RNG_STEP_COMMAND = 1000,
    RNG_STEP_CPU_COMMAND = 1000000,
};

// A stream whose numbers depend on the key alone. device counts from 1, session from 0 (the
// device's n-th session).
void rng_key(struct rng *rng, uint64_t seed, uint64_t device, uint64_t session, uint64_t step);

#endif
