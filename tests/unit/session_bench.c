#include "tests/unit/session_bench.h"

#include <string.h>

uint64_t time_ns;
uint64_t look_ns;

static uint64_t clock_by_hand(void)
{
    time_ns += look_ns;
    return time_ns;
}

struct bench bench;

static void *wire_open(struct session *session, void *shared, int fd)
{
    (void)shared, (void)fd;
    bench.wire.opened++;
    bench.wire.session = session;
    return &bench.wire;
}

static unsigned wire_wants(void *conn)
{
    (void)conn;
    return TRANSPORT_READ;
}

static size_t wire_write(void *conn, const void *bytes, size_t len)
{
    struct wire *wire = conn;
    if (wire->hears_the_end)
        session_input_end(wire->session);
    if (!wire->reads)
        return 0;
    buf_add(&wire->said, bytes, len);
    return len;
}

static void wire_answer_login(void *conn, enum login_answer answer)
{
    struct wire *wire = conn;
    wire->answered = answer == LOGIN_RIGHT ? 1 : -1;
    if (answer == LOGIN_RIGHT && !wire->opens_nothing)
        session_open_shell(wire->session, 80, 24);
}

static bool wire_renew_password(void *conn)
{
    struct wire *wire = conn;
    wire->renewals++;
    return wire->renews;
}

static void wire_finish(void *conn, int exit_status)
{
    struct wire *wire = conn;
    wire->finished = true;
    wire->exit_status = exit_status;
}

static void wire_ready(void *conn, bool readable, bool writable)
{
    (void)conn, (void)readable, (void)writable;
}

static void wire_close(void *conn)
{
    ((struct wire *)conn)->closed = true;
}

static const struct transport_ops wire_ops = {
    .name = "wire",
    .maxstartups = true,
    .open = wire_open,
    .ready = wire_ready,
    .wants = wire_wants,
    .write = wire_write,
    .answer_login = wire_answer_login,
    .renew_password = wire_renew_password,
    .finish = wire_finish,
    .close = wire_close,
};

static void on_watch(void *owner, unsigned wants)
{
    (void)owner;
    bench.wants = wants;
}

static void on_ended(void *owner, enum session_end how)
{
    (void)owner;
    bench.ended = 1 + (int)how;
}

static void on_reset(void *owner)
{
    (void)owner;
    bench.reset = true;
}

struct session *begin(const char *const *overrides)
{
    struct err err;
    bench = (struct bench){.wire.reads = true, .ops = &wire_ops};
    time_ns = 1000 * CLOCK_NS_PER_S;
    fake_answer_len = 0;
    bench.experiment = experiment_load(NULL, overrides, &err);
    if (!bench.experiment)
        fail_msg("%s", err.text);
    bench.devices = device_set_new(bench.experiment, NULL, 10);
    bench.limits = limits_new(bench.experiment->devices.aaa_rate_per_s);
    timers_init(&bench.timers, clock_by_hand);
    bench.env = (struct session_env){
        .experiment = bench.experiment,
        .devices = bench.devices,
        .limits = bench.limits,
        .timers = &bench.timers,
        .counts = &bench.counts,
        .login_timeout_ns = 60 * CLOCK_NS_PER_S,
        .idle_timeout_ns = 600 * CLOCK_NS_PER_S,
        .watch = on_watch,
        .ended = on_ended,
        .reset = on_reset,
    };
    struct session *session = session_new(&bench.env, NULL, &wire_ops, NULL, -1, 3, "127.0.0.1");
    session_start(session);
    return session;
}

void finish(struct session *session)
{
    session_free(session);
    assert_int_equal(fake_device_open, 0);
    assert_int_equal(timers_next_ns(&bench.timers), TIMERS_NEVER);
    assert_int_equal(bench.wire.closed, bench.wire.opened);
    timers_fini(&bench.timers);
    limits_free(bench.limits);
    device_set_free(bench.devices);
    experiment_free(bench.experiment);
    buf_fini(&bench.wire.said);
}

void wait_ms(uint64_t ms)
{
    time_ns += ms * CLOCK_NS_PER_MS;
    timers_run(&bench.timers);
}

void poke(struct session *session)
{
    session_ready(session, true, false);
}

void type(struct session *session, const char *text)
{
    session_input(session, text, strlen(text));
    poke(session);
}

void log_in(struct session *session)
{
    session_login(session, "cisco", "secret");
    poke(session);
}

void said(const char *text)
{
    assert_string_equal(buf_text(&bench.wire.said), text);
    buf_clear(&bench.wire.said);
}
