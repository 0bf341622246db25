// A duration drawn from a distribution, as experiment files write it:
//
//   150ms                     always 150 ms
//   uniform(100ms, 200ms)     lowest, highest
//   normal(150ms, 30ms)       mean, standard deviation; draws below 0 become 0
//   lognormal(150ms, 0.5)     median, sigma of the logarithm
//   exponential(150ms)        mean
//   pareto(100ms, 2.5)        minimum, shape (above 1, so that the mean exists)
//
// Draws are cut at 7 days.
#ifndef BASE_LATENCY_H
#define BASE_LATENCY_H

#include "base/err.h"
#include "base/rng.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum latency_kind {
    LATENCY_CONSTANT,
    LATENCY_UNIFORM,
    LATENCY_NORMAL,
    LATENCY_LOGNORMAL,
    LATENCY_EXPONENTIAL,
    LATENCY_PARETO,
};

struct latency {
    enum latency_kind kind;
    uint64_t a_ns; // constant, lowest, mean, median, mean, minimum
    uint64_t b_ns; // uniform: highest; normal: standard deviation
    double shape;  // lognormal: sigma; pareto: shape
};

int latency_parse(const char *text, struct latency *latency, struct err *err);
char *latency_format(const struct latency *latency, char *buf,
                     size_t len); // what latency_parse reads back
uint64_t latency_draw(const struct latency *latency, struct rng *rng); // ns
bool latency_is_zero(const struct latency *latency);                   // always 0

#endif
