// Where theory is exact the model is exact: on the ideal machine (nothing costs anything but the
// devices and the work) wall times are known to the nanosecond.
#include "base/rng.h"
#include "sim/trace.h"
#include "tests/unit/predicted.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { OVERRIDES_MAX = 12 };

struct exact {
    const char *strategy;
    const char *interpreter;
    uint32_t devices;
    uint32_t workers;
    uint32_t cores;
    const char *wait;
    const char *cpu;
    double wall_s;
};

static double wall_of(const struct exact *row)
{
    char text[7][64];
    snprintf(text[0], 64, "runs.strategy=%s", row->strategy);
    snprintf(text[1], 64, "runs.interpreter=%s", row->interpreter);
    snprintf(text[2], 64, "devices.count=%u", row->devices);
    snprintf(text[3], 64, "runs.workers=%u", row->workers);
    snprintf(text[4], 64, "devices.latency.command=%s", row->wait);
    snprintf(text[5], 64, "work.cpu.command=%s", row->cpu);
    const char *overrides[] = {text[0],
                               text[1],
                               text[2],
                               text[3],
                               text[4],
                               text[5],
                               "devices.transport=sleep",
                               "devices.latency.connect=0",
                               "devices.latency.login=0",
                               "work.commands=[show clock]",
                               "work.cpu.login=0",
                               NULL};
    struct prediction prediction = predict(overrides, NULL, row->cores);
    assert_int_equal(prediction.row.sessions_ok, row->devices);
    free(prediction.sessions);
    return prediction.row.wall_s;
}

static void check(const struct exact *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        double wall = wall_of(&rows[i]);
        if (fabs(wall - rows[i].wall_s) > 1e-9)
            fail_msg("%s %s, %u devices, %u workers, %u cores, %s + %s: %.9f instead of %.9f",
                     rows[i].strategy, rows[i].interpreter, rows[i].devices, rows[i].workers,
                     rows[i].cores, rows[i].wait, rows[i].cpu, wall, rows[i].wall_s);
    }
}

#define CHECK(rows) check(rows, sizeof(rows) / sizeof *(rows))

static void test_sequential_takes_every_wait_and_every_computation(void **state)
{
    (void)state;
    static const struct exact rows[] = {
        {"sequential", "native", 10, 1, 1, "100ms", "0", 1.0},
        {"sequential", "native", 10, 1, 2, "100ms", "20ms", 1.2},
        {"sequential", "cpython-3.11", 10, 1, 2, "100ms", "20ms", 1.2},
        {"sequential", "cpython-2.7", 7, 1, 1, "30ms", "7ms", 7 * 0.037},
    };
    CHECK(rows);
}

static void test_threads_that_only_wait_take_a_wait_a_round(void **state)
{
    (void)state;
    static const struct exact rows[] = {
        {"threads", "native", 40, 10, 2, "100ms", "0", 0.4},
        {"threads", "cpython-3.11", 41, 10, 2, "100ms", "0", 0.5},
        {"threads", "cpython-2.7", 40, 40, 1, "100ms", "0", 0.1},
        {"threads", "cpython-2.7", 5, 40, 2, "100ms", "0", 0.1},
    };
    CHECK(rows);
}

static void test_computing_under_one_lock_takes_all_the_computations(void **state)
{
    (void)state;
    static const struct exact rows[] = {
        {"threads", "cpython-3.11", 20, 1, 2, "0", "10ms", 0.2},
        {"threads", "cpython-3.11", 20, 4, 4, "0", "10ms", 0.2},
        {"threads", "cpython-3.11", 20, 20, 1, "0", "30ms", 0.6},
        {"threads", "cpython-2.7", 20, 4, 4, "0", "10ms", 0.2},
        {"threads", "cpython-2.7", 20, 7, 1, "0", "10ms", 0.2},
    };
    CHECK(rows);
}

static void test_computing_without_a_lock_is_shared_by_the_cores(void **state)
{
    (void)state;
    static const struct exact rows[] = {
        {"threads", "native", 20, 4, 4, "0", "10ms", 0.05},
        {"threads", "native", 20, 20, 1, "0", "10ms", 0.2},
        {"threads", "subinterpreters", 20, 2, 2, "0", "10ms", 0.1},
        {"interpreters", "cpython-3.14", 20, 4, 2, "0", "10ms", 0.1},
        {"threads", "free-threaded-3.13", 20, 2, 2, "0", "10ms", 0.14},
    };
    CHECK(rows);
}

