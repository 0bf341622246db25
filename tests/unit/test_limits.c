#include "emulator/limits.h"
#include "tests/unit/harness.h"

#include "base/clock.h"

#include <stdlib.h>

static void test_lines_are_taken_from_the_lowest_and_end(void **state)
{
    (void)state;
    struct limits_state *lines = limits_new(0);
    for (int line = 0; line < 3; line++)
        assert_int_equal(limits_take_line(lines, 7, 3), line);
    assert_int_equal(limits_take_line(lines, 7, 3), -1);
    assert_int_equal(limits_take_line(lines, 8, 3), 0); // another device has its own
    limits_give_line(lines, 7, 1);
    assert_int_equal(limits_take_line(lines, 7, 3), 1);
    limits_free(lines);
}

static void test_a_device_that_nobody_uses_is_forgotten(void **state)
{
    (void)state;
    enum { DEVICES = 5000 };
    struct limits_state *lines = limits_new(0);
    for (uint32_t device = 1; device <= DEVICES; device++)
        assert_int_equal(limits_take_line(lines, device, 2), 0);
    for (uint32_t device = 1; device <= DEVICES; device += 2)
        limits_give_line(lines, device, 0);
    for (uint32_t device = 1; device <= DEVICES; device++)
        assert_int_equal(limits_take_line(lines, device, 2), device % 2 ? 0 : 1);
    for (uint32_t device = 2; device <= DEVICES; device += 2)
        assert_int_equal(limits_take_line(lines, device, 2), -1);
    limits_free(lines);
}

// 1, 2, 17 and 18 are neighbours in the table: who goes must not hide the others.
static void test_one_that_is_forgotten_takes_nobody_along(void **state)
{
    (void)state;
    static const uint32_t devices[] = {1, 17, 2, 18};
    enum { N = sizeof devices / sizeof *devices };
    for (size_t gone = 0; gone < N; gone++) {
        struct limits_state *lines = limits_new(0);
        for (size_t i = 0; i < N; i++)
            assert_int_equal(limits_take_line(lines, devices[i], 1), 0);
        limits_give_line(lines, devices[gone], 0);
        for (size_t i = 0; i < N; i++)
            assert_int_equal(limits_take_line(lines, devices[i], 1), i == gone ? 0 : -1);
        limits_free(lines);
    }
}

static void test_a_device_with_a_line_left_is_remembered(void **state)
{
    (void)state;
    struct limits_state *lines = limits_new(0);
    for (int line = 0; line < 3; line++)
        assert_int_equal(limits_take_line(lines, 7, 3), line);
    limits_give_line(lines, 7, 0);
    limits_give_line(lines, 7, 1);
    assert_int_equal(limits_take_line(lines, 7, 1), -1);
    assert_int_equal(limits_take_line(lines, 7, 2), 0);
    limits_free(lines);
}

static void test_lines_have_no_limit_by_default(void **state)
{
    (void)state;
    struct limits_state *lines = limits_new(0);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(limits_take_line(lines, 1, 0), i < 64 ? i : 64);
    limits_free(lines);
}

static void test_the_aaa_server_answers_one_by_one(void **state)
{
    (void)state;
    struct limits_state *aaa = limits_new(4);
    uint64_t second = CLOCK_NS_PER_S;
    assert_int_equal(limits_aaa_answer_ns(aaa, second), second + second / 4);
    assert_int_equal(limits_aaa_answer_ns(aaa, second), second + second / 2);
    assert_int_equal(limits_aaa_answer_ns(aaa, 10 * second), 10 * second + second / 4);
    limits_free(aaa);
    aaa = limits_new(0);
    assert_int_equal(limits_aaa_answer_ns(aaa, second), second);
    limits_free(aaa);
}

