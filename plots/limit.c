#include "plots/limit.h"

#include "base/interpreter.h"

#include <ctype.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

// Shares of the run from which on something load.
static const double enough = 0.6;
// Whoever waits in these two queues seems to wait for a device, so they come before the wait.
static const double enough_aaa = 0.87;
static const double enough_emulator = 0.8;
// Two that are no further apart limit together.
static const double apart = 0.1;
// Less is not told.
static const double least_state = 0.01;
static const double least_busy = 0.1;
// So many times the computing of one after the other is told.
static const double much_more = 1.5;
// So many times the middle session is a long one.
static const double much_longer = 1.5;

enum bound {
    BOUND_LOCK,
    BOUND_CORES,
    BOUND_LOOP,
    BOUND_AAA,
    BOUND_EMULATOR,
    BOUND_WAIT,
    BOUND_WORK,    // a worker computes one session after the other
    BOUND_LONGEST, // as long as no other is, when nothing goes on beside it
    BOUNDS
};

static const struct {
    const char *busy; // "... for 20 % of the run"; NULL: it is not told
    const char *name;
} bounds[BOUNDS] = {
    [BOUND_LOCK] = {"the lock was held", "the lock"},
    [BOUND_CORES] = {"the cores were busy", "the cores"},
    [BOUND_LOOP] = {"the loop computed", "the one thread of the event loop"},
    [BOUND_AAA] = {"the AAA server was busy", "the AAA server"},
    [BOUND_EMULATOR] = {"the emulator was busy", "the emulator (one thread plays all devices)"},
    [BOUND_WAIT] = {NULL, "the wait"},
    [BOUND_WORK] = {NULL, "the computing itself"},
    [BOUND_LONGEST] = {NULL, "the longest session"},
};

// Medians of a run's repeats. NAN: not known.
struct figures {
    double wall_s;
    double sessions;
    double workers;
    double cpu_s;      // of the client
    double emulator_s; // computing of the devices; 0: not known
    double cores;
    double wait_s; // of all workers, for devices
    double gil_wait_s;
    double held_s;
    double middle_s; // sessions
    double longest_s;
};

#define STATE_OFFSET(state) (offsetof(struct run_row, state_s) + (state) * sizeof(double))

static struct figures figures_of(const struct dataset *dataset, const struct group *group)
{
#define MEDIAN(column) group_median(dataset, group, offsetof(struct run_row, column))
    struct figures figures = {
        .wall_s = MEDIAN(wall_s),
        .sessions = group->row->devices,
        .workers = fmin(group->row->workers, group->row->devices),
        .cpu_s = MEDIAN(cpu_user_s) + MEDIAN(cpu_sys_s),
        .emulator_s = MEDIAN(emulator_cpu_s),
        .cores = MEDIAN(cores),
        .wait_s = group_median(dataset, group, STATE_OFFSET(STATE_WAIT_DEVICE)),
        .gil_wait_s = MEDIAN(gil_wait_s),
        .held_s = MEDIAN(gil_held_s),
        .middle_s = MEDIAN(p50_s),
        .longest_s = MEDIAN(max_s),
    };
#undef MEDIAN
    if (isnan(figures.cpu_s))
        figures.cpu_s = group_median(dataset, group, STATE_OFFSET(STATE_RUNNING));
    if (isnan(figures.emulator_s))
        figures.emulator_s = 0;
    return figures;
}

static bool is_strategy(const struct group *group, enum strategy strategy)
{
    return !strcmp(group->row->strategy, strategy_names[strategy]);
}

// The rules of the lock that all its threads share; GIL_NONE: they share none.
static enum gil_kind shared_lock(const struct group *group)
{
    char text[320];
    struct interpreter interpreter;
    struct err ignored;
    dim_text(group->row, DIM_INTERPRETER, text, sizeof text);
    if (!is_strategy(group, STRATEGY_THREADS) || group->row->workers <= 1 ||
        interpreter_parse(text, &interpreter, &ignored) < 0 || interpreter.gil == GIL_PER_WORKER)
        return GIL_NONE;
    return interpreter.gil;
}

struct load {
    const struct group *group;
    struct figures run;
    double share[BOUNDS]; // of the run; 0: does not apply, or is not known
    double more_work;     // how many times the computing of one after the other; 0: not known
    bool wait_is_rest;    // nothing tells the wait from other waits
};

static double aaa_share(const struct dataset *dataset, const struct load *load)
{
    const struct experiment *experiment = dataset->folders[load->group->folder].experiment;
    if (!experiment || experiment->devices.aaa_rate_per_s <= 0)
        return 0;
    return load->run.sessions / experiment->devices.aaa_rate_per_s / load->run.wall_s;
}

