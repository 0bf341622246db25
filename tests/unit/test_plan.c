#include "client/plan.h"
#include "tests/unit/harness.h"

#include <string.h>
#include <sys/resource.h>

static struct plan *plan_with(const char *rate, enum transport transport,
                              struct experiment **experiment)
{
    struct err err = {0};
    const char *const overrides[] = {rate, NULL};
    *experiment = experiment_load(NULL, overrides, &err);
    assert_string_equal(err.text, "");
    return plan_new(*experiment, transport, 3, (struct targets){0});
}

static void test_workers_queue_where_there_is_a_limit_and_no_emulator(void **state)
{
    (void)state;
    static const struct {
        const char *rate;
        enum transport transport;
        bool queues;
    } cases[] = {
        {"devices.limits.aaa_rate=5/s", TRANSPORT_SLEEP, true},
        {"devices.limits.aaa_rate=0", TRANSPORT_SLEEP, false},
        {"devices.limits.aaa_rate=5/s", TRANSPORT_SSH, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err err;
        struct experiment *experiment;
        struct plan *plan = plan_with(cases[i].rate, cases[i].transport, &experiment);
        assert_int_equal(plan_queues(plan), cases[i].queues);
        assert_int_equal(plan_make_queue(plan, &err), 0);
        assert_int_equal(plan->aaa != NULL, cases[i].queues);
        plan_free(plan);
        experiment_free(experiment);
    }
}

// Without it the logins would not be held back, and the run would look like one without a limit.
static void test_a_queue_that_cannot_be_made_is_told(void **state)
{
    (void)state;
    struct err err;
    struct experiment *experiment;
    struct plan *plan = plan_with("devices.limits.aaa_rate=5/s", TRANSPORT_SLEEP, &experiment);
    struct rlimit before;
    getrlimit(RLIMIT_NOFILE, &before);
    struct rlimit none = {.rlim_cur = 0, .rlim_max = before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    int result = plan_make_queue(plan, &err);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    assert_int_equal(result, -1);
    assert_int_equal(err_exit_code(&err), 1);
    assert_non_null(strstr(err.text, "limits.aaa_rate: Too many open files"));
    plan_free(plan);
    experiment_free(experiment);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_workers_queue_where_there_is_a_limit_and_no_emulator),
        cmocka_unit_test(test_a_queue_that_cannot_be_made_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
