#include "client/dialog.h"
#include "tests/unit/harness.h"

#include <stdio.h>
#include <string.h>

static const char *const two_commands[] = {"show clock", "show version"};

static struct dialog_script script_for(const char *platform, const char *const *commands,
                                       size_t n_commands)
{
    return (struct dialog_script){
        .platform = platform_words(platform),
        .username = "cisco",
        .password = "secret",
        .enable_secret = "enablesecret",
        .newline = "\n",
        .commands = commands,
        .n_commands = n_commands,
    };
}

// One exchange: what the device says, what must come of it, what must be sent for it. After READY
// and ANSWERED dialog_next is called and what it sends is looked at.
struct step {
    const char *device;
    enum dialog_event event;
    const char *sent;
};

static void play(struct dialog *dialog, const struct step *steps)
{
    for (int i = 0; steps[i].device; i++) {
        struct buf out = {0};
        enum dialog_event event =
            dialog_input(dialog, steps[i].device, strlen(steps[i].device), &out);
        if (event != steps[i].event)
            fail_msg("step %d '%s': event %d, not %d", i, steps[i].device, event, steps[i].event);
        if (event == DIALOG_READY || event == DIALOG_ANSWERED)
            dialog_next(dialog, &out);
        if (strcmp(buf_text(&out), steps[i].sent) != 0)
            fail_msg("step %d '%s': sent '%s', not '%s'", i, steps[i].device, buf_text(&out),
                     steps[i].sent);
        buf_fini(&out);
    }
}

// The same in single bytes: where a packet ends must not matter. Only what is sent in all is
// compared, and the last event.
static void play_in_bytes(struct dialog *dialog, const struct step *steps)
{
    for (int i = 0; steps[i].device; i++) {
        struct buf out = {0};
        enum dialog_event event = DIALOG_MORE;
        for (const char *p = steps[i].device; *p; p++) {
            event = dialog_input(dialog, p, 1, &out);
            if (event == DIALOG_READY || event == DIALOG_ANSWERED)
                dialog_next(dialog, &out);
        }
        assert_int_equal(event, steps[i].event);
        assert_string_equal(buf_text(&out), steps[i].sent);
        buf_fini(&out);
    }
}

static const struct step ssh_session[] = {
    {"\r\nR1>", DIALOG_READY, "terminal length 0\n"},
    {"terminal length 0\r\nR1>", DIALOG_MORE, "show clock\n"},
    {"show clock\r\n*10:00:00.123 UTC Mon Nov 23 2026\r\nR1>", DIALOG_ANSWERED, "show version\n"},
    {"show version\r\nCisco IOS Software\r\nR1>", DIALOG_ANSWERED, "exit\n"},
    {"exit\r\n", DIALOG_MORE, ""},
    {NULL, 0, NULL},
};

static void test_an_ssh_session_says_its_commands_and_logs_out(void **state)
{
    (void)state;
    struct dialog dialog;
    struct dialog_script script = script_for("cisco_ios", two_commands, 2);
    dialog_init(&dialog, &script, false);
    play(&dialog, ssh_session);
    assert_int_equal(dialog.state, DIALOG_LOGOUT);
}

static void test_where_packets_end_does_not_matter(void **state)
{
    (void)state;
    struct dialog dialog;
    struct dialog_script script = script_for("cisco_ios", two_commands, 2);
    dialog_init(&dialog, &script, false);
    play_in_bytes(&dialog, ssh_session);
}

static void test_telnet_asks_for_user_and_password(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {"\r\n\r\nUser Access Verification\r\n\r\n", DIALOG_MORE, ""},
        {"Username: ", DIALOG_MORE, "cisco\n"},
        {"cisco\r\nPassword: ", DIALOG_MORE, "secret\n"},
        {"\r\n", DIALOG_MORE, ""},
        {"\r\nR1#", DIALOG_READY, "terminal length 0\n"},
        {NULL, 0, NULL},
    };
    struct dialog dialog;
    struct dialog_script script = script_for("cisco_ios", two_commands, 2);
    dialog_init(&dialog, &script, true);
    play(&dialog, steps);
    assert_true(dialog.asked);
}

