#include "emulator/config.h"
#include "emulator/config_addresses.h"
#include "emulator/config_diff.h"
#include "emulator/platform.h"
#include "tests/unit/harness.h"

#include "base/alloc.h"
#include "base/rng.h"

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

// What looking at one line after the other says.
static struct config_line *first_that_begins(const struct config_line *in, const char *words)
{
    for (size_t i = 0; i < in->n_lines; i++)
        if (config_begins(in->lines[i]->text, words))
            return in->lines[i];
    return NULL;
}

static size_t random_words(struct rng *rng, char *text, size_t max)
{
    static const char *const words[] = {"a", "ab", "b", "no", "ip", "c d", "  ", "x\ny"};
    size_t n = 1 + (size_t)rng_below(rng, max);
    *text = '\0';
    for (size_t i = 0; i < n; i++)
        sprintf(text + strlen(text), "%s%s%u", i ? " " : "", words[rng_below(rng, 8)],
                (unsigned)rng_below(rng, 3));
    return n;
}

static void test_many_lines_are_found_as_few_are(void **state)
{
    (void)state;
    struct platform *ios = platform();
    struct config *config = config_new();
    struct rng rng;
    char text[256];
    rng_key(&rng, 7, 0, 0, 0);
    for (int step = 0; step < 20000; step++) {
        size_t n = random_words(&rng, text, 11);
        struct config_line *line = first_that_begins(&config->top, text);
        assert_ptr_equal(config_find(&config->top, text), line);
        for (size_t i = 0; line && i < config->top.n_lines; i++)
            if (!strcmp(config->top.lines[i]->text, text))
                line = config->top.lines[i];
        line = line && strcmp(line->text, text) != 0 ? NULL : line;
        assert_ptr_equal(config_exact(&config->top, text) != NULL, line != NULL);
        if (rng_below(&rng, 40) == 0)
            config_remove(&config->top, text);
        else
            config_set(config, &config->top, ios, text, n > 3 ? strcspn(text, " ") : strlen(text));
        if (step % 4000 == 3999)
            config_remove(&config->top, "ab1");
    }
    assert_true(config->top.n_lines > 500);
    config_free(config);
    platform_free(ios);
}

static void random_address(struct rng *rng, char *text)
{
    unsigned bits = 8 + (unsigned)rng_below(rng, 25);
    uint32_t mask = UINT32_MAX << (32 - bits);
    sprintf(text, "ip address 10.%u.%u.%u %u.%u.%u.%u", (unsigned)rng_below(rng, 200),
            (unsigned)rng_below(rng, 256), (unsigned)rng_below(rng, 256), mask >> 24,
            mask >> 16 & 255, mask >> 8 & 255, mask & 255);
}

static bool is_met(const struct config *config, const struct config_line *own, uint32_t address,
                   uint32_t mask)
{
    for (size_t i = 0; i < config->top.n_lines; i++)
        if (config->top.lines[i] != own && config_begins(config->top.lines[i]->text, "interface") &&
            config_addresses_meet_in(config->top.lines[i], address, mask))
            return true;
    return false;
}

static void test_networks_are_met_as_if_each_interface_was_looked_at(void **state)
{
    (void)state;
    struct platform *ios = platform();
    struct config *config = config_new();
    struct rng rng;
    char text[128];
    size_t met = 0;
    rng_key(&rng, 9, 0, 0, 0);
    for (int step = 0; step < 20000; step++) {
        sprintf(text, "%s %u", rng_below(&rng, 4) ? "interface" : "router",
                (unsigned)rng_below(&rng, 20));
        struct config_line *section = config_set(config, &config->top, ios, text, strlen(text));
        if (rng_below(&rng, 50) == 0) {
            config_remove(&config->top, text);
            section = NULL;
        }
        if (section) {
            random_address(&rng, text);
            bool more = rng_below(&rng, 3) == 0;
            config_set(config, section, ios, more ? text : "ip address 10.1.2.3 255.255.255.0",
                       strlen("ip address"));
        }
        if (section && rng_below(&rng, 3))
            config_remove(section, "ip address");
        uint32_t mask = UINT32_MAX << (32 - 8 - rng_below(&rng, 25));
        uint32_t address = 0x0a000000 + (uint32_t)rng_below(&rng, 200 * 65536);
        bool expected = is_met(config, section, address, mask);
        met += expected;
        assert_int_equal(config_addresses_meet(config, section, address, mask), expected);
    }
    assert_in_range(met, 1000, 19000);
    config_free(config);
    platform_free(ios);
}

static void write_lines(const struct config_line *in, size_t depth, struct buf *out)
{
    for (size_t i = 0; i < in->n_lines; i++) {
        buf_printf(out, "%.*s%s\n", (int)depth, "        ", in->lines[i]->text);
        write_lines(in->lines[i], depth + 1, out);
    }
}

static const char *skip_lines(const char *text, size_t n, struct buf *copy)
{
    while (n-- > 0) {
        size_t len = strcspn(text, "\n") + 1;
        buf_add(copy, text, len);
        text += len;
    }
    return text;
}

