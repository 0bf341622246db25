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
#include "emulator/transport_ssh_bind.h"
#include "emulator/transport_ssh_data.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    PUMP_MAX = 8,         // polls in a row
    LOGIN_MESSAGES = 100, // of a peer that has not logged in
    TURN_MESSAGES = 1000, // of one turn; a read brings 250 at the most
};

static void handle_message(struct ssh_conn *conn, ssh_message message)
{
    switch (ssh_message_type(message)) {
    case SSH_REQUEST_SERVICE:
        ssh_message_service_reply_success(message);
        ssh_message_free(message);
        break;
    case SSH_REQUEST_AUTH:
        transport_ssh_login(conn, message);
        break;
    default:
        ssh_message_reply_default(message);
        ssh_message_free(message);
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
        transport_ssh_take_channel(conn);
    } else if (answer == LOGIN_WRONG) {
        ssh_message_reply_default(message);
    } else { // finish comes next, and this is what it says
        ssh_session_set_disconnect_message(conn->ssh, "Too many authentication failures");
    }
    ssh_message_free(message);
    if (write_pending(conn))
        pump(conn);
}

static bool ssh_conn_renew_password(void *data)
{
    struct ssh_conn *conn = data;
    bool asked = transport_ssh_ask_new_password(conn);
    if (asked && write_pending(conn))
        pump(conn);
    return asked;
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

static void *ssh_conn_open(struct session *session, void *shared, int fd)
{
    struct ssh_conn *conn = alloc_zero(1, sizeof *conn);
    conn->session = session;
    conn->fd = fd;
    transport_ssh_init_channel(conn);
    conn->ssh = ssh_new();
    if (!conn->ssh)
        abort(); // out of memory, like base/alloc
    ssh_set_blocking(conn->ssh, 0);
    ssh_set_auth_methods(conn->ssh, transport_ssh_methods(session));
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
