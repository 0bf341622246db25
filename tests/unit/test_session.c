// A session as a whole: latencies, patience, limits, what the peer does.
#include "tests/unit/session_bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const no_overrides[] = {NULL};
static const char *const slow[] = {"devices.latency={connect: 20ms, login: 30ms, command: 100ms}",
                                   NULL};

static void test_each_latency_is_waited_out_to_the_nanosecond(void **state)
{
    (void)state;
    struct session *session = begin(slow);
    time_ns += 20 * CLOCK_NS_PER_MS - 1;
    timers_run(&bench.timers);
    assert_int_equal(bench.wire.opened, 0);
    time_ns++;
    timers_run(&bench.timers);
    assert_int_equal(bench.wire.opened, 1);
    log_in(session);
    time_ns += 30 * CLOCK_NS_PER_MS - 1;
    timers_run(&bench.timers);
    assert_int_equal(bench.wire.answered, 0);
    time_ns++;
    timers_run(&bench.timers);
    assert_int_equal(bench.wire.answered, 1);
    said("\r\nR1>");
    type(session, "show\r");
    said("show\r\n"); // the echo does not wait
    time_ns += 100 * CLOCK_NS_PER_MS - 1;
    timers_run(&bench.timers);
    said("");
    time_ns++;
    timers_run(&bench.timers);
    said("<show>\r\nR1>");
    finish(session);
}

static struct session *begin_slow_at_prompt(void)
{
    struct session *session = begin(slow);
    wait_ms(20);
    log_in(session);
    wait_ms(30);
    said("\r\nR1>");
    return session;
}

// The connection is a round trip and a half old when the device may speak.
static void test_on_a_long_path_the_device_speaks_later(void **state)
{
    (void)state;
    const char *const overrides[] = {"devices.latency={connect: 20ms, rtt: 100ms}", NULL};
    struct session *session = begin(overrides);
    wait_ms(169);
    assert_int_equal(bench.wire.opened, 0);
    wait_ms(1);
    assert_int_equal(bench.wire.opened, 1);
    finish(session);
}

static void test_instant_commands_take_no_time(void **state)
{
    (void)state;
    struct session *session = begin_slow_at_prompt();
    type(session, "\rinstant\rexit\r");
    said("\r\n<>\r\nR1>instant\r\n<instant>\r\nR1>exit\r\n");
    assert_true(bench.wire.finished);
    finish(session);
}

static void test_type_ahead_is_answered_in_order_each_after_its_time(void **state)
{
    (void)state;
    struct session *session = begin(slow);
    wait_ms(20);
    log_in(session);
    wait_ms(30);
    type(session, "a\rb\r");
    said("\r\nR1>a\r\n");
    wait_ms(100);
    said("<a>\r\nR1>b\r\n");
    wait_ms(99);
    said("");
    wait_ms(1);
    said("<b>\r\nR1>");
    finish(session);
}

static void test_a_peer_that_said_goodbye_has_a_moment_to_hang_up(void **state)
{
    (void)state;
    for (int stays = 0; stays <= 1; stays++) {
        struct session *session = begin(no_overrides);
        log_in(session);
        type(session, "exit\r");
        assert_true(bench.wire.finished);
        session_goodbye(session);
        poke(session);
        wait_ms(249);
        assert_int_equal(bench.ended, 0);
        if (stays)
            wait_ms(1);
        else
            session_input_end(session);
        assert_int_equal(bench.ended, 1 + SESSION_END_LOGOUT);
        finish(session);
    }
}

static void test_third_bad_password_closes_session(void **state)
{
    (void)state;
    struct session *session = begin(no_overrides);
    for (int i = 0; i < 3; i++) {
        assert_false(bench.wire.finished);
        session_login(session, "cisco", "guess");
        poke(session);
        assert_int_equal(bench.wire.answered, -1);
    }
    assert_true(bench.wire.finished);
    session_input_end(session);
    assert_int_equal(bench.ended, 1 + SESSION_END_PASSWORD);
    finish(session);
}

static void test_logins_queue_at_the_aaa_server(void **state)
{
    (void)state;
    const char *const one_a_second[] = {"devices.limits.aaa_rate=1/s", NULL};
    struct session *session = begin(one_a_second);
    assert_int_equal(limits_aaa_answer_ns(bench.limits, time_ns),
                     time_ns + CLOCK_NS_PER_S); // somebody else's
    log_in(session);
    wait_ms(1999);
    assert_int_equal(bench.wire.answered, 0);
    wait_ms(1);
    assert_int_equal(bench.wire.answered, 1);
    finish(session);
}

