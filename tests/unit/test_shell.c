// What clients need of a device's command line, rule by rule: no client is satisfied by less.
#include "tests/unit/harness.h"
#include "tests/unit/shell_fixture.h"

#include <string.h>

static void test_prompt_comes_unasked_on_a_line_of_its_own(void **state)
{
    (void)state;
    struct fixture f;
    open_shell(&f, 1);
    assert_string_equal(buf_text(&f.out), "\r\nR2>");
    close_shell(&f);
    open_shell(&f, 15);
    assert_string_equal(buf_text(&f.out), "\r\nR2#");
    close_shell(&f);
}

static void test_answers_to_the_letter(void **state)
{
    (void)state;
    static const struct {
        const char *typed, *answer;
    } cases[] = {
        {"\n", "\r\nR2>"},
        {"\r", "\r\nR2>"},
        {"\r\n", "\r\nR2>"},
        {"terminal width 511\n", "terminal width 511\r\nR2>"},
        {"term width 512\r", "term width 512\r\nR2>"},
        {"terminal width 0\r\n", "terminal width 0\r\nR2>"},
        {"terminal length 0\n", "terminal length 0\r\nR2>"},
        {"term len 0\n", "term len 0\r\nR2>"},
        {"show privilege\n", "show privilege\r\nCurrent privilege level is 1\r\nR2>"},
        {"show clock\n", "show clock\r\n*10:30:00.123 UTC Thu Jan 15 2026\r\nR2>"},
        {"sh verzion\n",
         "sh verzion\r\n         ^\r\n% Invalid input detected at '^' marker.\r\n\r\nR2>"},
        {"show\n", "show\r\n% Incomplete command.\r\n\r\nR2>"},
        {"show i\n", "show i\r\n% Ambiguous command:  \"show i\"\r\nR2>"},
        {"frob\n", "frob\r\nTranslating \"frob\"\r\n% Unknown command or computer name, or unable "
                   "to find computer address\r\nR2>"},
        {"sh ver | inc (\n", "sh ver | inc (\r\n% Failed to compile regular expression\r\n\r\nR2>"},
        {"enable\ncisco\n", "enable\r\nPassword: \r\nR2#"},
        {"enable\n", "enable\r\nR2#"},
        {"show privilege\n", "show privilege\r\nCurrent privilege level is 15\r\nR2#"},
        {"write memory\n", "write memory\r\nBuilding configuration...\r\n[OK]\r\nR2#"},
        {"conf t\n",
         "conf t\r\nEnter configuration commands, one per line.  End with CNTL/Z.\r\nR2(config)#"},
        {"interface lo3\n", "interface lo3\r\nR2(config-if)#"},
        {"exit\n", "exit\r\nR2(config)#"},
        {"router ospf 1\n", "router ospf 1\r\nR2(config-router)#"},
        {"line vty 0 4\n", "line vty 0 4\r\nR2(config-line)#"},
        {"exec-timeout 0\n", "exec-timeout 0\r\nR2(config-line)#"},
        {"end\n", "end\r\nR2#"},
        {"config term\n", "config term\r\nEnter configuration commands, one per line.  End with "
                          "CNTL/Z.\r\nR2(config)#"},
        {"no logging console\n", "no logging console\r\nR2(config)#"},
        {"line console 0\n", "line console 0\r\nR2(config-line)#"},
        {"\x1a", "^Z\r\nR2#"},
        {"conf t\rint lo3\rdescription by ctrl-z\x1a",
         "conf t\r\nEnter configuration commands, one per line.  End with "
         "CNTL/Z.\r\nR2(config)#int "
         "lo3\r\nR2(config-if)#description by ctrl-z^Z\r\nR2#"},
        {"show run | include ctrl-z$\n",
         "show run | include ctrl-z$\r\n description by ctrl-z\r\nR2#"},
        {"disable\n", "disable\r\nR2>"},
        {"ping\n\n10.0.0.1\n2\n\n\n\n\n",
         "ping\r\nProtocol [ip]: \r\nTarget IP address: 10.0.0.1\r\nRepeat count [5]: 2\r\n"
         "Datagram size [100]: \r\nTimeout in seconds [2]: \r\nExtended commands [n]: \r\n"
         "Sweep range of sizes [n]: \r\nType escape sequence to abort.\r\nSending 2, 100-byte "
         "ICMP Echos to 10.0.0.1, timeout is 2 seconds:\r\n!!\r\nSuccess rate is 100 percent "
         "(2/2), round-trip min/avg/max = 3/4/14 ms\r\nR2>"},
    };
    struct fixture f;
    open_shell(&f, 1);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(says(&f, cases[i].typed), cases[i].answer);
    close_shell(&f);
}

