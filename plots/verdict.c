#include "plots/verdict.h"

#include "base/units.h"
#include "plots/baseline.h"
#include "plots/limit.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// More workers "stop helping" where the wall time is within this share of the best.
static const double hardly_better = 0.05;
// They make a strategy slower from so many times its best on.
static const double turned = 1.1;
// Runs in which more sessions failed, by this share of all, than in the best have not done the
// work.
static const double hardly_worse = 0.01;

static const unsigned strategy_dims =
    DIM_BIT(DIM_STRATEGY) | DIM_BIT(DIM_PROCESSES) | DIM_BIT(DIM_START);

static double wall_of(const struct dataset *dataset, const struct group *group)
{
    return group_median(dataset, group, offsetof(struct run_row, wall_s));
}

static char *human(double seconds, char *text, size_t len)
{
    return units_human_duration(units_ns(seconds), text, len);
}

struct place {
    const struct dataset *dataset;
    size_t folder;
    unsigned dims; // what tells this place from the others
    const struct run_row *row;
    double may_fail; // the share of its sessions with which a run still counts
};

static bool in_place(const struct place *place, const struct group *group)
{
    return group->folder == place->folder && dim_same(group->row, place->row, place->dims);
}

static double failed_share(const struct group *group)
{
    double sessions = group->row->devices * (double)group->n_runs;
    return sessions > 0 ? group->failed / sessions : 0;
}

static bool counts(const struct place *place, const struct group *group)
{
    return in_place(place, group) && failed_share(group) <= place->may_fail;
}

static void set_may_fail(struct place *place)
{
    place->may_fail = 1;
    for (size_t g = 0; g < place->dataset->n_groups; g++)
        if (in_place(place, &place->dataset->groups[g]))
            place->may_fail = fmin(place->may_fail, failed_share(&place->dataset->groups[g]));
    place->may_fail += hardly_worse;
}

// Of those of the strategy of like; NULL: of all.
static const struct group *fastest_of(const struct place *place, const struct group *like)
{
    const struct group *best = NULL;
    for (size_t g = 0; g < place->dataset->n_groups; g++) {
        const struct group *group = &place->dataset->groups[g];
        double wall = wall_of(place->dataset, group);
        if (like && !dim_same(group->row, like->row, strategy_dims))
            continue;
        if (counts(place, group) && wall > 0 && (!best || wall < wall_of(place->dataset, best)))
            best = group;
    }
    return best;
}

static const struct group *fastest(const struct place *place)
{
    return fastest_of(place, NULL);
}

// "threads, 10 workers"; the caller frees.
static char *name_of(const struct dataset *dataset, const struct group *group)
{
    return dim_join(group->row, (dataset->varying & strategy_dims) | DIM_BIT(DIM_STRATEGY) |
                                    DIM_BIT(DIM_WORKERS));
}

// The fewest workers of the same strategy that are hardly slower than the best; the most
// tried, and how long it took with them.
static double enough_workers(const struct place *place, const struct group *best, double *most,
                             double *with_most)
{
    double enough = best->row->workers;
    double limit = wall_of(place->dataset, best) * (1 + hardly_better);
    *most = 0;
    *with_most = 0;
    for (size_t g = 0; g < place->dataset->n_groups; g++) {
        const struct group *group = &place->dataset->groups[g];
        if (!counts(place, group) || !dim_same(group->row, best->row, strategy_dims))
            continue;
        if (group->row->workers >= *most) {
            *most = group->row->workers;
            *with_most = wall_of(place->dataset, group);
        }
        if (wall_of(place->dataset, group) <= limit)
            enough = fmin(enough, group->row->workers);
    }
    return enough;
}

// One of the strategy with fewer workers, as good as far as hardly_better goes.
static bool fewer_do(const struct place *place, const struct group *group, double limit)
{
    for (size_t g = 0; g < place->dataset->n_groups; g++) {
        const struct group *other = &place->dataset->groups[g];
        if (counts(place, other) && dim_same(other->row, group->row, strategy_dims) &&
            other->row->workers < group->row->workers && wall_of(place->dataset, other) <= limit)
            return true;
    }
    return false;
}

// The other strategies that come within hardly_better of the best of all, each with the fewest
// workers that do.
static void write_equals(const struct place *place, const struct group *best, struct buf *out)
{
    struct buf names = {0};
    size_t count = 0;
    double limit = wall_of(place->dataset, best) * (1 + hardly_better);
    const struct dataset *dataset = place->dataset;
    for (size_t g = 0; g < dataset->n_groups; g++) {
        const struct group *group = &dataset->groups[g];
        if (!counts(place, group) || dim_same(group->row, best->row, strategy_dims) ||
            !(wall_of(dataset, group) <= limit) || fewer_do(place, group, limit))
            continue;
        char *name = name_of(dataset, group);
        buf_printf(&names, "%s%s", count++ ? "; " : "", name);
        free(name);
    }
    if (count)
        buf_printf(out, " Hardly slower, by less than %.0f %%: %s.", hardly_better * 100,
                   buf_text(&names));
    buf_fini(&names);
}

