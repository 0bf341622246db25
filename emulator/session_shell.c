#include "emulator/counts.h"
#include "emulator/session_state.h"

#include <stdio.h>

enum {
    BUSY_INPUT_MAX = 16 * 1024, // typed ahead and inside a busy shell
    LINE_MAX_BYTES = 16 * 1024, // without an Enter
    FEED_BYTES = 256,           // at once, so that one piece of input cannot ask for much output
};

static void pace_answer(struct session *session)
{
    output_pace(&session->out, session_rate(session), session_now(session));
}

static void watch_due(struct session *session)
{
    uint64_t in_ns = shell_attend_in_ns(session->shell);
    if (in_ns == UINT64_MAX)
        timers_stop(session->env->timers, &session->due);
    else
        session_set_timer(session, &session->due, session_now(session) + in_ns);
}

void session_attend_shell(struct session *session)
{
    size_t before = session->out.bytes.len;
    struct buf unheard = {0};
    shell_attend(session->shell, session->mute ? &unheard : &session->out.bytes);
    buf_fini(&unheard);
    if (session->out.bytes.len > before)
        pace_answer(session);
    watch_due(session);
}

static void make_shell(struct session *session, uint16_t columns, uint16_t rows)
{
    char line_name[16];
    snprintf(line_name, sizeof line_name, "vty %d", session->line);
    const char *user = session->user ? session->user : "";
    struct shell_options options = {
        .user = user,
        .privilege = device_user_privilege(session->device, user),
        .peer = session->peer,
        .line_name = line_name,
        .columns = columns,
        .rows = rows,
        .wake = session->env->wake,
        .owner = session->owner,
        .password_expired = session_password_expired(session),
    };
    session->shell = shell_new(session->device, &options);
    if (session->fault.kind == FAULT_WRONG_PROMPT && session->fault.place < FAULT_AT_COMMAND)
        shell_mistake_prompt(session->shell);
    watch_due(session);
    session->since_ns = session_now(session);
}

// How long the busy command takes: the queue of the control plane, then the device, then what the
// command itself does.
static void draw_command(struct session *session)
{
    const struct device_settings *settings = device_settings(session->device);
    bool instant = false;
    const char *command = shell_command(session->shell, &instant);
    uint64_t index = session->command_index;
    uint64_t takes = delay_command_ns(&settings->latency, &session->key, command, instant,
                                      &session->command_index);
    uint64_t begins = session_now(session);
    session->command_drawn = true;
    session->command_counts = session->command_index > index;
    if (session->command_counts)
        begins = limits_command_ns(session->env->limits, device_number(session->device),
                                   settings->limits.command_rate_per_s, begins);
    session->answer_ns = begins + takes + shell_command_takes_ns(session->shell);
}

// An Enter on an empty line is none.
static void count_command(struct session *session)
{
    bool instant = false;
    if (!*shell_command(session->shell, &instant))
        return;
    session->commands++;
    session->env->counts->commands++;
}

// What came of shell_resume since begin. Returns whether the shell may go on.
static bool send_answer(struct session *session, size_t begin)
{
    session_spoil_answer(session, begin);
    pace_answer(session);
    return !session->mute && !session->breaks_when_said;
}

// A piece of a file, then it is the others' turn.
static bool enter_more(struct session *session)
{
    if (timer_is_set(&session->wait))
        return false;
    size_t begin = session->out.bytes.len;
    shell_resume(session->shell, &session->out.bytes);
    if (!shell_is_entering(session->shell))
        return send_answer(session, begin);
    session_set_timer(session, &session->wait, session_now(session));
    return false;
}

// The busy command's answer, when its time has come. Returns whether the shell went on.
static bool answer_command(struct session *session)
{
    if (shell_is_entering(session->shell))
        return enter_more(session);
    if (!session->command_drawn)
        draw_command(session);
    if (session->answer_ns > session_now(session)) {
        session_set_timer(session, &session->wait, session->answer_ns);
        return false;
    }
    if (output_waiting(&session->out) > SESSION_OUTPUT_HIGH)
        return false;
    if (session_spoil_command(session))
        return false;
    session->command_drawn = false;
    session->busy_input = 0;
    count_command(session);
    size_t begin = session->out.bytes.len;
    shell_resume(session->shell, &session->out.bytes);
    return shell_is_entering(session->shell) || send_answer(session, begin);
}

