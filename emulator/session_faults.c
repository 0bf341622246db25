// What the fault of a session does to it, and when; and the limit of logins under way.
#include "emulator/session_state.h"

#include "base/clock.h"

#include <string.h>
#include <sys/socket.h>

// How long after its prompt a device says what has happened meanwhile; a client that goes on at
// once does not hear it.
static const uint64_t log_delay_ns = 50 * CLOCK_NS_PER_MS;

static bool breaks(const struct session *session)
{
    return session->fault.kind == FAULT_DROP || session->fault.kind == FAULT_RESET;
}

void session_cut_off(struct session *session, enum session_end how)
{
    timers_stop(session->env->timers, &session->wait);
    timers_stop(session->env->timers, &session->pace);
    output_fini(&session->out);
    buf_fini(&session->input);
    session->hanging_up = false;
    session_hang_up(session, how);
    session->phase = PHASE_SILENT;
    session->since_ns = session_now(session);
    if (shutdown(session->fd, SHUT_WR) < 0)
        session_end(session, how);
}

void session_break_off(struct session *session)
{
    if (session->fault.kind == FAULT_RESET)
        session_break(session, SESSION_END_FAULT);
    else
        session_cut_off(session, SESSION_END_FAULT);
}

bool session_breaks_at(struct session *session, enum fault_place place)
{
    if (!breaks(session) || session->fault.place != place)
        return false;
    session_break_off(session);
    return true;
}

// What was said before, the echo, is still heard.
static void break_when_said(struct session *session)
{
    session->breaks_when_said = true;
}

bool session_breaks_at_logout(struct session *session)
{
    bool now = breaks(session) && session->fault.place >= FAULT_AT_COMMAND;
    if (now)
        break_when_said(session);
    return now;
}

// Before the answer.

static bool in_the_middle(const struct session *session)
{
    return session->command_counts && session->command_index == session->fault.command + 1;
}

bool session_spoil_command(struct session *session)
{
    if (in_the_middle(session) && breaks(session) && session->fault.place == FAULT_AT_COMMAND) {
        break_when_said(session);
        return true;
    }
    if (session->fault.kind == FAULT_WRONG_PROMPT &&
        session->command_index > session->fault.command)
        shell_mistake_prompt(session->shell);
    return false;
}

// After it.

static void shorten(struct buf *buf, size_t len)
{
    buf->len = len;
    buf->data[len] = '\0';
}

// The end of the line in the middle of a text; the middle itself where it has no such line.
static size_t middle(const char *text, size_t len, bool of_lines)
{
    if (!of_lines)
        return len / 2;
    const char *newline = memchr(text + len / 2, '\n', len - len / 2);
    return newline ? (size_t)(newline - text) + 1 : len;
}

static void put_log_between(struct session *session, size_t begin)
{
    struct buf *out = &session->out.bytes;
    size_t end = shell_answer_end(session->shell);
    size_t at = begin + middle(out->data + begin, end - begin, true);
    struct buf rest = {0};
    buf_add(&rest, out->data + at, out->len - at);
    shorten(out, at);
    shell_put_log(session->shell, false, out);
    buf_add(out, buf_text(&rest), rest.len);
    buf_fini(&rest);
    session_set_timer(session, &session->log, session_now(session) + log_delay_ns);
}

// Leaves half of the answer, and of what follows it everything or nothing.
static void cut(struct session *session, size_t begin, bool and_all_after)
{
    struct buf *out = &session->out.bytes;
    size_t end = shell_answer_end(session->shell);
    size_t at = begin + middle(out->data + begin, end - begin, false);
    struct buf rest = {0};
    if (!and_all_after)
        buf_add(&rest, out->data + end, out->len - end);
    shorten(out, at);
    buf_add(out, buf_text(&rest), rest.len);
    buf_fini(&rest);
}

void session_spoil_answer(struct session *session, size_t begin)
{
    if (shell_answer_end(session->shell) <= begin)
        return;
    if (session->fault.kind == FAULT_SYSLOG && session->command_counts && !session->exec)
        put_log_between(session, begin);
    if (!in_the_middle(session))
        return;
    if (breaks(session) && session->fault.place == FAULT_AT_OUTPUT) {
        cut(session, begin, true);
        break_when_said(session);
    } else if (session->fault.kind == FAULT_CUT) {
        bool silent = session->fault.rest == FAULT_THEN_SILENCE;
        cut(session, begin, silent);
        session->mute = silent;
    }
}

void session_say_log(struct session *session)
{
    bool at_prompt = session->phase == PHASE_OPEN && session->shell && !session->hanging_up &&
                     shell_status(session->shell) == SHELL_READY && !session->line_len &&
                     !session->input.len && !output_waiting(&session->out);
    if (at_prompt)
        shell_put_log(session->shell, true, &session->out.bytes);
}

uint64_t session_rate(const struct session *session)
{
    uint64_t rate = device_settings(session->device)->latency.bandwidth_bytes_per_s;
    uint64_t drip = session->fault.drip_bytes_per_s;
    bool drips = session->fault.kind == FAULT_DRIP && (!rate || drip < rate);
    return drips ? drip : rate;
}

bool session_begin_startup(struct session *session)
{
    struct rng rng;
    if (!session->ops->maxstartups)
        return true;
    const struct delay_key *key = &session->key;
    rng_key(&rng, key->seed, key->device, key->session, RNG_STEP_STARTUP);
    session->is_startup = limits_begin_startup(
        session->env->limits, device_number(session->device),
        &device_settings(session->device)->limits.maxstartups, rng_uniform(&rng));
    return session->is_startup;
}

void session_end_startup(struct session *session)
{
    if (session->is_startup)
        limits_end_startup(session->env->limits, device_number(session->device));
    session->is_startup = false;
}