// The most workers of the same strategy, whatever came of it.
static double tried_workers(const struct place *place, const struct group *best)
{
    double most = 0;
    for (size_t g = 0; g < place->dataset->n_groups; g++) {
        const struct group *group = &place->dataset->groups[g];
        if (in_place(place, group) && dim_same(group->row, best->row, strategy_dims))
            most = fmax(most, group->row->workers);
    }
    return most;
}

static void write_workers(const struct place *place, const struct group *best, struct buf *out)
{
    double most;
    double with_most;
    double enough = enough_workers(place, best, &most, &with_most);
    char text[32];
    if (most <= 1 && tried_workers(place, best) <= 1)
        return;
    if (enough < most && with_most > wall_of(place->dataset, best) * (1 + hardly_better))
        buf_printf(out, " From %g %s on, more do not help: with %g it takes %s.", enough,
                   enough == 1 ? "worker" : "workers", most, human(with_most, text, sizeof text));
    else if (enough < most)
        buf_printf(out, " From %g %s on, more gain less than %.0f %% (tried up to %g).", enough,
                   enough == 1 ? "worker" : "workers", hardly_better * 100, most);
    else if (tried_workers(place, best) > most)
        buf_puts(out, " With more workers sessions failed.");
    else if (most >= best->row->devices)
        buf_puts(out, " Each device then has a worker of its own, so more cannot help.");
    else
        buf_printf(out, " More than these %g were not tried and may help still.", most);
}

// Whoever is refused is done soon.
static void write_failures(const struct place *place, const struct group *best, struct buf *out)
{
    size_t faster = 0;
    for (size_t g = 0; g < place->dataset->n_groups; g++) {
        const struct group *group = &place->dataset->groups[g];
        faster += in_place(place, group) && !counts(place, group) &&
                  wall_of(place->dataset, group) < wall_of(place->dataset, best);
    }
    if (best->failed > 0)
        buf_printf(out, " Of its sessions %.3g %% failed.", 100 * failed_share(best));
    if (faster)
        buf_printf(out, " %zu faster %s not count, because more sessions failed.", faster,
                   faster == 1 ? "run does" : "runs do");
}

static void write_speedup(const struct place *place, const struct group *best,
                          const struct group *one, struct buf *out)
{
    if (!one || one == best)
        return;
    bool sequential = !strcmp(one->row->strategy, strategy_names[STRATEGY_SEQUENTIAL]);
    buf_printf(out, ", %.3g times as fast as %s",
               wall_of(place->dataset, one) / wall_of(place->dataset, best),
               sequential ? "one after the other" : "one worker");
}

static void write_where(const struct place *place, struct buf *out)
{
    char *where = dim_join(place->row, place->dims);
    buf_printf(out, "%s%s", where, *where ? ": " : "");
    free(where);
}

// The first of its strategy in the place, if it is another one than that of best.
static bool is_other_strategy(const struct place *place, const struct group *group,
                              const struct group *best)
{
    const struct group *groups = place->dataset->groups;
    if (!counts(place, group) || dim_same(group->row, best->row, strategy_dims))
        return false;
    for (const struct group *earlier = groups; earlier < group; earlier++)
        if (counts(place, earlier) && dim_same(earlier->row, group->row, strategy_dims))
            return false;
    return true;
}

// Strategies that lose time by more workers, as threads under the lock of CPython 2.7 do.
static void write_turns(const struct place *place, const struct group *best, struct buf *out)
{
    const struct dataset *dataset = place->dataset;
    for (size_t g = 0; g < dataset->n_groups; g++) {
        if (!is_other_strategy(place, &dataset->groups[g], best))
            continue;
        const struct group *own = fastest_of(place, &dataset->groups[g]);
        double most;
        double with_most;
        char few[32];
        char many[32];
        enough_workers(place, own, &most, &with_most);
        if (with_most <= wall_of(dataset, own) * turned)
            continue;
        char *name = dim_join(own->row, (dataset->varying & strategy_dims) | DIM_BIT(DIM_STRATEGY));
        buf_printf(out, " More workers make %s slower: %s with %g, %s with %g.", name,
                   human(wall_of(dataset, own), few, sizeof few), own->row->workers,
                   human(with_most, many, sizeof many), most);
        free(name);
    }
}

