#include "emulator/line.h"
#include "tests/unit/harness.h"

#include <string.h>

// Types keys; returns the number of Enters and leaves text and echo.
static int type(struct line *line, const char *keys, size_t len, struct buf *echo)
{
    int enters = 0;
    for (size_t i = 0; i < len; i++)
        enters += line_key(line, (unsigned char)keys[i], true, echo) == LINE_ENTER;
    return enters;
}

static void test_each_form_of_enter_is_one_enter(void **state)
{
    (void)state;
    static const struct {
        const char *keys;
        size_t len;
        int enters;
    } cases[] = {
        {"\r", 1, 1},   {"\n", 1, 1},   {"\r\n", 2, 1},     {"\r\0", 2, 1},
        {"\r\r", 2, 2}, {"\n\n", 2, 2}, {"\r\n\r\n", 4, 2}, {"\r\0\r\0", 4, 2},
        {"\n\r", 2, 2}, {"\0\0", 2, 0}, {"\r\n\n", 3, 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct line line = {0};
        struct buf echo = {0};
        assert_int_equal(type(&line, cases[i].keys, cases[i].len, &echo), cases[i].enters);
        line_fini(&line);
        buf_fini(&echo);
    }
}

static void test_keys_edit_the_line(void **state)
{
    (void)state;
    static const struct {
        const char *keys, *text;
    } cases[] = {
        {"show", "show"},
        {"sho\bow", "show"},
        {"shox\x7fw", "show"},
        {"how\x01s", "show"},               // Ctrl-A
        {"show\x01\x05 x", "show x"},       // Ctrl-E
        {"shw\x02o", "show"},               // Ctrl-B
        {"shw\033[Do", "show"},             // left arrow
        {"sxhow\x01\x06\x04", "show"},      // Ctrl-F, Ctrl-D
        {"sxhow\x01\033[C\033[3~", "show"}, // right arrow, Delete
        {"show version\x17", "show "},      // Ctrl-W
        {"show version\x15", ""},           // Ctrl-U
        {"show version\x01\x06\x0b", "s"},  // Ctrl-K
        {"a\x16?b", "a?b"},                 // Ctrl-V
        {"shwo\x14", "show"},               // Ctrl-T
        {"hsow\x02\x02\x02\x14", "show"},   // Ctrl-T inside
        {"show version\x17run", "show run"},
        {"version\x15show \x19", "show version"}, // Ctrl-U, Ctrl-Y
        {"show version\033bip ", "show ip version"},
        {"show version\001\033f ip", "show ip version"},
        {"show ip version\001\033f\033d", "show version"},
        {"show version\001\033u", "SHOW version"},
        {"SHOW version\001\033l", "show version"},
        {"show version\001\033c", "Show version"},
        {"a\033[99;5xb", "ab"},
        {"ab\002\033[13~", "ab"}, // F3 and F11 are not Delete
        {"ab\002\033[23~", "ab"},
        {"ab\002\033[3;5~", "ab"},
        {"ab\002\033[259~\033[3~", "a"},
        {"a\x1fz", "az"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct line line = {0};
        struct buf echo = {0};
        type(&line, cases[i].keys, strlen(cases[i].keys), &echo);
        assert_string_equal(buf_text(&line.text), cases[i].text);
        line_fini(&line);
        buf_fini(&echo);
    }
}

static void test_every_character_is_echoed_at_once(void **state)
{
    (void)state;
    struct line line = {0};
    struct buf echo = {0};
    for (const char *p = "terminal width 511"; *p; p++) {
        buf_clear(&echo);
        line_key(&line, (unsigned char)*p, true, &echo);
        assert_int_equal(echo.len, 1);
        assert_int_equal(echo.data[0], *p);
    }
    line_fini(&line);
    buf_fini(&echo);
}

static void test_password_is_not_echoed_but_its_newline_is(void **state)
{
    (void)state;
    struct line line = {0};
    struct buf echo = {0};
    for (const char *p = "ci?s\b?co"; *p; p++)
        line_key(&line, (unsigned char)*p, false, &echo);
    assert_int_equal(echo.len, 0);
    assert_int_equal(line_key(&line, '\r', false, &echo), LINE_ENTER);
    assert_string_equal(buf_text(&echo), "\r\n");
    line_fini(&line);
    buf_fini(&echo);
}

static void test_history_recalls_and_forgets_the_oldest(void **state)
{
    (void)state;
    struct line line = {0};
    struct buf echo = {0};
    static const char *const typed[] = {"one", "two", "two", "three", "four", ""};
    for (size_t i = 0; i < sizeof typed / sizeof *typed; i++)
        line_remember(&line, typed[i], 3);
    type(&line, "\x10\x10", 2, &echo);
    assert_string_equal(buf_text(&line.text), "three");
    type(&line, "\033[A\033[A\033[A", 9, &echo);
    assert_string_equal(buf_text(&line.text), "two");
    type(&line, "\x0e", 1, &echo);
    assert_string_equal(buf_text(&line.text), "three");
    line_fini(&line);
    buf_fini(&echo);
}

static void test_a_line_without_end_is_cut(void **state)
{
    (void)state;
    struct line line = {0};
    struct buf echo = {0};
    for (size_t i = 0; i < 100000; i++)
        line_key(&line, 'x', true, &echo);
    assert_int_equal(line.text.len, LINE_MAX_BYTES);
    line_clear(&line);
    assert_null(line.text.data);
    line_fini(&line);
    buf_fini(&echo);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_form_of_enter_is_one_enter),
        cmocka_unit_test(test_keys_edit_the_line),
        cmocka_unit_test(test_every_character_is_echoed_at_once),
        cmocka_unit_test(test_password_is_not_echoed_but_its_newline_is),
        cmocka_unit_test(test_history_recalls_and_forgets_the_oldest),
        cmocka_unit_test(test_a_line_without_end_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
