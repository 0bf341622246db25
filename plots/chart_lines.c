// The charts of curves over workers or devices: wall time, speed-up, efficiency.
#include "plots/baseline.h"
#include "plots/charts.h"
#include "plots/roles.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// The columns these charts share: x, median, lowest, highest, failed sessions.
enum { X, MEDIAN, LOWEST, HIGHEST, FAILED, WIDTH };

static size_t count_distinct(const double *values, size_t len)
{
    size_t count = 0;
    for (size_t i = 0; i < len; i++) {
        size_t first = 0;
        while (values[first] != values[i])
            first++;
        count += first == i;
    }
    return count;
}

// The x axis with labels at the values measured; how many different ones there are.
static size_t finish_x(struct figure *figure)
{
    size_t len;
    struct axis axis;
    double *values = figure_points_axis(figure, X, &axis, &len);
    size_t distinct = count_distinct(values, len);
    // Curves at the same x stand a little apart, but never as far as the next x.
    double room = 0.6 * axis_smallest_gap(&axis, values, len) / (double)figure->n_series;
    figure_number(figure, "x_apart", fmin(0.007, room));
    axis_fini(&axis);
    free(values);
    return distinct;
}

static bool finish_seconds(struct figure *figure)
{
    double low;
    double high;
    double ignored;
    if (!figure_range(figure, LOWEST, &low, &ignored) ||
        !figure_range(figure, HIGHEST, &ignored, &high))
        return false;
    struct axis axis = axis_of_seconds(low, high);
    figure_axis(figure, "y", &axis);
    axis_fini(&axis);
    return true;
}

static void add_wall(const struct dataset *dataset, const struct group *group, double x,
                     const struct roles *roles, struct figure *figure)
{
    struct spread wall = group_spread(dataset, group, offsetof(struct run_row, wall_s));
    if (isnan(x) || isnan(wall.median))
        return;
    const double row[WIDTH] = {x, wall.median, wall.min, wall.max, group->failed};
    size_t panel = roles_panel(roles, group, figure);
    figure_add(figure, panel, roles_series(roles, dataset, group, figure), row);
}

const char *prepare_wall_by_workers(const struct dataset *dataset, struct figure *figure)
{
    struct roles roles = roles_of(dataset, DIM_BIT(DIM_WORKERS));
    for (size_t g = 0; g < dataset->n_groups; g++)
        add_wall(dataset, &dataset->groups[g], dataset->groups[g].row->workers, &roles, figure);
    if (!finish_seconds(figure))
        return "no run has a wall time";
    if (finish_x(figure) < 2)
        return "there is only one number of workers";
    figure_mark_failed(figure, FAILED);
    return NULL;
}

const char *prepare_wall_by_devices(const struct dataset *dataset, struct figure *figure)
{
    struct roles roles = roles_of(dataset, DIM_BIT(DIM_WORKERS) | DIM_BIT(DIM_DEVICES));
    double workers = 0;
    for (size_t g = 0; g < dataset->n_groups; g++) {
        const struct group *group = &dataset->groups[g];
        if (group->row->workers != group_most_workers(dataset, group))
            continue;
        workers = fmax(workers, group->row->workers);
        add_wall(dataset, group, group->row->devices, &roles, figure);
    }
    if (!finish_seconds(figure))
        return "no run has a wall time";
    if (finish_x(figure) < 2)
        return "there is only one number of devices";
    figure_number(figure, "workers", workers);
    figure_mark_failed(figure, FAILED);
    return NULL;
}

static bool is_sequential(const struct group *group)
{
    return !strcmp(group->row->strategy, strategy_names[STRATEGY_SEQUENTIAL]);
}

// Rows of speed-up divided by (per_worker ? workers : 1).
static void add_speedups(const struct dataset *dataset, struct figure *figure, bool per_worker)
{
    struct roles roles = roles_of(dataset, DIM_BIT(DIM_WORKERS));
    for (size_t g = 0; g < dataset->n_groups; g++) {
        const struct group *group = &dataset->groups[g];
        const struct group *one = baseline_of(dataset, group);
        if (!one || is_sequential(group))
            continue;
        double base = group_median(dataset, one, offsetof(struct run_row, wall_s));
        struct spread wall = group_spread(dataset, group, offsetof(struct run_row, wall_s));
        if (isnan(base) || isnan(wall.median) || wall.min <= 0)
            continue;
        double part = per_worker ? group->row->workers : 1;
        const double row[WIDTH] = {group->row->workers, base / wall.median / part,
                                   base / wall.max / part, base / wall.min / part, group->failed};
        size_t panel = roles_panel(&roles, group, figure);
        figure_add(figure, panel, roles_series(&roles, dataset, group, figure), row);
    }
}

static const char *finish_speedups(const struct dataset *dataset, struct figure *figure)
{
    bool are_sequential = true;
    for (size_t g = 0; g < dataset->n_groups; g++)
        are_sequential &= is_sequential(&dataset->groups[g]);
    if (!figure->n_blocks)
        return are_sequential
                   ? "there are only sequential runs"
                   : "there is no sequential run, nor one with one worker, to compare with";
    if (finish_x(figure) < 2)
        return "there is only one number of workers";
    figure->legend_extra++; // the ideal
    figure_mark_failed(figure, FAILED);
    return NULL;
}

const char *prepare_speedup(const struct dataset *dataset, struct figure *figure)
{
    add_speedups(dataset, figure, false);
    const char *why_not = finish_speedups(dataset, figure);
    if (why_not)
        return why_not;
    double low;
    double high;
    double most;
    double ignored;
    figure_range(figure, LOWEST, &low, &ignored);
    figure_range(figure, HIGHEST, &ignored, &high);
    figure_range(figure, X, &ignored, &most);
    struct axis axis = axis_of_numbers(fmin(low, 1), fmax(high, most), "");
    figure_axis(figure, "y", &axis);
    axis_fini(&axis);
    return NULL;
}

const char *prepare_efficiency(const struct dataset *dataset, struct figure *figure)
{
    add_speedups(dataset, figure, true);
    const char *why_not = finish_speedups(dataset, figure);
    if (why_not)
        return why_not;
    double low;
    double high;
    figure_range(figure, HIGHEST, &low, &high);
    struct axis axis = axis_of_numbers(0, fmax(high, 1) * 100, "%");
    axis.scale = 100;
    figure_axis(figure, "y", &axis);
    axis_fini(&axis);
    return NULL;
}
