// The second thread of a real Python's sessions over SSH: what it computes, what it costs beside
// others, how long its events are waited for.
#include "base/rng.h"
#include "tests/unit/predicted.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

// Nothing costs anything but what a session computes: 20 ms in a Python, 4 of them in C, and of a
// command 8 and 2. A quarter and a half of it is the worker's thread's.
static void only_sessions_cost(struct costs *costs)
{
    costs_init(costs);
    for (const struct cost_field *field = cost_fields; field->name; field++)
        memset((char *)costs + field->offset, 0, sizeof(struct cost));
    for (size_t i = 0; i < costs->n_pythons; i++)
        for (const struct cost_field *field = python_cost_fields; field->name; field++)
            memset((char *)&costs->pythons[i] + field->offset, 0, sizeof(struct cost));
    costs->os_quantum.median = 4e6;
    costs->os_slice.median = 1e6;
    costs->ssh_session.median = 4e6;
    costs->ssh_command.median = 2e6;
    for (size_t i = 0; i < costs->n_pythons; i++) {
        struct python_costs *python = &costs->pythons[i];
        python->tick.median = 13;
        python->check_gap.median = 30;
        python->ssh_session.median = 20e6;
        python->ssh_worker_session.median = 5e6;
        python->ssh_command.median = 8e6;
        python->ssh_worker_command.median = 4e6;
    }
}

struct run {
    const char *strategy;
    const char *interpreter;
    const char *devices; // where they are
    uint32_t workers;
    const char *wait;
};

static struct prediction predict_ssh(const struct run *run, const struct costs *costs)
{
    char text[5][64];
    snprintf(text[0], 64, "runs.strategy=%s", run->strategy);
    snprintf(text[1], 64, "runs.interpreter=%s", run->interpreter);
    snprintf(text[2], 64, "devices.%s", run->devices);
    snprintf(text[3], 64, "runs.workers=%u", run->workers);
    snprintf(text[4], 64, "devices.latency.command=%s", run->wait);
    const char *overrides[] = {text[0],
                               text[1],
                               text[2],
                               text[3],
                               text[4],
                               "devices.transport=ssh",
                               "devices.latency.connect=0",
                               "devices.latency.login=0",
                               "work.commands=[show clock]",
                               "work.cpu.command=0",
                               NULL};
    return predict(overrides, costs, 2);
}

static double wall_of(const struct run *run, const struct costs *costs)
{
    struct prediction prediction = predict_ssh(run, costs);
    free(prediction.sessions);
    return prediction.row.wall_s;
}

// One after the other, the two threads of a session compute what one would: what a Python's session
// takes, a command and turning the pager off, which is half of one.
static void test_one_session_takes_what_both_of_its_threads_compute(void **state)
{
    (void)state;
    static const struct run runs[] = {
        {"sequential", "python:/python3.11", "count=5", 1, "30ms"},
        {"sequential", "cpython-3.11", "count=5", 1, "30ms"},
        {"threads", "python:/python3.11", "count=5", 1, "30ms"},
        {"processes", "python:/python3.11", "count=5", 1, "30ms"},
        {"sequential", "python:/python3.11", "addresses=[192.0.2.1]", 1, "30ms"},
    };
    struct costs costs;
    only_sessions_cost(&costs);
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
        struct prediction prediction = predict_ssh(&runs[i], &costs);
        double session_s = prediction.row.wall_s / prediction.row.sessions_ok;
        if (fabs(session_s - (0.030 + 0.020 + 1.5 * 0.008)) > 1e-6)
            fail_msg("run %zu: %.9f s", i, session_s);
        free(prediction.sessions);
    }
    costs_fini(&costs);
}

// All of it but C's part is computed under the lock, by whichever thread: 5 * (16 + 1.5 * 6) ms.
// The first and the last session's other part, 7 ms, passes beside nothing.
static void test_sessions_at_once_share_the_lock(void **state)
{
    (void)state;
    static const struct run named = {"threads", "cpython-3.11", "count=5", 5, "1ms"};
    static const struct run real = {"threads", "python:/python3.11", "count=5", 5, "1ms"};
    struct costs costs;
    only_sessions_cost(&costs);
    struct prediction prediction = predict_ssh(&real, &costs);
    struct prediction single = predict_ssh(&named, &costs);
    assert_true(prediction.row.wall_s >= 0.125 && prediction.row.wall_s < 0.140);
    assert_true(single.row.wall_s >= 0.125 && single.row.wall_s < 0.140);
    // Each packet is a hand-over.
    assert_true(prediction.row.gil_switches > 2 * single.row.gil_switches);
    free(prediction.sessions);
    free(single.sessions);
    costs_fini(&costs);
}

