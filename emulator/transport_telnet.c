// Telnet as IOS speaks it (RFC 854, 857, 858, 1073, 1091). libtelnet takes the bytes apart and
// doubles IAC; the options are answered here, because IOS differs from what RFC 1143 makes of it:
// it acknowledges a refusal of its own WILL and DO (WONT, DONT) and goes on echoing all the same.
#include "emulator/transport.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "emulator/session.h"

#include <errno.h>
#include <libtelnet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    READ_MAX = 4096,        // a turn: a flood does not hold up the others
    NAME_MAX_BYTES = 256,   // of a user name and a password
    HELD_MAX = 4096,        // typed while a password is checked
    COMMANDS_MAX = 1000,    // of Telnet in a row without one character typed
    UNSENT_HIGH = 4096,     // no more output on top of it
    UNSENT_MAX = 64 * 1024, // of answers to negotiation that the peer does not read
    UNSENT_KEPT_CAP = 512,
};

enum asking { ASK_USER, ASK_PASSWORD, ASK_NOBODY };

struct telnet_conn {
    struct session *session;
    int fd;
    telnet_t *telnet;
    struct buf unsent; // on the wire's side of libtelnet

    enum asking asking;
    bool checking;     // between session_login and answer_login
    bool hung_up;      // our direction is shut or is about to be
    bool after_cr;     // a LF or NUL that follows belongs to the Enter
    uint32_t agreed;   // one bit an option: the peer does or lets us do it, or has not refused yet
    uint32_t commands; // since the last character typed
    uint16_t columns;
    uint16_t rows;
    struct buf name; // being typed: the user or the password
    char *user;
    struct buf held;
};

// The options IOS asks for, in its order; the index is the bit in `agreed`.
static const struct option {
    unsigned char ask; // TELNET_WILL: ours, TELNET_DO: the peer's
    unsigned char option;
} options[] = {
    {TELNET_WILL, TELNET_TELOPT_ECHO},
    {TELNET_WILL, TELNET_TELOPT_SGA},
    {TELNET_DO, TELNET_TELOPT_TTYPE},
    {TELNET_DO, TELNET_TELOPT_NAWS},
};
enum { N_OPTIONS = sizeof options / sizeof *options };

static void *shared_new(const struct transport_settings *settings, struct err *err)
{
    (void)err;
    return (void *)(uintptr_t)settings; // nothing more is shared; handed back as const
}

static void shared_free(void *shared)
{
    (void)shared;
}

// The wire.

static void send_unsent(struct telnet_conn *conn)
{
    if (!conn->unsent.len)
        return;
    ssize_t sent = send(conn->fd, conn->unsent.data, conn->unsent.len, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN && errno != EINTR) {
        session_end(conn->session, SESSION_END_PEER);
        return;
    }
    if (sent > 0)
        buf_drop(&conn->unsent, (size_t)sent);
    if (!conn->unsent.len && conn->unsent.cap > UNSENT_KEPT_CAP)
        buf_fini(&conn->unsent);
}

static void shut_when_sent(struct telnet_conn *conn)
{
    if (conn->hung_up && !conn->unsent.len)
        shutdown(conn->fd, SHUT_WR);
}

static size_t telnet_conn_write(void *data, const void *bytes, size_t len)
{
    struct telnet_conn *conn = data;
    if (conn->unsent.len > UNSENT_HIGH)
        return 0;
    telnet_send(conn->telnet, bytes, len);
    send_unsent(conn);
    return len;
}

static unsigned telnet_conn_wants(void *data)
{
    struct telnet_conn *conn = data;
    unsigned wants = conn->held.len < HELD_MAX ? TRANSPORT_READ : 0;
    return conn->unsent.len ? wants | TRANSPORT_WRITE : wants;
}

// The login.

static void ask(struct telnet_conn *conn, enum asking asking)
{
    const struct platform *platform = session_platform(conn->session);
    if (asking == ASK_USER && !*session_settings(conn->session)->username)
        asking = ASK_PASSWORD;
    conn->asking = asking;
    session_say(conn->session, asking == ASK_USER ? platform_username_prompt(platform)
                                                  : platform_password_prompt(platform));
}

static void enter_pressed(struct telnet_conn *conn)
{
    session_say(conn->session, "\r\n");
    if (conn->asking == ASK_USER) {
        if (!conn->name.len) {
            ask(conn, ASK_USER);
            return;
        }
        free(conn->user);
        conn->user = buf_take(&conn->name);
        ask(conn, ASK_PASSWORD);
        return;
    }
    conn->checking = true;
    char *password = buf_take(&conn->name);
    session_login(conn->session, conn->user ? conn->user : "", password);
    free(password);
}

static void rub_out(struct telnet_conn *conn)
{
    if (!conn->name.len)
        return;
    conn->name.data[--conn->name.len] = '\0';
    if (conn->asking == ASK_USER)
        session_say(conn->session, "\b \b");
}

