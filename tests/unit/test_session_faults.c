// What a peer sees of each fault, and of the limits of a device.
#include "tests/unit/session_bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MINUTE_MS = 60000 };

// The work has one command, so the first is the one in the middle. What the peer sees of a session
// that logs in and gives the commands a and b, and how the device then has ended it.
static const struct {
    const char *faults;
    const char *sees;
    int ended; // 0: it goes on, else 1 + enum session_end
    bool reset;
} seen[] = {
    {"{drop: 1, at: connect}", "", 1 + SESSION_END_FAULT, false},
    {"{reset: 1, at: connect}", "", 1 + SESSION_END_FAULT, true},
    {"{drop: 1, at: login}", "", 1 + SESSION_END_FAULT, false},
    {"{reset: 1, at: login}", "", 1 + SESSION_END_FAULT, true},
    {"{drop: 1}", "\r\nR1>a\r\n", 1 + SESSION_END_FAULT, false},
    {"{reset: 1, at: command}", "\r\nR1>a\r\n", 1 + SESSION_END_FAULT, true},
    {"{drop: 1, at: output}", "\r\nR1>a\r\n<", 1 + SESSION_END_FAULT, false},
    {"{reset: 1, at: output}", "\r\nR1>a\r\n<", 1 + SESSION_END_FAULT, true},
    {"{cut: 1}", "\r\nR1>a\r\n<", 0, false},
    {"{cut: 1, cut_then: prompt}", "\r\nR1>a\r\n<\r\nR1>b\r\n<b>\r\nR1>", 0, false},
    {"{wrong_prompt: 1}", "\r\nR1>a\r\n<a>\r\nS1>b\r\n<b>\r\nS1>", 0, false},
    {"{wrong_prompt: 1, at: login}", "\r\nS1>a\r\n<a>\r\nS1>b\r\n<b>\r\nS1>", 0, false},
    {"{syslog: 1}", "\r\nR1>a\r\n<a>[log]\r\n\r\nR1>b\r\n<b>[log]\r\n\r\nR1>", 0, false},
    {"{refuse: 1, at: connect}", "", 1 + SESSION_END_FAULT, true},
};

static void test_what_the_peer_sees(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof seen / sizeof *seen; i++) {
        char override[100];
        const char *const overrides[] = {override, NULL};
        snprintf(override, sizeof override, "devices.faults=%s", seen[i].faults);
        struct session *session = begin(overrides);
        if (bench.wire.opened)
            log_in(session);
        type(session, "a\r");
        type(session, "b\r");
        said(seen[i].sees);
        assert_int_equal(bench.ended, seen[i].ended);
        assert_int_equal(bench.reset, seen[i].reset);
        finish(session);
    }
}

static void test_the_command_in_the_middle_of_the_work_is_struck(void **state)
{
    (void)state;
    const char *const overrides[] = {"devices.faults={cut: 1, cut_then: prompt}",
                                     "work.commands=[a, terminal length 0, b, c, d]", NULL};
    struct session *session = begin(overrides);
    log_in(session);
    type(session, "a\rinstant\rb\rc\rd\r"); // instant commands do not count
    const char *text = buf_text(&bench.wire.said);
    assert_non_null(strstr(text, "<b>"));
    assert_null(strstr(text, "<c>"));
    assert_non_null(strstr(text, "<d>"));
    finish(session);
}

static void test_a_session_of_few_commands_is_dropped_at_its_logout(void **state)
{
    (void)state;
    const char *const overrides[] = {"devices.faults.drop=1", NULL};
    struct session *session = begin(overrides);
    log_in(session);
    type(session, "exit\r");
    assert_int_equal(bench.ended, 1 + SESSION_END_FAULT);
    assert_false(bench.wire.finished);
    finish(session);
}

