#include "plots/pairs.h"

#include "base/alloc.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

// What two runs must agree in: everything, but for what only tells the folders apart.
static unsigned matching_dims(const struct dataset *dataset)
{
    unsigned dims = 0;
    for (int dim = 0; dim < DIMS; dim++) {
        bool varies = (dataset->varying & DIM_BIT(dim)) != 0;
        if (varies || dim_same(dataset->folders[0].runs, dataset->folders[1].runs, DIM_BIT(dim)))
            dims |= DIM_BIT(dim);
    }
    return dims | DIM_BIT(DIM_STRATEGY) | DIM_BIT(DIM_WORKERS) | DIM_BIT(DIM_DEVICES);
}

static const struct group *counterpart(const struct dataset *dataset, const struct group *group,
                                       unsigned dims)
{
    for (size_t g = 0; g < dataset->n_groups; g++)
        if (dataset->groups[g].folder != group->folder &&
            dim_compatible(dataset->groups[g].row, group->row, dims))
            return &dataset->groups[g];
    return NULL;
}

// Absolute errors, the largest first; of equal ones the earlier run.
static int compare_pairs(const void *a, const void *b)
{
    const struct pair *x = a;
    const struct pair *y = b;
    double difference = fabs(y->error) - fabs(x->error);
    if (difference != 0)
        return difference < 0 ? -1 : 1;
    return (x->reference > y->reference) - (x->reference < y->reference);
}

static size_t choose_reference(const struct dataset *dataset)
{
    return !strcmp(dataset->folders[1].runs->kind, "measured") &&
                   strcmp(dataset->folders[0].runs->kind, "measured") != 0
               ? 1
               : 0;
}

static double wall_s(const struct dataset *dataset, const struct group *group)
{
    return group_median(dataset, group, offsetof(struct run_row, wall_s));
}

static double answers(const struct dataset *dataset, const struct group *group)
{
    return group_median(dataset, group, offsetof(struct run_row, answers_per_s));
}

void pairs_of(const struct dataset *dataset, struct pairs *pairs)
{
    *pairs = (struct pairs){.reference = choose_reference(dataset)};
    unsigned dims = matching_dims(dataset);
    pairs->items = alloc_zero(dataset->n_groups, sizeof *pairs->items);
    for (size_t g = 0; g < dataset->n_groups; g++) {
        const struct group *group = &dataset->groups[g];
        const struct group *other = counterpart(dataset, group, dims);
        if (!other)
            pairs->unpaired[group->folder]++;
        if (!other || group->folder != pairs->reference)
            continue;
        struct pair pair = {.reference = group, .other = other};
        pair.are_answers = answers(dataset, group) > 0 && answers(dataset, other) > 0;
        double (*value)(const struct dataset *, const struct group *) =
            pair.are_answers ? answers : wall_s;
        pair.reference_value = value(dataset, group);
        pair.other_value = value(dataset, other);
        pair.error = (pair.other_value - pair.reference_value) / pair.reference_value;
        if (pair.reference_value > 0 && !isnan(pair.error))
            pairs->items[pairs->len++] = pair;
    }
    qsort(pairs->items, pairs->len, sizeof *pairs->items, compare_pairs);
}

void pairs_fini(struct pairs *pairs)
{
    free(pairs->items);
    *pairs = (struct pairs){0};
}

double pairs_error(const struct pairs *pairs, double share)
{
    if (!pairs->len)
        return NAN;
    size_t rank = (size_t)ceil(share * (double)pairs->len);
    return fabs(pairs->items[pairs->len - (rank ? rank : 1)].error);
}
