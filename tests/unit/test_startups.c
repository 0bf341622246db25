#include "base/startups.h"
#include "tests/unit/harness.h"

#include <string.h>

static const struct {
    const char *text;
    struct startups startups;
    const char *printed;
} good[] = {
    {"0", {0, 100, 0}, "0"},
    {"10", {10, 100, 10}, "10"},
    {"10:30:60", {10, 30, 60}, "\"10:30:60\""},
    {"1:100:10000", {1, 100, 10000}, "\"1:100:10000\""},
};

static void test_both_forms_are_read_and_written(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct startups startups;
        struct buf out = {0};
        struct err err;
        assert_int_equal(startups_parse(good[i].text, &startups, &err), 0);
        assert_memory_equal(&startups, &good[i].startups, sizeof startups);
        startups_format(&startups, &out);
        assert_string_equal(buf_text(&out), good[i].printed);
        buf_fini(&out);
    }
}

static const struct {
    const char *text;
    const char *says;
} bad[] = {
    {"", "START:RATE:FULL like 10:30:60"},
    {"many", "no limit of connections"},
    {"-1", "no limit of connections"},
    {"5:", "no limit of connections"},
    {"10:30", "no limit of connections"},
    {"10:30:60:90", "no limit of connections"},
    {"10001", "at most 10000"},
    {"10:30:20000", "at most 10000"},
    {"10:0:60", "RATE 1 to 100 percent"},
    {"10:101:60", "RATE 1 to 100 percent"},
    {"0:30:60", "START is 1 or more"},
    {"60:30:10", "FULL not below START"},
    {"99999999999", "no limit of connections"},
};

static void test_mistakes_are_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct startups startups;
        struct err err;
        assert_int_equal(startups_parse(bad[i].text, &startups, &err), -1);
        assert_non_null(strstr(err.text, bad[i].says));
    }
}

// As sshd(8): nobody below START, RATE percent at START, all at FULL, linear between.
static const struct {
    struct startups startups;
    uint32_t waiting;
    double percent;
} refusals[] = {
    {{0, 100, 0}, 10000, 0},  {{3, 100, 3}, 2, 0},     {{3, 100, 3}, 3, 100},
    {{10, 30, 60}, 9, 0},     {{10, 30, 60}, 10, 30},  {{10, 30, 60}, 35, 65},
    {{10, 30, 60}, 59, 98.6}, {{10, 30, 60}, 60, 100}, {{10, 30, 10}, 10, 100},
};

static void test_more_and_more_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        int refused = 0;
        for (int n = 0; n < 1000; n++)
            refused +=
                startups_refuse(&refusals[i].startups, refusals[i].waiting, (n + 0.5) / 1000);
        assert_int_equal(refused, (int)(refusals[i].percent * 10));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_both_forms_are_read_and_written),
        cmocka_unit_test(test_mistakes_are_told),
        cmocka_unit_test(test_more_and_more_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
