// SSH by libssh, never blocking: each libssh call is repeated when the socket is ready until it no
// longer says "again". No user or system configuration is read and host keys are not checked: what
// is measured must not depend on who measures.
//
// libssh keeps whatever a device sends and nobody asks for, and all answers that it does not take.
// So: channels that a device wants are refused, its errors are read and dropped, and nothing is
// read from a device that does not read.
#include "base/alloc.h"
#include "base/ssh_first_write.h"
#include "client/conn_tcp.h"
#include "client/plan.h"

#include <libssh/libssh.h>
#include <libssh/server.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { READ_BYTES = 16384, COLUMNS = 512, ROWS = 24 };
enum { QUESTIONS_MAX = 8 };             // rounds of keyboard-interactive
enum { BEFORE_SHELL_MAX = 128 * 1024 }; // bytes; twice what libssh's window allows

enum ssh_state {
    SSH_TCP,
    SSH_EXCHANGE,
    SSH_PASSWORD,
    SSH_INTERACTIVE, // keyboard-interactive: devices that offer no password method
    SSH_CHANNEL,
    SSH_PTY,
    SSH_SHELL,
    SSH_TALK,
};

struct ssh_conn {
    struct conn conn;
    const struct dialog_script *script;
    int fd;
    ino_t inode; // of fd, to know it again
    enum ssh_state state;
    ssh_session session;
    ssh_channel channel;
    uint8_t questions; // rounds so far
    bool has_written;
    bool blocked; // it has something to send that the device does not take
};

static const char ciphers[] = "chacha20-poly1305@openssh.com,aes256-gcm@openssh.com,"
                              "aes128-gcm@openssh.com,aes256-ctr,aes192-ctr,aes128-ctr,"
                              "aes256-cbc,aes192-cbc,aes128-cbc,3des-cbc";
static const char macs[] = "hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com,"
                           "hmac-sha2-256,hmac-sha2-512,hmac-sha1";

// What is offered beside libssh's own choice, last: devices of ten years ago (IOS 12 and 15) know
// nothing else. libssh leaves out what its build does not have.
static const struct {
    enum ssh_options_e option;
    const char *names;
} offers[] = {
    {SSH_OPTIONS_KEY_EXCHANGE,
     "curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256,ecdh-sha2-nistp384,"
     "ecdh-sha2-nistp521,diffie-hellman-group16-sha512,diffie-hellman-group14-sha256,"
     "diffie-hellman-group-exchange-sha256,diffie-hellman-group14-sha1,"
     "diffie-hellman-group-exchange-sha1,diffie-hellman-group1-sha1"},
    {SSH_OPTIONS_HOSTKEYS, "ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,"
                           "ecdsa-sha2-nistp521,rsa-sha2-512,rsa-sha2-256,ssh-rsa"},
    {SSH_OPTIONS_CIPHERS_C_S, ciphers},
    {SSH_OPTIONS_CIPHERS_S_C, ciphers},
    {SSH_OPTIONS_HMAC_C_S, macs},
    {SSH_OPTIONS_HMAC_S_C, macs},
};

static int set_options(struct ssh_conn *self)
{
    int no = 0;
    int on = 1;
    ssh_session session = self->session;
    int failed = ssh_options_set(session, SSH_OPTIONS_PROCESS_CONFIG, &no);
    failed |= ssh_options_set(session, SSH_OPTIONS_SSH_DIR, "/nonexistent");
    failed |= ssh_options_set(session, SSH_OPTIONS_KNOWNHOSTS, "/dev/null");
    failed |= ssh_options_set(session, SSH_OPTIONS_GLOBAL_KNOWNHOSTS, "/dev/null");
    failed |= ssh_options_set(session, SSH_OPTIONS_NODELAY, &on);
    char *user = alloc_printf("%s%s", self->script->username, self->script->platform.user_suffix);
    failed |= ssh_options_set(session, SSH_OPTIONS_USER, user);
    free(user);
    for (size_t i = 0; i < sizeof offers / sizeof *offers; i++)
        failed |= ssh_options_set(session, offers[i].option, offers[i].names);
    return failed;
}

static void ssh_conn_start(struct conn *conn, const struct plan *plan, uint32_t device)
{
    struct ssh_conn *self = (struct ssh_conn *)conn;
    struct target target = targets_get(&plan->targets, device);
    self->script = plan_script(plan, device);
    struct stat now;
    self->fd = tcp_open(conn, &target);
    if (self->fd >= 0 && fstat(self->fd, &now) == 0)
        self->inode = now.st_ino;
}