static void test_a_line_may_ask_for_the_password_alone(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {"\r\n\r\nPassword: ", DIALOG_MORE, "secret\n"},
        {"\r\nR1>", DIALOG_READY, "terminal length 0\n"},
        {NULL, 0, NULL},
    };
    struct dialog dialog;
    struct dialog_script script = script_for("cisco_ios", two_commands, 2);
    dialog_init(&dialog, &script, true);
    play(&dialog, steps);
}

static void test_a_refused_login_is_told(void **state)
{
    (void)state;
    static const char *const refusals[] = {
        "\r\n% Login invalid\r\n\r\nUsername: ",
        "\r\n% Authentication failed\r\n",
        "\r\n% Bad passwords\r\n",
        "\r\n\r\nUsername: ",
        "\r\nPassword: ",
        "\r\nLogin incorrect\r\nlogin: ",
    };
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        struct dialog dialog;
        struct dialog_script script = script_for("cisco_ios", two_commands, 2);
        const struct step steps[] = {
            {"Username: ", DIALOG_MORE, "cisco\n"},
            {"cisco\r\nPassword: ", DIALOG_MORE, "secret\n"},
            {refusals[i], DIALOG_REFUSED, ""},
            {NULL, 0, NULL},
        };
        dialog_init(&dialog, &script, true);
        play(&dialog, steps);
    }
}

static void test_prompts_of_all_platforms_are_known(void **state)
{
    (void)state;
    static const struct {
        const char *platform;
        const char *prompt;
    } cases[] = {
        {"cisco_ios", "\r\nR1>"},
        {"cisco_ios", "\r\nR1#"},
        {"cisco_ios", "\r\nsw-core_1.lab>"},
        {"cisco_nxos", "\rleaf1# "},
        {"cisco_iosxr", "\r\nRP/0/RP0/CPU0:xr1#"},
        {"arista_eos", "\r\nlocalhost>"},
        {"juniper_junos", "\r\ncisco@mx1> "},
        {"huawei_vrp", "\r\n<HUAWEI>"},
        {"mikrotik_routeros", "\r\r\r\n[cisco@MikroTik] > "},
        {"mikrotik_routeros", "\x1b[9999B[cisco@MikroTik] > \x1b[K"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct dialog dialog;
        struct buf out = {0};
        struct dialog_script script = script_for(cases[i].platform, two_commands, 2);
        dialog_init(&dialog, &script, false);
        enum dialog_event event =
            dialog_input(&dialog, cases[i].prompt, strlen(cases[i].prompt), &out);
        if (event != DIALOG_READY)
            fail_msg("'%s' is not taken for a prompt", cases[i].prompt);
        buf_fini(&out);
    }
}

static void test_what_is_no_prompt_is_waited_past(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "\r\nWelcome to R1#",
        "\r\n###############",
        "\r\n% warning: do not >",
        "\r\nLoading image 100%",
        "\r\n>",
        "\r\n[OK",
        "\r\nUsername:",
        "\r\nR1> is my name",
        "\r\nR1>\r\n",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct dialog dialog;
        struct buf out = {0};
        struct dialog_script script = script_for("cisco_ios", two_commands, 2);
        dialog_init(&dialog, &script, false);
        if (dialog_input(&dialog, lines[i], strlen(lines[i]), &out) != DIALOG_MORE)
            fail_msg("'%s' is taken for a prompt", lines[i]);
        assert_int_equal(out.len, 0);
        buf_fini(&out);
    }
}

// Brings a dialogue on IOS to where the first command of the work was sent.
static void reach_first_command(struct dialog *dialog, const struct dialog_script *script)
{
    struct buf out = {0};
    dialog_init(dialog, script, false);
    assert_int_equal(dialog_input(dialog, "\r\nR1#", 5, &out), DIALOG_READY);
    dialog_next(dialog, &out);
    const char *answer = "terminal length 0\r\nR1#";
    assert_int_equal(dialog_input(dialog, answer, strlen(answer), &out), DIALOG_MORE);
    buf_fini(&out);
}