// What is used by all workers. A worker alone has nobody to wait for.
static void set_shared(const struct dataset *dataset, struct load *load)
{
    const struct figures *run = &load->run;
    double *share = load->share;
    share[BOUND_AAA] = aaa_share(dataset, load);
    share[BOUND_EMULATOR] = run->emulator_s / run->wall_s;
    if (run->workers <= 1)
        return;
    share[BOUND_CORES] = (run->cpu_s + run->emulator_s) / (run->cores * run->wall_s);
    if (is_strategy(load->group, STRATEGY_ASYNC))
        share[BOUND_LOOP] = run->cpu_s / run->wall_s;
    // A real Python does not tell how long the lock was held: nearly as long as it computed.
    if (shared_lock(load->group) != GIL_NONE)
        share[BOUND_LOCK] = (isnan(run->held_s) ? run->cpu_s : run->held_s) / run->wall_s;
    else if (is_strategy(load->group, STRATEGY_HYBRID) && run->held_s > 0)
        share[BOUND_LOCK] = run->held_s / load->group->row->processes / run->wall_s;
}

// A worker with the most sessions has them one after the other: waits, and computes.
static void set_own(const struct figures *one, struct load *load)
{
    const struct figures *run = &load->run;
    double rounds = ceil(run->sessions / run->workers);
    double work_s =
        one && !isnan(one->cpu_s) ? one->cpu_s / one->sessions : run->cpu_s / run->sessions;
    double wait_s = NAN;
    if (one)
        wait_s = (one->wall_s - one->cpu_s) / one->sessions;
    else if (!is_strategy(load->group, STRATEGY_ASYNC))
        wait_s = run->wait_s / run->sessions;
    load->wait_is_rest = isnan(wait_s);
    if (load->wait_is_rest)
        wait_s = run->wall_s / rounds - (isnan(work_s) ? 0 : work_s);
    double share = rounds * (wait_s + (isnan(work_s) ? 0 : work_s)) / run->wall_s;
    load->share[isnan(work_s) || wait_s >= work_s ? BOUND_WAIT : BOUND_WORK] = fmax(0, share);
}

// How long a session takes beside others tells nothing: it waits for them. One that was long in one
// of the two runs only was late for a reason of its own.
static void set_longest(const struct figures *one, struct load *load)
{
    const struct figures *run = &load->run;
    if (run->workers > 1 && one->longest_s >= much_longer * one->middle_s)
        load->share[BOUND_LONGEST] = fmin(one->longest_s, run->longest_s) / run->wall_s;
}

static struct load load_of(const struct dataset *dataset, const struct group *group,
                           const struct group *one_by_one)
{
    struct load load = {.group = group, .run = figures_of(dataset, group)};
    struct figures one;
    if (one_by_one)
        one = figures_of(dataset, one_by_one);
    set_shared(dataset, &load);
    set_own(one_by_one ? &one : NULL, &load);
    if (one_by_one)
        set_longest(&one, &load);
    for (int bound = 0; bound < BOUNDS; bound++)
        if (isnan(load.share[bound]))
            load.share[bound] = 0;
    if (one_by_one && one_by_one != group && one.cpu_s > 0 && one.sessions == load.run.sessions)
        load.more_work = load.run.cpu_s / one.cpu_s;
    return load;
}

static bool fights_for_the_lock(const struct load *load)
{
    return load->more_work >= much_more && shared_lock(load->group) == GIL_TICKS;
}

static bool any_shared(const struct load *load)
{
    for (int bound = 0; bound < BOUND_WAIT; bound++)
        if (load->share[bound] >= enough)
            return true;
    return false;
}

static enum bound largest(const struct load *load, enum bound but)
{
    enum bound most = BOUNDS;
    for (int bound = 0; bound < BOUNDS; bound++) {
        if (bound == (int)but || (load->wait_is_rest && bound >= BOUND_WAIT && any_shared(load)))
            continue;
        if (most == BOUNDS || load->share[bound] > load->share[most])
            most = (enum bound)bound;
    }
    return most;
}

// The others have long ended.
static bool waits_for_one(const struct figures *run)
{
    return run->workers > 1 && run->longest_s >= enough * run->wall_s &&
           run->longest_s >= much_longer * run->middle_s;
}

static void write_limit(const struct load *load, struct buf *out)
{
    const double *share = load->share;
    enum bound first = largest(load, BOUNDS);
    enum bound second = largest(load, first);
    if (share[BOUND_AAA] >= enough_aaa)
        buf_printf(out, "%s limits", bounds[BOUND_AAA].name);
    else if (share[BOUND_EMULATOR] >= enough_emulator)
        buf_printf(out, "%s limits", bounds[BOUND_EMULATOR].name);
    else if (fights_for_the_lock(load))
        buf_puts(out, "the fight for the lock limits");
    else if (share[second] >= enough && share[first] - share[second] <= apart)
        buf_printf(out, "%s and %s limit together", bounds[first].name, bounds[second].name);
    else if (share[first] >= enough)
        buf_printf(out, "%s limit%s", bounds[first].name, first == BOUND_CORES ? "" : "s");
    else if (waits_for_one(&load->run))
        buf_puts(out, "the longest session limits");
    else if (load->group->failed > 0) // how long they took is not in the figures of a run
        buf_puts(out, "nothing alone limits, unless it is the time that the failed sessions took");
    else
        buf_puts(out, "nothing alone limits");
}

