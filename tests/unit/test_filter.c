#include "emulator/filter.h"
#include "tests/unit/harness.h"

#include "base/clock.h"

#include <stdio.h>
#include <string.h>

static const char config[] =
    "hostname R1\ninterface Loopback0\n ip address 10.0.0.1 255.255.255.255\n"
    "interface Gi0/0\n description a_b\n shutdown\nend\n";

static void test_filters_pass_the_lines_they_name(void **state)
{
    (void)state;
    static const struct {
        enum filter_kind kind;
        const char *expression, *result;
    } cases[] = {
        {FILTER_INCLUDE, "interface", "interface Loopback0\ninterface Gi0/0\n"},
        {FILTER_INCLUDE, "host|end", "hostname R1\nend\n"},
        {FILTER_INCLUDE, "^ +shut", " shutdown\n"},
        {FILTER_INCLUDE, "_end_", "end\n"},
        {FILTER_INCLUDE, "a[_]b", " description a_b\n"},
        {FILTER_INCLUDE, "a\\_b", " description a_b\n"},
        {FILTER_INCLUDE, "nothing", ""},
        {FILTER_EXCLUDE, "^ |^int", "hostname R1\nend\n"},
        {FILTER_BEGIN, "shutdown", " shutdown\nend\n"},
        {FILTER_SECTION, "Gi0/0", "interface Gi0/0\n description a_b\n shutdown\n"},
        {FILTER_COUNT, "interface", "Number of lines which match regexp = 2\n"},
        {FILTER_LAST, "2", " shutdown\nend\n"},
        {FILTER_NOTHING, "", config},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct filter *filter = filter_new(cases[i].kind, cases[i].expression);
        struct buf text = {0};
        assert_non_null(filter);
        buf_puts(&text, config);
        filter_apply(filter, "Number of lines which match regexp = {{count}}\n", &text);
        assert_string_equal(buf_text(&text), cases[i].result);
        buf_fini(&text);
        filter_free(filter);
    }
}

static void test_bad_expressions_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"(", "[a", "*", "a{2,1}", "\\"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_null(filter_new(FILTER_INCLUDE, bad[i]));
}

static void test_a_catastrophic_expression_ends_at_the_limit(void **state)
{
    (void)state;
    struct buf text = {0};
    for (int i = 0; i < 100; i++)
        buf_puts(&text, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!\n");
    struct filter *filter = filter_new(FILTER_INCLUDE, "^(a+)+$");
    uint64_t start_ns = clock_now_ns();
    filter_apply(filter, "Number of lines which match regexp = {{count}}\n", &text);
    // Without a match limit this takes longer than the universe has: the bound is no timing test.
    assert_true(clock_now_ns() - start_ns < 30 * CLOCK_NS_PER_S);
    assert_int_equal(text.len, 0);
    filter_free(filter);
    buf_fini(&text);
}

// A file of the flash has lines enough for minutes, though each stays below the limit.
static void test_a_slow_expression_is_given_up(void **state)
{
    (void)state;
    struct buf text = {0};
    for (int i = 0; i < 100000; i++)
        buf_puts(&text, "aaaaaaaaaaaaaaaaaa\n");
    buf_puts(&text, "ab\n");
    struct filter *filter = filter_new(FILTER_INCLUDE, "(a*)*[bc]");
    filter_apply(filter, "", &text);
    assert_string_equal(buf_text(&text), ""); // nobody got as far as the last line
    buf_puts(&text, "ab\n");
    filter_apply(filter, "", &text); // and the next text is looked at again
    assert_string_equal(buf_text(&text), "ab\n");
    filter_free(filter);
    buf_fini(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_filters_pass_the_lines_they_name),
        cmocka_unit_test(test_bad_expressions_are_refused),
        cmocka_unit_test(test_a_catastrophic_expression_ends_at_the_limit),
        cmocka_unit_test(test_a_slow_expression_is_given_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
