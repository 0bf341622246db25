// Median, lowest and highest of the repeats of a run.
#ifndef BASE_SPREAD_H
#define BASE_SPREAD_H

#include <stddef.h>

struct spread {
    double median; // NAN when there is no value; of an even count the mean of the middle two
    double min;
    double max;
    size_t count; // of values that are not NAN
};

struct spread spread_of(const double *values, size_t len); // NAN values are passed over

#endif