static bool is_alone(const struct place *place)
{
    size_t count = 0;
    for (size_t g = 0; g < place->dataset->n_groups; g++)
        count += in_place(place, &place->dataset->groups[g]);
    return count == 1;
}

static void write_fastest(const struct place *place, const struct group *best, struct buf *out)
{
    char wall[32];
    char *name = name_of(place->dataset, best);
    const struct group *one = baseline_of(place->dataset, best);
    if (one && !counts(place, one))
        one = NULL;
    buf_printf(out, "%s %s: %s", is_alone(place) ? "There is one run," : "Fastest is", name,
               human(wall_of(place->dataset, best), wall, sizeof wall));
    write_speedup(place, best, one, out);
    buf_puts(out, ".");
    write_failures(place, best, out);
    write_equals(place, best, out);
    write_workers(place, best, out);
    write_turns(place, best, out);
    limit_write(place->dataset, best, one, out);
    free(name);
}

// How long such a run lasts says nothing (work.echo): each is given as long.
static void write_answers(const struct place *place, struct buf *out)
{
    const struct dataset *dataset = place->dataset;
    for (size_t g = 0; g < dataset->n_groups; g++) {
        const struct group *group = &dataset->groups[g];
        double answers = group_median(dataset, group, offsetof(struct run_row, answers_per_s));
        if (!in_place(place, group) || isnan(answers))
            continue;
        buf_printf(out, "%.0f answers a second.", answers);
        limit_write_states(dataset, group, out);
    }
}

static void write_place(const struct place *place, struct buf *out)
{
    const struct group *best = fastest(place);
    if (!best)
        return;
    write_where(place, out);
    if (failed_share(best) >= 1)
        buf_puts(out, "No session ended well, so there is nothing to compare.");
    else if (!isnan(best->row->answers_per_s))
        write_answers(place, out);
    else
        write_fastest(place, best, out);
    buf_puts(out, "\n");
}

// The place of a group, if it is the first of that folder's place.
static bool new_place(const struct dataset *dataset, size_t folder, size_t g, struct place *place)
{
    unsigned dims = dataset->varying & ~strategy_dims & ~DIM_BIT(DIM_WORKERS);
    *place = (struct place){dataset, folder, dims, dataset->groups[g].row, 1};
    if (dataset->groups[g].folder != folder)
        return false;
    for (size_t earlier = 0; earlier < g; earlier++)
        if (in_place(place, &dataset->groups[earlier]))
            return false;
    set_may_fail(place);
    return true;
}

void verdict_write(const struct dataset *dataset, size_t folder, struct buf *out)
{
    struct place place;
    for (size_t g = 0; g < dataset->n_groups; g++)
        if (new_place(dataset, folder, g, &place))
            write_place(&place, out);
}

static const struct group *counterpart(const struct pairs *pairs, const struct group *other)
{
    for (size_t i = 0; i < pairs->len; i++)
        if (pairs->items[i].other == other)
            return pairs->items[i].reference;
    return NULL;
}

// What comes of doing in the reference what is best in the other.
static void write_advice(const struct place *other, const struct pairs *pairs, struct buf *out)
{
    const struct dataset *dataset = other->dataset;
    const struct group *advised = fastest(other);
    const struct group *taken = advised ? counterpart(pairs, advised) : NULL;
    if (!taken || !isnan(taken->row->answers_per_s))
        return;
    struct place place = {dataset, pairs->reference, other->dims, taken->row, 1};
    set_may_fail(&place);
    const struct group *best = fastest(&place);
    if (!best || is_alone(&place))
        return;
    char *name = name_of(dataset, advised);
    const char *reference = dataset->folders[pairs->reference].label;
    write_where(other, out);
    if (best == taken)
        buf_printf(out, "Both find %s fastest.\n", name);
    else if (!counts(&place, taken))
        buf_printf(out, "%s is fastest in %s; in %s more sessions of it fail.\n", name,
                   dataset->folders[other->folder].label, reference);
    else
        buf_printf(out, "%s is fastest in %s; in %s it takes %.3g times the time of the fastest.\n",
                   name, dataset->folders[other->folder].label, reference,
                   wall_of(dataset, taken) / wall_of(dataset, best));
    free(name);
}

void verdict_write_agreement(const struct dataset *dataset, const struct pairs *pairs,
                             struct buf *out)
{
    struct place place;
    for (size_t g = 0; g < dataset->n_groups; g++)
        if (new_place(dataset, 1 - pairs->reference, g, &place))
            write_advice(&place, pairs, out);
}
