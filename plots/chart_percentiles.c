// Session times: median, 90th and 99th percentile and the longest, one panel a strategy.
#include "base/alloc.h"
#include "plots/charts.h"
#include "plots/roles.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { X, P50, P90, P99, LONGEST, ONE_BY_ONE, WIDTH };
static const double seen_apart = 1.02;
enum { PANELS_ACROSS_MAX = 5 };

static bool is_sequential(const struct group *group)
{
    return !strcmp(group->row->strategy, strategy_names[STRATEGY_SEQUENTIAL]);
}

// The median session of the sequential run of the same panel; NAN when there is none.
static double one_by_one(const struct dataset *dataset, const struct group *group,
                         const struct roles *roles)
{
    for (size_t g = 0; g < dataset->n_groups; g++) {
        const struct group *other = &dataset->groups[g];
        if (other->folder == group->folder && is_sequential(other) && !is_sequential(group) &&
            dim_same(other->row, group->row, roles->panel))
            return group_median(dataset, other, offsetof(struct run_row, p50_s));
    }
    return NAN;
}

static void add_group(const struct dataset *dataset, const struct group *group,
                      const struct roles *roles, struct figure *figure)
{
    double row[WIDTH] = {group->row->workers};
    row[P50] = group_median(dataset, group, offsetof(struct run_row, p50_s));
    row[P90] = group_median(dataset, group, offsetof(struct run_row, p90_s));
    row[P99] = group_median(dataset, group, offsetof(struct run_row, p99_s));
    row[LONGEST] = group_median(dataset, group, offsetof(struct run_row, max_s));
    row[ONE_BY_ONE] = one_by_one(dataset, group, roles);
    if (isnan(row[X]) || isnan(row[P50]))
        return;
    char *title = dim_join(group->row, roles->panel | roles->curve | DIM_BIT(DIM_STRATEGY));
    const char *label = dataset->folders[group->folder].label;
    char *full = alloc_printf("%s%s%s", title, *label ? ", " : "", label);
    figure_add(figure, figure_panel(figure, full), figure_series(figure, "median", 2), row);
    free(full);
    free(title);
}

// Strategies side by side, what else differs below each other, when that fills the grid.
static void choose_grid(const struct dataset *dataset, const struct roles *roles,
                        struct figure *figure)
{
    char *rows[FIGURE_PANELS_MAX];
    size_t n_rows = 0;
    for (size_t g = 0; g < dataset->n_groups; g++) {
        char *text = dim_join(dataset->groups[g].row, roles->panel);
        size_t i = 0;
        while (i < n_rows && strcmp(rows[i], text) != 0)
            i++;
        if (i == n_rows && n_rows < FIGURE_PANELS_MAX)
            rows[n_rows++] = alloc_strdup(text);
        free(text);
    }
    size_t across = n_rows ? figure->n_panels / n_rows : 0;
    if (across > 1 && across * n_rows == figure->n_panels && across <= PANELS_ACROSS_MAX)
        figure->grid_columns = across;
    if (figure->grid_columns > 3) {
        figure->panel_width = 240;
        figure->panel_height = 220;
    }
    for (size_t i = 0; i < n_rows; i++)
        free(rows[i]);
}

static void finish_axes(struct figure *figure)
{
    double low;
    double high;
    double ignored;
    size_t len;
    struct axis x;
    free(figure_points_axis(figure, X, &x, &len));
    figure_range(figure, P50, &low, &ignored);
    figure_range(figure, LONGEST, &ignored, &high);
    struct axis y = axis_of_seconds(low, high);
    figure_axis(figure, "y", &y);
    axis_fini(&x);
    axis_fini(&y);
}

// Does the curve of the longest sessions show beside that of the 99th percentile?
static bool longest_apart(const struct figure *figure)
{
    for (size_t b = 0; b < figure->n_blocks; b++)
        for (size_t r = 0; r < figure->blocks[b].n_rows; r++) {
            const double *row = figure->blocks[b].rows + r * WIDTH;
            if (row[LONGEST] > seen_apart * row[P99])
                return true;
        }
    return false;
}

const char *prepare_percentiles(const struct dataset *dataset, struct figure *figure)
{
    struct roles roles = roles_of(dataset, DIM_BIT(DIM_WORKERS));
    for (size_t g = 0; g < dataset->n_groups; g++)
        if (!is_sequential(&dataset->groups[g]))
            add_group(dataset, &dataset->groups[g], &roles, figure);
    double low;
    double high;
    if (!figure_range(figure, X, &low, &high))
        return "no session ended well but in sequential runs";
    if (low == high)
        return "there is only one number of workers";
    bool reference = figure_range(figure, ONE_BY_ONE, &low, &high);
    figure_number(figure, "has_one_by_one", reference);
    bool apart = longest_apart(figure);
    figure_number(figure, "longest_apart", apart);
    figure->legend_extra = (size_t)2 + apart + reference;
    figure->legend_characters = sizeof "99th percentile = longest";
    choose_grid(dataset, &roles, figure);
    finish_axes(figure);
    return NULL;
}
