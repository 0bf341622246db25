// The echo beside computing threads: which costs it pays, and where.
#include "tests/unit/predicted.h"

#include <math.h>
#include <stdio.h>

static double answers_per_s(const char *interpreter, uint32_t background, const struct costs *costs)
{
    char text[2][64];
    snprintf(text[0], 64, "runs.interpreter=%s", interpreter);
    snprintf(text[1], 64, "runs.background=%u", background);
    const char *const overrides[] = {text[0],
                                     text[1],
                                     "runs.strategy=threads",
                                     "devices.transport=sleep",
                                     "devices.count=1",
                                     "work.echo=1s",
                                     NULL};
    struct prediction prediction = predict(overrides, costs, 2);
    free(prediction.sessions);
    return prediction.row.answers_per_s;
}

static struct cost exactly(double ns)
{
    return (struct cost){ns, ns, ns};
}

static void set_datagram(struct costs *costs, double ns, double cold_ns)
{
    for (size_t i = 0; i < costs->n_pythons; i++) {
        costs->pythons[i].datagram = exactly(ns);
        costs->pythons[i].datagram_cold = exactly(cold_ns);
    }
}

// Who is woken while its core changes threads, and is the next in turn, need not wait for a tick of
// the clock: else the echo would answer once a tick of 4 ms.
static void test_a_wake_during_a_switch_is_not_lost(void **state)
{
    (void)state;
    struct costs costs;
    costs_init(&costs);
    assert_true(answers_per_s("native", 2, &costs) > 10000);
    costs_fini(&costs);
}

// Between a message and the next of an end lie two calls: the end of one and the beginning of the
// other. What both ends compute after sending they compute side by side, on two cores.
static void test_both_ends_compute_between_their_calls(void **state)
{
    (void)state;
    static const char *const interpreters[] = {"cpython-2.7", "cpython-3.11"};
    struct costs costs;
    costs_init(&costs);
    for (size_t i = 0; i < 2; i++) {
        set_datagram(&costs, 0, 0);
        double free_s = 1 / answers_per_s(interpreters[i], 0, &costs);
        set_datagram(&costs, 10e3, 0);
        double each_s = 1 / answers_per_s(interpreters[i], 0, &costs) - free_s;
        if (fabs(each_s - 20e-6) > 1e-6)
            fail_msg("%s: %.1f us", interpreters[i], each_s * 1e6);
    }
    costs_fini(&costs);
}

// A machine without a Python's figures has none of it.
static void test_native_computes_nothing_around_its_calls(void **state)
{
    (void)state;
    struct costs costs;
    costs_init(&costs);
    set_datagram(&costs, 0, 0);
    double without = answers_per_s("native", 0, &costs);
    set_datagram(&costs, 50e3, 50e3);
    assert_true(answers_per_s("native", 0, &costs) == without);
    costs_fini(&costs);
}

// What was done a moment ago is not cold. What waited for the lock for 5 ms is; sending is done
// without the lock, which the computing thread takes meanwhile.
static void test_a_cold_call_loses_the_lock(void **state)
{
    (void)state;
    struct costs costs;
    costs_init(&costs);
    double alone = answers_per_s("cpython-3.11", 0, &costs);
    double beside = answers_per_s("cpython-3.11", 1, &costs);
    costs.datagram_cold = exactly(100e3);
    double alone_cold = answers_per_s("cpython-3.11", 0, &costs);
    double beside_cold = answers_per_s("cpython-3.11", 1, &costs);
    assert_true(alone_cold > 0.95 * alone);
    assert_true(beside_cold < 0.75 * beside);
    costs_fini(&costs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_wake_during_a_switch_is_not_lost),
        cmocka_unit_test(test_both_ends_compute_between_their_calls),
        cmocka_unit_test(test_native_computes_nothing_around_its_calls),
        cmocka_unit_test(test_a_cold_call_loses_the_lock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
