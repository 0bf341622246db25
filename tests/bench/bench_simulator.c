// How fast the simulator is: events a second of cpu, and big runs, whole: 1,000,000 sessions by
// 1,000 threads under one lock. In the saturated ones all of them want the lock all the time, with
// nothing between two sessions (cpu) or a short wait (wait), on one, two or eight cores.
//
// How good grains and cohorts are (sim/grain.h, sim/cohort.h): the same run with and without, and
// the error of its wall time in per cent.
//
// The machine may change its speed from second to second: each line has a bare loop's speed beside
// it, measured before and after the run in the same process.
#include "base/costs.h"
#include "base/experiment.h"
#include "sim/event_queue.h"
#include "sim/predict.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { SLOTS = 1000, ROUNDS = 10000000, BARE_ROUNDS = 20000000 };

static double cpu_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

// Rounds a second of a loop that does nothing but draw random numbers.
static double bare_speed(void)
{
    struct rng rng;
    volatile uint64_t sum = 0;
    rng_seed(&rng, 1);
    double start = cpu_s();
    for (int i = 0; i < BARE_ROUNDS; i++)
        sum += rng_next(&rng);
    (void)sum; // of no use but for its cost
    return BARE_ROUNDS / (cpu_s() - start);
}

static void queue_alone(void)
{
    struct event_queue queue;
    struct rng rng;
    uint32_t slot;
    rng_seed(&rng, 1);
    event_queue_init(&queue, 4, SLOTS);
    for (uint32_t i = 0; i < SLOTS; i++)
        event_queue_set(&queue, i, rng_below(&rng, 1000000));
    double start = cpu_s();
    for (int i = 0; i < ROUNDS; i++) {
        event_queue_take(&queue, &slot);
        event_queue_set(&queue, slot, queue.now_ns + (slot < 4 ? 1000 : rng_next(&rng) >> 44));
    }
    printf("event_queue_per_s\t%.0f\tevents of cpu second\n", ROUNDS / (cpu_s() - start));
    event_queue_fini(&queue);
}

struct big_run {
    const char *name;
    const char *sessions;
    const char *workers;
    const char *interpreter;
    const char *wait;
    const char *cpu;
    uint32_t cores;
};

static const struct big_run runs[] = {
    {"old_lock", "1000", "40", "cpython-2.7", "20ms", "10ms", 2},
    {"million_sessions", "1000000", "1000", "cpython-3.11", "exponential(1s)", "500us", 2},
    {"saturated_3_cpu_1", "1000000", "1000", "cpython-3.11", "0", "1ms", 1},
    {"saturated_3_cpu_2", "1000000", "1000", "cpython-3.11", "0", "1ms", 2},
    {"saturated_3_cpu_8", "1000000", "1000", "cpython-3.11", "0", "1ms", 8},
    {"saturated_3_wait_2", "1000000", "1000", "cpython-3.11", "20ms", "1ms", 2},
    {"saturated_3_wait_8", "1000000", "1000", "cpython-3.11", "20ms", "1ms", 8},
    {"saturated_2_cpu_2", "1000000", "1000", "cpython-2.7", "0", "1ms", 2},
    {"saturated_2_cpu_8", "1000000", "1000", "cpython-2.7", "0", "1ms", 8},
    {"saturated_2_wait_2", "1000000", "1000", "cpython-2.7", "20ms", "1ms", 2},
    {"saturated_2_wait_8", "1000000", "1000", "cpython-2.7", "20ms", "1ms", 8},
    {"saturated_2_long_2", "1000000", "1000", "cpython-2.7", "20ms", "10ms", 2},
    {"saturated_2_cpu_1", "1000000", "1000", "cpython-2.7", "0", "1ms", 1},
    {"saturated_3_wait_1", "1000000", "1000", "cpython-3.11", "20ms", "1ms", 1},
    {"saturated_3_long_8", "1000000", "1000", "cpython-3.11", "20ms", "10ms", 8},
};