static enum conn_event fail(struct ssh_conn *self, enum job_end how)
{
    const char *reason = ssh_get_error(self->session);
    return conn_fail(&self->conn, how, "%s", *reason ? reason : "the device closed the connection");
}

static int refuse(ssh_session session, ssh_message message, void *data)
{
    (void)session, (void)message, (void)data;
    return 1; // libssh then answers that it is not wanted
}

// Hands the connected socket to libssh.
static enum conn_event begin(struct ssh_conn *self)
{
    enum conn_event event = tcp_finish(&self->conn, self->fd);
    if (event != CONN_CONNECTED)
        return event;
    self->session = ssh_new();
    if (!self->session || set_options(self) != 0 ||
        ssh_options_set(self->session, SSH_OPTIONS_FD, &self->fd) != 0)
        return conn_fail(&self->conn, JOB_HANDSHAKE, "libssh does not take its options");
    ssh_set_message_callback(self->session, refuse, NULL);
    ssh_set_blocking(self->session, 0);
    self->state = SSH_EXCHANGE;
    return CONN_CONNECTED;
}

static enum conn_event exchange(struct ssh_conn *self)
{
    int code = ssh_connect(self->session);
    if (code == SSH_AGAIN)
        return CONN_AGAIN;
    if (code != SSH_OK) // without a banner nobody spoke SSH: it was refused
        return fail(self, ssh_get_serverbanner(self->session) ? JOB_HANDSHAKE : JOB_CONNECT);
    self->state = SSH_PASSWORD;
    return CONN_SECURED;
}

static enum conn_event authenticated(struct ssh_conn *self)
{
    self->channel = ssh_channel_new(self->session);
    if (!self->channel)
        return fail(self, JOB_PROMPT);
    self->state = SSH_CHANNEL;
    return CONN_LOGGED_IN;
}

static enum conn_event answer_questions(struct ssh_conn *self)
{
    for (;;) {
        int code = ssh_userauth_kbdint(self->session, NULL, NULL);
        if (code == SSH_AUTH_AGAIN)
            return CONN_AGAIN;
        if (code == SSH_AUTH_SUCCESS)
            return authenticated(self);
        if (code != SSH_AUTH_INFO)
            return fail(self, JOB_AUTH);
        if (self->questions++ == QUESTIONS_MAX)
            return conn_fail(&self->conn, JOB_AUTH, "the device asks for the password on and on");
        int prompts = ssh_userauth_kbdint_getnprompts(self->session);
        for (int i = 0; i < prompts; i++)
            ssh_userauth_kbdint_setanswer(self->session, (unsigned)i, self->script->password);
    }
}

static enum conn_event give_password(struct ssh_conn *self)
{
    int code = ssh_userauth_password(self->session, NULL, self->script->password);
    if (code == SSH_AUTH_AGAIN)
        return CONN_AGAIN;
    if (code == SSH_AUTH_SUCCESS)
        return authenticated(self);
    int methods = ssh_userauth_list(self->session, NULL);
    if (code != SSH_AUTH_DENIED || (methods & SSH_AUTH_METHOD_PASSWORD) ||
        !(methods & SSH_AUTH_METHOD_INTERACTIVE))
        return fail(self, JOB_AUTH);
    self->state = SSH_INTERACTIVE;
    return answer_questions(self);
}

// The three requests that lead to a shell, each again until answered.
static enum conn_event open_shell(struct ssh_conn *self)
{
    while (self->state < SSH_TALK) {
        int code;
        // Before the request: this takes packets in too, and the answer may be among them.
        if (ssh_channel_poll(self->channel, 0) > BEFORE_SHELL_MAX)
            return conn_fail(&self->conn, JOB_PROMPT, "the device talks before there is a shell");
        if (self->state == SSH_CHANNEL)
            code = ssh_channel_open_session(self->channel);
        else if (self->state == SSH_PTY)
            code = ssh_channel_request_pty_size(self->channel, "vt100", COLUMNS, ROWS);
        else
            code = ssh_channel_request_shell(self->channel);
        if (code == SSH_AGAIN)
            return CONN_AGAIN;
        if (code != SSH_OK)
            return fail(self, JOB_PROMPT);
        self->state++;
    }
    return CONN_AGAIN;
}

