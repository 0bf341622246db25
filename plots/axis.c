#include "plots/axis.h"

#include "base/alloc.h"
#include "base/buf.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double log_from_ratio = 8;

static int compare_double(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static double place(const struct axis *axis, double value)
{
    return axis->log ? log(value / axis->min) / log(axis->max / axis->min)
                     : (value - axis->min) / (axis->max - axis->min);
}

static void add_tick(struct buf *ticks, double value, bool labelled)
{
    if (labelled)
        buf_printf(ticks, "%s%.6g", ticks->len ? ", " : "", value);
    else
        buf_printf(ticks, "%s\"\" %.6g 1", ticks->len ? ", " : "", value);
}

static void measure_ends(struct axis *axis, double low, double high)
{
    if (low == high) {
        axis->min = low - 1;
        axis->max = high + 1;
    } else if (axis->log) {
        double margin = pow(high / low, 0.06);
        axis->min = low / margin;
        axis->max = high * margin;
    } else {
        axis->min = low - (high - low) * 0.06;
        axis->max = high + (high - low) * 0.06;
    }
}

// 0 for the ends of the axis, 1 for 1, 10, 100 ..., 2 for 2, 5, 20 ..., 3 for 3, 4, 6 ... 9 times
// a power of ten, 4 for the rest: the smaller, the more it deserves a label.
static int rank(double value, double low, double high)
{
    if (value == low || value == high)
        return 0;
    double digit = value / pow(10, floor(log10(value)));
    return digit == 1 ? 1 : digit == 2 || digit == 5 ? 2 : digit == floor(digit) ? 3 : 4;
}

static bool has_room(const struct axis *axis, const double *sorted, const bool *labelled,
                     size_t len, size_t i, double gap)
{
    for (size_t other = 0; other < len; other++)
        if (labelled[other] && fabs(place(axis, sorted[other]) - place(axis, sorted[i])) < gap)
            return false;
    return true;
}

static char *point_ticks(const struct axis *axis, const double *sorted, size_t len, double gap)
{
    struct buf ticks = {0};
    bool *labelled = alloc_zero(len, sizeof *labelled);
    for (int want = 0; want <= 4; want++)
        for (size_t i = 0; i < len; i++)
            if (rank(sorted[i], sorted[0], sorted[len - 1]) == want &&
                has_room(axis, sorted, labelled, len, i, gap))
                labelled[i] = true;
    for (size_t i = 0; i < len; i++)
        add_tick(&ticks, sorted[i], labelled[i]);
    free(labelled);
    return buf_take(&ticks);
}

static size_t sort_distinct(double *values, size_t len)
{
    size_t kept = 0;
    qsort(values, len, sizeof *values, compare_double);
    for (size_t i = 0; i < len; i++)
        if (!kept || values[i] != values[kept - 1])
            values[kept++] = values[i];
    return kept;
}

struct axis axis_of_points(const double *values, size_t len, size_t labels)
{
    struct axis axis = {.unit = "", .scale = 1};
    double *sorted = alloc_zero(len, sizeof *sorted);
    if (len)
        memcpy(sorted, values, len * sizeof *sorted);
    len = sort_distinct(sorted, len);
    double low = len ? sorted[0] : 0;
    double high = len ? sorted[len - 1] : 1;
    axis.log = low > 0 && high / low > log_from_ratio;
    measure_ends(&axis, low, high);
    axis.ticks = point_ticks(&axis, sorted, len, 1.0 / (double)(labels ? labels : 1));
    free(sorted);
    return axis;
}

static void add_log_ticks(struct axis *axis, struct buf *ticks)
{
    static const double steps[] = {1, 2, 5};
    double low = axis->min;
    double high = axis->max;
    bool decades_only = high / low > 2000;
    for (int power = (int)floor(log10(low)); pow(10, power) <= high; power++)
        for (size_t s = 0; s < 3; s++) {
            double value = steps[s] * pow(10, power);
            if (value >= low && value <= high)
                add_tick(ticks, value, s == 0 || !decades_only);
        }
}

struct axis axis_of_numbers(double low, double high, const char *unit)
{
    struct axis axis = {.unit = unit, .scale = 1};
    struct buf ticks = {0};
    axis.log = low > 0 && high / low > log_from_ratio;
    axis.min = axis.log ? low / 1.25 : 0;
    axis.max = high > 0 ? high * (axis.log ? 1.25 : 1.08) : 1;
    if (axis.log)
        add_log_ticks(&axis, &ticks);
    axis.ticks = buf_take(&ticks);
    return axis;
}

struct axis axis_of_seconds(double low, double high)
{
    double scale = high >= 1 ? 1 : high >= 1e-3 ? 1e3 : 1e6;
    const char *unit = high >= 1 ? "s" : high >= 1e-3 ? "ms" : "us";
    struct axis axis = axis_of_numbers(low * scale, high * scale, unit);
    axis.scale = scale;
    return axis;
}

double axis_smallest_gap(const struct axis *axis, const double *values, size_t len)
{
    double smallest = 1;
    for (size_t a = 0; a < len; a++)
        for (size_t b = 0; b < len; b++)
            if (values[a] < values[b])
                smallest = fmin(smallest, place(axis, values[b]) - place(axis, values[a]));
    return smallest;
}

void axis_fini(struct axis *axis)
{
    free(axis->ticks);
    axis->ticks = NULL;
}
