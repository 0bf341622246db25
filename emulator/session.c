#include "emulator/session_state.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "emulator/counts.h"
#include "emulator/device_state.h"
#include "emulator/unattended.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

const char *const session_end_names[SESSION_ENDS] = {
    "logout",  "peer left", "wrong password", "login timeout", "idle",  "peer did not read",
    "flood",   "protocol",  "lines in use",   "maxstartups",   "fault", "dropped",
    "stopped",
};

enum {
    WRITE_MAX = 16 * 1024,
    TURNS_MAX = 16, // of feeding and writing in a row, before the others' turn
};
static const uint64_t stall_limit_ns = 60 * CLOCK_NS_PER_S;
static const uint64_t closing_limit_ns = 2 * CLOCK_NS_PER_S;
// A peer that has said goodbye, too, hangs up by itself, and plink calls it an error when the
// device is faster; one that stays is left.
static const uint64_t parting_limit_ns = 250 * CLOCK_NS_PER_MS;

static void turn(struct session *session);

uint64_t session_now(const struct session *session)
{
    return timers_now(session->env->timers);
}

void session_set_timer(struct session *session, struct timer *timer, uint64_t due_ns)
{
    timers_set(session->env->timers, timer, due_ns);
}

static struct session *of_wait(struct timer *timer)
{
    return (struct session *)((char *)timer - offsetof(struct session, wait));
}

static struct session *of_pace(struct timer *timer)
{
    return (struct session *)((char *)timer - offsetof(struct session, pace));
}

static struct session *of_log(struct timer *timer)
{
    return (struct session *)((char *)timer - offsetof(struct session, log));
}

static struct session *of_limit(struct timer *timer)
{
    return (struct session *)((char *)timer - offsetof(struct session, limit));
}

static struct session *of_due(struct timer *timer)
{
    return (struct session *)((char *)timer - offsetof(struct session, due));
}

bool session_ended(const struct session *session)
{
    return session->phase == PHASE_ENDED;
}

const struct device_settings *session_settings(const struct session *session)
{
    return device_settings(session->device);
}

const struct platform *session_platform(const struct session *session)
{
    return device_platform(session->device);
}

bool session_logged_in(const struct session *session)
{
    return session->phase == PHASE_OPEN;
}

void session_enter(struct session *session, enum phase phase)
{
    session->phase = phase;
    session->since_ns = session_now(session);
}

void session_end(struct session *session, enum session_end how)
{
    if (session->phase == PHASE_ENDED)
        return;
    session->phase = PHASE_ENDED;
    timers_stop(session->env->timers, &session->wait);
    timers_stop(session->env->timers, &session->pace);
    timers_stop(session->env->timers, &session->limit);
    timers_stop(session->env->timers, &session->due);
    timers_stop(session->env->timers, &session->log);
    session->env->ended(session->owner, how);
}

void session_break(struct session *session, enum session_end how)
{
    if (session->phase == PHASE_ENDED)
        return;
    session->env->reset(session->owner);
    session_end(session, how);
}

// Patience.

// Until when the peer may stay as it is; TIMERS_NEVER while it is the device's turn.
static uint64_t limit_ns(const struct session *session)
{
    const struct session_env *env = session->env;
    switch (session->phase) {
    case PHASE_LOGIN:
        return session->since_ns + env->login_timeout_ns;
    case PHASE_SILENT:
        if (session->hanging_up)
            return session->since_ns + closing_limit_ns;
        break;
    case PHASE_OPEN:
        if (!session->shell)
            return session->since_ns + env->login_timeout_ns;
        if (output_waiting(&session->out) && !timer_is_set(&session->pace))
            return session->since_ns + stall_limit_ns;
        if (session->breaks_when_said)
            return session->since_ns + closing_limit_ns;
        if (shell_status(session->shell) == SHELL_BUSY && !session->mute)
            return TIMERS_NEVER;
        break;
    case PHASE_CLOSING:
        return session->since_ns + (session->parting ? parting_limit_ns : closing_limit_ns);
    case PHASE_CONNECT:
    case PHASE_CHECKING:
    case PHASE_ENDED:
        return TIMERS_NEVER;
    }
    return env->idle_timeout_ns ? session->since_ns + env->idle_timeout_ns : TIMERS_NEVER;
}