static void login_char(struct telnet_conn *conn, char c)
{
    switch (c) {
    case '\r':
    case '\n':
        enter_pressed(conn);
        break;
    case '\b':
    case 0x7f:
        rub_out(conn);
        break;
    case 0x15: // Ctrl-U
        while (conn->name.len)
            rub_out(conn);
        break;
    default:
        if ((unsigned char)c < ' ')
            break;
        if (conn->name.len == NAME_MAX_BYTES) {
            session_end(conn->session, SESSION_END_FLOOD);
            break;
        }
        buf_putc(&conn->name, c);
        if (conn->asking == ASK_USER)
            session_say(conn->session, (char[]){c, '\0'});
    }
}

// To the login, or to the session once it is past; what comes while a password is checked waits.
static void typed(struct telnet_conn *conn, const char *bytes, size_t len)
{
    size_t i = 0;
    for (; i < len && conn->asking != ASK_NOBODY && !conn->checking; i++)
        login_char(conn, bytes[i]);
    if (i == len || session_ended(conn->session) || conn->hung_up)
        return;
    if (conn->checking)
        buf_add(&conn->held, bytes + i, len - i);
    else
        session_input(conn->session, bytes + i, len - i);
}

static void telnet_conn_answer_login(void *data, enum login_answer answer)
{
    struct telnet_conn *conn = data;
    conn->checking = false;
    if (answer == LOGIN_RIGHT) {
        conn->asking = ASK_NOBODY;
        session_say_banner(conn->session, "exec");
        session_open_shell(conn->session, conn->columns, conn->rows);
    } else {
        session_say(conn->session, platform_login_failed(session_platform(conn->session)));
    }
    if (answer == LOGIN_WRONG)
        ask(conn, ASK_USER);
    if (answer == LOGIN_WRONG_LAST)
        return;
    struct buf held = conn->held;
    conn->held = (struct buf){0};
    if (held.len)
        typed(conn, held.data, held.len);
    buf_fini(&held);
}

static void telnet_conn_login_expired(void *data)
{
    struct telnet_conn *conn = data;
    session_say(conn->session, conn->asking == ASK_USER ? "\r\n% Username:  timeout expired!\r\n"
                                                        : "\r\n% Password:  timeout expired!\r\n");
}

// What the peer sends.

// CR LF and CR NUL are one Enter (RFC 854 and what clients make of it); a bare LF or CR is one as
// well. Works in place of a copy.
static void fold_enters(struct telnet_conn *conn, const char *bytes, size_t len)
{
    char folded[READ_MAX];
    size_t n = 0;
    for (size_t i = 0; i < len; i++) {
        bool belongs = conn->after_cr && (bytes[i] == '\n' || bytes[i] == '\0');
        conn->after_cr = bytes[i] == '\r';
        if (belongs || bytes[i] == '\0')
            continue;
        folded[n++] = bytes[i];
        if (n == sizeof folded) {
            typed(conn, folded, n);
            n = 0;
        }
    }
    if (n)
        typed(conn, folded, n);
}

static int option_of(unsigned char ask, unsigned char option)
{
    for (int i = 0; i < N_OPTIONS; i++)
        if (options[i].ask == ask && options[i].option == option)
            return i;
    return -1;
}

// The peer agrees to (DO, WILL) what we ask for, or asks for it.
static void peer_agrees(struct telnet_conn *conn, unsigned char ask, unsigned char option)
{
    int i = option_of(ask, option);
    if (i < 0) {
        telnet_negotiate(conn->telnet, ask == TELNET_WILL ? TELNET_WONT : TELNET_DONT, option);
        return;
    }
    if (!(conn->agreed >> i & 1)) // it had refused before
        telnet_negotiate(conn->telnet, ask, option);
    conn->agreed |= UINT32_C(1) << i;
    if (option == TELNET_TELOPT_TTYPE)
        telnet_ttype_send(conn->telnet);
}

static void peer_refuses(struct telnet_conn *conn, unsigned char ask, unsigned char option)
{
    int i = option_of(ask, option);
    if (i < 0 || !(conn->agreed >> i & 1))
        return; // it is off already: an answer would begin a loop
    conn->agreed &= ~(UINT32_C(1) << i);
    telnet_negotiate(conn->telnet, ask == TELNET_WILL ? TELNET_WONT : TELNET_DONT, option);
}

static void window_size(struct telnet_conn *conn, const char *bytes, size_t len)
{
    if (len != 4)
        return;
    const unsigned char *b = (const unsigned char *)bytes;
    conn->columns = (uint16_t)(b[0] << 8 | b[1]);
    conn->rows = (uint16_t)(b[2] << 8 | b[3]);
    session_resize(conn->session, conn->columns, conn->rows);
}

static void to_wire(struct telnet_conn *conn, const char *bytes, size_t len)
{
    buf_add(&conn->unsent, bytes, len);
    if (conn->unsent.len > UNSENT_MAX)
        session_end(conn->session, SESSION_END_FLOOD);
}

