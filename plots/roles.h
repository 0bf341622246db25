// Which of the things that differ between runs tell the panels of a chart apart, and which the
// curves in a panel.
//
// Strategies, and folders when there are several, are curves; the rest makes panels, so that no
// panel holds more curves than an eye can follow. When there is one strategy only, the first other
// thing that varies becomes the curves.
#ifndef PLOTS_ROLES_H
#define PLOTS_ROLES_H

#include "plots/dataset.h"
#include "plots/figure.h"

struct roles {
    unsigned panel; // DIM_BITs
    unsigned curve;
};

// x: DIM_BITs that are neither, because they are the chart's axis or chosen by it.
struct roles roles_of(const struct dataset *dataset, unsigned x);

// The panel and series of a group; found or added.
size_t roles_panel(const struct roles *roles, const struct group *group, struct figure *figure);
size_t roles_series(const struct roles *roles, const struct dataset *dataset,
                    const struct group *group, struct figure *figure);

// The line style of a new curve of that group.
int roles_style(const struct roles *roles, const struct group *group, const struct figure *figure);

#endif
