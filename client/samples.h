// Repeated measurements of one figure, made into a cost: the median, and the lowest and highest of
// the middle 90 %, because on a machine that does other things too the extremes tell of those.
#ifndef CLIENT_SAMPLES_H
#define CLIENT_SAMPLES_H

#include "base/costs.h"

#include <stddef.h>

struct samples {
    double *values;
    size_t len;
};

void samples_add(struct samples *samples, double value); // below 0 counts as 0
void samples_fini(struct samples *samples);

// Sorts. Leaves *cost alone when there is no sample.
void samples_cost(struct samples *samples, struct cost *cost);
// The same, and frees the samples.
void samples_take(struct samples *samples, struct cost *cost);

#endif