static void test_a_cut_session_is_deaf_until_patience_ends(void **state)
{
    (void)state;
    const char *const overrides[] = {"devices.faults.cut=1", NULL};
    struct session *session = begin(overrides);
    log_in(session);
    type(session, "a\rexit\r");
    buf_clear(&bench.wire.said);
    for (int i = 0; i < 1000; i++) {
        char line[1000];
        memset(line, 'x', sizeof line - 1);
        line[sizeof line - 2] = '\r';
        line[sizeof line - 1] = '\0';
        type(session, line); // nothing of it is kept
    }
    assert_int_equal(bench.wants, TRANSPORT_READ);
    said("");
    wait_ms(10 * MINUTE_MS);
    assert_int_equal(bench.ended, 1 + SESSION_END_IDLE);
    finish(session);
}

static void test_a_dripping_session_says_a_byte_at_a_time(void **state)
{
    (void)state;
    const char *const overrides[] = {"devices.faults={drip: 1, drip_rate: 10B/s}", NULL};
    struct session *session = begin(overrides);
    log_in(session);
    // The first byte comes at once, the n-th n times 100 ms after the device began to say
    // something.
    const char *prompt = "\r\nR1>";
    for (size_t tenths = 0; tenths <= strlen(prompt); tenths++) {
        assert_int_equal(bench.wire.said.len, tenths ? tenths : 1);
        wait_ms(100);
    }
    said(prompt);
    type(session, "a\r"); // the echo drips as well
    const char *answer = "a\r\n<a>\r\nR1>";
    for (size_t tenths = 0; tenths <= strlen(answer); tenths++) {
        assert_int_equal(bench.wire.said.len, tenths ? tenths : 1);
        wait_ms(100);
    }
    said(answer);
    assert_int_equal(bench.ended, 0);
    finish(session);
}

static void test_a_drip_is_not_faster_than_the_bandwidth(void **state)
{
    (void)state;
    const char *const overrides[] = {"devices.faults={drip: 1, drip_rate: 1MB/s}",
                                     "devices.latency.bandwidth=10B/s", NULL};
    struct session *session = begin(overrides);
    log_in(session);
    wait_ms(300);
    assert_int_equal(bench.wire.said.len, 3);
    finish(session);
}

static void test_the_log_speaks_behind_an_idle_prompt_only(void **state)
{
    (void)state;
    const char *const overrides[] = {"devices.faults.syslog=1", NULL};
    struct session *session = begin(overrides);
    log_in(session);
    type(session, "a\r");
    wait_ms(49);
    said("\r\nR1>a\r\n<a>[log]\r\n\r\nR1>");
    wait_ms(1);
    said("\r\n[log behind]\r\n");
    wait_ms(MINUTE_MS);
    said(""); // once
    type(session, "b\rc");
    wait_ms(50);
    said("b\r\n<b>[log]\r\n\r\nR1>c"); // somebody is typing
    finish(session);
}

static void test_an_exec_hears_nothing_of_the_log(void **state)
{
    (void)state;
    const char *const overrides[] = {"devices.faults.syslog=1", NULL};
    struct session *session = begin(overrides);
    bench.wire.opens_nothing = true;
    log_in(session);
    session_open_exec(session, "show");
    poke(session);
    wait_ms(MINUTE_MS);
    said("<show>");
    finish(session);
}

static void test_an_expired_password_is_renewed_by_the_protocol_if_it_can(void **state)
{
    (void)state;
    const char *const overrides[] = {"devices.faults.password_expired=1", NULL};
    struct session *session = begin(overrides);
    bench.wire.renews = true;
    log_in(session);
    assert_int_equal(bench.wire.renewals, 1);
    assert_int_equal(bench.wire.answered, 0);
    session_renew_password(session, "one", "other");
    poke(session);
    assert_int_equal(bench.wire.answered, -1); // back to the beginning
    log_in(session);
    assert_int_equal(bench.wire.renewals, 2);
    session_renew_password(session, "", "");
    poke(session);
    log_in(session);
    session_renew_password(session, "same", "same");
    poke(session);
    assert_int_equal(bench.wire.answered, 1);
    said("\r\nR1>"); // the shell does not ask again
    finish(session);
}

static void test_otherwise_the_shell_asks(void **state)
{
    (void)state;
    const char *const overrides[] = {"devices.faults.password_expired=1", NULL};
    struct session *session = begin(overrides);
    log_in(session);
    assert_int_equal(bench.wire.answered, 1);
    said("\r\nNew:");
    finish(session);
}

