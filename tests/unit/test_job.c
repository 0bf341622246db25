#include "base/clock.h"
#include "client/job.h"
#include "tests/unit/harness.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// A connection that plays a list: each step gives the next event, with bytes for CONN_DATA. At the
// end of the list it has nothing more to say.
struct line {
    enum conn_event event;
    const char *bytes; // of DATA; the reason of FAILED
    enum job_end failure;
};

struct played {
    struct conn conn;
    const struct line *next;
};

static const struct line *script; // of the connection that starts next

static void played_start(struct conn *conn, const struct plan *plan, uint32_t device)
{
    (void)plan;
    (void)device;
    ((struct played *)conn)->next = script;
}

static enum conn_event played_step(struct conn *conn)
{
    struct played *self = (struct played *)conn;
    const struct line *line = self->next;
    buf_clear(&conn->out);
    if (!line->event)
        return CONN_AGAIN;
    self->next++;
    if (line->event == CONN_DATA)
        buf_puts(&conn->in, line->bytes);
    if (line->event == CONN_FAILED)
        return conn_fail(conn, line->failure, "%s", line->bytes);
    return line->event;
}

static void played_wait(const struct conn *conn, struct conn_wait *wait)
{
    (void)conn;
    (void)wait;
}

static void played_stop(struct conn *conn)
{
    (void)conn;
}

static const struct conn_type played_ssh = {
    .newline = "\n",
    .size = sizeof(struct played),
    .start = played_start,
    .step = played_step,
    .wait = played_wait,
    .stop = played_stop,
};
static const struct conn_type played_telnet = {
    .in_band = true,
    .newline = "\r\n",
    .size = sizeof(struct played),
    .start = played_start,
    .step = played_step,
    .wait = played_wait,
    .stop = played_stop,
};

static struct job_result play_under(const struct conn_type *type, const struct line *lines,
                                    struct gil *gil)
{
    struct err err;
    const char *const overrides[] = {"work.commands=[show clock]", "runs.timeout=20ms", NULL};
    struct experiment *experiment = experiment_load(NULL, overrides, &err);
    assert_non_null(experiment);
    struct plan *plan = plan_new(experiment, TRANSPORT_SLEEP, 1, (struct targets){0});
    plan->conn_type = type;
    plan->script.newline = type->newline;
    struct worker worker = {.id = 7, .plan = plan, .gil = gil, .zero_ns = clock_now_ns()};
    struct job_result result;
    script = lines;
    gil_thread_init(gil, &worker.lock);
    gil_take(gil, &worker.lock);
    job_run(&worker, 0, &result);
    gil_drop(gil, &worker.lock);
    gil_thread_fini(&worker.lock);
    plan_free(plan);
    experiment_free(experiment);
    return result;
}

static struct job_result play(const struct conn_type *type, const struct line *lines)
{
    return play_under(type, lines, NULL);
}

#define GOES(event)                                                                                \
    {                                                                                              \
        (event), NULL, JOB_OK                                                                      \
    }
#define SAYS(text)                                                                                 \
    {                                                                                              \
        CONN_DATA, (text), JOB_OK                                                                  \
    }
#define FAILS(reason, failure)                                                                     \
    {                                                                                              \
        CONN_FAILED, (reason), (failure)                                                           \
    }

#define SSH_LOGIN GOES(CONN_CONNECTED), GOES(CONN_SECURED), GOES(CONN_LOGGED_IN), SAYS("\r\nR1>")
#define NO_PAGING SAYS("terminal length 0\r\nR1>")
#define TELNET_LOGIN                                                                               \
    GOES(CONN_CONNECTED), SAYS("Username: "), SAYS("cisco\r\nPassword: "), SAYS("\r\nR1>")

