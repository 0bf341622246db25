// SSH by libssh 0.10, server side, never blocking. What is not in its documentation and is relied
// on here:
//
// - ssh_handle_key_exchange must be called once before ssh_event_add_session: until then the
// session has no poll context.
// - A session has an ssh_event of its own, polled with timeout 0 when the loop says that its socket
// is ready. One poll reads once.
// - With neither server callbacks nor a message callback set, requests are queued: so an answer to
// a password can wait for its time.
//   A channel's requests go to its callbacks, what there is none for to on_other.
// - After each send libssh must see POLLOUT before it sends again: a second packet in a row stays
// in its buffer (SSH_WRITE_PENDING) until
//   the next poll. Hence pump() after whatever may have written.
// - libssh closes the socket itself when the peer has left. Its number would then belong to the
// next peer, maybe of another thread, while the loop still polls it: so libssh gets a duplicate,
// and the session's own descriptor stays open until the session is freed.
#include "emulator/transport.h"

#include "base/alloc.h"
#include "base/ssh_first_write.h"
#include "emulator/session.h"
#include "emulator/transport_ssh_bind.h"

#include <libssh/callbacks.h>
#include <libssh/libssh.h>
#include <libssh/server.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    PUMP_MAX = 8,         // polls in a row
    LOGIN_MESSAGES = 100, // of a peer that has not logged in
    TURN_MESSAGES = 1000, // of one turn; a read brings 250 at the most
    METHODS = SSH_AUTH_METHOD_PASSWORD | SSH_AUTH_METHOD_INTERACTIVE, // of everybody
};

struct ssh_conn {
    struct session *session;
    int fd; // the session's; libssh has a duplicate
    ssh_session ssh;
    ssh_channel channel; // NULL until the peer opens it, and after it is closed
    bool had_channel;    // of the one it may have
    bool has_written;    // on it
    bool had_exec;       // it could leave now without leaving anything behind
    bool finished;
    ssh_message pending; // the password that is being checked
    bool greeted;        // the login banner is out
    bool asked;          // keyboard-interactive: our prompt is out
    bool interactive;    // the pending password came that way
    bool renewing;       // what is out are the prompts for a new password
    char *user;          // of the last keyboard-interactive request
    unsigned messages;
    uint16_t columns;
    uint16_t rows;
    struct ssh_server_callbacks_struct server_callbacks;
    struct ssh_channel_callbacks_struct callbacks;
};

// The peer's requests.

// libssh wants server callbacks instead of this, but those must answer at once.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
static const char *message_password(ssh_message message)
{
    return ssh_message_auth_password(message);
}

static ssh_key message_key(ssh_message message)
{
    return ssh_message_auth_pubkey(message);
}

static enum ssh_publickey_state_e message_key_state(ssh_message message)
{
    return ssh_message_auth_publickey_state(message);
}

static int message_columns(ssh_message message)
{
    return ssh_message_channel_request_pty_width(message);
}

static int message_rows(ssh_message message)
{
    return ssh_message_channel_request_pty_height(message);
}
#pragma GCC diagnostic pop

static void refuse(ssh_message message)
{
    ssh_message_reply_default(message);
    ssh_message_free(message);
}

static void check_password(struct ssh_conn *conn, ssh_message message, const char *user,
                           const char *password)
{
    if (conn->pending || !user || !password) {
        refuse(message);
        return;
    }
    conn->pending = message;
    conn->interactive = ssh_message_subtype(message) == SSH_AUTH_METHOD_INTERACTIVE;
    session_login(conn->session, user, password);
}

static void ask_password(struct ssh_conn *conn, ssh_message message)
{
    const char *prompts[] = {"Password: "};
    char echo[] = {0};
    const char *user = ssh_message_auth_user(message);
    free(conn->user);
    conn->user = alloc_strdup(user ? user : "");
    conn->asked = true;
    conn->renewing = false;
    ssh_message_auth_interactive_request(message, "", "", 1, prompts, echo);
    ssh_message_free(message);
}