static enum session_end limit_kind(const struct session *session)
{
    if (session->hanging_up)
        return session->how;
    if (session->breaks_when_said)
        return SESSION_END_FAULT;
    if (session->phase == PHASE_LOGIN || (session->phase == PHASE_OPEN && !session->shell))
        return SESSION_END_LOGIN_TIMEOUT;
    return output_waiting(&session->out) ? SESSION_END_STALLED : SESSION_END_IDLE;
}

// The timer is only moved when the limit comes earlier: one that fires too soon looks again.
static void watch_limit(struct session *session)
{
    uint64_t due = limit_ns(session);
    if (due == TIMERS_NEVER)
        return;
    if (!timer_is_set(&session->limit) || session->limit.due_ns > due)
        session_set_timer(session, &session->limit, due);
}

void session_hang_up(struct session *session, enum session_end how)
{
    if (session->hanging_up)
        return;
    session->hanging_up = true;
    session->how = how;
}

void session_goodbye(struct session *session)
{
    if (session->phase != PHASE_CLOSING)
        return;
    session->parting = true;
    session->since_ns = session_now(session);
}

static void on_limit(struct timer *timer)
{
    struct session *session = of_limit(timer);
    if (limit_ns(session) > session_now(session)) {
        watch_limit(session);
        return;
    }
    enum session_end how = limit_kind(session);
    bool polite =
        session->phase == PHASE_LOGIN && session->ops->login_expired && !session->hanging_up;
    if (!polite) {
        session_end(session, how);
        return;
    }
    session->ops->login_expired(session->conn);
    session_hang_up(session, how);
    turn(session);
}

// Saying.

void session_say(struct session *session, const char *text)
{
    if (session->phase != PHASE_ENDED)
        buf_puts(&session->out.bytes, text);
}

void session_put_banner(const struct session *session, const char *kind, struct buf *out)
{
    device_put_banner(session->device, kind, out);
}

void session_say_banner(struct session *session, const char *kind)
{
    if (session->phase != PHASE_ENDED)
        session_put_banner(session, kind, &session->out.bytes);
}

// Returns how many bytes the transport took.
static size_t say_what_may_go(struct session *session)
{
    size_t total = 0;
    session->blocked = false;
    for (;;) {
        size_t len = output_ready(&session->out, session_now(session));
        if (!len || session->phase == PHASE_ENDED)
            break;
        if (len > WRITE_MAX)
            len = WRITE_MAX;
        size_t took = session->ops->write(session->conn, output_front(&session->out), len);
        session->blocked = !took;
        if (!took)
            break;
        output_sent(&session->out, took);
        session->since_ns = session_now(session);
        total += took;
    }
    session->bytes_out += total;
    session->env->counts->bytes_out += total;
    return total;
}

// A byte may have become due since the last look.
static void pace(struct session *session)
{
    uint64_t now = session_now(session);
    uint64_t next = output_next_ns(&session->out, now);
    if (session->out.paced && !session->blocked && output_ready(&session->out, now))
        next = now;
    if (next == TIMERS_NEVER)
        timers_stop(session->env->timers, &session->pace);
    else
        session_set_timer(session, &session->pace, next);
}

static void on_pace(struct timer *timer)
{
    turn(of_pace(timer));
}

static void on_log(struct timer *timer)
{
    session_say_log(of_log(timer));
    turn(of_log(timer));
}

// The turn of a session: whatever can be done now, in this order.

static void watch(struct session *session)
{
    if (session->phase == PHASE_ENDED)
        return;
    unsigned wants = session->conn ? session->ops->wants(session->conn) : 0;
    if (session->phase == PHASE_SILENT)
        wants = TRANSPORT_READ;
    if (session->input.len >= SESSION_INPUT_MAX)
        wants &= ~(unsigned)TRANSPORT_READ;
    if (wants != session->wants)
        session->env->watch(session->owner, wants);
    session->wants = wants;
}

