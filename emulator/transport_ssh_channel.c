// What a peer that is logged in asks of its channel: a terminal, a shell, a command. The session is
// only told: nothing is written from inside libssh.
#include "emulator/transport_ssh_data.h"

#include <stdlib.h>

// libssh wants server callbacks instead of this, but those must answer at once.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
static int message_columns(ssh_message message)
{
    return ssh_message_channel_request_pty_width(message);
}

static int message_rows(ssh_message message)
{
    return ssh_message_channel_request_pty_height(message);
}
#pragma GCC diagnostic pop

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

void transport_ssh_init_channel(struct ssh_conn *conn)
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

void transport_ssh_take_channel(struct ssh_conn *conn)
{
    ssh_set_server_callbacks(conn->ssh, &conn->server_callbacks);
    ssh_set_message_callback(conn->ssh, on_other, conn);
}
