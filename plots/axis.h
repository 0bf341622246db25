// The scale of an axis: linear or logarithmic, its ends, where its labels stand.
#ifndef PLOTS_AXIS_H
#define PLOTS_AXIS_H

#include <stdbool.h>
#include <stddef.h>

struct axis {
    bool log;
    double min; // ends of the axis in its unit, with a margin around the data
    double max;
    char *ticks;      // gnuplot's list, e.g. 1, "" 2 1, 5; "" lets gnuplot choose. Owned.
    const char *unit; // "s", "ms", "us", "" ...
    double scale;     // data times scale is what the axis shows
};

// Labels at the values themselves, as many as fit: `labels` is how many fit side by side. values
// need not be sorted. Logarithmic when the largest is over 8 times the smallest.
struct axis axis_of_points(const double *values, size_t len, size_t labels);
// For a measured quantity in seconds between low and high (> 0); unit s, ms or us. Logarithmic,
// with labels at 1, 2 and 5, when high is over 8 times low; else from 0.
struct axis axis_of_seconds(double low, double high);
// The same for plain numbers.
struct axis axis_of_numbers(double low, double high, const char *unit);
// The smallest distance between two different values, as a part of the axis; 1 when there are no
// two.
double axis_smallest_gap(const struct axis *axis, const double *values, size_t len);
void axis_fini(struct axis *axis);

#endif
