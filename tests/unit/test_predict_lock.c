// What a prediction says of the lock is what `run` measures of it: a hold lasts until another
// thread has the lock, a wait from asking to having.
#include "tests/unit/predicted.h"

#include <stdio.h>

// Threads that have nothing to do but to compute under one lock.
static struct run_row computing(const char *interpreter, uint32_t workers)
{
    struct costs costs;
    char text[3][64];
    snprintf(text[0], 64, "runs.interpreter=%s", interpreter);
    snprintf(text[1], 64, "runs.workers=%u", workers);
    snprintf(text[2], 64, "devices.count=%u", workers);
    const char *const overrides[] = {text[0],
                                     text[1],
                                     text[2],
                                     "runs.strategy=threads",
                                     "devices.transport=sleep",
                                     "devices.latency.connect=0s",
                                     "devices.latency.login=0s",
                                     "devices.latency.command=0s",
                                     "work.cpu.login=500ms",
                                     "work.cpu.command=0s",
                                     NULL};
    costs_init(&costs);
    struct prediction prediction = predict(overrides, &costs, 2);
    free(prediction.sessions);
    costs_fini(&costs);
    return prediction.row;
}

static void expect_share(const char *what, const char *interpreter, double s, double of_s,
                         double least, double most)
{
    if (s < least * of_s || s > most * of_s)
        fail_msg("%s: %s is %.3f s of %.3f s", interpreter, what, s, of_s);
}

// One thread or another has the lock nearly all the time, and who is at work and has it not waits
// for it, asleep or for a core to look at it. Looking in vain is computing.
static void test_who_wants_the_lock_waits_for_it(void **state)
{
    (void)state;
    static const char *const interpreters[] = {"cpython-2.7", "cpython-3.11"};
    enum { WORKERS = 4 };
    for (size_t i = 0; i < 2; i++) {
        struct run_row row = computing(interpreters[i], WORKERS);
        double busy_s =
            row.state_s[STATE_RUNNING] + row.state_s[STATE_WAIT_GIL] + row.state_s[STATE_WAIT_CORE];
        expect_share("held", interpreters[i], row.gil_held_s, row.wall_s, 0.95, 1);
        expect_share("held or waited for", interpreters[i], row.gil_held_s + row.gil_wait_s, busy_s,
                     0.97, 1.02);
        expect_share("the state", interpreters[i], row.state_s[STATE_WAIT_GIL], row.gil_wait_s, 0.9,
                     1);
        expect_share("a core", interpreters[i], row.state_s[STATE_WAIT_CORE], busy_s, 0, 0.01);
    }
}

static void test_alone_nobody_waits(void **state)
{
    (void)state;
    struct run_row row = computing("cpython-2.7", 1);
    expect_share("waited", "cpython-2.7", row.gil_wait_s, row.wall_s, 0, 0.001);
    expect_share("held", "cpython-2.7", row.gil_held_s, row.wall_s, 0.99, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_who_wants_the_lock_waits_for_it),
        cmocka_unit_test(test_alone_nobody_waits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
