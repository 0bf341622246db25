// Speed-up with two laws fitted to it by gnuplot: Amdahl's, and the Universal Scalability Law,
// whose peak says how many workers are worth while. One panel a curve.
#include "base/alloc.h"
#include "plots/charts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { X, SPEEDUP, FAILED = 4 };
enum { FITTED_FROM = 3 }; // points with more than one worker

// As scalability.gp does it; the point of one worker says nothing.
static bool is_fitted(const double *row)
{
    return row[X] > 1 && !(row[FAILED] > 0);
}

static const char *const too_few = "a fit needs three numbers of workers above one";
static const char *const too_few_whole =
    "a fit needs three numbers of workers above one with which no session failed";

// Takes the curves of the speed-up chart apart, a panel each, those that have enough points.
// Returns why none has.
static const char *take_curves(const struct figure *speedup, struct figure *figure)
{
    const char *why_not = too_few;
    for (size_t b = 0; b < speedup->n_blocks; b++) {
        const struct figure_block *block = &speedup->blocks[b];
        size_t several = 0;
        size_t failed = 0;
        for (size_t r = 0; r < block->n_rows; r++) {
            const double *row = block->rows + r * speedup->n_columns;
            several += is_fitted(row);
            failed += row[X] > 1 && row[FAILED] > 0;
        }
        if (several + failed >= FITTED_FROM)
            why_not = too_few_whole;
        if (several < FITTED_FROM)
            continue;
        const char *where = speedup->panels[block->panel];
        const char *name = speedup->series[block->series].name;
        char *title = alloc_printf("%s%s%s", name, *where ? " | " : "", where);
        size_t panel = figure_panel(figure, title);
        size_t series = figure_series(figure, name, speedup->series[block->series].style);
        for (size_t r = 0; r < block->n_rows; r++)
            figure_add(figure, panel, series, block->rows + r * speedup->n_columns);
        free(title);
    }
    return figure->n_blocks ? NULL : why_not;
}

static void finish_axes(struct figure *figure)
{
    double low;
    double high;
    double most;
    size_t len;
    struct axis x;
    free(figure_points_axis(figure, X, &x, &len));
    figure_range(figure, SPEEDUP, &low, &high);
    figure_range(figure, X, &low, &most);
    figure_number(figure, "most_workers", most);
    struct axis y = axis_of_numbers(1, fmax(high, most), "");
    figure_axis(figure, "y", &y);
    axis_fini(&x);
    axis_fini(&y);
}

const char *prepare_scalability(const struct dataset *dataset, struct figure *figure)
{
    struct figure speedup;
    figure_init(&speedup, figure->name, figure->columns);
    const char *why_not = prepare_speedup(dataset, &speedup);
    if (!why_not) {
        figure_sort(&speedup);
        why_not = take_curves(&speedup, figure);
    }
    figure_fini(&speedup);
    if (why_not)
        return why_not;
    figure_mark_failed(figure, FAILED);
    figure->legend_extra += 3;
    figure->legend_characters = sizeof "Amdahl, s: serial part";
    if (figure->n_panels > 3)
        figure->grid_columns = figure->n_panels % 4 == 0 ? 4 : 3;
    if (figure->grid_columns == 4) {
        figure->panel_width = 260;
        figure->panel_height = 230;
    }
    finish_axes(figure);
    return NULL;
}