static void take_new_password(struct ssh_conn *conn, ssh_message message)
{
    if (ssh_userauth_kbdint_getnanswers(conn->ssh) != 2 || conn->pending) {
        refuse(message);
        return;
    }
    conn->pending = message;
    conn->renewing = false;
    session_renew_password(conn->session, ssh_userauth_kbdint_getanswer(conn->ssh, 0),
                           ssh_userauth_kbdint_getanswer(conn->ssh, 1));
}

static void take_answer(struct ssh_conn *conn, ssh_message message)
{
    bool asked = conn->asked;
    conn->asked = false;
    if (asked && conn->renewing)
        take_new_password(conn, message);
    else if (asked && ssh_userauth_kbdint_getnanswers(conn->ssh) == 1)
        check_password(conn, message, conn->user, ssh_userauth_kbdint_getanswer(conn->ssh, 0));
    else
        refuse(message);
}

// A key is shown first, then proved: only the proof is a login. A wrong one costs no try: a client
// offers all it has.
static void check_key(struct ssh_conn *conn, ssh_message message)
{
    const char *user = ssh_message_auth_user(message);
    enum ssh_publickey_state_e state = message_key_state(message);
    char *key = NULL;
    bool takes = user && !conn->pending &&
                 ssh_pki_export_pubkey_base64(message_key(message), &key) == SSH_OK &&
                 session_takes_key(conn->session, user, key);
    if (takes && state == SSH_PUBLICKEY_STATE_NONE) {
        ssh_message_auth_reply_pk_ok_simple(message);
        ssh_message_free(message);
    } else if (takes && state == SSH_PUBLICKEY_STATE_VALID) {
        conn->pending = message;
        session_login_by_key(conn->session, user, key);
    } else {
        refuse(message);
    }
    ssh_string_free_char(key);
}

// Before the answer to the first request: a peer that asks nothing sees nothing.
static void send_login_banner(struct ssh_conn *conn)
{
    struct buf text = {0};
    if (!conn->greeted)
        session_put_banner(conn->session, "login", &text);
    conn->greeted = true;
    if (!text.len)
        return;
    ssh_string banner = ssh_string_from_char(buf_text(&text));
    if (!banner)
        abort(); // out of memory, like base/alloc
    ssh_send_issue_banner(conn->ssh, banner);
    ssh_string_free(banner);
    buf_fini(&text);
}

static void auth_requested(struct ssh_conn *conn, ssh_message message)
{
    switch (ssh_message_subtype(message)) {
    case SSH_AUTH_METHOD_PASSWORD:
        check_password(conn, message, ssh_message_auth_user(message), message_password(message));
        break;
    case SSH_AUTH_METHOD_INTERACTIVE:
        if (ssh_message_auth_kbdint_is_response(message))
            take_answer(conn, message);
        else
            ask_password(conn, message);
        break;
    case SSH_AUTH_METHOD_PUBLICKEY:
        check_key(conn, message);
        break;
    default: // "none": the list of the methods, without delay
        refuse(message);
    }
}

static void handle_message(struct ssh_conn *conn, ssh_message message)
{
    switch (ssh_message_type(message)) {
    case SSH_REQUEST_SERVICE:
        ssh_message_service_reply_success(message);
        ssh_message_free(message);
        break;
    case SSH_REQUEST_AUTH:
        send_login_banner(conn);
        auth_requested(conn, message);
        break;
    default:
        refuse(message);
    }
}

// Reads what there is and handles the requests in it.
static void handle_messages(struct ssh_conn *conn)
{
    ssh_message message;
    unsigned now = 0;
    while (!session_ended(conn->session) && (message = ssh_message_get(conn->ssh))) {
        bool before_login = !session_logged_in(conn->session);
        if (++now > TURN_MESSAGES || (before_login && ++conn->messages > LOGIN_MESSAGES)) {
            ssh_message_free(message);
            session_end(conn->session, SESSION_END_FLOOD);
        } else {
            handle_message(conn, message);
        }
    }
}

// After the login: the channel's requests. The session is only told: nothing is written from inside
// libssh.

