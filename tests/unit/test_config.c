#include "emulator/config.h"
#include "emulator/platform.h"
#include "tests/unit/harness.h"

#include "base/alloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct platform *platform(void)
{
    struct err err = {0};
    struct platform *platform = platform_load("cisco_ios", NULL, &err);
    assert_string_equal(err.text, "");
    return platform;
}

static void test_texts_become_lines_below_lines(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t n_lines; // at the top
        const char *first;
        size_t n_below; // the first
    } cases[] = {
        {"", 0, NULL, 0},
        {"!\n\n!\n", 0, NULL, 0},
        {"a\nb\n", 2, "a", 0},
        {"a\r\n b\r\n c\r\nd\r\n", 2, "a", 2},
        {" a\n", 1, "a", 0}, // nothing it could be below
        {"banner motd #x\n y\nz#\nb\n", 2, "banner motd #x\n y\nz#", 0},
        {"banner motd ^Cx^C\n", 1, "banner motd ^Cx^C", 0},
        {"banner motd #x\n", 1, "banner motd #x", 0}, // without an end
        {"banner motd \nb\n", 2, "banner motd ", 0},  // without a delimiter
        {"banner motd ", 1, "banner motd ", 0},
        {"banner motd", 1, "banner motd", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct config *config = config_new();
        char *text = alloc_strdup(cases[i].text); // of just that length, for the sanitizers
        config_read(config, text);
        free(text);
        if (config->top.n_lines != cases[i].n_lines)
            fail_msg("case %zu: %zu lines", i, config->top.n_lines);
        if (cases[i].first) {
            assert_string_equal(config->top.lines[0]->text, cases[i].first);
            assert_int_equal(config->top.lines[0]->n_lines, cases[i].n_below);
        }
        config_free(config);
    }
}

// The place of a new one among many is looked for in another way than among few.
static void test_interfaces_are_in_order_however_many(void **state)
{
    (void)state;
    static const unsigned counts[] = {1, 7, 1000};
    struct platform *ios = platform();
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        struct config *config = config_new();
        unsigned count = counts[i];
        char text[64];
        config_read(config, "hostname R1\nip route 10.0.0.0 255.0.0.0 Null0\n");
        for (unsigned n = 0; n < count; n++) { // in an order that is none: 3 divides no count
            snprintf(text, sizeof text, "interface Loopback%u", n * 3 % count);
            config_set(config, &config->top, ios, text, strlen(text));
        }
        assert_string_equal(config->top.lines[0]->text, "hostname R1");
        for (unsigned n = 0; n < count; n++) {
            snprintf(text, sizeof text, "interface Loopback%u", n);
            assert_string_equal(config->top.lines[n + 1]->text, text);
        }
        assert_int_equal(config->top.n_lines, count + 2);
        config_free(config);
    }
    platform_free(ios);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts_become_lines_below_lines),
        cmocka_unit_test(test_interfaces_are_in_order_however_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
