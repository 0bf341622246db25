// Seeded random numbers of our own, so that a lab's numbers are the same on every machine and in
// every version.
//
// Two shapes: a stream (xoshiro256**, Blackman and Vigna 2018) for the simulator, and a keyed draw
// that needs no state: the same (seed, device, session, step) gives the same number whatever the
// order of events.
#ifndef BASE_RNG_H
#define BASE_RNG_H

#include <stdint.h>

struct rng {
    uint64_t s[4];
};

void rng_seed(struct rng *rng, uint64_t seed);
uint64_t rng_next(struct rng *rng);
double rng_uniform(struct rng *rng);                 // [0, 1), 53 bits
uint64_t rng_below(struct rng *rng, uint64_t limit); // [0, limit), limit > 0

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
