#include "client/summary.h"
#include "tests/unit/harness.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct run_row row(const char *strategy, const char *interpreter, double workers,
                          double repeat, double wall_s, double failed)
{
    struct interpreter native = {.gil = GIL_NONE};
    struct run_spec spec = {.devices = 40, .transport = TRANSPORT_SSH, .interpreter = &native};
    struct run_row made;
    run_row_init(&made, &spec);
    snprintf(made.strategy, sizeof made.strategy, "%s", strategy);
    snprintf(made.interpreter, sizeof made.interpreter, "%s", interpreter);
    snprintf(made.transport, sizeof made.transport, "ssh");
    made.workers = workers;
    made.repeat = repeat;
    made.wall_s = wall_s;
    made.sessions_ok = 40 - failed;
    made.sessions_failed = failed;
    if (failed < 40) {
        made.p50_s = 0.1;
        made.p99_s = 0.25;
    }
    return made;
}

static void expect(const struct run_row *rows, size_t count, const char *wanted)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    summary_print(out, rows, count, false);
    fclose(out);
    assert_string_equal(text, wanted);
    free(text);
}

static void test_repeats_are_one_line_with_their_median(void **state)
{
    (void)state;
    const struct run_row rows[] = {
        row("sequential", "native", 1, 0, 4, 0), row("sequential", "native", 1, 1, 6, 0),
        row("sequential", "native", 1, 2, 5, 0), row("threads", "native", 10, 0, 0.5, 0),
        row("threads", "native", 10, 1, 1.5, 0),
    };
    expect(rows, 5,
           "\n40 devices, ssh\n"
           "strategy    workers    wall  lowest  highest  speed-up  efficiency     p50     p99\n"
           "sequential        1  5.00 s  4.00 s   6.00 s    1.00 x       100 %  100 ms  250 ms\n"
           "threads          10  1.00 s  500 ms   1.50 s    5.00 x        50 %  100 ms  250 ms\n");
}

static void test_speed_up_is_against_the_same_interpreter(void **state)
{
    (void)state;
    const struct run_row rows[] = {
        row("sequential", "native", 1, 0, 4, 0),
        row("sequential", "cpython-3.11", 1, 0, 8, 0),
        row("threads", "cpython-3.11", 10, 0, 2, 0),
    };
    expect(rows, 3,
           "\n40 devices, ssh\n"
           "strategy    interpreter   workers    wall  speed-up  efficiency     p50     p99\n"
           "sequential  native              1  4.00 s    1.00 x       100 %  100 ms  250 ms\n"
           "sequential  cpython-3.11        1  8.00 s    1.00 x       100 %  100 ms  250 ms\n"
           "threads     cpython-3.11       10  2.00 s    4.00 x        40 %  100 ms  250 ms\n");
}

static void test_speed_up_is_against_as_many_that_compute(void **state)
{
    (void)state;
    struct run_row rows[] = {
        row("sequential", "native", 1, 0, 4, 0),
        row("sequential", "native", 1, 0, 9, 0),
        row("threads", "native", 3, 0, 3, 0),
    };
    rows[1].background = rows[2].background = 2;
    expect(rows, 3,
           "\n40 devices, ssh\n"
           "strategy                  workers    wall  speed-up  efficiency     p50     p99\n"
           "sequential                      1  4.00 s    1.00 x       100 %  100 ms  250 ms\n"
           "sequential + 2 computing        1  9.00 s    1.00 x       100 %  100 ms  250 ms\n"
           "threads + 2 computing           3  3.00 s    3.00 x       100 %  100 ms  250 ms\n");
}

static void test_runs_that_start_in_another_way_are_other_runs(void **state)
{
    (void)state;
    struct run_row rows[] = {
        row("processes", "native", 4, 0, 2, 1),
        row("processes", "native", 4, 1, 4, 2),
        row("processes", "native", 4, 0, 6, 0),
        row("processes", "native", 4, 1, 8, 0),
    };
    for (size_t i = 0; i < 4; i++)
        snprintf(rows[i].start_method, sizeof rows[i].start_method, "%s", i < 2 ? "fork" : "spawn");
    expect(rows, 4,
           "\n40 devices, ssh\n"
           "strategy          workers    wall  lowest  highest  speed-up  efficiency     p50     "
           "p99  failed\n"
           "processes               4  3.00 s  2.00 s   4.00 s         -           -  100 ms  250 "
           "ms       3\n"
           "processes, spawn        4  7.00 s  6.00 s   8.00 s         -           -  100 ms  250 "
           "ms        \n");
}

static void test_failures_and_unknown_figures_are_shown_as_such(void **state)
{
    (void)state;
    const struct run_row rows[] = {row("threads", "native", 10, 0, 2, 40),
                                   row("async", "native", 10, 0, 2, 0)};
    expect(rows, 2,
           "\n40 devices, ssh\n"
           "strategy  workers    wall  speed-up  efficiency     p50     p99  failed\n"
           "threads        10  2.00 s         -           -       -       -      40\n"
           "async          10  2.00 s         -           -  100 ms  250 ms        \n");
}

static void test_a_folder_without_runs_has_no_table(void **state)
{
    (void)state;
    expect(NULL, 0, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_repeats_are_one_line_with_their_median),
        cmocka_unit_test(test_speed_up_is_against_the_same_interpreter),
        cmocka_unit_test(test_speed_up_is_against_as_many_that_compute),
        cmocka_unit_test(test_runs_that_start_in_another_way_are_other_runs),
        cmocka_unit_test(test_failures_and_unknown_figures_are_shown_as_such),
        cmocka_unit_test(test_a_folder_without_runs_has_no_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
