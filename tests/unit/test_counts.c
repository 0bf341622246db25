#include "emulator/counts.h"
#include "tests/unit/harness.h"

static const struct {
    uint64_t late_ns[4];
    double share;
    uint64_t below_us;
} latenesses[] = {
    {{0, 0, 0, 0}, 1, 1},
    {{0, 0, 0, 999}, 1, 1},
    {{0, 0, 0, 1000}, 1, 2},
    {{0, 0, 0, 5000}, 0.75, 1},
    {{0, 0, 0, 5000}, 0.76, 8},
    {{64000, 63999, 64000, 64000}, 0.25, 64},
    {{64000, 63999, 64000, 64000}, 1, 128},
    {{0, 0, 0, UINT64_MAX}, 1, UINT64_C(1) << 31},
};

static void test_lateness_is_the_bound_that_a_share_keeps(void **state)
{
    (void)state;
    struct counts none = {0};
    assert_int_equal(counts_lateness_us(&none, 0.5), 0);
    for (size_t i = 0; i < sizeof latenesses / sizeof *latenesses; i++) {
        struct counts counts = {0};
        for (size_t n = 0; n < 4; n++)
            counts_late(&counts, latenesses[i].late_ns[n]);
        assert_int_equal(counts_lateness_us(&counts, latenesses[i].share), latenesses[i].below_us);
    }
}

static void test_a_second_is_the_difference_but_open_sessions_are_open_now(void **state)
{
    (void)state;
    struct counts sum = {0};
    struct counts one = {.accepted = 5, .open = 2, .open_by = {1, 1}, .logins = 3};
    one.ended[SESSION_END_FAULT] = 3;
    one.lateness[COUNTS_LATENESS - 1] = 7;
    counts_add(&sum, &one);
    counts_add(&sum, &one);
    assert_int_equal(sum.accepted, 10);
    assert_int_equal(sum.open_by[1], 2);
    assert_int_equal(sum.lateness[COUNTS_LATENESS - 1], 14);
    counts_subtract(&sum, &one);
    assert_int_equal(sum.accepted, 5);
    assert_int_equal(sum.open, 4);
    assert_int_equal(sum.open_by[0], 2);
    assert_int_equal(sum.lateness[COUNTS_LATENESS - 1], 7);
}

static void test_leaving_and_being_stopped_are_no_failures(void **state)
{
    (void)state;
    struct counts counts = {0};
    for (int how = 0; how < SESSION_ENDS; how++)
        counts.ended[how] = 1;
    assert_int_equal(counts_failed(&counts), SESSION_ENDS - 3);
    assert_false(counts_is_failure(SESSION_END_LOGOUT));
    assert_false(counts_is_failure(SESSION_END_PEER));
    assert_false(counts_is_failure(SESSION_END_STOPPED));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lateness_is_the_bound_that_a_share_keeps),
        cmocka_unit_test(test_a_second_is_the_difference_but_open_sessions_are_open_now),
        cmocka_unit_test(test_leaving_and_being_stopped_are_no_failures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
