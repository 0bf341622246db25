#include "sim/histogram.h"

#include <math.h>

enum { STEP_BITS = 7 };

static uint32_t bucket_of(uint64_t ns)
{
    if (ns < HISTOGRAM_STEPS)
        return (uint32_t)ns;
    uint32_t shift = 63 - STEP_BITS - (uint32_t)__builtin_clzll(ns);
    return (shift + 1) * HISTOGRAM_STEPS + (uint32_t)((ns >> shift) - HISTOGRAM_STEPS);
}

static uint64_t bucket_top(uint32_t bucket)
{
    if (bucket < HISTOGRAM_STEPS)
        return bucket;
    uint32_t shift = bucket / HISTOGRAM_STEPS - 1;
    return ((uint64_t)(bucket % HISTOGRAM_STEPS + HISTOGRAM_STEPS + 1) << shift) - 1;
}

void histogram_add(struct histogram *histogram, uint64_t ns)
{
    histogram->counts[bucket_of(ns)]++;
    histogram->count++;
    if (ns > histogram->max_ns)
        histogram->max_ns = ns;
}

uint64_t histogram_percentile(const struct histogram *histogram, double share)
{
    uint64_t wanted = (uint64_t)ceil(share * (double)histogram->count);
    uint64_t seen = 0;
    for (uint32_t i = 0; i < HISTOGRAM_BUCKETS && histogram->count; i++) {
        seen += histogram->counts[i];
        if (seen >= wanted && seen > 0) {
            uint64_t top = bucket_top(i);
            return top < histogram->max_ns ? top : histogram->max_ns;
        }
    }
    return histogram->max_ns;
}
