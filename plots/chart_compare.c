// Two results, run against run: a point each, on the diagonal when they agree.
#include "plots/charts.h"
#include "plots/pairs.h"
#include "plots/roles.h"

#include <math.h>
#include <stdlib.h>

enum { REFERENCE, OTHER, WORKERS, WIDTH };

static void add_pair(const struct pair *pair, const struct roles *roles, struct figure *figure)
{
    struct group group = *pair->reference;
    group.lens = 0; // the styles of a first folder
    char *name = dim_join(pair->reference->row, roles->curve);
    size_t series = figure_series(figure, *name ? name : pair->reference->row->strategy, 0);
    if (!figure->series[series].style)
        figure->series[series].style = roles_style(roles, &group, figure);
    const double row[WIDTH] = {pair->reference_value, pair->other_value,
                               pair->reference->row->workers};
    size_t panel = roles_panel(roles, pair->reference, figure);
    figure_add(figure, panel, series, row);
    free(name);
}

const char *prepare_scatter(const struct dataset *dataset, struct figure *figure)
{
    struct pairs pairs;
    double low;
    double high;
    double other_low;
    double other_high;
    if (dataset->n_folders != 2)
        return "it compares two results folders";
    struct roles roles = roles_of(dataset, DIM_BIT(DIM_WORKERS));
    pairs_of(dataset, &pairs);
    for (size_t g = 0; g < dataset->n_groups; g++)
        for (size_t i = 0; i < pairs.len; i++)
            if (pairs.items[i].reference == &dataset->groups[g] && !pairs.items[i].are_answers)
                add_pair(&pairs.items[i], &roles, figure);
    figure_text(figure, "reference_name", dataset->folders[pairs.reference].label);
    figure_text(figure, "other_name", dataset->folders[1 - pairs.reference].label);
    pairs_fini(&pairs);
    if (!figure_range(figure, REFERENCE, &low, &high))
        return "the two folders have no wall times to compare";
    figure_range(figure, OTHER, &other_low, &other_high);
    struct axis axis = axis_of_seconds(fmin(low, other_low), fmax(high, other_high));
    figure_axis(figure, "x", &axis);
    figure_axis(figure, "y", &axis);
    axis_fini(&axis);
    figure->legend_extra = 2;
    if (figure->n_panels == 1)
        figure->panel_width = figure->panel_height = 430;
    return NULL;
}