static void test_error_texts_end_in_an_error(void **state)
{
    (void)state;
    static const char *const answers[] = {
        "\r\nshow clokc\r\n          ^\r\n% Invalid input detected at '^' marker.\r\n\r\nR1#",
        "show clokc\r\n% Incomplete command.\r\n\r\nR1#",
        "show clokc\r\n% Ambiguous command:  \"x\"\r\nR1#",
        "show clokc\r\n% Unknown command or computer name, or unable to find it\r\nR1#",
        "show clokc\r\nsyntax error, expecting <command>.\r\nR1#",
        "show clokc\r\nError: Unrecognized command found at '^' position.\r\nR1#",
    };
    static const char *const commands[] = {"show clokc"};
    struct dialog_script script = script_for("cisco_ios", commands, 1);
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        struct dialog dialog;
        struct buf out = {0};
        reach_first_command(&dialog, &script);
        if (dialog_input(&dialog, answers[i], strlen(answers[i]), &out) != DIALOG_ERROR)
            fail_msg("'%s' is taken for a good answer", answers[i]);
        assert_true(dialog.line[0] != '\0');
        buf_fini(&out);
    }
}

static void test_other_names_inside_an_answer_are_no_prompt(void **state)
{
    (void)state;
    static const char *const commands[] = {"show users"};
    static const struct step steps[] = {
        {"show users\r\nR2#", DIALOG_MORE, ""},
        {"\r\nServer>", DIALOG_MORE, ""},
        {"\r\nR1#", DIALOG_ANSWERED, "exit\n"},
        {NULL, 0, NULL},
    };
    struct dialog dialog;
    struct dialog_script script = script_for("cisco_ios", commands, 1);
    reach_first_command(&dialog, &script);
    play(&dialog, steps);
}

static void test_a_second_prompt_before_the_echo_is_passed_over(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {"\r\nR1#", DIALOG_MORE, ""},
        {"show clock\r\n10:00\r\nR1#", DIALOG_ANSWERED, "show version\n"},
        {NULL, 0, NULL},
    };
    struct dialog dialog;
    struct dialog_script script = script_for("cisco_ios", two_commands, 2);
    reach_first_command(&dialog, &script);
    play(&dialog, steps);
}

static void test_enable_gives_the_secret_once(void **state)
{
    (void)state;
    static const char *const commands[] = {"enable", "show clock"};
    static const struct step good[] = {
        {"enable\r\nPassword: ", DIALOG_MORE, "enablesecret\n"},
        {"\r\nR1#", DIALOG_ANSWERED, "show clock\n"},
        {NULL, 0, NULL},
    };
    static const struct step bad[] = {
        {"enable\r\nPassword: ", DIALOG_MORE, "enablesecret\n"},
        {"\r\nPassword: ", DIALOG_ERROR, ""},
        {NULL, 0, NULL},
    };
    struct dialog dialog;
    struct dialog_script script = script_for("cisco_ios", commands, 2);
    reach_first_command(&dialog, &script);
    play(&dialog, good);
    reach_first_command(&dialog, &script);
    play(&dialog, bad);
}

static void test_configuration_changes_the_prompt(void **state)
{
    (void)state;
    static const char *const commands[] = {"configure terminal", "hostname core", "end"};
    static const struct step steps[] = {
        {"configure terminal\r\nEnter configuration commands, one per line.  End with CNTL/Z.\r\n"
         "R1(config)#",
         DIALOG_ANSWERED, "hostname core\n"},
        {"hostname core\r\ncore(config)#", DIALOG_ANSWERED, "end\n"},
        {"end\r\ncore#", DIALOG_ANSWERED, "exit\n"},
        {NULL, 0, NULL},
    };
    struct dialog dialog;
    struct dialog_script script = script_for("cisco_ios", commands, 3);
    reach_first_command(&dialog, &script);
    play(&dialog, steps);
}

static void test_questions_are_answered_with_enter(void **state)
{
    (void)state;
    static const char *const commands[] = {"copy running-config startup-config"};
    static const struct step steps[] = {
        {"copy running-config startup-config\r\nDestination filename [startup-config]? ",
         DIALOG_MORE, "\n"},
        {"\r\nBuilding configuration...\r\n[OK]\r\nR1#", DIALOG_ANSWERED, "exit\n"},
        {NULL, 0, NULL},
    };
    struct dialog dialog;
    struct dialog_script script = script_for("cisco_ios", commands, 1);
    reach_first_command(&dialog, &script);
    play(&dialog, steps);
}

