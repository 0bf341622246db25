// The runs that charts of single sessions show: of each strategy the one in which workers can be
// told apart and have some sessions each; in the order of a grid.
#ifndef PLOTS_CHOICE_H
#define PLOTS_CHOICE_H

#include "plots/dataset.h"
#include "plots/roles.h"

struct chosen {
    const struct group *group; // its first repeat is shown
    char *title;               // "threads, 10 workers | cpython-3.11"
    char *where;               // what tells its column from the others
    size_t row;                // equal for those of a strategy
    size_t column;             // equal for those of a where
};

struct choice {
    struct chosen *items; // row by row: a strategy of a lens each
    size_t len;
    size_t columns; // of the grid
};

// The caller frees with choice_fini.
void choice_of(const struct dataset *dataset, struct choice *choice);
void choice_fini(struct choice *choice);

bool chosen_is_sequential(const struct chosen *chosen);

#endif
