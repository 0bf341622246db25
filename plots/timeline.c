#include "plots/timeline.h"

#include "base/alloc.h"
#include "base/timeline_file.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double run_max_s = 1e9; // longer is no time, and "inf" and "nan" neither

// A line of the file.
struct interval {
    uint32_t run;
    char row[8];
    uint32_t number;
    char name[32];
    double from_s;
    double to_s;
};

static bool parse_line(const char *line, struct interval *interval)
{
    return sscanf(line, "%u,%7[^,],%u,%31[^,],%lf,%lf", &interval->run, interval->row,
                  &interval->number, interval->name, &interval->from_s, &interval->to_s) == 6 &&
           interval->from_s >= 0 && interval->to_s >= interval->from_s &&
           interval->to_s <= run_max_s;
}

static bool is_row(const struct interval *interval, enum timeline_row row)
{
    return !strcmp(interval->row, timeline_row_names[row]);
}

const struct timeline_run *timeline_find(const struct timeline *timeline, uint32_t run)
{
    for (size_t i = timeline->n_runs; i-- > 0;)
        if (timeline->runs[i].run == run)
            return &timeline->runs[i];
    return NULL;
}

// NULL: there are enough already.
static struct timeline_run *run_for(struct timeline *timeline, uint32_t run)
{
    const struct timeline_run *known = timeline_find(timeline, run);
    if (known)
        return &timeline->runs[known - timeline->runs];
    if (timeline->n_runs == timeline->limit)
        return NULL;
    struct timeline_run *added = &timeline->runs[timeline->n_runs++];
    added->run = run;
    return added;
}

// Workers without a row of their own come before it: of an event loop, one that never had a turn.
static void add_worker(struct timeline_run *run, size_t worker, size_t thread, bool turn)
{
    if (worker >= TIMELINE_THREADS_MAX)
        return;
    while (run->n_workers <= worker)
        run->worker_thread[run->n_workers++] = TIMELINE_THREADS_MAX;
    run->worker_thread[worker] = thread;
    run->takes_turns |= turn;
}

// The first time through the file: how long each run is, and how many threads it has.
static void measure(struct timeline *timeline, const struct interval *interval)
{
    struct timeline_run *run = run_for(timeline, interval->run);
    if (!run)
        return;
    run->last_s = fmax(run->last_s, interval->to_s);
    run->end_s = fmax(run->end_s, run->last_s);
    if (is_row(interval, TIMELINE_THREAD) && interval->number < TIMELINE_THREADS_MAX &&
        interval->number >= run->n_threads)
        run->n_threads = interval->number + 1;
    run->has_more |= is_row(interval, TIMELINE_THREAD) && interval->number >= TIMELINE_THREADS_MAX;
    size_t thread;
    if (is_row(interval, TIMELINE_WORKER) && sscanf(interval->name, "thread %zu", &thread) == 1)
        add_worker(run, interval->number, thread, interval->to_s > 0);
}

static enum timeline_state state_named(const char *name)
{
    static const struct {
        const char *name;
        enum timeline_state state;
    } states[] = {
        {"waits for the device", TIMELINE_DEVICE},
        {"waits for the lock", TIMELINE_LOCK},
        {"gave the lock up", TIMELINE_LOCK},
        {"waits for a core", TIMELINE_CORE},
        {"runs", TIMELINE_RUNS},
        {"runs with the lock", TIMELINE_RUNS},
    };
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        if (!strcmp(states[i].name, name))
            return states[i].state;
    return TIMELINE_IDLE;
}

// Shares the interval out among the moments it touches; `at` is the first moment's entry, the next
// one lies `stride` further.
static void share_out(const struct timeline_run *run, const struct interval *interval, double *at,
                      size_t stride)
{
    double moment_s = run->end_s / TIMELINE_MOMENTS;
    size_t moment = (size_t)(interval->from_s / moment_s);
    for (double from = interval->from_s; from < interval->to_s && moment < TIMELINE_MOMENTS;
         moment++) {
        double to = fmin(interval->to_s, (double)(moment + 1) * moment_s);
        at[moment * stride] += fmax(0, to - from);
        from = fmax(from, to);
    }
}

static void account(struct timeline *timeline, const struct interval *interval)
{
    struct timeline_run *run = run_for(timeline, interval->run);
    unsigned holder;
    if (!run || run->end_s <= 0)
        return;
    if (is_row(interval, TIMELINE_THREAD) && interval->number < run->n_threads)
        share_out(run, interval, &run->spent_s[interval->number][0][state_named(interval->name)],
                  TIMELINE_STATES);
    else if (is_row(interval, TIMELINE_HOLDER) &&
             sscanf(interval->name, "thread %u", &holder) == 1 && holder < run->n_threads)
        share_out(run, interval, run->held_s[holder], 1);
    else if (is_row(interval, TIMELINE_WORKER) && interval->number < TIMELINE_THREADS_MAX)
        share_out(run, interval, run->turn_s[interval->number], 1);
}