static void test_a_pool_of_processes_is_shared_by_the_cores(void **state)
{
    (void)state;
    static const struct exact rows[] = {
        {"processes", "cpython-3.11", 20, 4, 4, "0", "10ms", 0.05},
        {"processes", "cpython-3.11", 20, 4, 2, "0", "10ms", 0.1},
        {"processes", "cpython-2.7", 20, 4, 2, "0", "10ms", 0.1},
        {"processes", "cpython-3.14", 20, 20, 1, "0", "10ms", 0.2},
        {"processes", "cpython-3.11", 40, 10, 2, "100ms", "0", 0.4},
        {"hybrid", "cpython-3.11", 20, 2, 2, "0", "10ms", 0.1},
    };
    CHECK(rows);
}

static void test_beside_others_each_start_in_a_pool_waits_for_the_lock(void **state)
{
    (void)state;
    double wall_s[2];
    struct costs costs;
    costs_init(&costs);
    for (int background = 0; background < 2; background++) {
        const char *overrides[] = {"runs.strategy=processes",
                                   "runs.workers=2",
                                   background ? "runs.background=1" : "runs.background=0",
                                   "devices.transport=sleep",
                                   "runs.interpreter=cpython-3.11",
                                   NULL};
        struct prediction prediction = predict(overrides, &costs, 4);
        wall_s[background] = prediction.row.wall_s;
        free(prediction.sessions);
    }
    assert_true(wall_s[1] - wall_s[0] > 4 * 0.005);
    costs_fini(&costs);
}

static const char *const busy[] = {"runs.strategy=threads",
                                   "runs.interpreter=cpython-2.7",
                                   "devices.count=60",
                                   "devices.transport=sleep",
                                   "runs.workers=7",
                                   "devices.latency.command=exponential(3ms)",
                                   "work.cpu.command=exponential(2ms)",
                                   NULL};

static void test_every_nanosecond_of_a_worker_is_in_one_state(void **state)
{
    (void)state;
    struct costs costs;
    costs_init(&costs);
    struct prediction prediction = predict(busy, &costs, 2);
    const struct run_row *row = &prediction.row;
    double sum = 0;
    for (int i = 0; i < STATES; i++)
        sum += row->state_s[i];
    // A worker's life begins when it is started, so the sum is a little less than workers * wall.
    assert_true(sum <= 7 * row->wall_s + 1e-9);
    assert_true(sum >= 7 * row->wall_s * 0.95);
    assert_true(row->gil_held_s <= row->wall_s); // at most one holder
    assert_true(row->cpu_user_s <= 2 * row->wall_s);
    free(prediction.sessions);
    costs_fini(&costs);
}

static void test_what_would_never_end_on_the_ideal_machine_is_refused(void **state)
{
    (void)state;
    static const char *const endless[][4] = {
        {"work.echo=1s", "devices.count=1", "devices.transport=sleep", NULL},
        {"runs.interpreter=cpython-2.7", "runs.background=1", "runs.strategy=threads", NULL},
    };
    for (size_t i = 0; i < 2; i++) {
        struct err err = {0};
        size_t count;
        struct experiment *experiment = experiment_load(NULL, endless[i], &err);
        assert_non_null(experiment);
        struct run_spec *specs = experiment_runs(experiment, &count);
        struct predict_options options = {.cores = 2};
        assert_int_equal(predict_check(experiment, &specs[0], &options, &err), -1);
        assert_int_equal(err.kind, ERR_INPUT);
        free(specs);
        experiment_free(experiment);
    }
}