// Makes one text of the other by the hunks, as patch(1) does; fails when a line is not as it says.
static void patch(const char *before, const char *diff, struct buf *after)
{
    const char *at = before;
    size_t line = 1;
    struct buf nobody = {0};
    while (*diff) {
        size_t first[2];
        size_t n[2];
        assert_int_equal(
            sscanf(diff, "@@ -%zu,%zu +%zu,%zu @@", &first[0], &n[0], &first[1], &n[1]), 4);
        diff = skip_lines(diff, 1, &nobody);
        assert_true(first[0] >= line);
        at = skip_lines(at, first[0] - line, after);
        line = first[0];
        for (; *diff && *diff != '@'; diff = skip_lines(diff, 1, &nobody)) {
            size_t len = strcspn(diff, "\n");
            if (*diff != '+') {
                assert_memory_equal(at, diff + 1, len);
                at = skip_lines(at, 1, *diff == ' ' ? after : &nobody);
                line++;
                n[0]--;
            } else
                buf_add(after, diff + 1, len); // with its newline
            n[1] -= *diff != '-';
        }
        assert_int_equal(n[0], 0);
        assert_int_equal(n[1], 0);
    }
    buf_puts(after, at);
    buf_fini(&nobody);
}

static struct config *random_config(struct rng *rng, size_t lines)
{
    struct config *config = config_new();
    struct buf text = {0};
    for (size_t i = 0; i < lines; i++)
        buf_printf(&text, "%s%u\n", rng_below(rng, 3) ? " below " : "line ",
                   (unsigned)rng_below(rng, 2 + lines / 2));
    config_read(config, buf_text(&text));
    buf_fini(&text);
    return config;
}

static void test_the_hunks_of_a_difference_make_one_the_other(void **state)
{
    (void)state;
    struct rng rng;
    rng_key(&rng, 11, 0, 0, 0);
    for (int round = 0; round < 300; round++) {
        struct config *configs[2] = {random_config(&rng, (size_t)rng_below(&rng, 200)),
                                     random_config(&rng, (size_t)rng_below(&rng, 200))};
        struct buf texts[2] = {{0}, {0}};
        struct buf diff = {0};
        struct buf patched = {0};
        for (int i = 0; i < 2; i++)
            write_lines(&configs[i]->top, 0, &texts[i]);
        config_diff(configs[0], configs[1], " ", &diff);
        patch(buf_text(&texts[0]), buf_text(&diff), &patched);
        assert_string_equal(buf_text(&patched), buf_text(&texts[1]));
        buf_clear(&diff);
        config_diff(configs[0], configs[0], " ", &diff);
        assert_int_equal(diff.len, 0);
        for (int i = 0; i < 2; i++) {
            buf_fini(&texts[i]);
            config_free(configs[i]);
        }
        buf_fini(&diff);
        buf_fini(&patched);
    }
}

// Against a table by number: whatever the order in which they come and go.
static void test_numbered_entries_stand_in_order_among_their_remarks(void **state)
{
    (void)state;
    enum { NUMBERS = 300 };
    struct config *config = config_new();
    struct config_line *in = config_append(&config->top, "ip access-list extended A", 25);
    bool there[NUMBERS + 1] = {false};
    struct rng rng;
    rng_seed(&rng, 1);
    for (int i = 0; i < 3000; i++) {
        uint32_t number = 1 + (uint32_t)rng_below(&rng, NUMBERS);
        char text[32];
        snprintf(text, sizeof text, "permit %u", number);
        switch (rng_below(&rng, 8)) {
        case 0:
            config_append(in, "remark", 6); // behind what is there
            break;
        case 1:
        case 2:
            assert_int_equal(config_remove_numbered(in, number), there[number]);
            there[number] = false;
            break;
        case 3:
            assert_int_equal(config_add_numbered(in, "deny all", number), !there[number]);
            if (!there[number])
                assert_true(config_remove_numbered(in, number));
            break;
        default:
            assert_true(config_add_numbered(in, text, number));
            there[number] = true;
        }
    }
    size_t at = 0;
    for (uint32_t number = 1; number <= NUMBERS; number++) {
        while (at < in->n_lines && config_begins(in->lines[at]->text, "remark"))
            at++;
        if (there[number])
            assert_int_equal(in->lines[at++]->sequence, number);
    }
    while (at < in->n_lines && config_begins(in->lines[at]->text, "remark"))
        at++;
    assert_int_equal(at, in->n_lines);
    config_free(config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts_become_lines_below_lines),
        cmocka_unit_test(test_interfaces_are_in_order_however_many),
        cmocka_unit_test(test_many_lines_are_found_as_few_are),
        cmocka_unit_test(test_numbered_entries_stand_in_order_among_their_remarks),
        cmocka_unit_test(test_the_hunks_of_a_difference_make_one_the_other),
        cmocka_unit_test(test_networks_are_met_as_if_each_interface_was_looked_at),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