static const struct {
    const char *what;
    uint64_t after_ms;
    enum session_end how;
    bool logged_in;
    bool reads;
} patience[] = {
    {"nobody logs in", 60000, SESSION_END_LOGIN_TIMEOUT, false, true},
    {"nothing is typed", 600000, SESSION_END_IDLE, true, true},
    {"the peer does not read", 60000, SESSION_END_STALLED, true, false},
};

static void test_patience_ends(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof patience / sizeof *patience; i++) {
        struct session *session = begin(no_overrides);
        bench.wire.reads = patience[i].reads;
        if (patience[i].logged_in)
            log_in(session);
        wait_ms(patience[i].after_ms - 1);
        assert_int_equal(bench.ended, 0);
        wait_ms(1);
        if (!bench.ended && bench.wire.finished)
            session_input_end(session);
        assert_int_equal(bench.ended, 1 + patience[i].how);
        finish(session);
    }
}

static void test_a_slow_device_does_not_count_as_an_idle_user(void **state)
{
    (void)state;
    const char *const very_slow[] = {"devices.latency.command=30m", NULL};
    struct session *session = begin(very_slow);
    log_in(session);
    type(session, "a\r");
    wait_ms(1799999);
    assert_int_equal(bench.ended, 0);
    wait_ms(1);
    said("\r\nR1>a\r\n<a>\r\nR1>");
    wait_ms(599999);
    assert_int_equal(bench.ended, 0);
    wait_ms(1);
    assert_int_equal(bench.ended, 1 + SESSION_END_IDLE);
    finish(session);
}

static void test_a_line_without_end_ends_the_session(void **state)
{
    (void)state;
    struct session *session = begin(no_overrides);
    log_in(session);
    char piece[1024];
    memset(piece, 'x', sizeof piece);
    for (int i = 0; i < 16; i++) {
        session_input(session, piece, sizeof piece);
        poke(session);
    }
    assert_int_equal(bench.ended, 0);
    session_input(session, "x", 1);
    assert_int_equal(bench.ended, 1 + SESSION_END_FLOOD);
    finish(session);
}

static void test_what_is_typed_ahead_waits_in_the_socket(void **state)
{
    (void)state;
    enum { FAR_TOO_MUCH = 200 };
    struct session *session = begin_slow_at_prompt();
    char piece[1024];
    memset(piece, 'x', sizeof piece);
    piece[sizeof piece - 1] = '\r';
    type(session, "a\r"); // which takes its time
    int pieces = 0;
    for (; bench.wants == TRANSPORT_READ && pieces < FAR_TOO_MUCH; pieces++) {
        session_input(session, piece, sizeof piece);
        poke(session);
    }
    assert_in_range(pieces, 64, 128); // 80 kB
    finish(session);
}

static void test_a_peer_that_does_not_read_is_not_read_either(void **state)
{
    (void)state;
    struct session *session = begin(no_overrides);
    log_in(session);
    bench.wire.reads = false;
    fake_answer_len = 3000;
    int lines = 0;
    while (bench.wants == TRANSPORT_READ && lines < 100000) {
        type(session, "instant\r");
        lines++;
    }
    assert_true(lines < 64 * 1024 / 8 + 100); // what it may type ahead, and the first answers
    bench.wire.reads = true;
    for (int i = 0; i < 10000 && bench.wants == 0; i++)
        poke(session);
    assert_int_equal(bench.wants, TRANSPORT_READ);
    for (int i = 0; i < 10000; i++)
        wait_ms(1);
    int answers = 0;
    for (size_t i = 0; i < bench.wire.said.len; i++)
        answers += bench.wire.said.data[i] == '<';
    assert_int_equal(answers, lines); // and nothing is lost
    finish(session);
}

static void test_the_end_of_input_is_a_logout_after_the_last_answer(void **state)
{
    (void)state;
    struct session *session = begin(slow);
    wait_ms(20);
    log_in(session);
    wait_ms(30);
    type(session, "a\rb\r");
    session_input_end(session);
    poke(session);
    wait_ms(100);
    assert_false(bench.wire.finished);
    wait_ms(100);
    said("\r\nR1>a\r\n<a>\r\nR1>b\r\n<b>\r\nR1>");
    assert_true(bench.wire.finished);
    finish(session);
}