static void test_a_wrapped_or_coloured_echo_is_recognised(void **state)
{
    (void)state;
    static const char *const commands[] = {"show ip interface brief"};
    static const char *const echoes[] = {
        "show ip interface\r\n brief\r\nOK\r\nR1#",
        "show ip interf\b\bace brief\r\nOK\r\nR1#",
        "\x1b[32mshow\x1b[0m ip interface brief\r\nOK\r\nR1#",
    };
    struct dialog_script script = script_for("cisco_ios", commands, 1);
    for (size_t i = 0; i < sizeof echoes / sizeof *echoes; i++) {
        struct dialog dialog;
        struct buf out = {0};
        reach_first_command(&dialog, &script);
        if (dialog_input(&dialog, echoes[i], strlen(echoes[i]), &out) != DIALOG_ANSWERED)
            fail_msg("case %zu is not recognised", i);
        buf_fini(&out);
    }
}

// The letters of the command come in many a line; they are its echo where nothing stands between.
static void test_a_message_before_the_echo_is_not_its_rest(void **state)
{
    (void)state;
    static const char *const commands[] = {"show clock"};
    static const struct step steps[] = {
        {"sho\r\n*%SYS-5: a world clock ticks\r\nR1>", DIALOG_MORE, ""},
        {"show clock\r\n10:00\r\nR1>", DIALOG_ANSWERED, "exit\n"},
        {NULL, 0, NULL},
    };
    struct dialog dialog;
    struct dialog_script script = script_for("cisco_ios", commands, 1);
    reach_first_command(&dialog, &script);
    play(&dialog, steps);
}

static void test_a_prompt_that_was_a_banner_is_forgotten(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {"\r\nWelcome-to>", DIALOG_READY, "terminal length 0\n"}, // the rest comes later
        {"R1\r\nR1>terminal length 0\r\nR1>", DIALOG_MORE, "show clock\n"},
        {"show clock\r\n10:00\r\nR1>", DIALOG_ANSWERED, "show version\n"},
        {NULL, 0, NULL},
    };
    struct dialog dialog;
    struct dialog_script script = script_for("cisco_ios", two_commands, 2);
    dialog_init(&dialog, &script, false);
    play(&dialog, steps);
}

static void test_a_device_that_asks_for_ever_is_left_to_the_time_limit(void **state)
{
    (void)state;
    enum { ASKED = 1000, ANSWERED_MOST = 20 };
    static const char *const commands[] = {"reload"};
    struct dialog dialog;
    struct buf out = {0};
    struct dialog_script script = script_for("cisco_ios", commands, 1);
    reach_first_command(&dialog, &script);
    dialog_input(&dialog, "reload\r\n", 8, &out);
    for (int i = 0; i < ASKED; i++)
        assert_int_equal(dialog_input(&dialog, "Proceed? [confirm]", 18, &out), DIALOG_MORE);
    assert_in_range(out.len, 1, ANSWERED_MOST);
    buf_fini(&out);
}

static void test_each_command_may_ask_for_the_secret(void **state)
{
    (void)state;
    static const char *const commands[] = {"enable", "disable", "enable"};
    static const struct step steps[] = {
        {"enable\r\nPassword: ", DIALOG_MORE, "enablesecret\n"},
        {"\r\nR1#", DIALOG_ANSWERED, "disable\n"},
        {"disable\r\nR1>", DIALOG_ANSWERED, "enable\n"},
        {"enable\r\nPassword: ", DIALOG_MORE, "enablesecret\n"},
        {"\r\nR1#", DIALOG_ANSWERED, "exit\n"},
        {NULL, 0, NULL},
    };
    struct dialog dialog;
    struct dialog_script script = script_for("cisco_ios", commands, 3);
    reach_first_command(&dialog, &script);
    play(&dialog, steps);
}

static void test_no_host_has_a_name_that_long(void **state)
{
    (void)state;
    struct dialog dialog;
    struct buf out = {0};
    char line[102];
    struct dialog_script script = script_for("cisco_ios", two_commands, 2);
    dialog_init(&dialog, &script, false);
    memset(line, '-', sizeof line);
    line[0] = 'x';
    line[100] = '#';
    assert_int_equal(dialog_input(&dialog, line, 101, &out), DIALOG_MORE);
    assert_int_equal(out.len, 0);
}

