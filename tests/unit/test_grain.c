// When rounds are simulated in grains and waiters in cohorts, and that it comes to the same.
#include "base/costs.h"
#include "base/experiment.h"
#include "sim/cohort.h"
#include "sim/grain.h"
#include "sim/predict.h"
#include "sim/thread.h"
#include "tests/unit/harness.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

struct case_of_grain {
    const char *strategy;
    const char *interpreter;
    const char *transport;
    const char *devices;
    const char *workers;
    const char *cpu;
    const char *background;
    uint32_t cores;
    uint32_t grain;  // expected
    uint32_t cohort; // the same
};

static struct experiment *load(const struct case_of_grain *row)
{
    struct err err = {0};
    char text[7][80];
    snprintf(text[0], 80, "runs.strategy=%s", row->strategy);
    snprintf(text[1], 80, "runs.interpreter=%s", row->interpreter);
    snprintf(text[2], 80, "devices.transport=%s", row->transport);
    snprintf(text[3], 80, "devices.count=%s", row->devices);
    snprintf(text[4], 80, "runs.workers=%s", row->workers);
    snprintf(text[5], 80, "work.cpu.command=%s", row->cpu);
    snprintf(text[6], 80, "runs.background=%s", row->background);
    const char *overrides[] = {text[0],
                               text[1],
                               text[2],
                               text[3],
                               text[4],
                               text[5],
                               text[6],
                               "devices.latency.connect=0",
                               "devices.latency.login=0",
                               "devices.latency.command=20ms",
                               "work.commands=[show clock]",
                               "work.cpu.login=0",
                               NULL};
    struct experiment *experiment = experiment_load(NULL, overrides, &err);
    if (!experiment)
        fail_msg("%s", err.text);
    return experiment;
}

static void expect_by_rule(const struct case_of_grain *row)
{
    size_t count;
    struct costs costs;
    struct sim_costs sim_costs;
    struct experiment *experiment = load(row);
    struct run_spec *specs = experiment_runs(experiment, &count);
    costs_init(&costs);
    sim_costs_set(&sim_costs, &costs, &specs[0], false);
    uint32_t grain = grain_of(experiment, &specs[0], &sim_costs, row->cores);
    uint32_t cohort = cohort_of(experiment, &specs[0], &sim_costs, row->cores);
    if (grain != row->grain || cohort != row->cohort)
        fail_msg("%s %s %s by %s, %s, %u cores: grain %u, cohort %u", row->interpreter,
                 row->transport, row->devices, row->workers, row->cpu, row->cores, grain, cohort);
    costs_fini(&costs);
    free(specs);
    experiment_free(experiment);
}