// A device serves one channel at a time.
static ssh_channel on_channel_open(ssh_session ssh, void *data)
{
    struct ssh_conn *conn = data;
    if (conn->had_channel)
        return NULL; // libssh refuses it
    conn->channel = ssh_channel_new(ssh);
    if (!conn->channel)
        abort(); // out of memory, like base/alloc
    conn->had_channel = true;
    conn->has_written = false;
    ssh_set_channel_callbacks(conn->channel, &conn->callbacks);
    return conn->channel;
}

enum { REFUSED = -1 }; // a request on a channel, to libssh

static uint16_t pty_size(int cells)
{
    return cells > 0 && cells <= UINT16_MAX ? (uint16_t)cells : 0;
}

// Not of an exec's channel that the peer has yet to close.
static bool is_current(const struct ssh_conn *conn, ssh_channel channel)
{
    return conn->channel == channel;
}

static int on_pty(ssh_session ssh, ssh_channel channel, const char *term, int columns, int rows,
                  int px, int py, void *data)
{
    (void)ssh, (void)term, (void)px, (void)py;
    struct ssh_conn *conn = data;
    if (!is_current(conn, channel))
        return REFUSED;
    conn->columns = pty_size(columns);
    conn->rows = pty_size(rows);
    return 0;
}

static void change_window(struct ssh_conn *conn, ssh_message message)
{
    if (!is_current(conn, ssh_message_channel_request_channel(message)))
        return;
    conn->columns = pty_size(message_columns(message));
    conn->rows = pty_size(message_rows(message));
    session_resize(conn->session, conn->columns, conn->rows);
}

// What no callback was for. libssh has one for the window's size, but sends no answer to a peer
// that wants one, as JSch does.
static int on_other(ssh_session ssh, ssh_message message, void *data)
{
    (void)ssh;
    enum { ANSWERED, REFUSE };
    if (ssh_message_type(message) != SSH_REQUEST_CHANNEL ||
        ssh_message_subtype(message) != SSH_CHANNEL_REQUEST_WINDOW_CHANGE)
        return REFUSE;
    change_window(data, message);
    ssh_message_channel_request_reply_success(message);
    return ANSWERED;
}

static int on_shell(ssh_session ssh, ssh_channel channel, void *data)
{
    (void)ssh;
    struct ssh_conn *conn = data;
    if (!is_current(conn, channel))
        return REFUSED;
    session_say_banner(conn->session, "motd");
    session_say_banner(conn->session, "exec");
    session_open_shell(conn->session, conn->columns, conn->rows);
    return 0;
}

static int on_exec(ssh_session ssh, ssh_channel channel, const char *command, void *data)
{
    (void)ssh;
    struct ssh_conn *conn = data;
    if (!is_current(conn, channel))
        return REFUSED;
    session_open_exec(conn->session, command);
    return 0;
}

static int on_env(ssh_session ssh, ssh_channel channel, const char *name, const char *value,
                  void *data)
{
    (void)ssh, (void)channel, (void)name, (void)value, (void)data;
    return 0; // OpenSSH sends its LANG unasked; taken and ignored
}

static int on_data(ssh_session ssh, ssh_channel channel, void *bytes, uint32_t len, int is_stderr,
                   void *data)
{
    (void)ssh;
    struct ssh_conn *conn = data;
    if (!is_stderr && is_current(conn, channel))
        session_input(conn->session, bytes, len);
    return (int)len;
}

static void on_eof(ssh_session ssh, ssh_channel channel, void *data)
{
    (void)ssh;
    struct ssh_conn *conn = data;
    if (!conn->finished && is_current(conn, channel))
        session_input_end(conn->session);
}

static void on_close(ssh_session ssh, ssh_channel channel, void *data)
{
    (void)ssh;
    struct ssh_conn *conn = data;
    if (!is_current(conn, channel))
        return;
    if (conn->finished)
        session_goodbye(conn->session);
    else
        session_end(conn->session, SESSION_END_PEER);
}

// The wire.

