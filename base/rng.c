#include "base/rng.h"

// splitmix64 (Steele, Lea, Flood 2014): the usual way to fill xoshiro's state from one word.
static uint64_t splitmix(uint64_t *state)
{
    uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

void rng_seed(struct rng *rng, uint64_t seed)
{
    for (int i = 0; i < 4; i++)
        rng->s[i] = splitmix(&seed);
}

double rng_uniform(struct rng *rng)
{
    return (double)(rng_next(rng) >> 11) * 0x1.0p-53;
}

void rng_key(struct rng *rng, uint64_t seed, uint64_t device, uint64_t session, uint64_t step)
{
    uint64_t key = seed;
    key = splitmix(&key) ^ device;
    key = splitmix(&key) ^ session;
    key = splitmix(&key) ^ step;
    rng_seed(rng, splitmix(&key));
}
