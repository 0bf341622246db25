#include "plots/choice.h"

#include "base/alloc.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 4, ROWS_READABLE = 24 };

static bool same_strategy(const struct group *a, const struct group *b)
{
    return !strcmp(a->row->strategy, b->row->strategy);
}

bool chosen_is_sequential(const struct chosen *chosen)
{
    return !strcmp(chosen->group->row->strategy, strategy_names[STRATEGY_SEQUENTIAL]);
}

// Same strategy and lens: the same row of the grid.
static bool same_row(const struct chosen *a, const struct chosen *b)
{
    return a->group->lens == b->group->lens && same_strategy(a->group, b->group);
}

// Few enough workers that each has some sessions to do and that the rows can be told apart: the
// most that leave ROUNDS for each, else the fewest.
static bool better(const struct group *a, const struct group *b)
{
    double limit = fmax(1, fmin(ROWS_READABLE, a->row->devices / ROUNDS));
    bool a_fits = a->row->workers <= limit;
    bool b_fits = b->row->workers <= limit;
    if (a_fits != b_fits)
        return a_fits;
    return a_fits ? a->row->workers > b->row->workers : a->row->workers < b->row->workers;
}

static void choose(const struct dataset *dataset, const struct roles *roles, struct choice *choice)
{
    for (size_t g = 0; g < dataset->n_groups; g++) {
        const struct group *group = &dataset->groups[g];
        size_t i = 0;
        while (i < choice->len && !(choice->items[i].group->folder == group->folder &&
                                    dim_same(choice->items[i].group->row, group->row,
                                             roles->panel | roles->curve | DIM_BIT(DIM_STRATEGY))))
            i++;
        if (i == choice->len) {
            choice->items = alloc_resize(choice->items, choice->len + 1, sizeof *choice->items);
            choice->items[choice->len++] = (struct chosen){.group = group};
        } else if (better(group, choice->items[i].group)) {
            choice->items[i].group = group;
        }
    }
}

static void name(const struct dataset *dataset, const struct roles *roles, struct chosen *chosen)
{
    const struct run_row *row = chosen->group->row;
    const unsigned strategy =
        DIM_BIT(DIM_STRATEGY) | DIM_BIT(DIM_PROCESSES) | DIM_BIT(DIM_START) | DIM_BIT(DIM_LENS);
    const char *label = dataset->folders[chosen->group->folder].label;
    char *where = dim_join(row, (roles->panel | roles->curve) & ~strategy);
    char *who = dim_join(row, (roles->curve & strategy) | DIM_BIT(DIM_STRATEGY));
    char workers[64] = "";
    if (!chosen_is_sequential(chosen))
        snprintf(workers, sizeof workers, ", %g %s", row->workers,
                 row->workers == 1 ? "worker" : "workers");
    chosen->title = alloc_printf("%s%s%s%s%s%s", who, workers, *label ? ", " : "", label,
                                 *where ? " | " : "", where);
    chosen->where = where;
    free(who);
}

static int compare_numbers(size_t a, size_t b)
{
    return (a > b) - (a < b);
}

// Strategies below each other, each with its lenses, what else differs side by side.
static int compare_chosen(const void *a, const void *b)
{
    const struct chosen *x = a;
    const struct chosen *y = b;
    int order = compare_numbers(x->row, y->row);
    if (!order)
        order = compare_numbers(x->group->lens, y->group->lens);
    if (!order)
        order = compare_numbers(x->column, y->column);
    return order ? order : (x->group > y->group) - (x->group < y->group);
}

static void place(struct choice *choice)
{
    for (size_t i = 0; i < choice->len; i++) {
        struct chosen *chosen = &choice->items[i];
        while (!same_strategy(choice->items[chosen->row].group, chosen->group))
            chosen->row++;
        while (strcmp(choice->items[chosen->column].where, chosen->where) != 0)
            chosen->column++;
    }
}

static size_t widest_row(const struct choice *choice)
{
    size_t widest = 0;
    size_t across = 0;
    for (size_t i = 0; i < choice->len; i++) {
        bool same = i && same_row(&choice->items[i - 1], &choice->items[i]);
        across = same ? across + 1 : 1;
        widest = across > widest ? across : widest;
    }
    return widest;
}

void choice_of(const struct dataset *dataset, struct choice *choice)
{
    struct roles roles = roles_of(dataset, DIM_BIT(DIM_WORKERS));
    *choice = (struct choice){0};
    choose(dataset, &roles, choice);
    for (size_t i = 0; i < choice->len; i++)
        name(dataset, &roles, &choice->items[i]);
    place(choice);
    qsort(choice->items, choice->len, sizeof *choice->items, compare_chosen);
    choice->columns = widest_row(choice);
}

void choice_fini(struct choice *choice)
{
    for (size_t i = 0; i < choice->len; i++) {
        free(choice->items[i].where);
        free(choice->items[i].title);
    }
    free(choice->items);
    *choice = (struct choice){0};
}