static void test_exit_that_leaves_a_mode_only_is_said_again(void **state)
{
    (void)state;
    static const char *const commands[] = {"configure terminal"};
    static const struct step steps[] = {
        {"configure terminal\r\nR1(config)#", DIALOG_ANSWERED, "exit\n"},
        {"exit\r\nR1#", DIALOG_MORE, "exit\n"},
        {"exit\r\n", DIALOG_MORE, ""},
        {NULL, 0, NULL},
    };
    struct dialog dialog;
    struct dialog_script script = script_for("cisco_ios", commands, 1);
    reach_first_command(&dialog, &script);
    play(&dialog, steps);
}

static void test_a_flood_is_held_in_a_fixed_place(void **state)
{
    (void)state;
    struct dialog dialog;
    struct buf out = {0};
    char garbage[4096];
    struct dialog_script script = script_for("cisco_ios", two_commands, 2);
    reach_first_command(&dialog, &script);
    for (size_t i = 0; i < sizeof garbage; i++)
        garbage[i] = (char)(i * 7 + 1);
    for (int i = 0; i < 256; i++)
        dialog_input(&dialog, garbage, sizeof garbage, &out);
    memset(garbage, 'x', sizeof garbage);
    for (int i = 0; i < 2560; i++) // a line of 10 MB
        assert_int_equal(dialog_input(&dialog, garbage, sizeof garbage, &out), DIALOG_MORE);
    assert_int_equal(out.len, 0);
    buf_fini(&out);
}

static void test_platforms_have_their_own_words(void **state)
{
    (void)state;
    static const struct {
        const char *platform;
        const char *first;
    } cases[] = {
        {"juniper_junos", "set cli screen-length 0\n"},
        {"huawei_vrp", "screen-length 0 temporary\n"},
        {"mikrotik_routeros", "show clock\n"},
        {"made_up", "terminal length 0\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct dialog dialog;
        struct buf out = {0};
        struct dialog_script script = script_for(cases[i].platform, two_commands, 2);
        dialog_init(&dialog, &script, false);
        assert_int_equal(dialog_input(&dialog, "R1>", 3, &out), DIALOG_READY);
        dialog_next(&dialog, &out);
        assert_string_equal(buf_text(&out), cases[i].first);
        buf_fini(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_ssh_session_says_its_commands_and_logs_out),
        cmocka_unit_test(test_where_packets_end_does_not_matter),
        cmocka_unit_test(test_telnet_asks_for_user_and_password),
        cmocka_unit_test(test_a_line_may_ask_for_the_password_alone),
        cmocka_unit_test(test_a_refused_login_is_told),
        cmocka_unit_test(test_prompts_of_all_platforms_are_known),
        cmocka_unit_test(test_what_is_no_prompt_is_waited_past),
        cmocka_unit_test(test_error_texts_end_in_an_error),
        cmocka_unit_test(test_other_names_inside_an_answer_are_no_prompt),
        cmocka_unit_test(test_a_second_prompt_before_the_echo_is_passed_over),
        cmocka_unit_test(test_enable_gives_the_secret_once),
        cmocka_unit_test(test_configuration_changes_the_prompt),
        cmocka_unit_test(test_questions_are_answered_with_enter),
        cmocka_unit_test(test_a_wrapped_or_coloured_echo_is_recognised),
        cmocka_unit_test(test_a_message_before_the_echo_is_not_its_rest),
        cmocka_unit_test(test_a_prompt_that_was_a_banner_is_forgotten),
        cmocka_unit_test(test_a_device_that_asks_for_ever_is_left_to_the_time_limit),
        cmocka_unit_test(test_each_command_may_ask_for_the_secret),
        cmocka_unit_test(test_no_host_has_a_name_that_long),
        cmocka_unit_test(test_exit_that_leaves_a_mode_only_is_said_again),
        cmocka_unit_test(test_a_flood_is_held_in_a_fixed_place),
        cmocka_unit_test(test_platforms_have_their_own_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