struct wanted {
    const struct timeline_wanted *runs; // NULL: all
    size_t n_runs;
};

static bool is_wanted(const struct wanted *wanted, uint32_t run)
{
    for (size_t i = 0; i < wanted->n_runs; i++)
        if (wanted->runs[i].run == run)
            return true;
    return !wanted->runs;
}

static void add_walls(struct timeline *timeline, const struct wanted *wanted)
{
    for (size_t i = 0; i < wanted->n_runs; i++)
        for (size_t k = 0; k < timeline->n_runs; k++)
            if (timeline->runs[k].run == wanted->runs[i].run)
                timeline->runs[k].end_s = fmax(timeline->runs[k].end_s, wanted->runs[i].wall_s);
}

static int read_lines(FILE *file, const char *path, const struct wanted *wanted,
                      struct timeline *timeline, struct err *err)
{
    void (*const passes[])(struct timeline *, const struct interval *) = {measure, account};
    char line[256];
    struct interval interval;
    for (size_t pass = 0; pass < 2; pass++) {
        rewind(file);
        size_t number = 1;
        if (!fgets(line, sizeof line, file) || strcmp(line, TIMELINE_FILE_HEADER) != 0)
            return err_input(
                err,
                "'%s' is no timeline; --trace FILE of `netbaton simulate` and `netbaton run` "
                "writes one",
                path);
        while (fgets(line, sizeof line, file)) {
            number++;
            if (!parse_line(line, &interval))
                return err_input(err, "%s:%zu: not an interval of a timeline", path, number);
            if (is_wanted(wanted, interval.run))
                passes[pass](timeline, &interval);
        }
        add_walls(timeline, wanted);
    }
    return 0;
}

static int read_wanted(const char *path, const struct wanted *wanted, size_t limit,
                       struct timeline *timeline, struct err *err)
{
    FILE *file = fopen(path, "r");
    if (!file)
        return err_input(err, "cannot open '%s': %s", path, strerror(errno));
    *timeline = (struct timeline){
        .runs = alloc_zero(limit, sizeof *timeline->runs),
        .limit = limit,
    };
    int result = read_lines(file, path, wanted, timeline, err);
    fclose(file);
    if (result < 0)
        timeline_fini(timeline);
    return result;
}

int timeline_read(const char *path, struct timeline *timeline, struct err *err)
{
    return read_wanted(path, &(struct wanted){0}, TIMELINE_RUNS_MAX, timeline, err);
}

int timeline_read_runs(const char *path, const struct timeline_wanted *runs, size_t n_runs,
                       struct timeline *timeline, struct err *err)
{
    return read_wanted(path, &(struct wanted){runs, n_runs}, n_runs, timeline, err);
}

int timeline_check(const char *path, struct err *err)
{
    struct timeline timeline;
    if (timeline_read(path, &timeline, err) < 0)
        return -1;
    timeline_fini(&timeline);
    return 0;
}

void timeline_fini(struct timeline *timeline)
{
    free(timeline->runs);
    *timeline = (struct timeline){0};
}

enum timeline_state timeline_state(const struct timeline_run *run, size_t thread, size_t moment)
{
    const double *spent = run->spent_s[thread][moment];
    enum timeline_state most = TIMELINE_IDLE;
    for (int state = 0; state < TIMELINE_STATES; state++)
        if (spent[state] > spent[most])
            most = (enum timeline_state)state;
    return most;
}

int timeline_holds(const struct timeline_run *run, size_t thread, size_t moment)
{
    double moment_s = run->end_s / TIMELINE_MOMENTS;
    double held = run->held_s[thread][moment];
    bool longest = held > 0;
    double all = 0;
    for (size_t other = 0; other < run->n_threads; other++) {
        longest = longest && run->held_s[other][moment] <= held;
        all += run->held_s[other][moment];
    }
    // Among many that take turns the longest has little, too; and while it is handed over, which in
    // a convoy is half of the time, nobody has it.
    bool counts = held > 0.1 * moment_s || all >= 0.25 * moment_s;
    return (longest && counts) || held >= 0.5 * moment_s;
}

int timeline_worker_holds(const struct timeline_run *run, size_t worker, size_t moment)
{
    double turn = run->turn_s[worker][moment];
    bool longest = !run->takes_turns || turn > 0;
    for (size_t other = 0; other < run->n_workers && run->takes_turns; other++)
        longest = longest && run->turn_s[other][moment] <= turn;
    return longest && run->worker_thread[worker] < run->n_threads &&
           timeline_holds(run, run->worker_thread[worker], moment);
}
