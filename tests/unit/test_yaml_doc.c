#include "base/buf.h"
#include "base/yaml_doc.h"
#include "tests/unit/harness.h"

#include <string.h>

static struct yaml_doc *load(const char *text)
{
    struct err err = {0};
    struct yaml_doc *doc = yaml_doc_load_text("t", text, strlen(text), &err);
    assert_string_equal(err.text, "");
    return doc;
}

static void test_a_tree_knows_its_values_and_places(void **state)
{
    (void)state;
    struct yaml_doc *doc = load("a: 1\nlist:\n  - x\n  - {deep: \"quoted\"}\n");
    const struct yaml_node *root = yaml_doc_root(doc);
    assert_int_equal(yaml_kind(root), YAML_MAP);
    assert_int_equal(yaml_len(root), 2);
    assert_string_equal(yaml_text(yaml_key(root, 1)), "list");
    const struct yaml_node *list = yaml_find(root, "list");
    assert_int_equal(yaml_len(list), 2);
    assert_string_equal(yaml_text(yaml_item(list, 0)), "x");
    const struct yaml_node *deep = yaml_find(yaml_item(list, 1), "deep");
    assert_string_equal(yaml_text(deep), "quoted");
    assert_null(yaml_find(root, "b"));
    assert_null(yaml_find(list, "x")); // a list has no keys
    struct err err = {0};
    yaml_error(deep, &err, "here");
    assert_string_equal(err.text, "t:4:12: here");
    yaml_doc_free(doc);
}

static void test_only_a_plain_nothing_is_null(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool null;
    } cases[] = {{"a:", true},         {"a: ~", true},  {"a: null", true}, {"a: ''", false},
                 {"a: 'null'", false}, {"a: 0", false}, {"a: []", false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct yaml_doc *doc = load(cases[i].text);
        assert_int_equal(yaml_is_null(yaml_value(yaml_doc_root(doc), 0)), cases[i].null);
        yaml_doc_free(doc);
    }
}

static void test_an_empty_text_has_no_root(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "\n\n", "# only a comment\n"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct yaml_doc *doc = load(texts[i]);
        assert_null(yaml_doc_root(doc));
        yaml_doc_free(doc);
    }
}

static void refused(const char *text, size_t len, const char *message)
{
    struct err err = {0};
    struct yaml_doc *doc = yaml_doc_load_text("t", text, len, &err);
    assert_null(doc);
    assert_int_equal(err_exit_code(&err), 2);
    if (!strstr(err.text, message))
        fail_msg("'%s' is not in '%s'", message, err.text);
}

static void test_what_a_file_may_not_hold_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *message;
    } cases[] = {
        {"a: 1\na: 2\n", "t:2:1: 'a' is there twice; keep one"},
        {"a: &x 1\nb: *x\n", "t:2:4: aliases (*name) are not supported; write the value out"},
        {"[a]: 1\n", "t:1:1: a key must be a plain word"},
        {"a: [1\n", "not valid YAML"},
        {"a: 1\n---\nb: 2\n", "t:3:1: a second document; keep one in a file"},
        {"a: \x01\n", "not valid YAML"},
        {"a: \"x\\0y\"\n", "t:1:4: a text cannot hold a NUL byte"},
        {"\xff\xfe\xff", "not valid YAML"},
        {"a: 1\nb: caf\xe9 noir\n",
         "t:2:8: not valid YAML: invalid trailing UTF-8 octet; a file is text"},
        {"a:\n\tb: 1\n", "t:2:1: not valid YAML: a tab at the beginning of the line; indent with"},
        {"a:\n  b: 1\n \tc: 2\n", "t:3:2: not valid YAML: a tab at the beginning of the line"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        refused(cases[i].text, strlen(cases[i].text), cases[i].message);
}

static void test_a_value_with_a_comma_and_no_quotes_is_told_as_that(void **state)
{
    (void)state;
    static const char *const names[] = {"login", "command", NULL};
    static const struct {
        const char *text;
        const char *message;
    } cases[] = {
        {"{command: lognormal(80ms, 0.3)}",
         "t:1:27: between { and } a value with a comma needs quotes: \"lognormal(80ms, 0.3)\""},
        {"{command: 1ms, 0.3)}", "unknown key '0.3)'"},
        {"{command: 'f(1', 0.3)}", "unknown key '0.3)'"},
        {"{0.3)}", "unknown key '0.3)'"},
        {"{command: f(1ms), comand: 1}", "unknown key 'comand'; did you mean 'command'?"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err err = {0};
        struct yaml_doc *doc = load(cases[i].text);
        assert_int_equal(yaml_check_keys(yaml_doc_root(doc), names, &err), -1);
        if (!strstr(err.text, cases[i].message))
            fail_msg("'%s' is not in '%s'", cases[i].message, err.text);
        yaml_doc_free(doc);
    }
}

static void test_deep_nesting_is_refused_before_the_stack_ends(void **state)
{
    (void)state;
    struct buf text = {0};
    for (int i = 0; i < 100000; i++)
        buf_putc(&text, '[');
    refused(buf_text(&text), text.len, "t:1:");
    buf_fini(&text);
}

static void test_a_map_of_a_million_keys_is_refused_at_once(void **state)
{
    (void)state;
    struct buf text = {0};
    for (int i = 0; i < 1000000; i++)
        buf_printf(&text, "k%d: 1\n", i);
    refused(buf_text(&text), text.len, "t:1:1: more than 10000 entries; is it the right file?");
    buf_fini(&text);
}

static void test_files_that_cannot_be_read_say_why(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        const char *message;
    } cases[] = {
        {"/nowhere/x.yaml", "cannot open '/nowhere/x.yaml': No such file or directory"},
        {"/", "cannot read '/': it is a folder, a YAML file is wanted"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err err = {0};
        assert_null(yaml_doc_load_file(cases[i].path, &err));
        assert_string_equal(err.text, cases[i].message);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_tree_knows_its_values_and_places),
        cmocka_unit_test(test_only_a_plain_nothing_is_null),
        cmocka_unit_test(test_an_empty_text_has_no_root),
        cmocka_unit_test(test_what_a_file_may_not_hold_is_refused),
        cmocka_unit_test(test_a_value_with_a_comma_and_no_quotes_is_told_as_that),
        cmocka_unit_test(test_deep_nesting_is_refused_before_the_stack_ends),
        cmocka_unit_test(test_a_map_of_a_million_keys_is_refused_at_once),
        cmocka_unit_test(test_files_that_cannot_be_read_say_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