static void talk(struct session *session)
{
    for (int turns = 0; session->phase != PHASE_ENDED; turns++) {
        while (session->phase == PHASE_CHECKING && session->wait.due_ns <= session_now(session))
            session_answer_login(session);
        if (session->shell)
            session_run_shell(session);
        session_feed(session);
        if (!say_what_may_go(session) || !session_shell_can_go_on(session))
            break;
        if (turns == TURNS_MAX) {
            session_set_timer(session, &session->wait, session_now(session));
            break;
        }
    }
    session_check_input_end(session); // last: a transport may read it while it writes
}

static bool may_exec_again(const struct session *session)
{
    return session->exec && session->how == SESSION_END_LOGOUT && session->ops->end_exec &&
           platform_many_execs(device_platform(session->device));
}

// Back to where the login left it.
static void end_exec(struct session *session)
{
    int exit_status = shell_exit_status(session->shell);
    shell_free(session->shell);
    session->shell = NULL;
    session->exec = false;
    session->hanging_up = false;
    session->input_ended = false;
    session->busy_input = 0;
    session_enter(session, PHASE_OPEN);
    session->ops->end_exec(session->conn, exit_status);
    if (session->phase == PHASE_OPEN && session->shell) // the next one has come meanwhile
        session_set_timer(session, &session->wait, session_now(session));
}

static void turn(struct session *session)
{
    if (session->conn)
        talk(session);
    if (session->breaks_when_said && session->phase == PHASE_OPEN &&
        !output_waiting(&session->out) && !(session->ops->wants(session->conn) & TRANSPORT_WRITE))
        session_break_off(session);
    if (session->phase != PHASE_ENDED && session->conn && session->hanging_up &&
        session->phase != PHASE_CLOSING && session->phase != PHASE_SILENT &&
        !output_waiting(&session->out)) {
        if (may_exec_again(session)) {
            end_exec(session);
        } else {
            session_enter(session, PHASE_CLOSING);
            session->ops->finish(session->conn,
                                 session->exec ? shell_exit_status(session->shell) : 0);
        }
    }
    if (session->phase == PHASE_ENDED)
        return;
    pace(session);
    watch_limit(session);
    watch(session);
}

static void open_transport(struct session *session)
{
    if (session_breaks_at(session, FAULT_AT_CONNECT))
        return;
    session_enter(session, PHASE_LOGIN);
    session->conn = session->ops->open(session, session->shared, session->fd);
}

static void on_wait(struct timer *timer)
{
    struct session *session = of_wait(timer);
    if (session->command_drawn && session->answer_ns <= session_now(session))
        counts_late(session->env->counts, session_now(session) - session->answer_ns);
    if (session->phase == PHASE_CONNECT)
        open_transport(session);
    turn(session);
}

static void discard(struct session *session)
{
    char bytes[4096];
    ssize_t len = recv(session->fd, bytes, sizeof bytes, 0);
    if (len == 0 || (len < 0 && errno != EAGAIN && errno != EINTR))
        session_end(session, session->hanging_up ? session->how : SESSION_END_PEER);
}

void session_ready(struct session *session, bool readable, bool writable)
{
    if (session->phase == PHASE_ENDED)
        return;
    if (session->phase == PHASE_SILENT)
        discard(session);
    else if (session->conn)
        session->ops->ready(session->conn, readable, writable);
    turn(session);
}

void session_attend(struct session *session)
{
    if (session->phase != PHASE_OPEN || !session->shell)
        return;
    session_attend_shell(session);
    turn(session);
}

static void on_due(struct timer *timer)
{
    session_attend(of_due(timer));
}

struct session *session_new(const struct session_env *env, void *owner,
                            const struct transport_ops *ops, void *shared, int fd, uint32_t device,
                            const char *peer)
{
    struct session *session = alloc_zero(1, sizeof *session);
    session->env = env;
    session->owner = owner;
    session->ops = ops;
    session->shared = shared;
    session->fd = fd;
    session->peer = alloc_strdup(peer);
    session->wait.fire = on_wait;
    session->pace.fire = on_pace;
    session->limit.fire = on_limit;
    session->due.fire = on_due;
    session->log.fire = on_log;
    session->device = device_open(env->devices, device);
    session->key = (struct delay_key){.seed = env->experiment->seed,
                                      .device = device,
                                      .session = device_next_session(session->device)};
    const struct device_settings *settings = device_settings(session->device);
    session->fault = experiment_fault(env->experiment, settings, device, session->key.session);
    session->line = limits_take_line(env->limits, device, settings->limits.vty_lines);
    return session;
}

