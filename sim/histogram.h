// Durations counted in log-sized buckets: percentiles of any number of sessions in a fixed 60 kB.
// A percentile is at most 0.8 % too high and never too low; the maximum is exact.
#ifndef SIM_HISTOGRAM_H
#define SIM_HISTOGRAM_H

#include <stdint.h>

enum { HISTOGRAM_STEPS = 128, HISTOGRAM_BUCKETS = HISTOGRAM_STEPS * 58 };

struct histogram {
    uint64_t counts[HISTOGRAM_BUCKETS];
    uint64_t count;
    uint64_t max_ns;
};

void histogram_add(struct histogram *histogram, uint64_t ns);
// The smallest duration that at least `share` (0 to 1) of all are not longer than; 0 when empty.
uint64_t histogram_percentile(const struct histogram *histogram, double share);

#endif