static void test_every_strategy_does_every_session_and_keeps_the_books(void **state)
{
    (void)state;
    static const char *const strategies[] = {"sequential", "threads", "processes",
                                             "hybrid",     "async",   "interpreters"};
    static const char *const interpreters[] = {"native", "cpython-2.7", "cpython-3.11",
                                               "subinterpreters", "free-threaded"};
    struct costs costs;
    costs_init(&costs);
    for (size_t s = 0; s < 6; s++)
        for (size_t i = 0; i < 5; i++)
            for (uint32_t background = 0; background < 2; background++) {
                char text[4][64];
                snprintf(text[0], 64, "runs.strategy=%s", strategies[s]);
                snprintf(text[1], 64, "runs.interpreter=%s", interpreters[i]);
                snprintf(text[2], 64, "runs.background=%u", background);
                snprintf(text[3], 64, "devices.transport=%s", transport_names[(s + i) % 3]);
                const char *overrides[] = {text[0],
                                           text[1],
                                           text[2],
                                           text[3],
                                           "devices.count=23",
                                           "runs.workers=5",
                                           "runs.processes=2",
                                           "devices.latency.connect=1ms",
                                           "devices.latency.login=exponential(2ms)",
                                           "work.cpu.command=300us",
                                           NULL};
                struct prediction prediction = predict(overrides, &costs, 2);
                assert_int_equal(prediction.row.sessions_ok, 23);
                assert_int_equal(prediction.n_sessions, 23);
                assert_true(prediction.row.cpu_user_s <= 2 * prediction.row.wall_s);
                for (int n = 0; n < STATES; n++)
                    assert_true(prediction.row.state_s[n] <= 5 * prediction.row.wall_s + 1e-9);
                free(prediction.sessions);
            }
    costs_fini(&costs);
}

