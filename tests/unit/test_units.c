#include "base/units.h"
#include "tests/unit/harness.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void test_durations_need_a_unit_and_keep_every_ns(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t ns;
        const char *formatted;
    } cases[] = {
        {"0", 0, "0"},
        {"0ms", 0, "0"},
        {"1ns", 1, "1ns"},
        {"5us", 5000, "5us"},
        {"150ms", 150000000, "150ms"},
        {"1.5s", 1500000000, "1.5s"},
        {"1500 ms", 1500000000, "1.5s"},
        {".25s", 250000000, "250ms"},
        {"2m", 120000000000, "2m"},
        {"90s", 90000000000, "90s"},
        {"1h", 3600000000000, "1h"},
        {"168h", UNITS_DURATION_MAX_NS, "168h"},
        {"1.234567s", 1234567000, "1234567us"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err err = {0};
        uint64_t ns = 77;
        char text[32];
        assert_int_equal(units_duration(cases[i].text, &ns, &err), 0);
        assert_int_equal(ns, cases[i].ns);
        assert_string_equal(units_format_duration(ns, text, sizeof text), cases[i].formatted);
        assert_int_equal(units_duration(text, &ns, &err), 0);
        assert_int_equal(ns, cases[i].ns);
    }
}

static int read_duration(const char *text, struct err *err)
{
    uint64_t ns;
    return units_duration(text, &ns, err);
}

static int read_bandwidth(const char *text, struct err *err)
{
    uint64_t bytes;
    return units_bandwidth(text, &bytes, err);
}

static int read_rate(const char *text, struct err *err)
{
    double per_s;
    return units_rate(text, &per_s, err);
}

static int read_share(const char *text, struct err *err)
{
    double share;
    return units_share(text, &share, err);
}

static int read_count(const char *text, struct err *err)
{
    uint64_t count;
    return units_count(text, 1, 100, &count, err);
}