static void test_an_end_of_input_that_is_read_while_writing_is_not_forgotten(void **state)
{
    (void)state;
    struct session *session = begin(no_overrides);
    bench.wire.hears_the_end = true;
    log_in(session);
    said("\r\nR1>");
    assert_true(bench.wire.finished); // nothing else comes that would wake the session
    finish(session);
}

static void test_an_exec_answers_without_a_prompt_and_hangs_up(void **state)
{
    (void)state;
    struct session *session = begin(slow);
    wait_ms(20);
    bench.wire.opens_nothing = true;
    log_in(session);
    wait_ms(30);
    session_open_exec(session, "show");
    session_input_end(session); // ssh -n: it needs no input
    poke(session);
    wait_ms(99);
    said("");
    wait_ms(1);
    said("<show>");
    assert_true(bench.wire.finished);
    finish(session);
}

static void test_a_file_is_entered_a_piece_a_turn_of_the_loop(void **state)
{
    (void)state;
    struct session *session = begin_slow_at_prompt();
    type(session, "copy\r");
    said("copy\r\n");
    fake_pieces = 3;
    wait_ms(100);
    for (; fake_pieces > 0; timers_run(&bench.timers))
        said("");
    said("");
    timers_run(&bench.timers);
    said("<copy>\r\nR1>");
    finish(session);
}

static void test_bandwidth_stretches_the_answer_not_its_first_byte(void **state)
{
    (void)state;
    const char *const narrow[] = {"devices.latency={command: 10ms, bandwidth: 1kB/s}", NULL};
    struct session *session = begin(narrow);
    log_in(session);
    wait_ms(100);
    buf_clear(&bench.wire.said);
    fake_answer_len = 1000;
    type(session, "a\r");
    wait_ms(10);
    assert_int_equal(bench.wire.said.len, strlen("a\r\n") + 1);
    for (int i = 0; i < 500; i++)
        wait_ms(1);
    assert_in_range(bench.wire.said.len, 450, 505);
    for (int i = 0; i < 600; i++)
        wait_ms(1);
    assert_int_equal(bench.wire.said.len, strlen("a\r\n<a>\r\nR1>") + 1000);
    finish(session);
}

static void test_a_byte_that_is_due_between_two_looks_at_the_clock_is_not_forgotten(void **state)
{
    (void)state;
    const char *const narrow[] = {"devices.latency={command: 10ms, bandwidth: 9600B/s}", NULL};
    struct session *session = begin(narrow);
    log_in(session);
    wait_ms(100);
    buf_clear(&bench.wire.said);
    fake_answer_len = 1000;
    type(session, "a\r");
    look_ns = 60 * 1000; // a byte takes 104 us
    for (int i = 0; i < 500; i++)
        wait_ms(1);
    look_ns = 0;
    assert_int_equal(bench.wire.said.len, strlen("a\r\n<a>\r\nR1>") + 1000);
    finish(session);
}

static void test_a_change_of_settings_counts_from_the_next_command_on(void **state)
{
    (void)state;
    struct session *session = begin_slow_at_prompt();
    type(session, "a\r");
    struct device_settings *faster = device_settings_copy(&bench.experiment->devices.settings);
    assert_int_equal(latency_parse("10ms", &faster->latency.command, NULL), 0);
    device_set_change(bench.devices, 3, faster);
    wait_ms(99);
    said("a\r\n"); // its time was drawn before
    wait_ms(1);
    said("<a>\r\nR1>");
    type(session, "b\r");
    wait_ms(9);
    said("b\r\n");
    wait_ms(1);
    said("<b>\r\nR1>");
    finish(session);
}

static const struct {
    const char *override;
    enum session_end how;
} faults[] = {
    {"devices.faults.refuse=1", SESSION_END_FAULT},
    {"devices.faults.drop=1", SESSION_END_FAULT},
    {"devices.faults.auth_fail=1", SESSION_END_PASSWORD},
    {"devices.faults.hang=1", SESSION_END_IDLE},
};

static void test_faults_end_as_they_should(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        const char *const overrides[] = {faults[i].override, NULL};
        struct session *session = begin(overrides);
        for (int tries = 0; tries < 3 && bench.wire.opened && !bench.ended; tries++) {
            log_in(session);
            type(session, "a\r");
        }
        wait_ms(600000);
        if (!bench.ended)
            session_input_end(session);
        assert_int_equal(bench.ended, 1 + faults[i].how);
        assert_null(strstr(buf_text(&bench.wire.said), "<a>"));
        finish(session);
    }
}

