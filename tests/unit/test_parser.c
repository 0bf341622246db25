#include "emulator/parser.h"
#include "tests/unit/harness.h"

#include <string.h>

static struct platform *platform;

static int load(void **state)
{
    (void)state;
    struct err err;
    platform = platform_load("cisco_ios", NULL, &err);
    return platform ? 0 : -1;
}

static int unload(void **state)
{
    (void)state;
    platform_free(platform);
    return 0;
}

static void test_abbreviations_are_spelt_out(void **state)
{
    (void)state;
    static const struct {
        const char *mode, *line, *text;
    } cases[] = {
        {"exec", "sh ver", "show version"},
        {"exec", "  SH   IP int BR ", "show ip interface brief"},
        {"exec", "term len 0", "terminal length 0"},
        {"exec", "ter wid 511", "terminal width 511"},
        {"exec", "en", "enable"},
        {"privileged", "sh run", "show running-config"},
        {"privileged", "conf t", "configure terminal"},
        {"privileged", "config term", "configure terminal"},
        {"privileged", "wr", "write"},
        {"privileged", "wr mem", "write memory"},
        {"privileged", "copy run start", "copy running-config startup-config"},
        {"privileged", "sh int gi 0/1", "show interfaces GigabitEthernet0/1"},
        {"config", "int g0/1", "interface GigabitEthernet0/1"},
        {"config", "int Lo 12", "interface Loopback12"},
        {"config", "line con 0", "line con 0"},
        {"config", "line console 0", "line con 0"},
        {"config", "do sh clock", "show clock"},
        {"config", "no ip domain-lookup", "ip domain lookup"},
        {"config-if", "no sh", "shutdown"},
        {"config-if", "desc a  b | c ", "description a  b | c"},
        {"config-if", "int g0/2", "interface GigabitEthernet0/2"},
        {"config-if", "ip route 0.0.0.0 0.0.0.0 1.1.1.1", "ip route 0.0.0.0 0.0.0.0 1.1.1.1"},
        {"config-if", "no ip add", "ip address"},
        {"config-line", "exec-t 0 0", "exec-timeout 0 0"},
    };
    struct parsed parsed = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        parser_parse(platform, platform_mode(platform, cases[i].mode), cases[i].line, &parsed);
        if (parsed.result != PARSE_OK)
            fail_msg("'%s' is not understood", cases[i].line);
        assert_string_equal(buf_text(&parsed.text), cases[i].text);
    }
    parsed_fini(&parsed);
}

static void test_wrong_lines_say_where(void **state)
{
    (void)state;
    static const struct {
        const char *mode, *line;
        enum parse_result result;
        size_t bad_at;
    } cases[] = {
        {"exec", "", PARSE_EMPTY, 0},
        {"exec", "   ", PARSE_EMPTY, 0},
        {"config", "! a comment", PARSE_EMPTY, 0},
        {"exec", "show verzion", PARSE_INVALID, 8},
        {"exec", "show version xyz", PARSE_INVALID, 13},
        {"exec", "terminal length 513", PARSE_INVALID, 16},
        {"exec", "show", PARSE_INCOMPLETE, 0},
        {"exec", "terminal length", PARSE_INCOMPLETE, 0},
        {"exec", "show i", PARSE_AMBIGUOUS, 0},
        {"exec", "configure terminal", PARSE_INVALID, 3},
        {"config", "ip address 1.1.1.1 255.0.0.0", PARSE_INVALID, 4},
        {"config-if", "ip address 1.1.1 255.0.0.0", PARSE_INVALID, 11},
        {"config-if", "frobnicate", PARSE_INVALID, 1},
        {"config", "no", PARSE_INCOMPLETE, 0},
        {"config", "do foo bar", PARSE_INVALID, 3},
    };
    struct parsed parsed = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        parser_parse(platform, platform_mode(platform, cases[i].mode), cases[i].line, &parsed);
        if (parsed.result != cases[i].result ||
            (parsed.result == PARSE_INVALID && parsed.bad_at != cases[i].bad_at))
            fail_msg("'%s': result %d at %zu", cases[i].line, (int)parsed.result, parsed.bad_at);
    }
    parsed_fini(&parsed);
}

static void test_arguments_pipes_and_negation_are_found(void **state)
{
    (void)state;
    struct parsed parsed = {0};
    parser_parse(platform, platform_mode(platform, "exec"), "sh ver | inc up", &parsed);
    assert_int_equal(parsed.result, PARSE_OK);
    assert_int_equal(parsed.pipe_at, 8);
    parser_parse(platform, platform_mode(platform, "config-if"), "no ip address 1.2.3.4 255.0.0.0",
                 &parsed);
    assert_true(parsed.negated);
    const struct parsed_argument *mask = parsed_argument(&parsed, "mask");
    assert_non_null(mask);
    assert_memory_equal(parsed.text.data + mask->at, "255.0.0.0", mask->len);
    assert_null(parsed_argument(&parsed, "nothing"));
    parsed_fini(&parsed);
}