static void test_nul_is_ignored(void **state)
{
    (void)state;
    struct fixture f;
    open_shell(&f, 1);
    assert_string_equal(type(&f, "\0\0\0", 3), "");
    close_shell(&f);
}

static void test_three_wrong_secrets_end_enable(void **state)
{
    (void)state;
    struct fixture f;
    open_shell(&f, 1);
    assert_string_equal(
        says(&f, "enable\ra\rb\rc\r"),
        "enable\r\nPassword: \r\nPassword: \r\nPassword: \r\n% Bad secrets\r\n\r\nR2>");
    close_shell(&f);
}

static void test_type_ahead_is_kept_while_busy(void **state)
{
    (void)state;
    struct fixture f;
    open_shell(&f, 1);
    buf_clear(&f.out);
    const char typed[] = "show clock\nshow privilege\nena";
    assert_int_equal(shell_input(f.shell, typed, strlen(typed), &f.out), SHELL_BUSY);
    assert_string_equal(buf_text(&f.out), "show clock\r\n");
    bool instant = true;
    assert_string_equal(shell_command(f.shell, &instant), "show clock");
    assert_false(instant);
    assert_int_equal(shell_resume(f.shell, &f.out), SHELL_BUSY);
    assert_string_equal(shell_command(f.shell, &instant), "show privilege");
    assert_int_equal(shell_resume(f.shell, &f.out), SHELL_READY);
    const char *text = buf_text(&f.out);
    assert_string_equal(text + strlen(text) - 6, "R2>ena");
    close_shell(&f);
}