void session_run_shell(struct session *session)
{
    if (session->breaks_when_said)
        return;
    while (!session->mute && session->phase == PHASE_OPEN &&
           shell_status(session->shell) == SHELL_BUSY)
        if (!answer_command(session))
            return;
    if (session->phase != PHASE_OPEN || shell_status(session->shell) != SHELL_CLOSED)
        return;
    if (!session_breaks_at_logout(session))
        session_hang_up(session, SESSION_END_LOGOUT);
}

void session_open_shell(struct session *session, uint16_t columns, uint16_t rows)
{
    if (session->phase != PHASE_OPEN || session->shell)
        return;
    make_shell(session, columns, rows);
    shell_start(session->shell, &session->out.bytes);
    pace_answer(session);
}

void session_open_exec(struct session *session, const char *command)
{
    if (session->phase != PHASE_OPEN || session->shell)
        return;
    make_shell(session, 0, 0);
    session->exec = true;
    shell_exec(session->shell, command, &session->out.bytes);
}

void session_resize(struct session *session, uint16_t columns, uint16_t rows)
{
    if (session->phase == PHASE_OPEN && session->shell)
        shell_resize(session->shell, columns, rows);
}

// Input.

static bool line_too_long(struct session *session, const char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (bytes[i] == '\r' || bytes[i] == '\n')
            session->line_len = 0;
        else if (++session->line_len > LINE_MAX_BYTES)
            return true;
    return false;
}

// Does the command of an exec want what the peer sends?
static bool reads(const struct session *session)
{
    return session->shell && shell_status(session->shell) == SHELL_READY;
}

void session_input(struct session *session, const void *bytes, size_t len)
{
    if (session->phase != PHASE_OPEN || session->hanging_up || session->mute ||
        session->breaks_when_said || (session->exec && !reads(session)))
        return;
    session->since_ns = session_now(session);
    session->bytes_in += len;
    session->env->counts->bytes_in += len;
    if (!session->exec && line_too_long(session, bytes, len))
        session_end(session, SESSION_END_FLOOD);
    else
        buf_add(&session->input, bytes, len);
}

void session_input_end(struct session *session)
{
    session->input_ended = true;
    if (session->phase == PHASE_CLOSING)
        session_end(session, session->how);
    else if (session->phase != PHASE_OPEN)
        session_end(session, session->hanging_up ? session->how : SESSION_END_PEER);
}

static bool may_feed(const struct session *session)
{
    return session->phase == PHASE_OPEN && session->shell && !session->hanging_up &&
           !session->mute && !session->breaks_when_said && session->input.len &&
           session->busy_input < BUSY_INPUT_MAX &&
           output_waiting(&session->out) <= SESSION_OUTPUT_HIGH;
}

void session_feed(struct session *session)
{
    while (may_feed(session)) {
        size_t len = session->input.len < FEED_BYTES ? session->input.len : FEED_BYTES;
        if (shell_input(session->shell, session->input.data, len, &session->out.bytes) ==
            SHELL_BUSY)
            session->busy_input += len;
        buf_drop(&session->input, len);
        if (session->fault.kind == FAULT_DRIP) // so does the echo
            pace_answer(session);
        session_run_shell(session);
    }
    if (!session->input.len)
        buf_fini(&session->input);
}

// A peer that sends no more has logged out, once all it typed is done. Most execs need no input.
void session_check_input_end(struct session *session)
{
    if (session->input_ended && session->phase == PHASE_OPEN &&
        (!session->exec || reads(session)) && !session->hanging_up && !session->input.len &&
        (!session->shell || shell_status(session->shell) != SHELL_BUSY))
        session_hang_up(session, SESSION_END_PEER);
}

bool session_shell_can_go_on(const struct session *session)
{
    bool answer_is_due = session->phase == PHASE_OPEN && !session->mute && session->command_drawn &&
                         !timer_is_set(&session->wait) &&
                         output_waiting(&session->out) <= SESSION_OUTPUT_HIGH;
    return may_feed(session) || answer_is_due;
}