static void test_each_phase_of_a_good_session_has_its_time(void **state)
{
    (void)state;
    static const struct line ssh[] = {
        SSH_LOGIN, NO_PAGING, SAYS("show clock\r\n10:00\r\nR1>"), GOES(CONN_CLOSED), {0}};
    static const struct line telnet[] = {
        TELNET_LOGIN, NO_PAGING, SAYS("show clock\r\n10:00\r\nR1>"), GOES(CONN_CLOSED), {0}};
    const struct job_result results[] = {play(&played_ssh, ssh), play(&played_telnet, telnet)};
    for (int i = 0; i < 2; i++) {
        const struct session_row *row = &results[i].row;
        assert_int_equal(row->end, JOB_OK);
        assert_int_equal(row->device, 1);
        assert_int_equal(row->worker, 7);
        assert_true(row->start_ns < row->connected_ns && row->connected_ns < row->secured_ns);
        assert_true(row->secured_ns < row->login_ns && row->login_ns <= row->ready_ns);
        assert_true(row->ready_ns < row->worked_ns && row->worked_ns < row->end_ns);
        assert_string_equal(results[i].reason, "");
    }
}

static void test_a_session_fails_in_the_phase_it_was_in(void **state)
{
    (void)state;
    static const struct {
        const struct conn_type *type;
        enum job_end end;
        struct line lines[9];
    } cases[] = {
        {&played_ssh, JOB_CONNECT, {FAILS("refused", JOB_CONNECT)}},
        {&played_ssh, JOB_CONNECT, {GOES(CONN_CONNECTED), FAILS("no banner", JOB_CONNECT)}},
        {&played_ssh, JOB_HANDSHAKE, {GOES(CONN_CONNECTED), FAILS("kex", JOB_HANDSHAKE)}},
        {&played_ssh, JOB_AUTH, {GOES(CONN_CONNECTED), GOES(CONN_SECURED), FAILS("no", JOB_AUTH)}},
        {&played_ssh,
         JOB_PROMPT,
         {GOES(CONN_CONNECTED), GOES(CONN_SECURED), GOES(CONN_LOGGED_IN), GOES(CONN_CLOSED)}},
        {&played_ssh, JOB_COMMAND, {SSH_LOGIN, FAILS("reset", JOB_OK)}},
        {&played_ssh, JOB_COMMAND, {SSH_LOGIN, NO_PAGING, GOES(CONN_CLOSED)}},
        {&played_ssh,
         JOB_COMMAND,
         {SSH_LOGIN, NO_PAGING, SAYS("show clock\r\n% Invalid input\r\n")}},
        {&played_telnet, JOB_CONNECT, {GOES(CONN_CONNECTED), GOES(CONN_CLOSED)}},
        {&played_telnet,
         JOB_HANDSHAKE,
         {GOES(CONN_CONNECTED), SAYS("\r\nHello\r\n"), GOES(CONN_CLOSED)}},
        {&played_telnet, JOB_AUTH, {GOES(CONN_CONNECTED), SAYS("Password: "), GOES(CONN_CLOSED)}},
        {&played_telnet,
         JOB_AUTH,
         {GOES(CONN_CONNECTED), SAYS("Password: "), SAYS("\r\nPassword: ")}},
        {&played_telnet, JOB_COMMAND, {TELNET_LOGIN, NO_PAGING, FAILS("reset", JOB_OK)}},
        // No answer at all, in each phase.
        {&played_ssh, JOB_TIMEOUT, {{0}}},
        {&played_ssh, JOB_TIMEOUT, {GOES(CONN_CONNECTED)}},
        {&played_ssh, JOB_TIMEOUT, {GOES(CONN_CONNECTED), GOES(CONN_SECURED)}},
        {&played_ssh,
         JOB_TIMEOUT,
         {GOES(CONN_CONNECTED), GOES(CONN_SECURED), GOES(CONN_LOGGED_IN)}},
        {&played_ssh, JOB_TIMEOUT, {SSH_LOGIN}},
        {&played_ssh, JOB_TIMEOUT, {SSH_LOGIN, NO_PAGING}},
        {&played_ssh, JOB_TIMEOUT, {SSH_LOGIN, NO_PAGING, SAYS("show clock\r\nR1>")}},
        {&played_telnet, JOB_TIMEOUT, {GOES(CONN_CONNECTED), SAYS("Username: ")}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct job_result result = play(cases[i].type, cases[i].lines);
        if (result.row.end != cases[i].end)
            fail_msg("case %zu ends as %s, not %s (%s)", i, job_end_names[result.row.end],
                     job_end_names[cases[i].end], result.reason);
        assert_true(result.reason[0] != '\0');
        assert_true(result.row.end_ns >= result.row.start_ns);
    }
}

static void test_how_a_device_hangs_up_after_the_logout_does_not_matter(void **state)
{
    (void)state;
    static const struct line lines[] = {
        SSH_LOGIN, NO_PAGING, SAYS("show clock\r\n10:00\r\nR1>"), FAILS("reset", JOB_OK), {0}};
    struct job_result result = play(&played_ssh, lines);
    assert_int_equal(result.row.end, JOB_OK);
}

// A device that never stops is left when its time is over.
static enum conn_event endless_step(struct conn *conn)
{
    buf_puts(&conn->in, "and more and more\r\n");
    return CONN_DATA;
}

static void test_a_device_that_never_stops_talking_is_left(void **state)
{
    (void)state;
    struct conn_type endless = played_telnet;
    static const struct line none[] = {{0}};
    endless.step = endless_step;
    struct job_result result = play(&endless, none);
    assert_int_equal(result.row.end, JOB_TIMEOUT);
}

// A stranger that takes the lock in a system call of the connection would wait for ever if the
// worker still held it.
static struct gil *shared;
static struct gil_thread stranger;

static enum conn_event calling_step(struct conn *conn)
{
    gil_take(shared, &stranger);
    gil_drop(shared, &stranger);
    return played_step(conn);
}

static void test_the_lock_is_free_while_the_connection_calls_the_system(void **state)
{
    (void)state;
    static const struct line lines[] = {
        TELNET_LOGIN, NO_PAGING, SAYS("show clock\r\n10:00\r\nR1>"), GOES(CONN_CLOSED), {0}};
    static const char *const names[] = {"cpython-2.7", "cpython-3.11"};
    struct conn_type calling = played_telnet;
    calling.calls = true;
    calling.step = calling_step;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct err err;
        struct interpreter interpreter;
        assert_int_equal(interpreter_parse(names[i], &interpreter, &err), 0);
        shared = gil_new(&interpreter, CLOCK_NS_PER_S, 100, 10);
        gil_thread_init(shared, &stranger);
        struct job_result result = play_under(&calling, lines, shared);
        assert_int_equal(result.row.end, JOB_OK);
        assert_true(stranger.switches >= 5); // each step of the list; the worker had it in between
        gil_thread_fini(&stranger);
        gil_free(shared);
    }
}