// RFC 854's functions of a keyboard; the others (NOP, DM, GA, BRK, IP, AO) need no answer.
static void telnet_command(struct telnet_conn *conn, unsigned char command)
{
    switch (command) {
    case TELNET_AYT:
        session_say(conn->session, "\r\n[Yes]\r\n");
        break;
    case TELNET_EC:
        typed(conn, "\x7f", 1);
        break;
    case TELNET_EL:
        typed(conn, "\x15", 1); // Ctrl-U
        break;
    default:
        break;
    }
}

static void on_event(telnet_t *telnet, telnet_event_t *event, void *data)
{
    (void)telnet;
    struct telnet_conn *conn = data;
    if (session_ended(conn->session))
        return;
    if (event->type == TELNET_EV_DATA)
        conn->commands = 0;
    else if (event->type != TELNET_EV_SEND && ++conn->commands > COMMANDS_MAX)
        session_end(conn->session, SESSION_END_FLOOD);
    switch (event->type) {
    case TELNET_EV_DATA:
        fold_enters(conn, event->data.buffer, event->data.size);
        break;
    case TELNET_EV_SEND:
        to_wire(conn, event->data.buffer, event->data.size);
        break;
    case TELNET_EV_IAC:
        telnet_command(conn, event->iac.cmd);
        break;
    case TELNET_EV_DO:
        peer_agrees(conn, TELNET_WILL, event->neg.telopt);
        break;
    case TELNET_EV_DONT:
        peer_refuses(conn, TELNET_WILL, event->neg.telopt);
        break;
    case TELNET_EV_WILL:
        peer_agrees(conn, TELNET_DO, event->neg.telopt);
        break;
    case TELNET_EV_WONT:
        peer_refuses(conn, TELNET_DO, event->neg.telopt);
        break;
    case TELNET_EV_SUBNEGOTIATION:
        if (event->sub.telopt == TELNET_TELOPT_NAWS)
            window_size(conn, event->sub.buffer, event->sub.size);
        break;
    case TELNET_EV_COMPRESS: // nobody asked for it; a few bytes may become a flood
    case TELNET_EV_ERROR:
        session_end(conn->session, SESSION_END_PROTOCOL);
        break;
    default: // warnings are the peer's affair
        break;
    }
}

static void read_some(struct telnet_conn *conn)
{
    char bytes[READ_MAX];
    ssize_t len = recv(conn->fd, bytes, sizeof bytes, 0);
    if (len > 0 && !conn->hung_up)
        telnet_recv(conn->telnet, bytes, (size_t)len);
    else if (len == 0)
        session_input_end(conn->session);
    else if (len < 0 && errno != EAGAIN && errno != EINTR)
        session_end(conn->session, SESSION_END_PEER);
}

static void telnet_conn_ready(void *data, bool readable, bool writable)
{
    struct telnet_conn *conn = data;
    if (writable)
        send_unsent(conn);
    if (readable && !session_ended(conn->session))
        read_some(conn);
    if (!session_ended(conn->session))
        send_unsent(conn);
    if (!session_ended(conn->session))
        shut_when_sent(conn);
}

static void *telnet_conn_open(struct session *session, void *shared, int fd)
{
    (void)shared;
    struct telnet_conn *conn = alloc_zero(1, sizeof *conn);
    conn->session = session;
    conn->fd = fd;
    conn->telnet = telnet_init(NULL, on_event, TELNET_FLAG_PROXY, conn);
    if (!conn->telnet)
        abort(); // out of memory, like base/alloc
    for (int i = 0; i < N_OPTIONS; i++)
        telnet_negotiate(conn->telnet, options[i].ask, options[i].option);
    conn->agreed = (UINT32_C(1) << N_OPTIONS) - 1;
    // Not sent yet: it leaves in one packet with the question, for clients that look for
    // negotiation in the first bytes only.
    session_say_banner(session, "motd");
    session_say_banner(session, "login");
    session_say(session, platform_telnet_banner(session_platform(session)));
    ask(conn, ASK_USER);
    return conn;
}

static void telnet_conn_finish(void *data, int exit_status)
{
    struct telnet_conn *conn = data;
    (void)exit_status;
    conn->hung_up = true;
    shut_when_sent(conn);
}

static void telnet_conn_close(void *data)
{
    struct telnet_conn *conn = data;
    telnet_free(conn->telnet);
    close(conn->fd);
    buf_fini(&conn->unsent);
    buf_fini(&conn->name);
    buf_fini(&conn->held);
    free(conn->user);
    free(conn);
}

const struct transport_ops transport_telnet = {
    .name = "telnet",
    .lines_in_use = "% Connection refused by remote host\r\n",
    .shared_new = shared_new,
    .shared_free = shared_free,
    .open = telnet_conn_open,
    .ready = telnet_conn_ready,
    .wants = telnet_conn_wants,
    .write = telnet_conn_write,
    .answer_login = telnet_conn_answer_login,
    .finish = telnet_conn_finish,
    .login_expired = telnet_conn_login_expired,
    .close = telnet_conn_close,
};