static void test_what_is_no_number_is_refused_and_told_what_is_right(void **state)
{
    (void)state;
    static const struct {
        int (*read)(const char *text, struct err *err);
        const char *text;
        const char *message;
    } cases[] = {
        {read_duration, "5", "'5' has no unit; write it like 5ms or 5s"},
        {read_duration, "fast", "'fast' is not a duration; write it like 150ms, 1.5s or 2m"},
        {read_duration, "", "'' is not a duration; write it like 150ms, 1.5s or 2m"},
        {read_duration, "inf s", "'inf s' is not a duration; write it like 150ms, 1.5s or 2m"},
        {read_duration, "nan", "'nan' is not a duration; write it like 150ms, 1.5s or 2m"},
        {read_duration, "0x10s", "'0x10s' is not a duration; write it like 150ms, 1.5s or 2m"},
        {read_duration, "-5ms", "'-5ms' is negative; a duration is 0 or more"},
        {read_duration, "169h", "'169h' is too long; a duration is at most 7 days (168h)"},
        {read_duration, "1e300s", "'1e300s' is too long; a duration is at most 7 days (168h)"},
        {read_bandwidth, "5", "'5' is not a bandwidth; write it like 9600B/s, 64kB/s or 1MB/s"},
        {read_bandwidth, "-1MB/s",
         "'-1MB/s' is out of range; a bandwidth is 1B/s to 1000GB/s, or 0 for no limit"},
        {read_rate, "5", "'5' is not a rate; write it like 5/s or 0.5/s"},
        {read_rate, "-1/s", "'-1/s' is out of range; a rate is 0 (no limit) to 1000000000/s"},
        {read_share, "101%", "'101%' is out of range; a share is 0 to 1 (0% to 100%)"},
        {read_share, "half", "'half' is not a share; write it like 0.05 or 5%"},
        {read_count, "0", "'0' is out of range; it must be 1 to 100"},
        {read_count, "1.5", "'1.5' is not a whole number"},
        {read_count, "-3", "'-3' is out of range; it must be 1 to 100"},
        {read_count, "99999999999999999999999",
         "'99999999999999999999999' is out of range; it must be 1 to 100"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err err = {0};
        assert_int_equal(cases[i].read(cases[i].text, &err), -1);
        assert_string_equal(err.text, cases[i].message);
        assert_int_equal(err_exit_code(&err), 2);
    }
}

static void test_bandwidths_rates_and_shares_are_read(void **state)
{
    (void)state;
    struct err err = {0};
    uint64_t bytes = 0;
    double value = 0;
    char text[32];
    assert_int_equal(units_bandwidth("1.5MB/s", &bytes, &err), 0);
    assert_int_equal(bytes, 1500000);
    assert_string_equal(units_format_bandwidth(bytes, text, sizeof text), "1500kB/s");
    assert_int_equal(units_rate("0.5/s", &value, &err), 0);
    assert_float_equal(value, 0.5, 0);
    assert_int_equal(units_share("5%", &value, &err), 0);
    assert_float_equal(value, 0.05, 1e-15);
}

static void test_people_read_three_digits(void **state)
{
    (void)state;
    static const struct {
        uint64_t ns;
        const char *text;
    } cases[] = {
        {0, "0 s"},
        {7, "7.00 ns"},
        {1500, "1.50 us"},
        {45600000, "45.6 ms"},
        {1234567890, "1.23 s"},
        {150000000000, "150 s"},
        {999400000, "999 ms"},
        {999600000, "1.00 s"}, // not 1000 ms
        {99960000, "100 ms"},
        {9996000, "10.0 ms"},
        {999, "999 ns"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[32];
        assert_string_equal(units_human_duration(cases[i].ns, text, sizeof text), cases[i].text);
    }
}

static void test_bytes_are_read_as_easily(void **state)
{
    (void)state;
    static const struct {
        uint64_t bytes;
        const char *text;
    } cases[] = {
        {0, "0 B"},          {999, "999 B"},       {1000, "1.00 kB"},           {9996, "10.0 kB"},
        {999600, "1.00 MB"}, {1234567, "1.23 MB"}, {UINT64_MAX, "18446744 TB"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[32];
        assert_string_equal(units_human_bytes(cases[i].bytes, text, sizeof text), cases[i].text);
    }
}

static void test_whatever_a_table_holds_becomes_nanoseconds(void **state)
{
    (void)state;
    static const struct {
        double seconds;
        uint64_t ns;
    } cases[] = {
        {0, 0},
        {1.5, 1500000000},
        {1e-9, 1},
        {-1, 0},
        {NAN, 0},
        {4.6e-9, 5},
        {1e300, UINT64_C(1000000000000000000)},
        {INFINITY, UINT64_C(1000000000000000000)},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(units_ns(cases[i].seconds), cases[i].ns);
}

static void test_nearest_word_is_a_hint_not_a_guess(void **state)
{
    (void)state;
    static const char *const names[] = {"count",         "platform",    "transport", "run",
                                        "os_quantum_ns", "run.workers", NULL};
    static const struct {
        const char *word;
        const char *near;
    } cases[] = {
        {"cuont", "count"},
        {"platfrom", "platform"},
        {"transports", "transport"},
        {"Count", "count"},
        {"latency", NULL},
        {"", NULL},
        {"rnu", "run"},
        {"zzzzzzzzzzzzzzzzzz", NULL},
        {"quantum", "os_quantum_ns"},
        {"quantmu", "os_quantum_ns"},
        {"workers", "run.workers"},
        {"ns", NULL},
        {"working", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *near = units_nearest_word(cases[i].word, names);
        if (!cases[i].near)
            assert_null(near);
        else
            assert_string_equal(near, cases[i].near);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_durations_need_a_unit_and_keep_every_ns),
        cmocka_unit_test(test_what_is_no_number_is_refused_and_told_what_is_right),
        cmocka_unit_test(test_bandwidths_rates_and_shares_are_read),
        cmocka_unit_test(test_people_read_three_digits),
        cmocka_unit_test(test_bytes_are_read_as_easily),
        cmocka_unit_test(test_whatever_a_table_holds_becomes_nanoseconds),
        cmocka_unit_test(test_nearest_word_is_a_hint_not_a_guess),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