static bool connection_lost(const struct ssh_conn *conn)
{
    return !ssh_is_connected(conn->ssh) ||
           (ssh_get_status(conn->ssh) & (SSH_CLOSED | SSH_CLOSED_ERROR)) != 0;
}

static bool write_pending(const struct ssh_conn *conn)
{
    return (ssh_get_status(conn->ssh) & SSH_WRITE_PENDING) != 0;
}

static enum session_end lost_kind(const struct ssh_conn *conn)
{
    // libssh puts a name to what it found wrong; a plain end of the connection is called so.
    const char *error = ssh_get_error(conn->ssh);
    bool plain = !*error || strstr(error, "Socket error") || strstr(error, "disconnect");
    if (plain && conn->had_exec && !conn->channel)
        return SESSION_END_LOGOUT;
    return plain ? SESSION_END_PEER : SESSION_END_PROTOCOL;
}

// Lets libssh read and write what it can, and sees to what came of it.
static void pump(struct ssh_conn *conn)
{
    for (int i = 0; i < PUMP_MAX && !session_ended(conn->session); i++) {
        handle_messages(conn);
        if (session_ended(conn->session))
            break;
        if (connection_lost(conn)) {
            if (conn->finished)
                session_input_end(conn->session);
            else
                session_end(conn->session, lost_kind(conn));
            break;
        }
        if (!write_pending(conn))
            break;
    }
}

static void ssh_conn_ready(void *data, bool readable, bool writable)
{
    (void)readable, (void)writable; // libssh looks itself
    pump(data);
}

static unsigned ssh_conn_wants(void *data)
{
    struct ssh_conn *conn = data;
    return write_pending(conn) ? TRANSPORT_READ | TRANSPORT_WRITE : TRANSPORT_READ;
}

static int write_some(struct ssh_conn *conn, const void *bytes, uint32_t len)
{
    bool first = !conn->has_written;
    conn->has_written = true;
    return first ? ssh_first_write(conn->channel, bytes, len)
                 : ssh_channel_write(conn->channel, bytes, len);
}

static size_t ssh_conn_write(void *data, const void *bytes, size_t len)
{
    struct ssh_conn *conn = data;
    if (!conn->channel || !ssh_channel_is_open(conn->channel)) {
        return len; // nobody is there to hear it
    }
    if (write_pending(conn))
        pump(conn);
    if (session_ended(conn->session) || write_pending(conn))
        return 0;
    uint32_t window = ssh_channel_window_size(conn->channel); // a write beyond it would wait
    if (len > window)
        len = window;
    int wrote = len ? write_some(conn, bytes, (uint32_t)len) : 0;
    if (wrote < 0) {
        session_end(conn->session, SESSION_END_PEER);
        return 0;
    }
    if (write_pending(conn))
        pump(conn);
    return (size_t)wrote;
}

static void ssh_conn_answer_login(void *data, enum login_answer answer)
{
    struct ssh_conn *conn = data;
    ssh_message message = conn->pending;
    conn->pending = NULL;
    if (answer == LOGIN_RIGHT) {
        ssh_message_auth_reply_success(message, 0);
        ssh_set_server_callbacks(conn->ssh, &conn->server_callbacks);
        ssh_set_message_callback(conn->ssh, on_other, conn);
    } else if (answer == LOGIN_WRONG) {
        ssh_message_reply_default(message);
    } else { // finish comes next, and this is what it says
        ssh_session_set_disconnect_message(conn->ssh, "Too many authentication failures");
    }
    ssh_message_free(message);
    if (write_pending(conn))
        pump(conn);
}

// The old password has expired. RFC 4252's PASSWD_CHANGEREQ is no way to ask for a new one: libssh
// cannot send it, and clients do not know it.
static bool ssh_conn_renew_password(void *data)
{
    struct ssh_conn *conn = data;
    if (!conn->interactive)
        return false;
    const struct platform *platform = session_platform(conn->session);
    const char *prompts[] = {platform_new_password_prompt(platform),
                             platform_repeat_password_prompt(platform)};
    char echo[] = {0, 0};
    conn->asked = conn->renewing = true;
    ssh_message_auth_interactive_request(conn->pending, "", platform_password_expired(platform), 2,
                                         prompts, echo);
    ssh_message_free(conn->pending);
    conn->pending = NULL;
    if (write_pending(conn))
        pump(conn);
    return true;
}