static struct session_info info_of(const struct session *session)
{
    struct session_info info = {0};
    session_describe(session, &info);
    return info;
}

static void test_a_session_tells_what_it_is_doing(void **state)
{
    (void)state;
    struct session *session = begin(slow);
    assert_string_equal(info_of(session).phase, "connect");
    wait_ms(20);
    assert_string_equal(info_of(session).phase, "login");
    assert_string_equal(info_of(session).user, "");
    session_login(session, "x\033[2J\377", "wrong");
    assert_string_equal(info_of(session).user, "x?[2J?"); // a terminal may show it
    poke(session);
    session_login(session, "cisco", "secret");
    assert_string_equal(info_of(session).phase, "checking");
    wait_ms(30);
    assert_string_equal(info_of(session).phase, "prompt");
    type(session, "show\r");
    assert_string_equal(info_of(session).phase, "busy");
    wait_ms(103);
    type(session, "\r"); // no command
    struct session_info info = info_of(session);
    assert_string_equal(info.phase, "prompt");
    assert_string_equal(info.user, "cisco");
    assert_string_equal(info.peer, "127.0.0.1");
    assert_string_equal(info.transport, "wire");
    assert_string_equal(info.fault, "none");
    assert_int_equal(info.device, 3);
    assert_int_equal(info.age_ns, 153 * CLOCK_NS_PER_MS);
    assert_int_equal(info.commands, 1);
    assert_int_equal(info.bytes_in, strlen("show\r\r"));
    assert_int_equal(info.bytes_out, bench.wire.said.len);
    finish(session);
}

static void test_what_a_session_does_is_counted(void **state)
{
    (void)state;
    struct session *session = begin(slow);
    wait_ms(20);
    session_login(session, "cisco", "wrong");
    poke(session);
    assert_int_equal(bench.counts.logins, 0);
    log_in(session);
    wait_ms(30);
    assert_int_equal(bench.counts.logins, 1);
    type(session, "a\r\rb\r");
    assert_int_equal(bench.counts.commands, 0);
    wait_ms(103); // a is 3 ms late
    wait_ms(100); // b is not
    assert_int_equal(bench.counts.commands, 2);
    assert_int_equal(bench.counts.bytes_in, strlen("a\r\rb\r"));
    assert_int_equal(bench.counts.bytes_out, bench.wire.said.len);
    assert_int_equal(counts_lateness_us(&bench.counts, 0.5), 1);
    assert_int_equal(counts_lateness_us(&bench.counts, 1), 4096);
    finish(session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_latency_is_waited_out_to_the_nanosecond),
        cmocka_unit_test(test_on_a_long_path_the_device_speaks_later),
        cmocka_unit_test(test_instant_commands_take_no_time),
        cmocka_unit_test(test_type_ahead_is_answered_in_order_each_after_its_time),
        cmocka_unit_test(test_a_peer_that_said_goodbye_has_a_moment_to_hang_up),
        cmocka_unit_test(test_third_bad_password_closes_session),
        cmocka_unit_test(test_logins_queue_at_the_aaa_server),
        cmocka_unit_test(test_patience_ends),
        cmocka_unit_test(test_a_slow_device_does_not_count_as_an_idle_user),
        cmocka_unit_test(test_a_line_without_end_ends_the_session),
        cmocka_unit_test(test_what_is_typed_ahead_waits_in_the_socket),
        cmocka_unit_test(test_a_peer_that_does_not_read_is_not_read_either),
        cmocka_unit_test(test_the_end_of_input_is_a_logout_after_the_last_answer),
        cmocka_unit_test(test_an_end_of_input_that_is_read_while_writing_is_not_forgotten),
        cmocka_unit_test(test_an_exec_answers_without_a_prompt_and_hangs_up),
        cmocka_unit_test(test_a_file_is_entered_a_piece_a_turn_of_the_loop),
        cmocka_unit_test(test_bandwidth_stretches_the_answer_not_its_first_byte),
        cmocka_unit_test(test_a_byte_that_is_due_between_two_looks_at_the_clock_is_not_forgotten),
        cmocka_unit_test(test_a_change_of_settings_counts_from_the_next_command_on),
        cmocka_unit_test(test_faults_end_as_they_should),
        cmocka_unit_test(test_a_session_tells_what_it_is_doing),
        cmocka_unit_test(test_what_a_session_does_is_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
