#include "emulator/session.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "emulator/delay.h"
#include "emulator/output.h"
#include "emulator/shell.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

const char *const session_end_names[SESSION_ENDS] = {
    "logout", "peer left", "wrong password", "login timeout", "idle",    "peer did not read",
    "flood",  "protocol",  "lines in use",   "fault",         "stopped",
};

enum phase {
    PHASE_CONNECT,  // the connect latency; the transport does not exist yet
    PHASE_SILENT,   // what the peer sends is thrown away: a fault, or no VTY line was free
    PHASE_LOGIN,    // the transport asks who it is
    PHASE_CHECKING, // the answer to a password is due at `wait`
    PHASE_OPEN,     // the shell
    PHASE_CLOSING,  // the transport says goodbye
    PHASE_ENDED,
};

enum {
    PASSWORD_TRIES = 3,
    INPUT_MAX = 64 * 1024,      // typed ahead; then the socket is not read
    BUSY_INPUT_MAX = 16 * 1024, // of it, inside a busy shell
    LINE_MAX_BYTES = 16 * 1024, // without an Enter
    FEED_BYTES = 256,           // at once, so that one piece of input cannot ask for much output
    OUTPUT_HIGH = 64 * 1024,    // more waiting: the shell is not asked for more
    WRITE_MAX = 16 * 1024,
    TURNS_MAX = 16, // of feeding and writing in a row, before the others' turn
};
static const uint64_t stall_limit_ns = 60 * CLOCK_NS_PER_S;
static const uint64_t closing_limit_ns = 2 * CLOCK_NS_PER_S;

struct session {
    const struct session_env *env;
    void *owner;
    const struct transport_ops *ops;
    void *shared; // of the transport
    void *conn;   // NULL until the connect latency is over
    int fd;       // the transport's once conn is set
    char *peer;
    char *user;

    enum phase phase;
    enum session_end how; // it ends, once all is said
    bool hanging_up;      // say what is in out, then finish
    bool input_ended;
    bool exec;
    bool login_right; // while CHECKING
    uint8_t bad_passwords;
    unsigned wants;

    struct device *device;
    struct delay_key key;
    enum fault fault;
    uint64_t drop_at;
    int line; // VTY, -1: none

    struct shell *shell; // NULL until it is opened
    uint64_t command_index;
    bool command_drawn; // the busy command's answer is due at answer_ns
    uint64_t answer_ns;
    size_t busy_input; // bytes the busy shell was fed

    struct buf input; // typed, not yet fed
    size_t line_len;  // bytes since the last Enter
    struct output out;

    struct timer wait;  // connect, login, command
    struct timer pace;  // the next bytes of a paced output
    struct timer limit; // patience with the peer
    uint64_t since_ns;  // the last sign of life in this phase
};

static void turn(struct session *session);

static uint64_t now(const struct session *session)
{
    return timers_now(session->env->timers);
}

static void set_timer(struct session *session, struct timer *timer, uint64_t due_ns)
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

static struct session *of_limit(struct timer *timer)
{
    return (struct session *)((char *)timer - offsetof(struct session, limit));
}

bool session_ended(const struct session *session)
{
    return session->phase == PHASE_ENDED;
}

bool session_logged_in(const struct session *session)
{
    return session->phase == PHASE_OPEN;
}

void session_end(struct session *session, enum session_end how)
{
    if (session->phase == PHASE_ENDED)
        return;
    session->phase = PHASE_ENDED;
    timers_stop(session->env->timers, &session->wait);
    timers_stop(session->env->timers, &session->pace);
    timers_stop(session->env->timers, &session->limit);
    session->env->ended(session->owner, how);
}