// Each of these calls may read what the peer sent and call the callbacks.
static void close_channel(ssh_channel channel, int exit_status)
{
    ssh_channel_request_send_exit_status(channel, exit_status);
    ssh_channel_send_eof(channel);
    ssh_channel_close(channel);
}

static void ssh_conn_finish(void *data, int exit_status)
{
    struct ssh_conn *conn = data;
    conn->finished = true;
    if (!conn->channel) {
        ssh_disconnect(conn->ssh);
        session_input_end(conn->session);
        return;
    }
    close_channel(conn->channel, exit_status);
    pump(conn);
}

static void ssh_conn_end_exec(void *data, int exit_status)
{
    struct ssh_conn *conn = data;
    ssh_channel channel = conn->channel;
    conn->channel = NULL;
    conn->had_channel = false;
    conn->had_exec = true;
    close_channel(channel, exit_status);
    ssh_channel_free(channel); // once the peer has closed it, too
    pump(conn);
}

static void init_callbacks(struct ssh_conn *conn)
{
    conn->server_callbacks.userdata = conn;
    conn->server_callbacks.channel_open_request_session_function = on_channel_open;
    ssh_callbacks_init(&conn->server_callbacks);
    conn->callbacks.userdata = conn;
    conn->callbacks.channel_data_function = on_data;
    conn->callbacks.channel_eof_function = on_eof;
    conn->callbacks.channel_close_function = on_close;
    conn->callbacks.channel_pty_request_function = on_pty;
    conn->callbacks.channel_shell_request_function = on_shell;
    conn->callbacks.channel_exec_request_function = on_exec;
    conn->callbacks.channel_env_request_function = on_env;
    ssh_callbacks_init(&conn->callbacks);
}

static int auth_methods(const struct session *session)
{
    bool keys = ssh_profiles[session_settings(session)->ssh].offers_public_key ||
                session_may_have_keys(session);
    return METHODS | (keys ? SSH_AUTH_METHOD_PUBLICKEY : 0);
}

static void *ssh_conn_open(struct session *session, void *shared, int fd)
{
    struct ssh_conn *conn = alloc_zero(1, sizeof *conn);
    conn->session = session;
    conn->fd = fd;
    init_callbacks(conn);
    conn->ssh = ssh_new();
    if (!conn->ssh)
        abort(); // out of memory, like base/alloc
    ssh_set_blocking(conn->ssh, 0);
    ssh_set_auth_methods(conn->ssh, auth_methods(session));
    ssh_bind bind =
        transport_ssh_bind_of(shared, session_settings(session)->ssh, session_platform(session));
    int duplicate = bind ? dup(fd) : -1; // -1: no descriptor is left
    if (duplicate < 0 || ssh_bind_accept_fd(bind, conn->ssh, duplicate) != SSH_OK ||
        ssh_handle_key_exchange(conn->ssh) == SSH_ERROR)
        session_end(session, SESSION_END_PEER);
    else
        pump(conn);
    return conn;
}

static void ssh_conn_close(void *data)
{
    struct ssh_conn *conn = data;
    if (conn->pending)
        ssh_message_free(conn->pending);
    ssh_free(conn->ssh);
    close(conn->fd);
    free(conn->user);
    free(conn);
}

const struct transport_ops transport_ssh = {
    .name = "ssh",
    .maxstartups = true,
    .shared_new = transport_ssh_bind_new,
    .shared_free = transport_ssh_bind_free,
    .open = ssh_conn_open,
    .ready = ssh_conn_ready,
    .wants = ssh_conn_wants,
    .write = ssh_conn_write,
    .answer_login = ssh_conn_answer_login,
    .renew_password = ssh_conn_renew_password,
    .finish = ssh_conn_finish,
    .end_exec = ssh_conn_end_exec,
    .close = ssh_conn_close,
};