// Without system calls there is one hold from the session's start to its end: another thread that
// asks at the first step has the lock after the last one.
static pthread_t other;
static atomic_bool asking;

static void *take_once(void *data)
{
    (void)data;
    atomic_store(&asking, true);
    gil_take(shared, &stranger);
    gil_drop(shared, &stranger);
    return NULL;
}

static enum conn_event held_step(struct conn *conn)
{
    if (!atomic_load(&asking))
        assert_int_equal(pthread_create(&other, NULL, take_once, NULL), 0);
    while (!atomic_load(&asking))
        sched_yield();
    assert_int_equal(stranger.switches, 0);
    return played_step(conn);
}

static void play_held(struct job_result *result)
{
    static const struct line lines[] = {
        SSH_LOGIN, NO_PAGING, SAYS("show clock\r\n10:00\r\nR1>"), GOES(CONN_CLOSED), {0}};
    struct conn_type held = played_ssh;
    held.step = held_step;
    *result = play_under(&held, lines, shared);
}

static void test_the_lock_is_kept_where_nothing_waits(void **state)
{
    (void)state;
    struct err err;
    struct interpreter interpreter;
    struct job_result result;
    assert_int_equal(interpreter_parse("cpython-2.7", &interpreter, &err), 0);
    shared = gil_new(&interpreter, 0, 100, 10);
    gil_thread_init(shared, &stranger);
    play_held(&result);
    assert_int_equal(pthread_join(other, NULL), 0);
    assert_int_equal(result.row.end, JOB_OK);
    assert_int_equal(stranger.switches, 1);
    gil_thread_fini(&stranger);
    gil_free(shared);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_phase_of_a_good_session_has_its_time),
        cmocka_unit_test(test_a_session_fails_in_the_phase_it_was_in),
        cmocka_unit_test(test_how_a_device_hangs_up_after_the_logout_does_not_matter),
        cmocka_unit_test(test_a_device_that_never_stops_talking_is_left),
        cmocka_unit_test(test_the_lock_is_free_while_the_connection_calls_the_system),
        cmocka_unit_test(test_the_lock_is_kept_where_nothing_waits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
