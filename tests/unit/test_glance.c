#include "emulator/glance.h"
#include "tests/unit/harness.h"

#include "base/clock.h"

#include <jansson.h>
#include <string.h>

static struct glance busy(void)
{
    struct glance glance = {.seconds = 754.2, .gap_s = 0.5};
    glance.now.open = 12;
    glance.now.ended[SESSION_END_FAULT] = 3;
    glance.now.ended[SESSION_END_LINES] = 40;
    glance.now.ended[SESSION_END_LOGOUT] = 500;
    glance.since.logins = 60;
    glance.since.commands = 300;
    glance.since.bytes_out = 617284;
    counts_late(&glance.since, 100 * CLOCK_NS_PER_US);
    return glance;
}

static const struct {
    size_t columns;
    const char *line;
} lines[] = {
    {200, "12:34  open 12  logins 120/s  cmds 600/s  failed 43  1.23 MB/s  late <128 us  "
          "lines in use 40  fault 3"},
    {103, "12:34  open 12  logins 120/s  cmds 600/s  failed 43  1.23 MB/s  late <128 us  "
          "lines in use 40  fault 3"},
    {102, "12:34  open 12  logins 120/s  cmds 600/s  failed 43  1.23 MB/s  late <128 us  "
          "lines in use 40"},
    {80, "12:34  open 12  logins 120/s  cmds 600/s  failed 43  1.23 MB/s  late <128 us"},
    {60, "12:34  open 12  logins 120/s  cmds 600/s  failed 43"},
    {20, "12:34  open 12"},
    {3, ""},
};

static void test_a_line_shows_what_fits_and_never_wraps(void **state)
{
    (void)state;
    struct glance glance = busy();
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct buf line = {0};
        glance_line(&glance, lines[i].columns, &line);
        assert_string_equal(buf_text(&line), lines[i].line);
        assert_true(line.len < lines[i].columns);
        buf_fini(&line);
    }
}

static void test_the_first_line_of_all_divides_by_nothing(void **state)
{
    (void)state;
    struct glance glance = {.seconds = 3600};
    struct buf line = {0};
    glance_line(&glance, 80, &line);
    assert_string_equal(buf_text(&line), "1:00:00  open 0  logins 0/s  cmds 0/s  failed 0  0 B/s");
    buf_fini(&line);
}

static double real(const json_t *object, const char *group, const char *key)
{
    return json_number_value(json_object_get(json_object_get(object, group), key));
}

static void test_a_json_line_has_sums_and_rates(void **state)
{
    (void)state;
    struct glance glance = busy();
    struct buf line = {0};
    glance_json(&glance, &line);
    assert_ptr_equal(strchr(buf_text(&line), '\n'), line.data + line.len - 1);
    json_t *object = json_loads(buf_text(&line), 0, NULL);
    assert_non_null(object);
    assert_int_equal(json_integer_value(json_object_get(object, "open")), 12);
    assert_int_equal(json_integer_value(json_object_get(object, "failed")), 43);
    assert_true(real(object, "ended", "lines in use") == 40);
    assert_true(real(object, "per_s", "commands") == 600);
    assert_true(real(object, "late_us", "99_percent_below") == 128);
    json_decref(object);
    buf_fini(&line);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_line_shows_what_fits_and_never_wraps),
        cmocka_unit_test(test_the_first_line_of_all_divides_by_nothing),
        cmocka_unit_test(test_a_json_line_has_sums_and_rates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