void session_break(struct session *session, enum session_end how)
{
    if (session->phase == PHASE_ENDED)
        return;
    struct linger reset = {.l_onoff = 1, .l_linger = 0};
    setsockopt(session->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
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
        if (shell_status(session->shell) == SHELL_BUSY)
            return TIMERS_NEVER;
        break;
    case PHASE_CLOSING:
        return session->since_ns + closing_limit_ns;
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
        set_timer(session, &session->limit, due);
}

static void begin_hang_up(struct session *session, enum session_end how)
{
    if (session->hanging_up)
        return;
    session->hanging_up = true;
    session->how = how;
}

static void on_limit(struct timer *timer)
{
    struct session *session = of_limit(timer);
    if (limit_ns(session) > now(session)) {
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
    begin_hang_up(session, how);
    turn(session);
}

// Saying.

void session_say(struct session *session, const char *text)
{
    if (session->phase != PHASE_ENDED)
        buf_puts(&session->out.bytes, text);
}

// Returns how many bytes the transport took.
static size_t say_what_may_go(struct session *session)
{
    size_t total = 0;
    for (;;) {
        size_t len = output_ready(&session->out, now(session));
        if (!len || session->phase == PHASE_ENDED)
            break;
        if (len > WRITE_MAX)
            len = WRITE_MAX;
        size_t took = session->ops->write(session->conn, output_front(&session->out), len);
        if (!took)
            break;
        output_sent(&session->out, took);
        session->since_ns = now(session);
        total += took;
    }
    return total;
}

static void pace(struct session *session)
{
    uint64_t next = output_next_ns(&session->out, now(session));
    if (next == TIMERS_NEVER)
        timers_stop(session->env->timers, &session->pace);
    else
        set_timer(session, &session->pace, next);
}

static void on_pace(struct timer *timer)
{
    turn(of_pace(timer));
}

// The login.

static void enter(struct session *session, enum phase phase)
{
    session->phase = phase;
    session->since_ns = now(session);
}

void session_login(struct session *session, const char *user, const char *password)
{
    if (session->phase != PHASE_LOGIN || session->hanging_up)
        return;
    enter(session, PHASE_CHECKING);
    session->login_right =
        session->fault != FAULT_AUTH_FAIL && device_check_password(session->device, user, password);
    free(session->user);
    session->user = alloc_strdup(user);
    uint64_t answer = limits_aaa_answer_ns(session->env->limits, now(session));
    if (session->login_right)
        answer += delay_login_ns(&session->env->experiment->devices.latency, &session->key);
    set_timer(session, &session->wait, answer);
}

static void answer_login(struct session *session)
{
    timers_stop(session->env->timers, &session->wait);
    enum login_answer answer = LOGIN_RIGHT;
    if (!session->login_right)
        answer = ++session->bad_passwords < PASSWORD_TRIES ? LOGIN_WRONG : LOGIN_WRONG_LAST;
    enter(session, answer == LOGIN_RIGHT ? PHASE_OPEN : PHASE_LOGIN);
    if (answer == LOGIN_WRONG_LAST)
        begin_hang_up(session, SESSION_END_PASSWORD);
    session->ops->answer_login(session->conn, answer);
}

// The shell.

static void make_shell(struct session *session, uint16_t columns, uint16_t rows)
{
    char line_name[16];
    snprintf(line_name, sizeof line_name, "vty %d", session->line);
    struct shell_options options = {
        .user = session->user ? session->user : "",
        .privilege = 1,
        .peer = session->peer,
        .line_name = line_name,
        .columns = columns,
        .rows = rows,
    };
    session->shell = shell_new(session->device, &options);
    session->since_ns = now(session);
}

// The busy command's answer, when its time has come. Returns whether the shell went on.
static bool answer_command(struct session *session)
{
    if (!session->command_drawn) {
        bool instant = false;
        const char *command = shell_command(session->shell, &instant);
        uint64_t index = session->command_index;
        uint64_t takes = delay_command_ns(&session->env->experiment->devices.latency, &session->key,
                                          command, instant, &session->command_index);
        session->command_drawn = true;
        session->answer_ns = now(session) + takes + shell_command_takes_ns(session->shell);
        if (session->fault == FAULT_DROP && session->command_index > index &&
            session->drop_at == index)
            session->drop_at = UINT64_MAX; // this one
    }
    if (session->answer_ns > now(session)) {
        set_timer(session, &session->wait, session->answer_ns);
        return false;
    }
    if (output_waiting(&session->out) > OUTPUT_HIGH)
        return false;
    if (session->fault == FAULT_DROP && session->drop_at == UINT64_MAX) {
        session_break(session, SESSION_END_FAULT);
        return false;
    }
    session->command_drawn = false;
    session->busy_input = 0;
    shell_resume(session->shell, &session->out.bytes);
    output_pace(&session->out, now(session));
    return true;
}

// Lets the shell run until it waits for somebody.
static void run_shell(struct session *session)
{
    while (session->phase == PHASE_OPEN && shell_status(session->shell) == SHELL_BUSY)
        if (!answer_command(session))
            return;
    if (session->phase != PHASE_OPEN || shell_status(session->shell) != SHELL_CLOSED)
        return;
    if (session->fault == FAULT_DROP) // it had fewer commands than the experiment
        session_break(session, SESSION_END_FAULT);
    else
        begin_hang_up(session, SESSION_END_LOGOUT);
}

void session_open_shell(struct session *session, uint16_t columns, uint16_t rows)
{
    if (session->phase != PHASE_OPEN || session->shell)
        return;
    make_shell(session, columns, rows);
    shell_start(session->shell, &session->out.bytes);
    output_pace(&session->out, now(session));
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

void session_input(struct session *session, const void *bytes, size_t len)
{
    if (session->phase != PHASE_OPEN || session->hanging_up || session->exec)
        return;
    session->since_ns = now(session);
    if (line_too_long(session, bytes, len))
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
           session->input.len && session->busy_input < BUSY_INPUT_MAX &&
           output_waiting(&session->out) <= OUTPUT_HIGH;
}

static void feed(struct session *session)
{
    while (may_feed(session)) {
        size_t len = session->input.len < FEED_BYTES ? session->input.len : FEED_BYTES;
        if (shell_input(session->shell, session->input.data, len, &session->out.bytes) ==
            SHELL_BUSY)
            session->busy_input += len;
        buf_drop(&session->input, len);
        run_shell(session);
    }
    if (!session->input.len)
        buf_fini(&session->input);
}

// A peer that sends no more has logged out, once all it typed is done. An exec needs no input.
static void check_input_end(struct session *session)
{
    if (session->input_ended && session->phase == PHASE_OPEN && !session->exec &&
        !session->hanging_up && !session->input.len &&
        (!session->shell || shell_status(session->shell) != SHELL_BUSY))
        begin_hang_up(session, SESSION_END_PEER);
}

// The turn of a session: whatever can be done now, in this order.

static bool more_to_do(const struct session *session)
{
    return may_feed(session) ||
           (session->phase == PHASE_OPEN && session->command_drawn &&
            !timer_is_set(&session->wait) && output_waiting(&session->out) <= OUTPUT_HIGH);
}

static void watch(struct session *session)
{
    if (session->phase == PHASE_ENDED)
        return;
    unsigned wants = session->conn ? session->ops->wants(session->conn) : 0;
    if (session->phase == PHASE_SILENT)
        wants = TRANSPORT_READ;
    if (session->input.len >= INPUT_MAX)
        wants &= ~(unsigned)TRANSPORT_READ;
    if (wants != session->wants)
        session->env->watch(session->owner, wants);
    session->wants = wants;
}

static void talk(struct session *session)
{
    for (int turns = 0; session->phase != PHASE_ENDED; turns++) {
        while (session->phase == PHASE_CHECKING && session->wait.due_ns <= now(session))
            answer_login(session);
        if (session->shell)
            run_shell(session);
        feed(session);
        check_input_end(session);
        if (!say_what_may_go(session) || !more_to_do(session))
            break;
        if (turns == TURNS_MAX) {
            set_timer(session, &session->wait, now(session));
            break;
        }
    }
}

static void turn(struct session *session)
{
    if (session->conn)
        talk(session);
    if (session->phase != PHASE_ENDED && session->conn && session->hanging_up &&
        session->phase != PHASE_CLOSING && !output_waiting(&session->out)) {
        enter(session, PHASE_CLOSING);
        session->ops->finish(session->conn, session->exec ? shell_exit_status(session->shell) : 0);
    }
    if (session->phase == PHASE_ENDED)
        return;
    pace(session);
    watch_limit(session);
    watch(session);
}

static void open_transport(struct session *session)
{
    enter(session, PHASE_LOGIN);
    session->conn = session->ops->open(session, session->shared, session->fd);
}

static void on_wait(struct timer *timer)
{
    struct session *session = of_wait(timer);
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
    session->out.rate_bytes_per_s = env->experiment->devices.latency.bandwidth_bytes_per_s;
    session->device = device_open(env->devices, device);
    session->key = (struct delay_key){.seed = env->experiment->seed,
                                      .device = device,
                                      .session = device_next_session(session->device)};
    size_t commands = env->experiment->work.commands.len;
    session->fault =
        delay_fault(&env->experiment->devices.faults, &session->key, commands, &session->drop_at);
    session->line = limits_take_line(env->limits, device);
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
    begin_hang_up(session, SESSION_END_LINES);
    session->phase = PHASE_SILENT;
    if (send(session->fd, text, strlen(text), MSG_NOSIGNAL) < 0 ||
        shutdown(session->fd, SHUT_WR) < 0)
        session_end(session, SESSION_END_LINES);
}

void session_start(struct session *session)
{
    session->since_ns = now(session);
    uint64_t connect = delay_connect_ns(&session->env->experiment->devices.latency, &session->key);
    if (session->fault == FAULT_REFUSE)
        session_break(session, SESSION_END_FAULT);
    else if (session->line < 0)
        refuse_line(session);
    else if (session->fault == FAULT_HANG)
        session->phase = PHASE_SILENT;
    else if (connect)
        set_timer(session, &session->wait, now(session) + connect);
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
    shell_free(session->shell);
    if (session->line >= 0)
        limits_give_line(session->env->limits, device_number(session->device), session->line);
    device_close(session->env->devices, session->device);
    output_fini(&session->out);
    buf_fini(&session->input);
    free(session->user);
    free(session->peer);
    free(session);
}
