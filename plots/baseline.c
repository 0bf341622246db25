#include "plots/baseline.h"

#include <string.h>

const struct group *baseline_of(const struct dataset *dataset, const struct group *group)
{
    const unsigned same = DIM_BIT(DIM_LENS) | DIM_BIT(DIM_INTERPRETER) | DIM_BIT(DIM_TRANSPORT) |
                          DIM_BIT(DIM_DEVICES) | DIM_BIT(DIM_BACKGROUND) | DIM_BIT(DIM_SWITCH) |
                          DIM_BIT(DIM_CHECK);
    const struct group *own = NULL;
    for (size_t g = 0; g < dataset->n_groups; g++) {
        const struct group *other = &dataset->groups[g];
        if (other->folder != group->folder || other->row->workers != 1 ||
            !dim_same(other->row, group->row, same))
            continue;
        if (!strcmp(other->row->strategy, strategy_names[STRATEGY_SEQUENTIAL]))
            return other;
        if (!strcmp(other->row->strategy, group->row->strategy))
            own = other;
    }
    return own;
}