static void test_session_commands_are_instant_and_slow_ones_say_so(void **state)
{
    (void)state;
    static const struct {
        const char *typed;
        bool instant;
        bool takes;
    } cases[] = {
        {"terminal length 0\n", true, false},
        {"exit\n", true, false},
        {"enable\n", true, false},
        {"show version\n", false, false},
        {"ping 10.0.0.1\n", false, true},
        {"ping 8.8.8.8\n", false, true},
        {"traceroute 10.0.0.1\n", false, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fixture f;
        bool instant;
        open_shell(&f, 1);
        assert_int_equal(shell_input(f.shell, cases[i].typed, strlen(cases[i].typed), &f.out),
                         SHELL_BUSY);
        shell_command(f.shell, &instant);
        assert_int_equal(instant, cases[i].instant);
        assert_int_equal(shell_command_takes_ns(f.shell) > 0, cases[i].takes);
        close_shell(&f);
    }
}

static void test_pager_shows_a_screen_and_erases_its_prompt(void **state)
{
    (void)state;
    static const char erase[] = "\b\b\b\b\b\b\b\b\b        \b\b\b\b\b\b\b\b\b";
    struct fixture f;
    open_shell(&f, 1);
    const char *text = says(&f, "show version\n");
    size_t lines = 0;
    for (const char *p = text; *p; p++)
        lines += *p == '\n';
    assert_int_equal(lines, 24); // the echoed newline and 23 lines
    assert_string_equal(text + strlen(text) - 10, " --More-- ");
    text = says(&f, "\r");
    assert_memory_equal(text, erase, sizeof erase - 1);
    assert_string_equal(strstr(text, "\n") + 1, " --More-- ");
    text = says(&f, "q");
    assert_memory_equal(text, erase, sizeof erase - 1);
    assert_string_equal(text + sizeof erase - 1, "R2>");
    text = says(&f, "show version\n ");
    assert_non_null(strstr(text, "register is 0x2102\r\n\r\nR2>"));
    says(&f, "terminal length 0\n");
    assert_null(strstr(says(&f, "show version\n"), "More"));
    close_shell(&f);
}

static void test_help_repaints_the_line(void **state)
{
    (void)state;
    struct fixture f;
    open_shell(&f, 1);
    assert_string_equal(says(&f, "show ver?"), "show ver?\r\nversion  \r\n\r\nR2>show ver");
    assert_string_equal(says(&f, "\t"), "\r\nR2>show version ");
    close_shell(&f);
}

static void test_long_host_names_are_cut_in_configuration_mode(void **state)
{
    (void)state;
    struct fixture f;
    open_shell(&f, 15);
    says(&f, "conf t\n");
    assert_string_equal(
        says(&f, "hostname a-host-name-of-more-than-twenty\n"),
        "hostname a-host-name-of-more-than-twenty\r\na-host-name-of-more-(config)#");
    assert_string_equal(says(&f, "end\n"), "end\r\na-host-name-of-more-than-twenty#");
    close_shell(&f);
}

// Clients look for what they typed: it comes back unbroken at any width of the terminal.
static void test_long_lines_are_echoed_as_typed(void **state)
{
    (void)state;
    char line[600];
    memset(line, 'x', sizeof line);
    memcpy(line, "show ", 5);
    line[sizeof line - 1] = '\0';
    struct fixture f;
    open_shell(&f, 1);
    shell_resize(f.shell, 80, 24);
    assert_string_equal(says(&f, line), line);
    // The caret stands under the first x, behind the prompt.
    const char *answer = says(&f, "\r");
    assert_memory_equal(answer, "\r\n        ^\r\n% Invalid input", 26);
    close_shell(&f);
}

static void test_the_caret_counts_the_prompt_as_it_is(void **state)
{
    (void)state;
    static const struct {
        const char *before, *typed;
        const char *prompt;
        size_t good; // bytes of what was typed that are good
    } cases[] = {
        {"hostname a\n", "sho vers", "a(config)#", 1},
        {"hostname a-host-name-of-more-than-twenty\n", "ipv6 routeing 1",
         "a-host-name-of-more-(config)#", 10},
        {"", "do show ip foo", "R2(config)#", 11}, // `do` counts
        {"", "  no ip foo", "R2(config)#", 10},    // blanks in front, too
        {"interface lo0\n", "ip address 1.2.3.4 255.0.0.0 frob", "R2(config-if)#", 29},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fixture f;
        open_shell(&f, 15);
        says(&f, "conf t\n");
        says(&f, cases[i].before);
        says(&f, cases[i].typed);
        const char *answer = says(&f, "\n");
        assert_memory_equal(answer, "\r\n", 2);
        assert_int_equal(strspn(answer + 2, " "), strlen(cases[i].prompt) + cases[i].good);
        assert_non_null(strstr(answer, "^\r\n% Invalid input detected at '^' marker.\r\n\r\n"));
        close_shell(&f);
    }
}

static void test_two_sessions_see_one_configuration_and_an_unchanged_device_none(void **state)
{
    (void)state;
    struct fixture f;
    open_shell(&f, 15);
    struct shell *other =
        shell_new(f.device, &(struct shell_options){.user = "x", .privilege = 15});
    says(&f, "conf t\ninterface g0/3\ndescription shared\nip address 1.2.3.4 255.0.0.0\nno "
             "shutdown\nend\n");
    buf_clear(&f.out);
    shell_input(other, "show run int g0/3\n", 18, &f.out);
    while (shell_status(other) == SHELL_BUSY)
        shell_resume(other, &f.out);
    assert_non_null(strstr(buf_text(&f.out),
                           "\r\n description shared\r\n ip address 1.2.3.4 255.0.0.0\r\n duplex"));
    shell_free(other);
    // Another device has its own.
    struct device *third = device_open(f.set, 3);
    other = shell_new(third, &(struct shell_options){.user = "x", .privilege = 15});
    buf_clear(&f.out);
    shell_input(other, "show run int g0/3\n", 18, &f.out);
    while (shell_status(other) == SHELL_BUSY)
        shell_resume(other, &f.out);
    assert_null(strstr(buf_text(&f.out), "shared"));
    shell_free(other);
    device_close(f.set, third);
    close_shell(&f);
}

static void test_users_of_the_configuration_may_log_in(void **state)
{
    (void)state;
    struct fixture f;
    open_shell(&f, 15);
    assert_true(device_check_password(f.device, "cisco", "cisco"));
    assert_false(device_check_password(f.device, "cisco", "wrong"));
    assert_false(device_check_password(f.device, "bob", "secret1"));
    assert_int_equal(device_user_privilege(f.device, "cisco"), 1);
    says(&f, "conf t\nusername bob privilege 15 secret secret1\nenable secret other\nend\n");
    assert_true(device_check_password(f.device, "cisco", "cisco"));
    assert_true(device_check_password(f.device, "bob", "secret1"));
    assert_int_equal(device_user_privilege(f.device, "bob"), 15);
    assert_true(device_check_enable(f.device, "other"));
    assert_false(device_check_enable(f.device, "cisco"));
    says(&f, "conf t\nno username cisco\nend\n");
    assert_false(device_check_password(f.device, "cisco", "cisco"));
    close_shell(&f);
}

static void test_reload_ends_sessions_and_returns_to_the_startup_configuration(void **state)
{
    (void)state;
    struct fixture f;
    open_shell(&f, 15);
    struct shell *other =
        shell_new(f.device, &(struct shell_options){.user = "x", .privilege = 15});
    says(&f, "conf t\nhostname kept\nend\nwr\nconf t\nhostname lost\nend\n");
    assert_false(device_is_down(f.device));
    says(&f, "reload\nno\n\n");
    assert_int_equal(shell_status(f.shell), SHELL_CLOSED);
    assert_int_equal(shell_status(other), SHELL_CLOSED);
    assert_true(device_is_down(f.device));
    shell_free(other);
    shell_free(f.shell);
    f.shell = shell_new(f.device, &(struct shell_options){.user = "x", .privilege = 15});
    buf_clear(&f.out);
    shell_start(f.shell, &f.out);
    assert_string_equal(buf_text(&f.out), "\r\nkept#");
    close_shell(&f);
}

static void test_exec_channel_gives_output_alone_and_a_status(void **state)
{
    (void)state;
    static const struct {
        const char *command, *output;
        int status;
    } cases[] = {
        {"show privilege", "Current privilege level is 1\r\n", 0},
        {"show clock | count UTC", "Number of lines which match regexp = 1\r\n", 0},
        {"show run", "      ^\r\n% Invalid input detected at '^' marker.\r\n\r\n", 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fixture f;
        open_shell(&f, 1);
        shell_free(f.shell);
        f.shell = shell_new(f.device,
                            &(struct shell_options){.user = "cisco", .privilege = 1, .rows = 24});
        buf_clear(&f.out);
        assert_int_equal(shell_exec(f.shell, cases[i].command, &f.out), SHELL_BUSY);
        assert_int_equal(shell_resume(f.shell, &f.out), SHELL_CLOSED);
        assert_string_equal(buf_text(&f.out), cases[i].output);
        assert_int_equal(shell_exit_status(f.shell), cases[i].status);
        close_shell(&f);
    }
}

static void test_exit_closes(void **state)
{
    (void)state;
    static const char *const lines[] = {"exit\n", "logout\r", "quit\r\n", "ex\n", "\x04"};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct fixture f;
        open_shell(&f, i % 2 ? 15 : 1);
        says(&f, lines[i]);
        assert_int_equal(shell_status(f.shell), SHELL_CLOSED);
        close_shell(&f);
    }
}

static void test_junos_helps_within_the_block_that_is_edited(void **state)
{
    (void)state;
    struct fixture f;
    open_platform(&f, "juniper_junos", 15);
    says(&f, "configure\nedit interfaces ge-0/0/0\n");
    const char *said = says(&f, "set ?");
    assert_non_null(strstr(said, "\r\n  unit "));
    assert_null(strstr(said, "\r\n  system "));
    assert_non_null(strstr(says(&f, "desc\t"), "set description "));
    assert_non_null(strstr(says(&f, "x\nset des?"), "\r\n  description"));
    assert_non_null(strstr(says(&f, "\x15run show conf\t"), "run show configuration "));
    close_shell(&f);
}

static void test_junos_displays_set_and_nothing_else(void **state)
{
    (void)state;
    struct fixture f;
    open_platform(&f, "juniper_junos", 15);
    says(&f, "set cli screen-length 0\n");
    assert_non_null(strstr(says(&f, "show configuration | display set | match host-name\n"),
                           "\r\nset system host-name R2\r\n"));
    const char *said = says(&f, "show configuration | display xml | no-more\n");
    assert_non_null(strstr(said, "^\r\nsyntax error.\r\n"));
    assert_null(strstr(said, "host-name"));
    assert_non_null(strstr(says(&f, "show configuration | display\n"), "syntax error, expecting"));
    close_shell(&f);
}

static void test_garbage_does_no_harm(void **state)
{
    (void)state;
    struct fixture f;
    open_shell(&f, 15);
    unsigned char bytes[64];
    uint32_t x = 1;
    for (int round = 0; round < 3000 && shell_status(f.shell) == SHELL_READY; round++) {
        for (size_t i = 0; i < sizeof bytes; i++) {
            x = x * 1664525 + 1013904223;
            bytes[i] = (unsigned char)(x >> 24);
            if (bytes[i] == 4 || bytes[i] == 'q') // not the end, please
                bytes[i] = '\r';
        }
        type(&f, (const char *)bytes, sizeof bytes);
    }
    close_shell(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_prompt_comes_unasked_on_a_line_of_its_own),
        cmocka_unit_test(test_answers_to_the_letter),
        cmocka_unit_test(test_nul_is_ignored),
        cmocka_unit_test(test_three_wrong_secrets_end_enable),
        cmocka_unit_test(test_type_ahead_is_kept_while_busy),
        cmocka_unit_test(test_session_commands_are_instant_and_slow_ones_say_so),
        cmocka_unit_test(test_pager_shows_a_screen_and_erases_its_prompt),
        cmocka_unit_test(test_help_repaints_the_line),
        cmocka_unit_test(test_long_host_names_are_cut_in_configuration_mode),
        cmocka_unit_test(test_long_lines_are_echoed_as_typed),
        cmocka_unit_test(test_the_caret_counts_the_prompt_as_it_is),
        cmocka_unit_test(test_two_sessions_see_one_configuration_and_an_unchanged_device_none),
        cmocka_unit_test(test_users_of_the_configuration_may_log_in),
        cmocka_unit_test(test_reload_ends_sessions_and_returns_to_the_startup_configuration),
        cmocka_unit_test(test_exec_channel_gives_output_alone_and_a_status),
        cmocka_unit_test(test_exit_closes),
        cmocka_unit_test(test_junos_helps_within_the_block_that_is_edited),
        cmocka_unit_test(test_junos_displays_set_and_nothing_else),
        cmocka_unit_test(test_garbage_does_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
