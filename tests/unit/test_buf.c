#include "base/buf.h"
#include "tests/unit/harness.h"

#include <stdlib.h>
#include <string.h>

static void test_an_empty_buf_is_an_empty_string(void **state)
{
    (void)state;
    struct buf buf = {0};
    assert_string_equal(buf_text(&buf), "");
    buf_add(&buf, "x", 0);
    buf_clear(&buf);
    buf_drop(&buf, 0);
    assert_null(buf.data);
    char *text = buf_take(&buf);
    assert_string_equal(text, "");
    free(text);
    buf_fini(&buf);
}

static void test_what_is_added_stands_in_order(void **state)
{
    (void)state;
    struct buf buf = {0};
    buf_puts(&buf, "one ");
    buf_putc(&buf, '2');
    buf_printf(&buf, " %s %d", "three", 4);
    buf_add(&buf, " \0!", 3); // bytes, not text
    assert_int_equal(buf.len, 16);
    assert_memory_equal(buf.data, "one 2 three 4 \0!", 17);
    buf_fini(&buf);
    assert_null(buf.data);
}

static void test_dropping_keeps_the_rest(void **state)
{
    (void)state;
    struct buf buf = {0};
    buf_puts(&buf, "0123456789");
    buf_drop(&buf, 4);
    assert_string_equal(buf_text(&buf), "456789");
    buf_puts(&buf, "x");
    buf_drop(&buf, 7);
    assert_string_equal(buf_text(&buf), "");
    buf_fini(&buf);
}

static void test_it_grows_to_what_is_needed(void **state)
{
    (void)state;
    struct buf buf = {0};
    char chunk[777];
    memset(chunk, 'a', sizeof chunk);
    for (int i = 0; i < 1000; i++)
        buf_add(&buf, chunk, sizeof chunk);
    buf_printf(&buf, "%0500d", 7);
    assert_int_equal(buf.len, 777500);
    assert_int_equal(strlen(buf_text(&buf)), 777500);
    assert_int_equal(buf.data[777499], '7');
    buf_fini(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_empty_buf_is_an_empty_string),
        cmocka_unit_test(test_what_is_added_stands_in_order),
        cmocka_unit_test(test_dropping_keeps_the_rest),
        cmocka_unit_test(test_it_grows_to_what_is_needed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
