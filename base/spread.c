#include "base/spread.h"

#include "base/alloc.h"

#include <math.h>
#include <stdlib.h>

static int compare_double(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

struct spread spread_of(const double *values, size_t len)
{
    struct spread spread = {NAN, NAN, NAN, 0};
    double *known = alloc_zero(len, sizeof *known);
    for (size_t i = 0; i < len; i++)
        if (!isnan(values[i]))
            known[spread.count++] = values[i];
    if (spread.count) {
        size_t middle = spread.count / 2;
        qsort(known, spread.count, sizeof *known, compare_double);
        spread.min = known[0];
        spread.max = known[spread.count - 1];
        spread.median = spread.count % 2 ? known[middle] : (known[middle - 1] + known[middle]) / 2;
    }
    free(known);
    return spread;
}