static void test_a_control_plane_works_off_one_command_after_the_other(void **state)
{
    (void)state;
    const uint64_t second = UINT64_C(1000000000);
    struct limits_state *limits = limits_new(0);
    for (uint32_t device = 7; device <= 8; device++)
        limits_take_line(limits, device, 0);
    limits_take_line(limits, 7, 0); // two sessions share it
    assert_int_equal(limits_command_ns(limits, 7, 5, second), second + second / 5);
    assert_int_equal(limits_command_ns(limits, 7, 5, second), second + 2 * second / 5);
    assert_int_equal(limits_command_ns(limits, 8, 5, second), second + second / 5);
    assert_int_equal(limits_command_ns(limits, 7, 0, second), second); // no limit
    assert_int_equal(limits_command_ns(limits, 7, 5, 9 * second), 9 * second + second / 5);
    limits_give_line(limits, 7, 0);
    limits_give_line(limits, 7, 1);
    limits_give_line(limits, 8, 0);
    limits_free(limits);
}

static void test_startups_are_counted_until_the_login(void **state)
{
    (void)state;
    struct limits_state *limits = limits_new(0);
    const struct startups two = {2, 100, 2};
    for (int i = 0; i < 4; i++)
        limits_take_line(limits, 7, 0);
    assert_true(limits_begin_startup(limits, 7, &two, 0.5));
    assert_true(limits_begin_startup(limits, 7, &two, 0.5));
    assert_false(limits_begin_startup(limits, 7, &two, 0.5));
    limits_end_startup(limits, 7);
    assert_true(limits_begin_startup(limits, 7, &two, 0.5));
    limits_end_startup(limits, 7);
    limits_end_startup(limits, 7);
    for (int i = 0; i < 4; i++)
        limits_give_line(limits, 7, i);
    limits_free(limits);
}

static void test_a_new_rate_holds_for_who_comes_next(void **state)
{
    (void)state;
    struct limits_state *aaa = limits_new(1);
    uint64_t second = CLOCK_NS_PER_S;
    for (int i = 0; i < 3; i++)
        limits_aaa_answer_ns(aaa, second);
    limits_set_aaa_rate(aaa, 10, 2 * second); // two wait
    assert_int_equal(limits_aaa_answer_ns(aaa, 2 * second), 2 * second + 3 * second / 10);
    limits_set_aaa_rate(aaa, 0, 2 * second);
    assert_int_equal(limits_aaa_answer_ns(aaa, 2 * second), 2 * second);
    limits_set_aaa_rate(aaa, 2, 3 * second); // nobody waits
    assert_int_equal(limits_aaa_answer_ns(aaa, 3 * second), 3 * second + second / 2);
    limits_free(aaa);
}

static void test_a_queue_of_centuries_stays_one(void **state)
{
    (void)state;
    uint64_t second = CLOCK_NS_PER_S;
    uint64_t century = UINT64_C(100) * 365 * 86400 * second;
    struct limits_state *aaa = limits_new(1e-12);
    for (int i = 0; i < 100; i++)
        assert_true(limits_aaa_answer_ns(aaa, second) > century / 4);
    limits_free(aaa);
    aaa = limits_new(1000);
    for (int i = 0; i < 5000; i++)
        limits_aaa_answer_ns(aaa, second);
    limits_set_aaa_rate(aaa, 1e-12, second);
    assert_true(limits_aaa_answer_ns(aaa, second) > century / 4);
    limits_set_aaa_rate(aaa, 1e9, second);
    assert_true(limits_aaa_answer_ns(aaa, second) < 2 * second);
    limits_free(aaa);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines_are_taken_from_the_lowest_and_end),
        cmocka_unit_test(test_a_device_that_nobody_uses_is_forgotten),
        cmocka_unit_test(test_one_that_is_forgotten_takes_nobody_along),
        cmocka_unit_test(test_a_device_with_a_line_left_is_remembered),
        cmocka_unit_test(test_lines_have_no_limit_by_default),
        cmocka_unit_test(test_the_aaa_server_answers_one_by_one),
        cmocka_unit_test(test_a_control_plane_works_off_one_command_after_the_other),
        cmocka_unit_test(test_startups_are_counted_until_the_login),
        cmocka_unit_test(test_a_new_rate_holds_for_who_comes_next),
        cmocka_unit_test(test_a_queue_of_centuries_stays_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
