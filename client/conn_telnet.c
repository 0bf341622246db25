// Telnet by libtelnet. The login is part of the dialogue.
#include "client/conn_tcp.h"
#include "client/plan.h"

#include <errno.h>
#include <libtelnet.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

// COLUMNS wide enough that no device wraps a line; not 511, whose low byte is IAC.
enum { READ_BYTES = 16384, WIRE_MAX = 65536, COLUMNS = 512, ROWS = 24 };

struct telnet_conn {
    struct conn conn;
    int fd;
    bool open;
    telnet_t *telnet;
    struct buf wire; // for the socket, with Telnet's own bytes
};

// What we do ourselves, and what we let the device do; everything else is refused.
static const telnet_telopt_t options[] = {
    {TELNET_TELOPT_ECHO, TELNET_WONT, TELNET_DO},
    {TELNET_TELOPT_SGA, TELNET_WILL, TELNET_DO},
    {TELNET_TELOPT_TTYPE, TELNET_WILL, TELNET_DONT},
    {TELNET_TELOPT_NAWS, TELNET_WILL, TELNET_DONT},
    {-1, 0, 0},
};

// RFC 1073.
static void send_window_size(telnet_t *telnet)
{
    const char size[] = {COLUMNS >> 8, COLUMNS & 0xff, ROWS >> 8, ROWS & 0xff};
    telnet_begin_sb(telnet, TELNET_TELOPT_NAWS);
    telnet_send(telnet, size, sizeof size);
    telnet_finish_sb(telnet);
}

static void on_event(telnet_t *telnet, telnet_event_t *event, void *data)
{
    struct telnet_conn *self = data;
    switch (event->type) {
    case TELNET_EV_DATA:
        buf_add(&self->conn.in, event->data.buffer, event->data.size);
        break;
    case TELNET_EV_SEND:
        buf_add(&self->wire, event->data.buffer, event->data.size);
        break;
    case TELNET_EV_DO:
        if (event->neg.telopt == TELNET_TELOPT_NAWS)
            send_window_size(telnet);
        break;
    case TELNET_EV_TTYPE:
        if (event->ttype.cmd == TELNET_TTYPE_SEND)
            telnet_ttype_is(telnet, "vt100");
        break;
    case TELNET_EV_ERROR:
        conn_fail(&self->conn, JOB_OK, "wrong Telnet: %s", event->error.msg);
        break;
    default:
        break;
    }
}

static void telnet_conn_start(struct conn *conn, const struct plan *plan, uint32_t device)
{
    struct telnet_conn *self = (struct telnet_conn *)conn;
    struct target target = targets_get(&plan->targets, device);
    self->telnet = telnet_init(options, on_event, 0, self);
    self->fd = tcp_open(conn, &target);
}

// -1: conn_fail was called.
static int flush(struct telnet_conn *self)
{
    if (self->conn.out.len) {
        telnet_send(self->telnet, self->conn.out.data, self->conn.out.len);
        buf_clear(&self->conn.out);
    }
    while (self->wire.len) {
        ssize_t sent = send(self->fd, self->wire.data, self->wire.len, 0);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0 && errno == EAGAIN)
            break;
        if (sent < 0) {
            conn_fail(&self->conn, JOB_OK, "cannot send: %s", strerror(errno));
            return -1;
        }
        buf_drop(&self->wire, (size_t)sent);
    }
    if (self->wire.len > WIRE_MAX) { // a flood of requests that it does not read the answers to
        conn_fail(&self->conn, JOB_OK, "the device does not read");
        return -1;
    }
    return 0;
}

// Bytes of Telnet's own are passed over: the answer is about the device's text.
static enum conn_event receive(struct telnet_conn *self)
{
    char bytes[READ_BYTES];
    ssize_t got;
    do
        got = recv(self->fd, bytes, sizeof bytes, 0);
    while (got < 0 && errno == EINTR);
    if (got < 0 && errno == EAGAIN)
        return CONN_AGAIN;
    if (got < 0)
        return conn_fail(&self->conn, JOB_OK, "the connection broke: %s", strerror(errno));
    if (got == 0)
        return CONN_CLOSED;
    telnet_recv(self->telnet, bytes, (size_t)got);
    return *self->conn.reason ? CONN_FAILED : CONN_DATA;
}

static enum conn_event telnet_conn_step(struct conn *conn)
{
    struct telnet_conn *self = (struct telnet_conn *)conn;
    if (*conn->reason)
        return CONN_FAILED;
    if (!self->open) {
        enum conn_event event = tcp_finish(conn, self->fd);
        self->open = event == CONN_CONNECTED;
        return event;
    }
    if (flush(self) < 0)
        return CONN_FAILED;
    return receive(self);
}

static void telnet_conn_wait(const struct conn *conn, struct conn_wait *wait)
{
    const struct telnet_conn *self = (const struct telnet_conn *)conn;
    wait->fd = self->fd;
    wait->events = self->open ? POLLIN : POLLOUT;
    if (self->wire.len)
        wait->events |= POLLOUT;
}

static void telnet_conn_stop(struct conn *conn)
{
    struct telnet_conn *self = (struct telnet_conn *)conn;
    if (self->fd >= 0)
        close(self->fd);
    telnet_free(self->telnet);
    buf_fini(&self->wire);
}

const struct conn_type conn_telnet = {
    .in_band = true,
    .calls = true,
    .newline = "\r\n",
    .size = sizeof(struct telnet_conn),
    .start = telnet_conn_start,
    .step = telnet_conn_step,
    .wait = telnet_conn_wait,
    .stop = telnet_conn_stop,
};