static void test_three_bad_new_passwords_close_the_session(void **state)
{
    (void)state;
    const char *const overrides[] = {"devices.faults.password_expired=1", NULL};
    struct session *session = begin(overrides);
    bench.wire.renews = true;
    for (int i = 0; i < 3; i++) {
        assert_false(bench.wire.finished);
        log_in(session);
        session_renew_password(session, "one", "other");
        poke(session);
    }
    assert_true(bench.wire.finished);
    finish(session);
}

static void test_a_drop_at_the_login_comes_when_the_answer_is_due(void **state)
{
    (void)state;
    const char *const overrides[] = {"devices.faults={drop: 1, at: login}",
                                     "devices.latency={connect: 20ms, login: 30ms}", NULL};
    struct session *session = begin(overrides);
    wait_ms(20);
    log_in(session);
    wait_ms(29);
    assert_int_equal(bench.ended, 0);
    wait_ms(1);
    assert_int_equal(bench.ended, 1 + SESSION_END_FAULT);
    finish(session);
}

static void test_commands_wait_for_the_control_plane(void **state)
{
    (void)state;
    const char *const overrides[] = {"devices.limits.command_rate=5/s",
                                     "devices.latency.command=10ms", NULL};
    struct session *session = begin(overrides);
    assert_int_equal(limits_command_ns(bench.limits, 3, 5, time_ns),
                     time_ns + 200 * CLOCK_NS_PER_MS); // another session of the device
    log_in(session);
    type(session, "instant\r");
    said("\r\nR1>instant\r\n<instant>\r\nR1>");
    type(session, "a\r");
    wait_ms(409);
    said("a\r\n");
    wait_ms(1);
    said("<a>\r\nR1>");
    finish(session);
}

static void test_maxstartups_counts_who_has_not_logged_in(void **state)
{
    (void)state;
    const char *const overrides[] = {"devices.limits.maxstartups=1", NULL};
    struct session *session = begin(overrides);
    const struct startups one = {1, 100, 1};
    assert_false(limits_begin_startup(bench.limits, 3, &one, 0));
    log_in(session);
    assert_true(limits_begin_startup(bench.limits, 3, &one, 0)); // it has
    limits_end_startup(bench.limits, 3);
    finish(session);
}

static void test_one_too_many_is_hung_up_on(void **state)
{
    (void)state;
    const char *const overrides[] = {"devices.limits.maxstartups=1", NULL};
    struct session *session = begin(overrides);
    struct session_env env = bench.env;
    struct session *other = session_new(&env, NULL, bench.ops, NULL, -1, 3, "127.0.0.1");
    session_start(other);
    assert_int_equal(bench.ended, 1 + SESSION_END_STARTUPS);
    assert_false(bench.reset);
    assert_int_equal(bench.wire.opened, 1);
    session_free(other);
    log_in(session);
    said("\r\nR1>");
    finish(session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_the_peer_sees),
        cmocka_unit_test(test_the_command_in_the_middle_of_the_work_is_struck),
        cmocka_unit_test(test_a_session_of_few_commands_is_dropped_at_its_logout),
        cmocka_unit_test(test_a_cut_session_is_deaf_until_patience_ends),
        cmocka_unit_test(test_a_dripping_session_says_a_byte_at_a_time),
        cmocka_unit_test(test_a_drip_is_not_faster_than_the_bandwidth),
        cmocka_unit_test(test_the_log_speaks_behind_an_idle_prompt_only),
        cmocka_unit_test(test_an_exec_hears_nothing_of_the_log),
        cmocka_unit_test(test_an_expired_password_is_renewed_by_the_protocol_if_it_can),
        cmocka_unit_test(test_otherwise_the_shell_asks),
        cmocka_unit_test(test_three_bad_new_passwords_close_the_session),
        cmocka_unit_test(test_a_drop_at_the_login_comes_when_the_answer_is_due),
        cmocka_unit_test(test_commands_wait_for_the_control_plane),
        cmocka_unit_test(test_maxstartups_counts_who_has_not_logged_in),
        cmocka_unit_test(test_one_too_many_is_hung_up_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
