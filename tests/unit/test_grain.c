// When a run is simulated in grains, and that it comes to the same.
#include "base/costs.h"
#include "base/experiment.h"
#include "sim/grain.h"
#include "sim/predict.h"
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
    uint32_t grain; // expected
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

static uint32_t grain_by_rule(const struct case_of_grain *row)
{
    size_t count;
    struct costs costs;
    struct sim_costs sim_costs;
    struct experiment *experiment = load(row);
    struct run_spec *specs = experiment_runs(experiment, &count);
    costs_init(&costs);
    sim_costs_set(&sim_costs, &costs, &specs[0], false);
    uint32_t grain = grain_of(experiment, &specs[0], &sim_costs, row->cores);
    costs_fini(&costs);
    free(specs);
    experiment_free(experiment);
    return grain;
}

// A check is 1.354 us long: a millisecond is 738 rounds.
static void test_only_big_contests_for_the_old_lock_have_a_grain(void **state)
{
    (void)state;
    static const struct case_of_grain rows[] = {
        {"threads", "cpython-2.7", "sleep", "1000000", "1000", "1ms", "0", 2, 36},
        {"threads", "cpython-2.7", "sleep", "1000000", "1000", "1ms", "0", 64, 36},
        {"threads", "cpython-2.7", "sleep", "100000", "40", "1ms", "0", 2, 7},
        {"threads", "cpython-2.7", "sleep", "100000", "40", "10ms", "0", 2, 73},
        {"threads", "cpython-2.7", "sleep", "1000000", "1000", "20us", "0", 2, 1},
        {"threads", "cpython-2.7", "sleep", "10000", "1000", "1ms", "0", 2, 1},
        {"threads", "cpython-2.7", "sleep", "1000000", "1000", "1ms", "0", 1, 1},
        {"threads", "cpython-2.7", "sleep", "1000000", "1000", "1ms", "1", 2, 1},
        {"threads", "cpython-2.7", "sleep", "1000000", "1", "1ms", "0", 2, 1},
        {"threads", "cpython-2.7", "telnet", "1000000", "1000", "1ms", "0", 2, 1},
        {"threads", "cpython-3.11", "sleep", "1000000", "1000", "1ms", "0", 2, 1},
        {"threads", "native", "sleep", "1000000", "1000", "1ms", "0", 2, 1},
        {"processes", "cpython-2.7", "sleep", "1000000", "1000", "1ms", "0", 2, 1},
        {"async", "cpython-3.11", "sleep", "1000000", "1000", "1ms", "0", 2, 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint32_t grain = grain_by_rule(&rows[i]);
        if (grain != rows[i].grain)
            fail_msg("case %zu: grain %u instead of %u", i, grain, rows[i].grain);
    }
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
    struct predict_options options = {.costs = &costs, .cores = row->cores, .grain = row->grain};
    if (predict_run(experiment, &specs[0], &options, &prediction, &err) < 0)
        fail_msg("%s", err.text);
    assert_int_equal(prediction.grain, row->grain);
    costs_fini(&costs);
    free(specs);
    experiment_free(experiment);
    return prediction.row;
}

static void expect_near(const char *what, double coarse, double fine, double limit)
{
    if (fabs(coarse / fine - 1) > limit)
        fail_msg("%s: %.4g in grains, %.4g without", what, coarse, fine);
}

// The limits are a few times what was seen: 2 % of the time, 5 % of the counts.
static void test_a_coarse_run_comes_to_the_same_as_a_fine_one(void **state)
{
    (void)state;
    static const struct case_of_grain rows[] = {
        {"threads", "cpython-2.7", "sleep", "400", "40", "3ms", "0", 2, 16},
        {"threads", "cpython-2.7", "sleep", "400", "40", "3ms", "0", 8, 16},
        {"threads", "cpython-2.7", "sleep", "400", "200", "3ms", "0", 3, 16},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct case_of_grain fine = rows[i];
        fine.grain = 1;
        struct run_row expected = predict(&fine);
        struct run_row row = predict(&rows[i]);
        assert_int_equal(row.sessions_ok, expected.sessions_ok);
        expect_near("wall_s", row.wall_s, expected.wall_s, 0.04);
        expect_near("gil_held_s", row.gil_held_s, expected.gil_held_s, 0.06);
        expect_near("gil_switches", row.gil_switches, expected.gil_switches, 0.15);
        expect_near("ctx_voluntary", row.ctx_voluntary, expected.ctx_voluntary, 0.15);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_only_big_contests_for_the_old_lock_have_a_grain),
        cmocka_unit_test(test_a_coarse_run_comes_to_the_same_as_a_fine_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
