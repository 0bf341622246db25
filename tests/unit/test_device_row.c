#include "emulator/device_row.h"
#include "tests/unit/harness.h"

#include <string.h>

static struct experiment *named(void)
{
    struct err err;
    const char *const overrides[] = {"devices.count=5", "devices.named=[{name: core-1}, {name: 7}]",
                                     NULL};
    struct experiment *experiment = experiment_load(NULL, overrides, &err);
    if (!experiment)
        fail_msg("%s", err.text);
    return experiment;
}

static const struct {
    const char *text;
    uint32_t first;
    uint32_t last;
} rows[] = {
    {"all", 1, 7}, {"core-1", 1, 1}, {"7", 2, 2},   {"1", 1, 1},
    {"R3", 3, 3},  {"3", 3, 3},      {"2-7", 2, 7}, {"4-4", 4, 4},
};

static void test_devices_are_named_by_name_number_and_row(void **state)
{
    (void)state;
    struct experiment *experiment = named();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct device_row row;
        struct err err;
        if (device_row_parse(&row, rows[i].text, experiment, 7, &err) < 0)
            fail_msg("%s: %s", rows[i].text, err.text);
        assert_int_equal(row.first, rows[i].first);
        assert_int_equal(row.last, rows[i].last);
        assert_int_equal(row.all, !strcmp(rows[i].text, "all"));
    }
    experiment_free(experiment);
}

static const struct {
    const char *text;
    const char *message;
} wrong[] = {
    {"", "there is no device ''"},
    {"0", "there is no device '0'; there are core-1 to R7, the numbers 1 to 7"},
    {"8", "there is no device '8'"},
    {"R1", "there is no device 'R1'"}, // the first two have names
    {"r3", "there is no device 'r3'"},
    {"1-8", "there is no device '1-8'"},
    {"0-3", "there is no device '0-3'"},
    {"-3", "there is no device '-3'"},
    {"3-", "there is no device '3-'"},
    {"1-2-3", "there is no device '1-2-3'"},
    {" 3", "there is no device ' 3'"},
    {"99999999999999999999", "there is no device"},
    {"5-3", "the row '5-3' is empty; write it as 3-5"},
};

static void test_what_names_no_device_is_refused(void **state)
{
    (void)state;
    struct experiment *experiment = named();
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct device_row row;
        struct err err;
        if (device_row_parse(&row, wrong[i].text, experiment, 7, &err) == 0)
            fail_msg("'%s' names %u-%u", wrong[i].text, row.first, row.last);
        if (!strstr(err.text, wrong[i].message))
            fail_msg("'%s': %s", wrong[i].text, err.text);
        assert_int_equal(err.kind, ERR_INPUT);
    }
    experiment_free(experiment);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_devices_are_named_by_name_number_and_row),
        cmocka_unit_test(test_what_names_no_device_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