static void test_help_and_completion(void **state)
{
    (void)state;
    int exec = platform_mode(platform, "exec");
    struct buf out = {0};
    parser_help(platform, exec, "ter", &out);
    assert_string_equal(buf_text(&out), "terminal  \n");
    buf_clear(&out);
    parser_help(platform, exec, "terminal length ", &out);
    assert_string_equal(buf_text(&out), "  <0-512>          A number\n");
    buf_clear(&out);
    parser_help(platform, exec, "show version ", &out);
    assert_string_equal(buf_text(&out),
                        "  |                Output modifiers\n  <cr>             \n");
    buf_clear(&out);
    parser_help(platform, exec, "show version | in", &out);
    assert_string_equal(buf_text(&out), "  include          Include lines that match\n");
    buf_clear(&out);
    parser_help(platform, exec, "t", &out);
    assert_string_equal(buf_text(&out), "telnet      terminal    traceroute  \n");
    buf_clear(&out);
    parser_help(platform, platform_mode(platform, "config"), "interface ", &out);
    assert_non_null(
        strstr(buf_text(&out), "  Loopback         Interface, with its number behind\n"));
    assert_null(strstr(buf_text(&out), "INTERFACE"));
    buf_clear(&out);
    parser_help(platform, exec, "show interfaces gi", &out);
    assert_string_equal(buf_text(&out), "GigabitEthernet  \n");
    buf_clear(&out);
    parser_help(platform, exec, "foo bar ", &out);
    assert_string_equal(buf_text(&out), "% Unrecognized command\n");
    buf_clear(&out);
    parser_help(platform, platform_mode(platform, "config-if"), "no shut", &out);
    assert_string_equal(buf_text(&out), "shutdown  \n");
    buf_clear(&out);
    assert_true(parser_complete(platform, exec, "sh vers", &out));
    assert_string_equal(buf_text(&out), "ion ");
    assert_false(parser_complete(platform, exec, "sh i", &out));
    assert_false(parser_complete(platform, exec, "show version ", &out));
    buf_fini(&out);
}

// Behind `edit`, `show` and `delete` comes what comes behind `set`, a word after the other.
static void test_help_knows_the_words_of_a_path(void **state)
{
    (void)state;
    static const struct {
        const char *line, *listed, *not_listed, *completed;
    } cases[] = {
        {"edit ", "  system ", "  host-name ", NULL},
        {"edit sys", "  system ", "  snmp ", "tem "},
        {"delete system ", "  host-name ", "  interfaces ", NULL},
        {"show system serv", "  services ", "  syslog ", "ices "},
        {"show interfaces ge-0/0/0 ", "  unit ", "  system ", NULL},
        {"run show configuration protocols ospf ", "  area ", "  bgp ", NULL},
        {"delete nowhere ", "% Unrecognized command", "  system ", NULL},
    };
    struct err err;
    struct platform *junos = platform_load("juniper_junos", NULL, &err);
    int mode = platform_mode(junos, "configure");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf out = {0};
        struct buf added = {0};
        parser_help(junos, mode, cases[i].line, &out);
        if (!strstr(buf_text(&out), cases[i].listed) ||
            strstr(buf_text(&out), cases[i].not_listed) || strstr(buf_text(&out), "null"))
            fail_msg("%s?\n%s", cases[i].line, buf_text(&out));
        if (parser_complete(junos, mode, cases[i].line, &added) != (cases[i].completed != NULL) ||
            strcmp(buf_text(&added), cases[i].completed ? cases[i].completed : "") != 0)
            fail_msg("%s TAB '%s'", cases[i].line, buf_text(&added));
        buf_fini(&out);
        buf_fini(&added);
    }
    platform_free(junos);
}

// The same word means something else in another mode; words that are no commands are listed too.
static void test_help_is_that_of_the_mode(void **state)
{
    (void)state;
    static const struct {
        const char *platform, *mode, *listed;
    } cases[] = {
        {"cisco_ios", "config", "\n  exit             Exit from configure mode\n"},
        {"cisco_ios", "config", "\n  ip               Global IP configuration subcommands\n"},
        {"cisco_ios", "config-if",
         "\n  ip               Interface Internet Protocol config commands\n"},
        {"cisco_ios", "config-if",
         "\n  encapsulation    Set encapsulation type for an interface\n  exit             Exit "
         "from "
         "interface configuration mode\n"},
        {"cisco_ios", "config-if", "\n  no               Negate a command or set its defaults\n"},
        {"cisco_ios", "privileged", "\n  exit             Exit from the EXEC\n"},
        {"juniper_junos", "configure", "\n  set              Set a parameter\n"},
        {"juniper_junos", "operational",
         "\n  set              Set CLI properties, date/time, craft interface message\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err err;
        struct buf out = {0};
        struct platform *one = platform_load(cases[i].platform, NULL, &err);
        parser_help(one, platform_mode(one, cases[i].mode), "", &out);
        if (!strstr(buf_text(&out), cases[i].listed))
            fail_msg("%s %s?\n%s", cases[i].platform, cases[i].mode, buf_text(&out));
        buf_fini(&out);
        platform_free(one);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_abbreviations_are_spelt_out),
        cmocka_unit_test(test_wrong_lines_say_where),
        cmocka_unit_test(test_arguments_pipes_and_negation_are_found),
        cmocka_unit_test(test_help_and_completion),
        cmocka_unit_test(test_help_knows_the_words_of_a_path),
        cmocka_unit_test(test_help_is_that_of_the_mode),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
