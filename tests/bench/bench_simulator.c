// How fast the simulator is: events a second of cpu, and the big run: 1,000,000 sessions by 1,000
// threads under one lock. Where a thousand threads all want the lock all the time, their timeouts
// are nearly all events: so a tenth of the sessions.
#include "base/costs.h"
#include "base/experiment.h"
#include "sim/event_queue.h"
#include "sim/predict.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

enum { SLOTS = 1000, ROUNDS = 10000000 };

static double cpu_s(void)
{
    return (double)clock() / CLOCKS_PER_SEC;
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

static void run(const char *name, const char *const *overrides, uint32_t cores)
{
    struct err err;
    struct costs costs;
    size_t count;
    struct prediction prediction;
    struct rusage usage;
    costs_init(&costs);
    struct experiment *experiment = experiment_load(NULL, overrides, &err);
    if (!experiment) {
        fprintf(stderr, "bench_simulator: %s\n", err.text);
        exit(1);
    }
    struct run_spec *specs = experiment_runs(experiment, &count);
    struct predict_options options = {.costs = &costs, .cores = cores};
    double start = cpu_s();
    if (predict_run(experiment, &specs[0], &options, &prediction, &err) < 0) {
        fprintf(stderr, "bench_simulator: %s\n", err.text);
        exit(1);
    }
    double spent = cpu_s() - start;
    getrusage(RUSAGE_SELF, &usage);
    printf("%s_cpu_s\t%.2f\ts\n", name, spent);
    printf("%s_events_per_s\t%.0f\tevents of cpu second\n", name,
           (double)prediction.events / spent);
    printf("%s_rss\t%.1f\tMB\n", name, (double)usage.ru_maxrss / 1024);
    fflush(stdout);
    free(specs);
    experiment_free(experiment);
    costs_fini(&costs);
}

int main(void)
{
    static const char *const million[] = {"devices.transport=sleep",
                                          "devices.count=1000000",
                                          "devices.latency.connect=0",
                                          "devices.latency.login=0",
                                          "work.commands=[show clock]",
                                          "devices.latency.command=exponential(1s)",
                                          "work.cpu.login=0",
                                          "work.cpu.command=500us",
                                          "runs.strategy=threads",
                                          "runs.workers=1000",
                                          "runs.interpreter=cpython-3.11",
                                          NULL};
    static const char *const saturated[] = {
        "devices.transport=sleep", "devices.count=100000",          "devices.latency.connect=10ms",
        "devices.latency.login=0", "devices.latency.command=20ms",  "work.commands=[show clock]",
        "work.cpu.login=0",        "work.cpu.command=1ms",          "runs.strategy=threads",
        "runs.workers=1000",       "runs.interpreter=cpython-3.11", NULL};
    static const char *const old[] = {
        "devices.transport=sleep", "devices.count=1000",           "devices.latency.connect=10ms",
        "devices.latency.login=0", "devices.latency.command=20ms", "work.commands=[show clock]",
        "work.cpu.login=0",        "work.cpu.command=10ms",        "runs.strategy=threads",
        "runs.workers=40",         "runs.interpreter=cpython-2.7", NULL};
    queue_alone();
    run("old_lock", old, 2);
    run("million_sessions", million, 2);
    run("saturated_100000", saturated, 8); // the lock is always wanted by a thousand
    return 0;
}
