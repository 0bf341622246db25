// What the strategies cost: CPU time, peak memory, context switches, each with the most workers it
// was run with.
#include "base/alloc.h"
#include "plots/charts.h"
#include "plots/gp_text.h"
#include "plots/roles.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { X, MEDIAN, LOWEST, HIGHEST, WORKERS, WIDTH };

static double cpu_s(const struct run_row *row)
{
    return row->cpu_user_s + row->cpu_sys_s;
}

static double memory_mib(const struct run_row *row)
{
    return row->peak_rss_kb / 1024;
}

static double context_switches(const struct run_row *row)
{
    return row->ctx_voluntary + row->ctx_involuntary;
}

static const struct metric {
    const char *title;
    double (*value)(const struct run_row *row);
} metrics[] = {
    {"CPU time (s)", cpu_s},
    {"peak memory (MiB)", memory_mib},
    {"context switches", context_switches},
};
enum { METRICS = sizeof metrics / sizeof *metrics };

static bool known(const struct dataset *dataset, const struct metric *metric)
{
    for (size_t g = 0; g < dataset->n_groups; g++)
        if (group_spread_of(dataset, &dataset->groups[g], metric->value).max > 0)
            return true;
    return false;
}

static void add_group(const struct dataset *dataset, const struct group *group,
                      const struct metric *metric, const struct roles *roles, struct figure *figure)
{
    struct spread spread = group_spread_of(dataset, group, metric->value);
    char *where = dim_join(group->row, roles->panel);
    char *title = alloc_printf("%s%s%s", where, *where ? ": " : "", metric->title);
    size_t panel = figure_panel(figure, title);
    size_t series = roles_series(roles, dataset, group, figure);
    const double row[WIDTH] = {0, spread.median, spread.min, spread.max, group->row->workers};
    figure_add(figure, panel, series, row);
    free(title);
    free(where);
}

// The top of each panel's axis: the same for all panels of a metric.
static void write_tops(const struct figure *figure, struct buf *out, size_t n_metrics)
{
    double top[METRICS] = {0};
    for (size_t b = 0; b < figure->n_blocks; b++)
        for (size_t r = 0; r < figure->blocks[b].n_rows; r++) {
            double high = figure->blocks[b].rows[r * WIDTH + HIGHEST];
            size_t metric = figure->blocks[b].panel % n_metrics;
            if (!isnan(high))
                top[metric] = fmax(top[metric], high);
        }
    buf_printf(out, "array y_top[%zu]\n", figure->n_panels);
    for (size_t p = 0; p < figure->n_panels; p++)
        buf_printf(out, "y_top[%zu] = %.6g\n", p + 1,
                   top[p % n_metrics] > 0 ? top[p % n_metrics] * 1.18 : 1);
}

// One metric after the other for each place, so that a row of the grid is one place.
static void add_place(const struct dataset *dataset, const char *place, const struct roles *roles,
                      struct figure *figure)
{
    for (size_t m = 0; m < METRICS; m++)
        for (size_t g = 0; g < dataset->n_groups; g++) {
            const struct group *group = &dataset->groups[g];
            char *here = dim_join(group->row, roles->panel);
            if (!strcmp(here, place) && group->row->workers == group_most_workers(dataset, group) &&
                known(dataset, &metrics[m]))
                add_group(dataset, group, &metrics[m], roles, figure);
            free(here);
        }
}

static bool seen_before(const struct dataset *dataset, size_t g, const struct roles *roles)
{
    for (size_t earlier = 0; earlier < g; earlier++)
        if (dim_same(dataset->groups[earlier].row, dataset->groups[g].row, roles->panel))
            return true;
    return false;
}

// The names of the bars are written aslant below them.
static int names_height(const struct figure *figure)
{
    size_t longest = 0;
    for (size_t i = 0; i < figure->n_series; i++) {
        size_t len = gp_characters(figure->series[i].name);
        longest = len > longest ? len : longest;
    }
    return 34 + 4 * (int)longest;
}

const char *prepare_cost(const struct dataset *dataset, struct figure *figure)
{
    struct roles roles = roles_of(dataset, DIM_BIT(DIM_WORKERS));
    size_t n_metrics = 0;
    for (size_t m = 0; m < METRICS; m++)
        n_metrics += known(dataset, &metrics[m]);
    if (!n_metrics)
        return "no run tells its CPU time, memory or context switches";
    for (size_t g = 0; g < dataset->n_groups; g++) {
        char *place = dim_join(dataset->groups[g].row, roles.panel);
        if (!seen_before(dataset, g, &roles))
            add_place(dataset, place, &roles, figure);
        free(place);
    }
    figure_arrange_series(figure);
    for (size_t b = 0; b < figure->n_blocks; b++)
        figure->blocks[b].rows[X] = (double)figure->blocks[b].series + 1;
    double workers = 0;
    for (size_t g = 0; g < dataset->n_groups; g++)
        workers = fmax(workers, dataset->groups[g].row->workers);
    figure->grid_columns = n_metrics;
    figure->panel_width = figure->n_series > 7 ? 400 : 290;
    figure->panel_height = 230;
    figure->gap_x = 64;
    figure->axis_height = names_height(figure);
    figure->no_legend = true;
    char *title =
        alloc_printf("%s, at %g %s", figure->title, workers, workers == 1 ? "worker" : "workers");
    free(figure->title);
    figure->title = title;
    write_tops(figure, &figure->values, n_metrics);
    return NULL;
}