// threading.Condition.wait of 2.7 looks after 1, 3, 7, 15 and 31 ms.
static void test_an_event_of_2_7_is_looked_for_again_and_again(void **state)
{
    (void)state;
    static const struct {
        const char *wait;
        double seen_s;
    } cases[] = {{"30ms", 0.031}, {"32ms", 0.063}, {"200ms", 0.213}, {"130ms", 0.163}};
    struct costs costs;
    only_sessions_cost(&costs);
    costs.ssh_session.median = costs.ssh_command.median = 0;
    for (size_t i = 0; i < costs.n_pythons; i++) {
        costs.pythons[i].ssh_session.median = costs.pythons[i].ssh_command.median = 0;
        costs.pythons[i].ssh_worker_session.median = 0;
        costs.pythons[i].ssh_worker_command.median = 0;
    }
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct run old = {"sequential", "python:/python2.7", "count=1", 1, cases[i].wait};
        const struct run new = {"sequential", "python:/python3.11", "count=1", 1, cases[i].wait};
        double more_s = wall_of(&old, &costs) - wall_of(&new, &costs);
        double wait_s = strtod(cases[i].wait, NULL) / 1000;
        // The other exchanges are answered at once, but not before the first look: 1 ms at most.
        assert_true(more_s >= cases[i].seen_s - wait_s - 1e-6);
        assert_true(more_s <= cases[i].seen_s - wait_s + 0.009);
    }
    costs_fini(&costs);
}

// As calibrate found it; a run without the lock has no figures of one.
static void test_paramiko_turns_the_lock_of_a_free_threaded_build_on(void **state)
{
    (void)state;
    static const struct run threads = {"threads", "python:/x/python3.13t", "count=4", 4, "1ms"};
    struct costs costs;
    only_sessions_cost(&costs);
    struct python_costs *python = costs_add_python(&costs, 3, 13);
    *python = costs.pythons[1];
    snprintf(python->path, sizeof python->path, "/x/python3.13t");
    python->has_lock = 0;
    for (uint32_t on = 0; on < 2; on++) {
        python->ssh_has_lock = on;
        struct prediction prediction = predict_ssh(&threads, &costs);
        assert_int_equal(isnan(prediction.row.gil_held_s), !on);
        free(prediction.sessions);
    }
    costs_fini(&costs);
}

static void test_whatever_the_experiment_the_books_are_right(void **state)
{
    (void)state;
    static const char *const strategies[] = {"sequential", "threads", "processes", "hybrid"};
    static const char *const pythons[] = {"python:/python2.7", "python:/python3.11",
                                          "python:/python3.13t"};
    struct costs costs;
    struct rng rng;
    costs_init(&costs);
    rng_seed(&rng, 4);
    for (int i = 0; i < 60; i++) {
        char text[4][80];
        uint32_t workers = 2 + (uint32_t)rng_below(&rng, 20);
        uint32_t devices = 1 + (uint32_t)rng_below(&rng, 40);
        snprintf(text[0], 80, "runs.background=%u", (uint32_t)rng_below(&rng, 3));
        snprintf(text[1], 80, "devices.count=%u", devices);
        snprintf(text[2], 80, "seed=%u", (uint32_t)rng_below(&rng, 1000));
        snprintf(text[3], 80, "runs.workers=%u", workers);
        char strategy[80];
        char interpreter[80];
        snprintf(strategy, 80, "runs.strategy=%s", strategies[rng_below(&rng, 4)]);
        snprintf(interpreter, 80, "runs.interpreter=%s", pythons[rng_below(&rng, 3)]);
        const char *overrides[] = {text[0],
                                   text[1],
                                   text[2],
                                   text[3],
                                   strategy,
                                   interpreter,
                                   "devices.transport=ssh",
                                   "devices.latency.command=exponential(3ms)",
                                   "devices.latency.rtt=1ms",
                                   "work.cpu.command=exponential(2ms)",
                                   "devices.faults.hang=0.1",
                                   "devices.faults.auth_fail=0.1",
                                   "runs.timeout.command=200ms",
                                   "runs.allowed_failures=1",
                                   NULL};
        uint32_t cores = 1 + (uint32_t)rng_below(&rng, 4);
        struct prediction prediction = predict(overrides, &costs, cores);
        const struct run_row *row = &prediction.row;
        double life_s = 0;
        for (int n = 0; n < STATES; n++)
            life_s += row->state_s[n];
        assert_int_equal(row->sessions_ok + row->sessions_failed, devices);
        assert_true(life_s <= workers * row->wall_s * (1 + 1e-9));
        assert_true(row->cpu_user_s <= cores * row->wall_s * (1 + 1e-9));
        free(prediction.sessions);
    }
    costs_fini(&costs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_session_takes_what_both_of_its_threads_compute),
        cmocka_unit_test(test_sessions_at_once_share_the_lock),
        cmocka_unit_test(test_an_event_of_2_7_is_looked_for_again_and_again),
        cmocka_unit_test(test_paramiko_turns_the_lock_of_a_free_threaded_build_on),
        cmocka_unit_test(test_whatever_the_experiment_the_books_are_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
