#include "emulator/md5.h"
#include "emulator/scp.h"
#include "tests/unit/harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct kept {
    char name[64];
    char text[64];
    int files;
};

static bool keep(void *owner, const char *name, struct buf *text)
{
    struct kept *kept = owner;
    snprintf(kept->name, sizeof kept->name, "%s", name);
    snprintf(kept->text, sizeof kept->text, "%s", buf_text(text));
    kept->files++;
    buf_fini(text);
    return strcmp(name, "flash:full") != 0;
}

static void test_commands_are_told_from_others(void **state)
{
    (void)state;
    static const struct {
        const char *command, *name; // NULL: none
        bool gives;
    } cases[] = {
        {"scp -t flash:/a.cfg", "flash:/a.cfg", false},
        {"scp -f running-config", "running-config", true},
        {"scp -p -d -t 'flash:'", "flash:", false},
        {"scp -t", NULL, false},
        {"show version", NULL, false},
        {"scp -t -f x", NULL, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bool gives;
        char *name = NULL;
        bool is = scp_parse(cases[i].command, &gives, &name);
        assert_int_equal(is, cases[i].name != NULL);
        if (is) {
            assert_string_equal(name, cases[i].name);
            assert_int_equal(gives, cases[i].gives);
        }
        free(name);
    }
}

static void test_files_are_taken_byte_by_byte(void **state)
{
    (void)state;
    static const char sent[] = "T1 0 1 0\nC0644 5 x.cfg\nhello\0C0600 0 empty\n\0";
    struct kept kept = {0};
    struct buf out = {0};
    bool failed;
    struct scp *scp = scp_taker("flash:", keep, &kept, &out);
    for (size_t i = 0; i < sizeof sent - 1; i++)
        assert_true(scp_input(scp, sent + i, 1, &out, &failed));
    assert_int_equal(kept.files, 2);
    assert_string_equal(kept.name, "flash:empty");
    assert_int_equal(out.len, 6); // a 0 for the start, three lines, two files
    assert_memory_equal(out.data, "\0\0\0\0\0\0", 6);
    scp_free(scp);
    buf_fini(&out);
}

static void test_what_is_no_file_is_refused(void **state)
{
    (void)state;
    static const char *const sent[] = {"D0755 0 folder\n", "C0644 99999999999 x\n", "C0644 5\n",
                                       "nonsense\n", "C0644 1 x\nabc"};
    for (size_t i = 0; i < sizeof sent / sizeof *sent; i++) {
        struct kept kept = {0};
        struct buf out = {0};
        bool failed = false;
        struct scp *scp = scp_taker("flash:full", keep, &kept, &out);
        assert_false(scp_input(scp, sent[i], strlen(sent[i]), &out, &failed));
        assert_true(failed);
        assert_int_equal(kept.files, 0);
        scp_free(scp);
        buf_fini(&out);
    }
}

static void test_a_file_is_given(void **state)
{
    (void)state;
    struct buf text = {0};
    struct buf out = {0};
    bool failed;
    buf_puts(&text, "hello");
    struct scp *scp = scp_giver("a.cfg", &text);
    assert_true(scp_input(scp, "\0", 1, &out, &failed));
    assert_string_equal(buf_text(&out), "C0644 5 a.cfg\n");
    buf_clear(&out);
    assert_true(scp_input(scp, "\0", 1, &out, &failed));
    assert_int_equal(out.len, 6);
    assert_memory_equal(out.data, "hello\0", 6);
    assert_false(scp_input(scp, "\0", 1, &out, &failed));
    assert_false(failed);
    scp_free(scp);
    buf_fini(&out);
}

static void test_md5_of_the_rfc(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"", "d41d8cd98f00b204e9800998ecf8427e"},
        {"abc", "900150983cd24fb0d6963f7d28e17f72"},
        {"message digest", "f96b697d7cb7938d525a2f31aaf161d0"},
        {"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
         "d174ab98d277d9f5a5611c2c9f419d9f"},
        {"12345678901234567890123456789012345678901234567890123456789012345678901234567890",
         "57edf4a22be3c955ac49da2e2107b67a"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char hex[MD5_HEX_BYTES];
        md5_hex(cases[i][0], strlen(cases[i][0]), hex);
        assert_string_equal(hex, cases[i][1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_commands_are_told_from_others),
        cmocka_unit_test(test_files_are_taken_byte_by_byte),
        cmocka_unit_test(test_what_is_no_file_is_refused),
        cmocka_unit_test(test_a_file_is_given),
        cmocka_unit_test(test_md5_of_the_rfc),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
