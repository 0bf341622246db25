#include "plots/roles.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

enum { STYLES = 8, FREE_STYLE = 7, STYLES_OF_NEXT_FOLDER = 10, FOLDER_STYLES = 3 };

struct roles roles_of(const struct dataset *dataset, unsigned x)
{
    static const enum dim next[] = {DIM_INTERPRETER, DIM_DEVICES,    DIM_TRANSPORT,
                                    DIM_SWITCH,      DIM_BACKGROUND, DIM_CHECK};
    const unsigned strategy =
        DIM_BIT(DIM_STRATEGY) | DIM_BIT(DIM_PROCESSES) | DIM_BIT(DIM_START) | DIM_BIT(DIM_LENS);
    unsigned varying = dataset->varying & ~x;
    struct roles roles = {.panel = varying & ~strategy, .curve = varying & strategy};
    for (size_t i = 0; !(roles.curve & ~DIM_BIT(DIM_LENS)) && i < sizeof next / sizeof *next; i++)
        roles.curve |= varying & DIM_BIT(next[i]);
    roles.panel &= ~roles.curve;
    return roles;
}

size_t roles_panel(const struct roles *roles, const struct group *group, struct figure *figure)
{
    char *title = dim_join(group->row, roles->panel);
    size_t panel = figure_panel(figure, title);
    free(title);
    return panel;
}

static bool style_taken(const struct figure *figure, int style)
{
    for (size_t i = 0; i < figure->n_series; i++)
        if (figure->series[i].style == style)
            return true;
    return false;
}

// A strategy's own style, as long as it is free; the same curve of a further folder has the same
// colour.
int roles_style(const struct roles *roles, const struct group *group, const struct figure *figure)
{
    int offset = (int)(group->lens % FOLDER_STYLES) * STYLES_OF_NEXT_FOLDER;
    int style = FREE_STYLE;
    bool by_strategy =
        !(roles->curve & ~DIM_BIT(DIM_LENS)) || (roles->curve & DIM_BIT(DIM_STRATEGY)) != 0;
    for (int s = 0; by_strategy && strategy_names[s]; s++)
        if (!strcmp(strategy_names[s], group->row->strategy))
            style = s + 1;
    if (!by_strategy)
        style = 2;
    for (int tried = 0; tried < STYLES && style_taken(figure, style + offset); tried++)
        style = style % STYLES + 1;
    return style + offset;
}

size_t roles_series(const struct roles *roles, const struct dataset *dataset,
                    const struct group *group, struct figure *figure)
{
    char *curve = dim_join(group->row, roles->curve);
    const char *label = dataset->folders[group->folder].label;
    const char *own = *curve || *label ? curve : group->row->strategy;
    char *name = alloc_printf("%s%s%s", own, *own && *label ? ", " : "", label);
    size_t series = figure_series(figure, name, 0);
    if (!figure->series[series].style)
        figure->series[series].style = roles_style(roles, group, figure);
    free(curve);
    free(name);
    return series;
}