static void write_percent(double share, struct buf *out)
{
    if (share < 0.01)
        buf_puts(out, "less than 1 %");
    else
        buf_printf(out, "%.0f %%", fmin(100, 100 * share));
}

// "The lock was held for 96 % of the run, the cores were busy for 48 %: the lock load."
static void write_busy(const struct load *load, struct buf *out)
{
    size_t told = 0;
    buf_putc(out, ' ');
    size_t start = out->len;
    for (int bound = 0; bound < BOUNDS; bound++) {
        if (!bounds[bound].busy || load->share[bound] < least_busy)
            continue;
        buf_printf(out, "%s%s for ", told ? ", " : "", bounds[bound].busy);
        write_percent(load->share[bound], out);
        buf_puts(out, told++ ? "" : " of the run");
    }
    buf_puts(out, told ? ": " : "");
    write_limit(load, out);
    buf_putc(out, '.');
    out->data[start] = (char)toupper((unsigned char)out->data[start]);
}

struct share {
    const char *text;
    double s;
};

static int compare_shares(const void *a, const void *b)
{
    double x = ((const struct share *)a)->s;
    double y = ((const struct share *)b)->s;
    return (x < y) - (x > y);
}

// Of a prediction, in which every nanosecond of every thread has its name.
void limit_write_states(const struct dataset *dataset, const struct group *group, struct buf *out)
{
    static const enum thread_state states[] = {STATE_WAIT_DEVICE, STATE_WAIT_GIL, STATE_WAIT_CORE,
                                               STATE_RUNNING};
    struct share shares[] = {{"waiting for the devices", 0},
                             {"waiting for the lock", 0},
                             {"waiting for a core", 0},
                             {"computing", 0}};
    enum { SHARES = sizeof shares / sizeof *shares };
    double sum = 0;
    for (size_t i = 0; i < SHARES; i++) {
        double s = group_median(dataset, group, STATE_OFFSET(states[i]));
        shares[i].s = isnan(s) ? 0 : s;
        sum += shares[i].s;
    }
    if (sum <= 0)
        return;
    qsort(shares, SHARES, sizeof *shares, compare_shares);
    buf_printf(out, " Of %s",
               is_strategy(group, STRATEGY_ASYNC) ? "its time the loop spends"
               : group->row->workers == 1         ? "its time the worker spends"
                                                  : "their time its workers spend");
    for (size_t i = 0; i < SHARES && shares[i].s >= least_state * sum; i++)
        buf_printf(out, "%s %.0f %% %s", i ? "," : "", 100 * shares[i].s / sum, shares[i].text);
    buf_puts(out, ".");
}

// A measurement knows less: how much was computed, and how long threads waited for the lock.
static void write_measured(const struct load *load, struct buf *out)
{
    const struct figures *run = &load->run;
    double workers_s = run->wall_s * run->workers;
    buf_puts(out, " The client computed for ");
    write_percent(run->cpu_s / workers_s, out);
    buf_printf(out, " of its %s time", run->workers > 1 ? "workers'" : "worker's");
    if (run->gil_wait_s >= least_state * workers_s) {
        buf_puts(out, " and waited for the lock for ");
        write_percent(run->gil_wait_s / workers_s, out);
    }
    buf_puts(out, ".");
}

static void write_more_work(const struct load *load, struct buf *out)
{
    if (load->more_work < much_more || load->run.cpu_s < least_busy * load->run.wall_s)
        return;
    buf_printf(out, " It computed %.2g times as much as one after the other", load->more_work);
    if (load->group->row->processes > 1)
        buf_puts(out, ": processes have to be started, and fed with work");
    else if (fights_for_the_lock(load))
        buf_puts(out, ": its threads wake up for the lock in vain");
    buf_puts(out, ".");
}

void limit_write(const struct dataset *dataset, const struct group *group,
                 const struct group *one_by_one, struct buf *out)
{
    struct load load = load_of(dataset, group, one_by_one);
    if (!(load.run.wall_s > 0) || isnan(load.run.cpu_s))
        return;
    if (!isnan(load.run.wait_s))
        limit_write_states(dataset, group, out);
    else if (!is_strategy(group, STRATEGY_ASYNC))
        write_measured(&load, out);
    write_busy(&load, out);
    write_more_work(&load, out);
}