// A check is 0.912 us long: a millisecond is 1096 rounds. A million sessions of 1 ms are 200,000
// intervals: with 1,000 waiters 200 million looks.
static void test_only_big_contests_for_a_lock_are_taken_together(void **state)
{
    (void)state;
    static const struct case_of_grain rows[] = {
        {"threads", "cpython-2.7", "sleep", "1000000", "1000", "1ms", "0", 2, 54, 1},
        {"threads", "cpython-2.7", "sleep", "1000000", "1000", "1ms", "0", 64, 54, 1},
        {"threads", "cpython-2.7", "sleep", "100000", "40", "1ms", "0", 2, 10, 1},
        {"threads", "cpython-2.7", "sleep", "100000", "40", "10ms", "0", 2, 109, 1},
        {"threads", "cpython-2.7", "sleep", "1000000", "1000", "20us", "0", 2, 1, 1},
        {"threads", "cpython-2.7", "sleep", "10000", "1000", "1ms", "0", 2, 1, 1},
        {"threads", "cpython-2.7", "sleep", "1000000", "1000", "1ms", "0", 1, 1, 1},
        {"threads", "cpython-2.7", "sleep", "1000000", "1000", "1ms", "1", 2, 1, 1},
        {"threads", "cpython-2.7", "sleep", "1000000", "1", "1ms", "0", 2, 1, 1},
        {"threads", "cpython-2.7", "telnet", "1000000", "1000", "1ms", "0", 2, 1, 1},
        {"threads", "cpython-3.11", "sleep", "1000000", "1000", "1ms", "0", 2, 1, 16},
        {"threads", "cpython-3.11", "sleep", "1000000", "1000", "10ms", "0", 64, 1, 16},
        {"threads", "cpython-3.11", "sleep", "1000000", "200", "1ms", "0", 2, 1, 3},
        {"threads", "cpython-3.11", "sleep", "1000000", "40", "1ms", "0", 2, 1, 1},
        {"threads", "cpython-3.11", "sleep", "100000", "400", "1ms", "0", 2, 1, 1},
        {"threads", "cpython-3.11", "sleep", "1000000", "1000", "1ms", "0", 1, 1, 1},
        {"threads", "cpython-3.11", "sleep", "1000000", "1000", "1ms", "1", 2, 1, 1},
        {"threads", "cpython-3.11", "telnet", "1000000", "1000", "1ms", "0", 2, 1, 1},
        {"threads", "native", "sleep", "1000000", "1000", "1ms", "0", 2, 1, 1},
        {"processes", "cpython-2.7", "sleep", "1000000", "1000", "1ms", "0", 2, 1, 1},
        {"async", "cpython-3.11", "sleep", "1000000", "1000", "1ms", "0", 2, 1, 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        expect_by_rule(&rows[i]);
}

static struct run_row predict(const struct case_of_grain *row)
{
    struct err err;
    size_t count;
    struct costs costs;
    struct prediction prediction;
    struct experiment *experiment = load(row);
    struct run_spec *specs = experiment_runs(experiment, &count);
    costs_init(&costs);
    struct predict_options options = {
        .costs = &costs, .cores = row->cores, .grain = row->grain, .cohort = row->cohort};
    if (predict_run(experiment, &specs[0], &options, &prediction, &err) < 0)
        fail_msg("%s", err.text);
    assert_int_equal(prediction.grain, row->grain);
    assert_int_equal(prediction.cohort, row->cohort > 1 ? row->cohort : 0);
    costs_fini(&costs);
    free(specs);
    experiment_free(experiment);
    return prediction.row;
}

static void expect_near(const char *what, double coarse, double fine, double limit)
{
    if (fabs(coarse / fine - 1) > limit)
        fail_msg("%s: %.4g together, %.4g each on its own", what, coarse, fine);
}

static double lived_s(const struct run_row *row)
{
    double sum = 0;
    for (int i = 0; i < STATES; i++)
        sum += row->state_s[i];
    return sum;
}

// The limits are a few times what was seen: 2 to 4 % of the time, 5 % of the counts.
static void test_a_coarse_run_comes_to_the_same_as_a_fine_one(void **state)
{
    (void)state;
    static const struct case_of_grain rows[] = {
        {"threads", "cpython-2.7", "sleep", "400", "40", "3ms", "0", 2, 16, 1},
        {"threads", "cpython-2.7", "sleep", "400", "40", "3ms", "0", 8, 16, 1},
        {"threads", "cpython-2.7", "sleep", "400", "200", "3ms", "0", 3, 16, 1},
        {"threads", "cpython-3.11", "sleep", "10000", "200", "1ms", "0", 2, 1, 8},
        {"threads", "cpython-3.11", "sleep", "10000", "200", "1ms", "0", 8, 1, 8},
        {"threads", "cpython-3.11", "sleep", "2000", "400", "10ms", "0", 3, 1, 16},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct case_of_grain fine = rows[i];
        fine.grain = fine.cohort = 1;
        struct run_row expected = predict(&fine);
        struct run_row row = predict(&rows[i]);
        assert_int_equal(row.sessions_ok, expected.sessions_ok);
        expect_near("wall_s", row.wall_s, expected.wall_s, rows[i].cohort > 1 ? 0.08 : 0.04);
        expect_near("cpu_user_s", row.cpu_user_s, expected.cpu_user_s, 0.04);
        expect_near("gil_held_s", row.gil_held_s, expected.gil_held_s, 0.06);
        expect_near("gil_switches", row.gil_switches, expected.gil_switches, 0.15);
        expect_near("ctx_voluntary", row.ctx_voluntary, expected.ctx_voluntary, 0.15);
        expect_near("lived_s", lived_s(&row) / row.wall_s, lived_s(&expected) / expected.wall_s,
                    0.06);
    }
}

// Out of the cohort one by one, and nobody twice.
static void test_a_cohort_loses_nobody(void **state)
{
    (void)state;
    enum { THREADS = 20, MOST = 16 };
    struct thread threads[THREADS] = {0};
    struct rng rng;
    bool left[THREADS] = {false};
    rng_seed(&rng, 1);
    for (uint32_t i = 0; i < THREADS; i++)
        threads[i].members = 1;
    for (uint32_t i = 1; i < 10; i++)
        assert_true(cohort_join(&threads[0], &threads[i], MOST));
    for (uint32_t i = 11; i < 17; i++)
        assert_true(cohort_join(&threads[10], &threads[i], MOST));
    assert_false(cohort_join(&threads[0], &threads[10], MOST));
    assert_int_equal(threads[10].members, 7);
    struct thread *leader = cohort_leave(&threads[10], &rng);
    assert_true(cohort_join(&threads[0], leader, MOST));
    assert_int_equal(threads[0].members, MOST);
    leader = &threads[0];
    for (uint32_t i = MOST; i; i--) {
        struct thread *leaves = leader;
        assert_int_equal(leader->members, i);
        leader = cohort_leave(leader, &rng);
        assert_int_equal(leaves->members, 1);
        assert_false(left[leaves - threads]);
        left[leaves - threads] = true;
    }
    assert_null(leader);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_only_big_contests_for_a_lock_are_taken_together),
        cmocka_unit_test(test_a_cohort_loses_nobody),
        cmocka_unit_test(test_a_coarse_run_comes_to_the_same_as_a_fine_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
