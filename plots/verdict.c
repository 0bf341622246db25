#include "plots/verdict.h"

#include "base/units.h"
#include "plots/roles.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// More workers "stop helping" where the wall time is within this share of the best.
static const double hardly_better = 0.05;
// Runs in which more sessions failed, by this share of all, than in the best have not done the
// work.
static const double hardly_worse = 0.01;
// Shares from which on something limits.
static const double much = 0.5;
static const double nearly_all = 0.8;

static double wall_of(const struct dataset *dataset, const struct group *group)
{
    return group_spread(dataset, group, offsetof(struct run_row, wall_s)).median;
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

static const struct group *fastest(const struct place *place)
{
    const struct group *best = NULL;
    for (size_t g = 0; g < place->dataset->n_groups; g++) {
        const struct group *group = &place->dataset->groups[g];
        double wall = wall_of(place->dataset, group);
        if (counts(place, group) && wall > 0 && (!best || wall < wall_of(place->dataset, best)))
            best = group;
    }
    return best;
}

static const struct group *one_by_one(const struct place *place)
{
    for (size_t g = 0; g < place->dataset->n_groups; g++) {
        const struct group *group = &place->dataset->groups[g];
        if (in_place(place, group) &&
            !strcmp(group->row->strategy, strategy_names[STRATEGY_SEQUENTIAL]))
            return group;
    }
    return NULL;
}

static const unsigned strategy_dims =
    DIM_BIT(DIM_STRATEGY) | DIM_BIT(DIM_PROCESSES) | DIM_BIT(DIM_START);

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
        char *name = dim_join(group->row, (dataset->varying & strategy_dims) |
                                              DIM_BIT(DIM_STRATEGY) | DIM_BIT(DIM_WORKERS));
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
        buf_printf(out, " From %g %s on, more make it less than %.0f %% faster (tried up to %g).",
                   enough, enough == 1 ? "worker" : "workers", hardly_better * 100, most);
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

struct share {
    const char *text;
    const char *limit;
    double s;
};

static double median_of(const struct place *place, const struct group *group, size_t offset)
{
    return group_spread(place->dataset, group, offset).median;
}

static int compare_shares(const void *a, const void *b)
{
    double x = ((const struct share *)a)->s;
    double y = ((const struct share *)b)->s;
    return (x < y) - (x > y);
}

// The AAA server lets so many logins through a second, whatever the client does.
static bool aaa_limits(const struct place *place, const struct group *best)
{
    const struct experiment *experiment = place->dataset->folders[place->folder].experiment;
    if (!experiment || experiment->devices.aaa_rate_per_s <= 0)
        return false;
    double at_least = best->row->devices / experiment->devices.aaa_rate_per_s;
    return wall_of(place->dataset, best) < at_least * 1.15;
}

// One thread plays all the devices; a machine with real ones has none such.
static bool emulator_limits(const struct place *place, const struct group *best)
{
    double cpu = median_of(place, best, offsetof(struct run_row, emulator_cpu_s));
    return cpu >= nearly_all * wall_of(place->dataset, best);
}

// What limits whatever the workers' own time says; NULL: none of these.
static const char *outer_limit(const struct place *place, const struct group *best)
{
    if (aaa_limits(place, best))
        return "the AAA server, for which the devices wait, limits";
    if (emulator_limits(place, best))
        return "the emulator, one thread that plays all the devices, limits";
    return NULL;
}

static bool is_loop(const struct group *group)
{
    return !strcmp(group->row->strategy, strategy_names[STRATEGY_ASYNC]);
}

// Where there is one lock: the share of the run in which somebody held it.
static void write_held(const struct place *place, const struct group *best, struct buf *out)
{
    double held = median_of(place, best, offsetof(struct run_row, gil_held_s)) /
                  wall_of(place->dataset, best);
    bool several = best->row->processes > 1 ||
                   !strcmp(best->row->strategy, strategy_names[STRATEGY_INTERPRETERS]);
    if (!several && held >= 0.01)
        buf_printf(out, " The lock was held for %.0f %% of the run.", fmin(100, 100 * held));
}

#define STATE_OFFSET(state) (offsetof(struct run_row, state_s) + (state) * sizeof(double))

static void write_states(const struct place *place, const struct group *best, struct buf *out)
{
    static const char computing[] = "the computing itself limits";
    struct share shares[] = {
        {"waiting for the devices", "the wait limits", 0},
        {"waiting for the lock", "the lock limits", 0},
        {"waiting for a core", "the cores limit", 0},
        {"computing", computing, 0},
    };
    static const enum thread_state states[] = {STATE_WAIT_DEVICE, STATE_WAIT_GIL, STATE_WAIT_CORE,
                                               STATE_RUNNING};
    enum { SHARES = sizeof shares / sizeof *shares };
    double sum = 0;
    for (size_t i = 0; i < SHARES; i++) {
        double s = median_of(place, best, STATE_OFFSET(states[i]));
        shares[i].s = isnan(s) ? 0 : s;
        sum += shares[i].s;
    }
    if (sum <= 0 || isnan(median_of(place, best, STATE_OFFSET(STATE_WAIT_DEVICE))))
        return;
    qsort(shares, SHARES, sizeof *shares, compare_shares);
    buf_puts(out, " Of their time its workers spend");
    for (size_t i = 0; i < SHARES && shares[i].s >= 0.01 * sum; i++)
        buf_printf(out, "%s %.0f %% %s", i ? "," : "", 100 * shares[i].s / sum, shares[i].text);
    const char *limit = outer_limit(place, best);
    if (!limit && shares[0].s < much * sum)
        limit = "nothing alone limits";
    if (!limit)
        limit = shares[0].s > 0 && shares[0].limit == computing && is_loop(best)
                    ? "the one thread of the event loop limits"
                    : shares[0].limit;
    buf_printf(out, ": %s.", limit);
    write_held(place, best, out);
}

static void write_percent(const char *before, double share, struct buf *out)
{
    if (share < 0.01)
        buf_printf(out, "%s less than 1 %%", before);
    else
        buf_printf(out, "%s %.0f %%", before, fmin(100, 100 * share));
}

// A measured run knows less: how much was computed and how long its threads waited for the lock.
// The rest of its workers' time is the wait, if neither the cores nor the lock were short.
static void write_measured(const struct place *place, const struct group *best, struct buf *out)
{
    double wall = wall_of(place->dataset, best);
    double waited = median_of(place, best, offsetof(struct run_row, gil_wait_s));
    double cpu = median_of(place, best, offsetof(struct run_row, cpu_user_s)) +
                 median_of(place, best, offsetof(struct run_row, cpu_sys_s));
    double devices = median_of(place, best, offsetof(struct run_row, emulator_cpu_s));
    double cores = median_of(place, best, offsetof(struct run_row, cores));
    double workers_s = wall * best->row->workers;
    if (!(workers_s > 0) || isnan(cpu))
        return;
    double busy = (cpu + (isnan(devices) ? 0 : devices)) / (wall * cores);
    double locked = isnan(waited) ? 0 : waited / workers_s;
    write_percent(" The client computed for", cpu / workers_s, out);
    buf_puts(out, " of its workers' time");
    if (locked > 0)
        write_percent(" and waited for the lock for", locked, out);
    if (!isnan(busy))
        write_percent("; with the devices' own work the cores were busy for", busy, out);
    const char *limit = outer_limit(place, best);
    if (limit)
        buf_printf(out, ": %s.", limit);
    else if (is_loop(best) && cpu >= nearly_all * wall)
        buf_puts(out, ": the one thread of the event loop limits.");
    else if (locked >= much)
        buf_puts(out, ": the lock limits.");
    else if (busy >= nearly_all)
        buf_puts(out, ": the cores limit.");
    else if (busy < much)
        buf_puts(out, ": the wait limits.");
    else
        buf_puts(out, ".");
    write_held(place, best, out);
}

static void write_place(const struct place *place, struct buf *out)
{
    char wall[32];
    const struct group *best = fastest(place);
    const struct group *base = one_by_one(place);
    if (!best)
        return;
    char *where = dim_join(place->row, place->dims);
    char *who = dim_join(best->row, (place->dataset->varying & strategy_dims) |
                                        DIM_BIT(DIM_STRATEGY) | DIM_BIT(DIM_WORKERS));
    buf_printf(out, "%s%sFastest is %s: %s", where, *where ? ": " : "", who,
               human(wall_of(place->dataset, best), wall, sizeof wall));
    if (base && base != best)
        buf_printf(out, ", %.3g times as fast as one after the other",
                   wall_of(place->dataset, base) / wall_of(place->dataset, best));
    buf_puts(out, ".");
    write_failures(place, best, out);
    write_equals(place, best, out);
    write_workers(place, best, out);
    if (isnan(median_of(place, best, STATE_OFFSET(STATE_WAIT_DEVICE))))
        write_measured(place, best, out);
    else
        write_states(place, best, out);
    buf_puts(out, "\n");
    free(where);
    free(who);
}

void verdict_write(const struct dataset *dataset, size_t folder, struct buf *out)
{
    unsigned dims = dataset->varying & ~strategy_dims & ~DIM_BIT(DIM_WORKERS);
    for (size_t g = 0; g < dataset->n_groups; g++) {
        const struct group *group = &dataset->groups[g];
        struct place place = {dataset, folder, dims, group->row, 1};
        bool seen = group->folder != folder;
        for (size_t earlier = 0; earlier < g && !seen; earlier++)
            seen = in_place(&place, &dataset->groups[earlier]);
        if (!seen) {
            set_may_fail(&place);
            write_place(&place, out);
        }
    }
}
