// Names of runs in tables: what differs is said, what does not is left out.
#include "base/run_name.h"
#include "tests/unit/harness.h"

static const struct interpreter python = {.gil = GIL_TIMED, .name = "cpython-3.11"};

static const struct {
    struct run_spec spec;
    const char *alone; // nothing else differs
    const char *swept; // beside runs with other intervals
} cases[] = {
    {{.strategy = STRATEGY_THREADS}, "threads", "threads"},
    {{.strategy = STRATEGY_PROCESSES, .start_method = START_FORK}, "processes", "processes"},
    {{.strategy = STRATEGY_PROCESSES, .start_method = START_SPAWN},
     "processes, spawn",
     "processes, spawn"},
    {{.strategy = STRATEGY_HYBRID, .processes = 1}, "hybrid of 1 process", "hybrid of 1 process"},
    {{.strategy = STRATEGY_THREADS, .background = 2, .switch_interval_ns = 1000000},
     "threads + 2 computing",
     "threads + 2 computing, switch 1ms"},
    {{.strategy = STRATEGY_THREADS, .check_interval = 100}, "threads", "threads, check 100"},
};

static void test_a_name_says_what_differs(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct run_spec spec = cases[i].spec;
        spec.interpreter = &python;
        struct run_row row;
        run_row_init(&row, &spec);
        char name[RUN_NAME_MAX];
        run_name(&row, &(struct run_differences){0}, name);
        assert_string_equal(name, cases[i].alone);
        run_name(&row, &(struct run_differences){.switch_interval = true, .check_interval = true},
                 name);
        assert_string_equal(name, cases[i].swept);
    }
}

static void test_an_interval_that_a_run_has_not_is_no_difference(void **state)
{
    (void)state;
    struct run_spec specs[] = {
        {.strategy = STRATEGY_SEQUENTIAL, .interpreter = &python},
        {.strategy = STRATEGY_THREADS, .interpreter = &python, .switch_interval_ns = 5000000},
        {.strategy = STRATEGY_THREADS, .interpreter = &python, .switch_interval_ns = 1000000},
    };
    struct run_row rows[3];
    for (int i = 0; i < 3; i++)
        run_row_init(&rows[i], &specs[i]);
    assert_false(run_differences(rows, 2).switch_interval);
    assert_true(run_differences(rows, 3).switch_interval);
    assert_false(run_differences(rows, 3).check_interval);
    assert_false(run_differences(rows, 3).interpreter);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_name_says_what_differs),
        cmocka_unit_test(test_an_interval_that_a_run_has_not_is_no_difference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