// Each with the grain, or the cohort, that a million such sessions have.
static const struct {
    struct big_run run;
    uint32_t grain;
    uint32_t cohort;
} coarse_runs[] = {
    {{"grain_cpu_2", "20000", "1000", "cpython-2.7", "0", "1ms", 2}, 54, 1},
    {{"grain_cpu_8", "20000", "1000", "cpython-2.7", "0", "1ms", 8}, 54, 1},
    {{"grain_wait_2", "20000", "1000", "cpython-2.7", "20ms", "1ms", 2}, 54, 1},
    {{"grain_wait_3", "20000", "1000", "cpython-2.7", "20ms", "1ms", 3}, 54, 1},
    {{"grain_wait_8", "20000", "1000", "cpython-2.7", "20ms", "1ms", 8}, 54, 1},
    {{"grain_long_2", "2000", "1000", "cpython-2.7", "20ms", "10ms", 2}, 553, 1},
    {{"grain_long_8", "2000", "1000", "cpython-2.7", "20ms", "10ms", 8}, 553, 1},
    {{"grain_short_8", "100000", "1000", "cpython-2.7", "20ms", "100us", 8}, 5, 1},
    {{"grain_few_2", "20000", "40", "cpython-2.7", "20ms", "1ms", 2}, 54, 1},
    {{"cohort_cpu_2", "200000", "1000", "cpython-3.11", "0", "1ms", 2}, 1, 16},
    {{"cohort_cpu_8", "200000", "1000", "cpython-3.11", "0", "1ms", 8}, 1, 16},
    {{"cohort_wait_2", "200000", "1000", "cpython-3.11", "20ms", "1ms", 2}, 1, 16},
    {{"cohort_wait_3", "200000", "1000", "cpython-3.11", "20ms", "1ms", 3}, 1, 16},
    {{"cohort_wait_8", "200000", "1000", "cpython-3.11", "20ms", "1ms", 8}, 1, 16},
    {{"cohort_long_2", "10000", "1000", "cpython-3.11", "20ms", "10ms", 2}, 1, 16},
    {{"cohort_long_8", "10000", "1000", "cpython-3.11", "20ms", "10ms", 8}, 1, 16},
    {{"cohort_some_2", "200000", "200", "cpython-3.11", "20ms", "1ms", 2}, 1, 3},
};

static void fail(const struct err *err)
{
    fprintf(stderr, "bench_simulator: %s\n", err->text);
    exit(1);
}

static struct experiment *load(const struct big_run *run)
{
    struct err err;
    char text[6][80];
    snprintf(text[0], sizeof text[0], "devices.count=%s", run->sessions);
    snprintf(text[1], sizeof text[1], "runs.workers=%s", run->workers);
    snprintf(text[2], sizeof text[2], "runs.interpreter=%s", run->interpreter);
    snprintf(text[3], sizeof text[3], "devices.latency.command=%s", run->wait);
    snprintf(text[4], sizeof text[4], "work.cpu.command=%s", run->cpu);
    const char *overrides[] = {"devices.transport=sleep",
                               "devices.latency.connect=0",
                               "devices.latency.login=0",
                               "work.commands=[show clock]",
                               "work.cpu.login=0",
                               "runs.strategy=threads",
                               text[0],
                               text[1],
                               text[2],
                               text[3],
                               text[4],
                               NULL};
    struct experiment *experiment = experiment_load(NULL, overrides, &err);
    if (!experiment)
        fail(&err);
    return experiment;
}

// 0: as the rule has it.
static struct prediction predict(const struct big_run *run, uint32_t grain, uint32_t cohort)
{
    struct err err;
    struct costs costs;
    size_t count;
    struct prediction prediction;
    struct experiment *experiment = load(run);
    struct run_spec *specs = experiment_runs(experiment, &count);
    costs_init(&costs);
    struct predict_options options = {
        .costs = &costs, .cores = run->cores, .grain = grain, .cohort = cohort};
    if (predict_run(experiment, &specs[0], &options, &prediction, &err) < 0)
        fail(&err);
    free(specs);
    experiment_free(experiment);
    costs_fini(&costs);
    return prediction;
}

static void compare(const struct big_run *run, uint32_t grain, uint32_t cohort)
{
    double fine_s = predict(run, 1, 1).row.wall_s;
    double coarse_s = predict(run, grain, cohort).row.wall_s;
    printf("%s_error\t%+.1f\t%%, with grain %u, cohort %u\n", run->name,
           (coarse_s / fine_s - 1) * 100, grain, cohort);
    fflush(stdout);
}

static void measure(const struct big_run *run)
{
    struct rusage usage;
    double bare = bare_speed();
    double start = cpu_s();
    struct prediction prediction = predict(run, 0, 0);
    double spent = cpu_s() - start;
    bare = (bare + bare_speed()) / 2;
    getrusage(RUSAGE_SELF, &usage);
    printf("%s_cpu_s\t%.2f\ts, grain %u, cohort %u\n", run->name, spent, prediction.grain,
           prediction.cohort);
    printf("%s_events_per_s\t%.0f\tevents of cpu second\n", run->name,
           (double)prediction.events / spent);
    printf("%s_rss\t%.1f\tMB\n", run->name, (double)usage.ru_maxrss / 1024);
    printf("%s_bare_loop\t%.0f\trounds of cpu second\n", run->name, bare);
    fflush(stdout);
}

// Arguments: names of runs to measure; none: all.
static bool is_wanted(const char *name, int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (!strcmp(argv[i], name))
            return true;
    return argc == 1;
}

int main(int argc, char **argv)
{
    if (argc == 1)
        queue_alone();
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++)
        if (is_wanted(runs[i].name, argc, argv))
            measure(&runs[i]);
    for (size_t i = 0; i < sizeof coarse_runs / sizeof *coarse_runs; i++)
        if (is_wanted(coarse_runs[i].run.name, argc, argv))
            compare(&coarse_runs[i].run, coarse_runs[i].grain, coarse_runs[i].cohort);
    return 0;
}
