#include "client/samples.h"

#include "base/alloc.h"

#include <stdlib.h>

void samples_add(struct samples *samples, double value)
{
    if ((samples->len & (samples->len - 1)) == 0)
        samples->values = alloc_resize(samples->values, samples->len ? samples->len * 2 : 1,
                                       sizeof *samples->values);
    samples->values[samples->len++] = value > 0 ? value : 0;
}

void samples_fini(struct samples *samples)
{
    free(samples->values);
    *samples = (struct samples){0};
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

void samples_cost(struct samples *samples, struct cost *cost)
{
    size_t len = samples->len;
    if (!len)
        return;
    qsort(samples->values, len, sizeof *samples->values, compare);
    size_t cut = len / 20;
    *cost = (struct cost){
        .min = samples->values[cut],
        .median = (samples->values[(len - 1) / 2] + samples->values[len / 2]) / 2,
        .max = samples->values[len - 1 - cut],
    };
}

void samples_take(struct samples *samples, struct cost *cost)
{
    samples_cost(samples, cost);
    samples_fini(samples);
}