// A round trip an exchange and nothing else: SSH has two before the first byte, then keys, service,
// password, channel, terminal, shell, no paging, commands, logout.
static void test_a_long_path_takes_a_round_trip_an_exchange(void **state)
{
    (void)state;
    static const struct {
        const char *transport;
        const char *strategy;
        const char *commands;
        const char *platform;
        double wall_s;
    } rows[] = {
        {"ssh", "sequential", "[]", "cisco_ios", 10},
        {"ssh", "sequential", "[show clock, show version]", "cisco_ios", 12},
        {"ssh", "threads", "[show clock, show version]", "cisco_ios", 12},
        {"ssh", "async", "[show clock, show version]", "cisco_ios", 12},
        {"telnet", "sequential", "[]", "cisco_ios", 6},
        {"telnet", "processes", "[show clock, show version]", "cisco_ios", 8},
        {"telnet", "sequential", "[show clock]", "mikrotik_routeros", 6},
        {"sleep", "sequential", "[show clock]", "cisco_ios", 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[4][96];
        snprintf(text[0], 96, "devices.transport=%s", rows[i].transport);
        snprintf(text[1], 96, "runs.strategy=%s", rows[i].strategy);
        snprintf(text[2], 96, "work.commands=%s", rows[i].commands);
        snprintf(text[3], 96, "devices.platform=%s", rows[i].platform);
        const char *overrides[] = {text[0],           text[1],
                                   text[2],           text[3],
                                   "runs.workers=1",  "devices.latency.rtt=1s",
                                   "devices.count=1", NULL};
        struct prediction prediction = predict(overrides, NULL, 2);
        if (fabs(prediction.row.wall_s - rows[i].wall_s) > 1e-9)
            fail_msg("%s %s: %.9f s", rows[i].transport, rows[i].commands, prediction.row.wall_s);
        free(prediction.sessions);
    }
}

static void test_an_answer_nobody_knows_is_a_thousand_bytes_on_the_line(void **state)
{
    (void)state;
    static const char *const slow[] = {"runs.strategy=sequential",
                                       "devices.transport=telnet",
                                       "devices.count=1",
                                       "devices.latency.bandwidth=100B/s",
                                       "work.commands=[show clock, show version]",
                                       NULL};
    struct prediction prediction = predict(slow, NULL, 2);
    assert_true(fabs(prediction.row.wall_s - (10 + 10)) < 1e-9);
    free(prediction.sessions);
}

static const char *const many_ssh[] = {"runs.strategy=threads", "devices.transport=ssh",
                                       "devices.count=50",      "runs.workers=50",
                                       "work.commands=[]",      NULL};

// The cores are shared by the client and the emulator, each session costs both their CPU; real
// devices do not compute here.
static void test_the_emulator_computes_on_the_same_cores_if_there_is_one(void **state)
{
    (void)state;
    static const char *const elsewhere[] = {"runs.strategy=threads", "devices.transport=ssh",
                                            "devices.addresses=[192.0.2.1]", "work.commands=[]",
                                            NULL};
    struct costs costs;
    costs_init(&costs);
    costs.ssh_first = (struct cost){0, 0, 0};
    costs.ssh_session = (struct cost){2e6, 2e6, 2e6};
    costs.ssh_device = (struct cost){8e6, 8e6, 8e6};
    struct prediction here = predict(many_ssh, &costs, 2);
    struct prediction there = predict(elsewhere, &costs, 2);
    // One thread of the emulator does 50 * 8 ms, the client's 50 * 2 ms pass beside it.
    assert_true(here.row.emulator_cpu_s > 0.40 && here.row.emulator_cpu_s < 0.45);
    assert_true(here.row.wall_s > 0.40 && here.row.wall_s < 0.46);
    assert_true(here.row.cpu_user_s > 0.10 && here.row.cpu_user_s < 0.13);
    assert_true(isnan(there.row.emulator_cpu_s));
    assert_int_equal(there.row.sessions_ok, 1); // one an address
    assert_true(there.row.wall_s > 0.002 && there.row.wall_s < 0.0025);
    free(here.sessions);
    free(there.sessions);
    costs_fini(&costs);
}

static void test_each_process_pays_for_its_first_session(void **state)
{
    (void)state;
    struct costs costs;
    costs_init(&costs);
    costs.ssh_first = (struct cost){0, 0, 0};
    struct prediction without = predict(many_ssh, &costs, 2);
    costs.ssh_first = (struct cost){100e6, 100e6, 100e6};
    struct prediction threads = predict(many_ssh, &costs, 2);
    double more_s = threads.row.cpu_user_s - without.row.cpu_user_s;
    assert_true(more_s > 0.099 && more_s < 0.101);
    free(without.sessions);
    free(threads.sessions);
    costs_fini(&costs);
}

static void test_a_timeline_is_whole_however_long(void **state)
{
    (void)state;
    struct err err;
    char dir[] = "/tmp/netbaton-test-XXXXXX";
    char path[64];
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/t.json", dir);
    struct trace *trace = trace_open(path, &err);
    assert_non_null(trace);
    for (uint32_t run = 0; run < 2; run++) {
        trace_run(trace, run, 2, "run");
        for (uint64_t i = 0; i < TIMELINE_INTERVALS_MAX - 1 + 10 * run; i++)
            trace_holder(trace, 0, 1, i, i + 1);
    }
    assert_int_equal(trace_joined_runs(trace), 1);
    assert_int_equal(trace_close(trace, &err), 0);
    unlink(path);
    snprintf(path, sizeof path, "%s/t.csv", dir);
    size_t lines = 0;
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    for (int c = fgetc(file); c != EOF; c = fgetc(file))
        lines += c == '\n';
    fclose(file);
    // The second run's list is full once: then a grain is a microsecond. Nine more, and the remark.
    enum { GRAINS = TIMELINE_INTERVALS_MAX / 1000, SECOND = GRAINS + 9 + 1 };
    assert_int_equal(lines, 1 + TIMELINE_INTERVALS_MAX - 1 + SECOND);
    unlink(path);
    rmdir(dir);
}

// Of experiments drawn by chance. That the lock has one holder and that no event lies in the past
// is asserted in gil.c and event_queue.c, wherever this test goes.
static void test_whatever_the_experiment_the_books_are_right(void **state)
{
    (void)state;
    static const char *const strategies[] = {"sequential", "threads", "processes",
                                             "hybrid",     "async",   "interpreters"};
    static const char *const interpreters[] = {"native",         "cpython-2.7",  "cpython-3.4",
                                               "cpython-3.11",   "cpython-3.14", "free-threaded",
                                               "subinterpreters"};
    static const char *const methods[] = {"fork", "spawn", "forkserver"};
    struct costs costs;
    struct rng rng;
    costs_init(&costs);
    rng_seed(&rng, 20);
    for (int i = 0; i < 400; i++) {
        char text[10][80];
        uint32_t cores = 1 + (uint32_t)rng_below(&rng, 4);
        uint32_t workers = 2 + (uint32_t)rng_below(&rng, 30);
        uint32_t devices = 1 + (uint32_t)rng_below(&rng, 30);
        costs.tick_lock = (uint32_t)rng_below(&rng, 3);
        costs.scheduler = (uint32_t)rng_below(&rng, 2);
        // There a 2.7 gets the lock from an endless thread once in a second: a few sessions do.
        if (cores == 1 && costs.scheduler == SCHEDULER_TIMESHARE)
            devices = 1 + devices % 3;
        snprintf(text[0], 80, "runs.strategy=%s", strategies[rng_below(&rng, 6)]);
        snprintf(text[1], 80, "runs.interpreter=%s", interpreters[rng_below(&rng, 7)]);
        snprintf(text[2], 80, "runs.workers=%u", workers);
        snprintf(text[3], 80, "devices.count=%u", devices);
        snprintf(text[4], 80, "devices.latency.command=exponential(%uus)",
                 1 + (uint32_t)rng_below(&rng, 5000));
        snprintf(text[5], 80, "work.cpu.command=exponential(%uus)",
                 1 + (uint32_t)rng_below(&rng, 2000));
        snprintf(text[6], 80, "runs.background=%u", (uint32_t)rng_below(&rng, 3));
        snprintf(text[7], 80, "runs.start_method=%s", methods[rng_below(&rng, 3)]);
        snprintf(text[8], 80, "runs.switch_interval=%uus", 50 + (uint32_t)rng_below(&rng, 9000));
        snprintf(text[9], 80, "seed=%u", (uint32_t)rng_below(&rng, 1000));
        const char *overrides[] = {text[0], text[1], text[2], text[3], text[4], text[5],
                                   text[6], text[7], text[8], text[9], NULL};
        struct prediction prediction = predict(overrides, &costs, cores);
        const struct run_row *row = &prediction.row;
        double life_s = 0;
        for (int n = 0; n < STATES; n++)
            life_s += row->state_s[n];
        assert_int_equal(row->sessions_ok, devices);
        assert_true(life_s <= workers * row->wall_s * (1 + 1e-9));
        assert_true(row->cpu_user_s <= cores * row->wall_s * (1 + 1e-9));
        for (uint32_t n = 0; n < prediction.n_sessions; n++) {
            const struct session_row *session = &prediction.sessions[n];
            assert_true(session->start_ns <= session->connected_ns);
            assert_true(session->connected_ns <= session->ready_ns);
            assert_true(session->ready_ns <= session->end_ns);
            assert_true(session->end_ns <= (uint64_t)(row->wall_s * 1e9 + 1));
        }
        free(prediction.sessions);
    }
    costs_fini(&costs);
}

// Threads of the main program that compute all the time keep back those that share its lock. With
// cores enough nothing changes for the others.
static void test_background_threads_share_the_lock_of_the_main_program(void **state)
{
    (void)state;
    static const struct {
        const char *strategy;
        const char *interpreter;
        bool shares;
    } rows[] = {
        {"sequential", "cpython-3.11", true},     {"threads", "cpython-3.11", true},
        {"async", "cpython-3.11", true},          {"sequential", "native", false},
        {"sequential", "subinterpreters", false}, {"async", "subinterpreters", false},
        {"threads", "subinterpreters", false},    {"interpreters", "cpython-3.14", false},
        {"hybrid", "subinterpreters", false},     {"hybrid", "cpython-3.11", false},
        {"processes", "cpython-3.11", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[2][64];
        snprintf(text[0], 64, "runs.strategy=%s", rows[i].strategy);
        snprintf(text[1], 64, "runs.interpreter=%s", rows[i].interpreter);
        const char *overrides[] = {text[0],
                                   text[1],
                                   "runs.background=2",
                                   "runs.workers=2",
                                   "runs.processes=2",
                                   "devices.count=20",
                                   "devices.transport=sleep",
                                   "devices.latency.command=0",
                                   "work.commands=[show clock]",
                                   "work.cpu.command=10ms",
                                   NULL};
        struct prediction prediction = predict(overrides, NULL, 5);
        bool one = !strcmp(rows[i].strategy, "sequential") || !strcmp(rows[i].strategy, "async");
        double alone_s = one ? 0.2 : 0.1;
        double wall_s = prediction.row.wall_s;
        // Main waits an interval for its lock at each start of a thread, a process pool's parent at
        // each message.
        double most_s = strcmp(rows[i].strategy, "processes") ? alone_s + 0.05 : 3 * alone_s;
        if (rows[i].shares ? wall_s < 0.4 : wall_s > most_s)
            fail_msg("%s %s: %.9f s", rows[i].strategy, rows[i].interpreter, wall_s);
        free(prediction.sessions);
    }
}

// Two threads that compute under the lock of 2.7 on one core. Linux lets the woken thread have the
// core inside the holder's release: the lock changes hands and nobody is called in vain. Where a
// woken thread waits for the end of the slice, the holder calls at every check until the waiter has
// come back, if that is how its condition variable counts.
static void test_on_one_core_the_scheduler_decides_what_a_contended_check_costs(void **state)
{
    (void)state;
    static const struct {
        uint32_t scheduler;
        uint32_t tick_lock;
        double min; // of the wall time, in computations
        double max;
    } rows[] = {
        {SCHEDULER_FAIR, TICK_LOCK_SEMAPHORE, 2, 2.02},
        {SCHEDULER_FAIR, TICK_LOCK_MACH_CONDVAR, 2, 2.02},
        {SCHEDULER_TIMESHARE, TICK_LOCK_CONDVAR, 2, 2.03},
        // 6 us of work a check, 3 us a call: all of them would be 3.
        {SCHEDULER_TIMESHARE, TICK_LOCK_MACH_CONDVAR, 2.4, 3},
        {SCHEDULER_TIMESHARE, TICK_LOCK_SEMAPHORE, 2.4, 3},
    };
    static const char *const pair[] = {"runs.strategy=threads",
                                       "runs.interpreter=cpython-2.7",
                                       "runs.workers=2",
                                       "devices.count=2",
                                       "devices.transport=sleep",
                                       "devices.latency.command=0",
                                       "work.commands=[show clock]",
                                       "work.cpu.command=1s",
                                       "runs.check_interval=100",
                                       NULL};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct costs costs;
        costs_init(&costs);
        costs.tick_lock = rows[i].tick_lock;
        costs.scheduler = rows[i].scheduler;
        costs.syscall.median = 3e3;
        for (size_t n = 0; n < costs.n_pythons; n++)
            costs.pythons[n].tick.median = 60;
        struct prediction prediction = predict(pair, &costs, 1);
        double wall_s = prediction.row.wall_s;
        if (wall_s < rows[i].min || wall_s > rows[i].max)
            fail_msg("row %zu: %.3f s", i, wall_s);
        free(prediction.sessions);
        costs_fini(&costs);
    }
}

static void test_the_same_seed_gives_the_same_run(void **state)
{
    (void)state;
    struct costs costs;
    costs_init(&costs);
    struct prediction first = predict(busy, &costs, 2);
    struct prediction second = predict(busy, &costs, 2);
    assert_int_equal(first.events, second.events);
    assert_int_equal(first.n_sessions, second.n_sessions);
    assert_memory_equal(&first.row, &second.row, sizeof first.row);
    assert_memory_equal(first.sessions, second.sessions, first.n_sessions * sizeof *first.sessions);
    free(first.sessions);
    free(second.sessions);
    costs_fini(&costs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sequential_takes_every_wait_and_every_computation),
        cmocka_unit_test(test_threads_that_only_wait_take_a_wait_a_round),
        cmocka_unit_test(test_computing_under_one_lock_takes_all_the_computations),
        cmocka_unit_test(test_computing_without_a_lock_is_shared_by_the_cores),
        cmocka_unit_test(test_every_nanosecond_of_a_worker_is_in_one_state),
        cmocka_unit_test(test_every_strategy_does_every_session_and_keeps_the_books),
        cmocka_unit_test(test_what_would_never_end_on_the_ideal_machine_is_refused),
        cmocka_unit_test(test_a_long_path_takes_a_round_trip_an_exchange),
        cmocka_unit_test(test_an_answer_nobody_knows_is_a_thousand_bytes_on_the_line),
        cmocka_unit_test(test_the_emulator_computes_on_the_same_cores_if_there_is_one),
        cmocka_unit_test(test_each_process_pays_for_its_first_session),
        cmocka_unit_test(test_a_timeline_is_whole_however_long),
        cmocka_unit_test(test_a_pool_of_processes_is_shared_by_the_cores),
        cmocka_unit_test(test_beside_others_each_start_in_a_pool_waits_for_the_lock),
        cmocka_unit_test(test_whatever_the_experiment_the_books_are_right),
        cmocka_unit_test(test_background_threads_share_the_lock_of_the_main_program),
        cmocka_unit_test(test_on_one_core_the_scheduler_decides_what_a_contended_check_costs),
        cmocka_unit_test(test_the_same_seed_gives_the_same_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