static int write_some(struct ssh_conn *self, const struct buf *out)
{
    bool first = !self->has_written;
    self->has_written = true;
    return first ? ssh_first_write(self->channel, out->data, (uint32_t)out->len)
                 : ssh_channel_write(self->channel, out->data, (uint32_t)out->len);
}

static int send_out(struct ssh_conn *self)
{
    struct buf *out = &self->conn.out;
    while (out->len) {
        int sent = write_some(self, out);
        if (sent == SSH_ERROR)
            return -1;
        if (sent <= 0) // the device's window is full
            break;
        buf_drop(out, (size_t)sent);
    }
    return 0;
}

// Of a shell on a terminal there are none.
static void drop_errors(struct ssh_conn *self)
{
    char bytes[READ_BYTES];
    while (ssh_channel_read_nonblocking(self->channel, bytes, sizeof bytes, 1) == sizeof bytes)
        continue;
}

static enum conn_event talk(struct ssh_conn *self)
{
    char bytes[READ_BYTES];
    if (send_out(self) < 0)
        return fail(self, JOB_OK);
    drop_errors(self);
    int got = ssh_channel_read_nonblocking(self->channel, bytes, sizeof bytes, 0);
    if (got > 0) {
        buf_add(&self->conn.in, bytes, (size_t)got);
        return CONN_DATA;
    }
    if (got == SSH_EOF || ssh_channel_is_eof(self->channel) || ssh_channel_is_closed(self->channel))
        return CONN_CLOSED;
    if (got == SSH_ERROR)
        return fail(self, JOB_OK);
    return CONN_AGAIN;
}

static bool is_blocked(const struct ssh_conn *self)
{
    struct pollfd poll_fd = {.fd = self->fd, .events = POLLOUT};
    return self->session && (ssh_get_poll_flags(self->session) & SSH_WRITE_PENDING) &&
           poll(&poll_fd, 1, 0) == 0;
}

static enum conn_event ssh_conn_step(struct conn *conn)
{
    struct ssh_conn *self = (struct ssh_conn *)conn;
    if (*conn->reason)
        return CONN_FAILED;
    self->blocked = is_blocked(self);
    if (self->blocked)
        return CONN_AGAIN;
    enum conn_event event;
    switch (self->state) {
    case SSH_TCP:
        return begin(self);
    case SSH_EXCHANGE:
        return exchange(self);
    case SSH_PASSWORD:
        return give_password(self);
    case SSH_INTERACTIVE:
        return answer_questions(self);
    case SSH_CHANNEL:
    case SSH_PTY:
    case SSH_SHELL:
        event = open_shell(self);
        if (self->state != SSH_TALK)
            return event;
        break; // the prompt may have come with the answer
    case SSH_TALK:
        break;
    }
    return talk(self);
}

static void ssh_conn_wait(const struct conn *conn, struct conn_wait *wait)
{
    const struct ssh_conn *self = (const struct ssh_conn *)conn;
    wait->fd = self->fd;
    wait->events = self->state == SSH_TCP || self->blocked ? POLLOUT : POLLIN;
    if (self->state != SSH_TCP && (ssh_get_poll_flags(self->session) & SSH_WRITE_PENDING))
        wait->events |= POLLOUT;
}

// libssh closes a descriptor that it was given when the device hangs up, and leaves it open when it
// does not (ssh_disconnect of 0.10: not if it came by SSH_OPTIONS_FD). Closing it a second time
// would hit the session of another thread that has the number by then; so: is it still our socket?
static bool still_open(const struct ssh_conn *self)
{
    struct stat now;
    return self->fd >= 0 && fstat(self->fd, &now) == 0 && now.st_ino == self->inode;
}

static void ssh_conn_stop(struct conn *conn)
{
    struct ssh_conn *self = (struct ssh_conn *)conn;
    if (self->session) {
        if (self->channel)
            ssh_channel_free(self->channel);
        ssh_disconnect(self->session);
        ssh_free(self->session);
    }
    if (still_open(self))
        close(self->fd);
}

// The first use of OpenSSL loads its tables; that is no part of the first session.
static void ssh_conn_prepare(void)
{
    ssh_session session = ssh_new();
    ssh_free(session);
}

const struct conn_type conn_ssh = {
    .in_band = false,
    .calls = true,
    .newline = "\n",
    .size = sizeof(struct ssh_conn),
    .start = ssh_conn_start,
    .step = ssh_conn_step,
    .wait = ssh_conn_wait,
    .stop = ssh_conn_stop,
    .prepare = ssh_conn_prepare,
};