// All lines are in use: a reset, or where the protocol has words for it, these and an end.
static void refuse_line(struct session *session)
{
    const char *text = session->ops->lines_in_use;
    if (!text) {
        session_break(session, SESSION_END_LINES);
        return;
    }
    session_hang_up(session, SESSION_END_LINES);
    session->phase = PHASE_SILENT;
    if (send(session->fd, text, strlen(text), MSG_NOSIGNAL) < 0 ||
        shutdown(session->fd, SHUT_WR) < 0)
        session_end(session, SESSION_END_LINES);
}

void session_start(struct session *session)
{
    session->since_ns = session->begun_ns = session_now(session);
    const struct device_latency *latency = &device_settings(session->device)->latency;
    uint64_t connect = delay_connect_ns(latency, &session->key);
    // On a long path the accepting side knows of the connection a round trip and a half after the
    // peer began it; here the kernel has established it at once.
    connect += latency->rtt_ns + latency->rtt_ns / 2;
    if (session->fault.kind == FAULT_REFUSE || device_is_down(session->device))
        session_break(session, SESSION_END_FAULT);
    else if (session->line < 0)
        refuse_line(session);
    else if (!session_begin_startup(session))
        session_cut_off(session, SESSION_END_STARTUPS);
    else if (session->fault.kind == FAULT_HANG)
        session->phase = PHASE_SILENT;
    else if (connect)
        session_set_timer(session, &session->wait, session_now(session) + connect);
    else
        open_transport(session);
    turn(session);
}

void session_free(struct session *session)
{
    if (!session)
        return;
    session_end(session, SESSION_END_STOPPED);
    if (session->conn)
        session->ops->close(session->conn);
    else if (session->fd >= 0)
        close(session->fd);
    session_end_startup(session);
    if (session->shell && shell_is_entering(session->shell)) {
        unattended_take(session->env->unattended, session->shell, session->device, session->line);
    } else {
        shell_free(session->shell);
        if (session->line >= 0)
            limits_give_line(session->env->limits, device_number(session->device), session->line);
        device_close(session->env->devices, session->device);
    }
    output_fini(&session->out);
    buf_fini(&session->input);
    free(session->user);
    free(session->peer);
    free(session);
}

static const char *phase_name(const struct session *session)
{
    static const char *const names[] = {
        [PHASE_CONNECT] = "connect",   [PHASE_SILENT] = "silent", [PHASE_LOGIN] = "login",
        [PHASE_CHECKING] = "checking", [PHASE_OPEN] = "open",     [PHASE_CLOSING] = "closing",
        [PHASE_ENDED] = "ended",
    };
    if (session->phase != PHASE_OPEN || !session->shell)
        return names[session->phase];
    return shell_status(session->shell) == SHELL_BUSY ? "busy" : "prompt";
}

static void copy_printable(char *to, size_t size, const char *from)
{
    size_t len = 0;
    for (; from[len] && len + 1 < size; len++)
        to[len] = from[len] >= ' ' && from[len] <= '~' ? from[len] : '?';
    to[len] = '\0';
}

void session_describe(const struct session *session, struct session_info *info)
{
    info->device = device_number(session->device);
    info->transport = session->ops->name;
    info->phase = phase_name(session);
    info->fault = fault_names[session->fault.kind];
    copy_printable(info->peer, sizeof info->peer, session->peer);
    copy_printable(info->user, sizeof info->user, session->user ? session->user : "");
    info->age_ns = session_now(session) - session->begun_ns;
    info->commands = session->commands;
    info->bytes_in = session->bytes_in;
    info->bytes_out = session->bytes_out;
}
