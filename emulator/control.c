#include "emulator/control.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "emulator/control_place.h"
#include "emulator/control_request.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ROUND_MS = 100, SILENT_MS = 2000 };

struct peer {
    uv_poll_t poll;
    struct control *control;
    int fd;
    struct buf in;
    char *answer; // being written; the next request waits
    size_t answer_len;
    size_t answer_sent;
    bool ended;        // sends no more: closed after the last answer
    uint64_t heard_ms; // when it last said or read something, by the loop's clock
    struct peer *next;
    struct peer **link;
};

struct control {
    uv_poll_t listener;
    int fd;
    struct server *server;
    struct control_place place;
    struct peer *peers; // whoever was heard last comes first
    int n_peers;
    uv_timer_t round; // looks for room while there is none
    int open_handles;
    char room[CONTROL_LINE_MAX]; // what was just read, of any peer
};

static void serve(struct peer *peer);

static void unlink_peer(struct peer *peer)
{
    *peer->link = peer->next;
    if (peer->next)
        peer->next->link = peer->link;
}

static void link_first(struct control *control, struct peer *peer)
{
    peer->next = control->peers;
    peer->link = &control->peers;
    if (peer->next)
        peer->next->link = &peer->next;
    control->peers = peer;
}

static void free_peer(uv_handle_t *handle)
{
    struct peer *peer = handle->data;
    buf_fini(&peer->in);
    free(peer->answer);
    free(peer);
}

// Closes the socket itself, as the loops of the devices do: libuv does it behind the back of the
// thread sanitizer, to which the number then seems to belong to two threads.
static void close_peer(struct peer *peer)
{
    unlink_peer(peer);
    peer->control->n_peers--;
    uv_close((uv_handle_t *)&peer->poll, free_peer);
    close(peer->fd);
}

static void read_some(struct peer *peer)
{
    struct control *control = peer->control;
    ssize_t len = recv(peer->fd, control->room, sizeof control->room, 0);
    if (len < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (len < 0) {
        close_peer(peer);
        return;
    }
    peer->ended = len == 0;
    if (peer->ended)
        buf_putc(&peer->in, '\n'); // the last line may lack it
    else
        buf_add(&peer->in, control->room, (size_t)len);
    serve(peer);
}

static void write_on(struct peer *peer)
{
    ssize_t sent = send(peer->fd, peer->answer + peer->answer_sent,
                        peer->answer_len - peer->answer_sent, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN && errno != EINTR) {
        close_peer(peer);
        return;
    }
    peer->answer_sent += sent > 0 ? (size_t)sent : 0;
    peer->heard_ms = uv_now(peer->poll.loop);
    if (peer->answer_sent < peer->answer_len)
        return;
    free(peer->answer);
    peer->answer = NULL;
    serve(peer);
}

static void on_ready(uv_poll_t *poll, int status, int events)
{
    struct peer *peer = poll->data;
    (void)events;
    if (status < 0)
        close_peer(peer);
    else if (peer->answer)
        write_on(peer);
    else
        read_some(peer);
}

// Takes the answer. It is written in the loop's next turn: one request a turn.
static void say(struct peer *peer, char *answer)
{
    peer->answer = answer;
    peer->answer_len = strlen(answer);
    peer->answer_sent = 0;
    uv_poll_start(&peer->poll, UV_WRITABLE, on_ready);
}

static void refuse_long_line(struct peer *peer)
{
    buf_clear(&peer->in);
    peer->ended = true;
    say(peer, control_refusal("a request is a line of at most %d bytes", CONTROL_LINE_MAX));
}

static void answer(struct peer *peer, size_t len)
{
    char *text = control_answer(peer->control->server, peer->in.data, len);
    buf_drop(&peer->in, len + 1);
    say(peer, text);
}

// Answers the first line that is no empty one. False: there is none.
static bool answer_a_line(struct peer *peer)
{
    buf_drop(&peer->in, strspn(buf_text(&peer->in), " \t\r\n"));
    char *end = peer->in.len ? memchr(peer->in.data, '\n', peer->in.len) : NULL;
    size_t len = end ? (size_t)(end - peer->in.data) : peer->in.len;
    if (len > CONTROL_LINE_MAX)
        refuse_long_line(peer);
    else if (!end)
        return false;
    else
        answer(peer, len);
    return true;
}

static void serve(struct peer *peer)
{
    unlink_peer(peer);
    link_first(peer->control, peer);
    peer->heard_ms = uv_now(peer->poll.loop);
    if (answer_a_line(peer))
        return;
    if (peer->ended)
        close_peer(peer);
    else
        uv_poll_start(&peer->poll, UV_READABLE, on_ready);
}

static void seat_peer(struct control *control, int fd)
{
    struct peer *peer = alloc_zero(1, sizeof *peer);
    peer->control = control;
    peer->poll.data = peer;
    peer->fd = fd;
    if (uv_poll_init(control->listener.loop, &peer->poll, fd) < 0) {
        free(peer);
        close(fd);
        return;
    }
    link_first(control, peer);
    control->n_peers++;
    serve(peer);
}

static struct peer *silent_longest(const struct control *control)
{
    struct peer *peer = control->peers;
    while (peer && peer->next)
        peer = peer->next;
    return peer;
}

static void on_connection(uv_poll_t *poll, int status, int events);

// The kernel keeps those that come while there is no room.
static void on_round(uv_timer_t *round)
{
    struct control *control = round->data;
    struct peer *silent = silent_longest(control);
    if (control->n_peers == CONTROL_PEERS_MAX &&
        uv_now(round->loop) - silent->heard_ms >= SILENT_MS)
        close_peer(silent);
    if (control->n_peers == CONTROL_PEERS_MAX)
        return;
    uv_timer_stop(round);
    uv_poll_start(&control->listener, UV_READABLE, on_connection);
}

static void on_connection(uv_poll_t *poll, int status, int events)
{
    struct control *control = poll->data;
    (void)status, (void)events;
    struct sockaddr_in from; // of no use: a Unix socket's peer has no address
    int fd = control->n_peers < CONTROL_PEERS_MAX ? listener_accept(control->fd, &from) : -1;
    if (fd >= 0) {
        seat_peer(control, fd);
        return;
    }
    // No room, or no descriptor: again in a while.
    uv_poll_stop(poll);
    uv_timer_start(&control->round, on_round, ROUND_MS, ROUND_MS);
}

static void free_control(uv_handle_t *handle)
{
    struct control *control = handle->data;
    if (--control->open_handles)
        return;
    control_place_fini(&control->place);
    free(control);
}

struct control *control_open(uv_loop_t *loop, const char *path, struct server *server,
                             struct err *err)
{
    struct control *control = alloc_zero(1, sizeof *control);
    control->fd = control_place_listen(&control->place, path, err);
    if (control->fd < 0) {
        control_place_fini(&control->place);
        free(control);
        return NULL;
    }
    int failed = uv_poll_init(loop, &control->listener, control->fd);
    if (failed) {
        (void)err_set(err, "cannot watch '%s': %s", control->place.path, uv_strerror(failed));
        close(control->fd);
        control_place_fini(&control->place);
        free(control);
        return NULL;
    }
    control->server = server;
    control->listener.data = control->round.data = control;
    uv_timer_init(loop, &control->round);
    control->open_handles = 2;
    uv_poll_start(&control->listener, UV_READABLE, on_connection);
    return control;
}

void control_close(struct control *control)
{
    if (!control)
        return;
    while (control->peers)
        close_peer(control->peers);
    uv_close((uv_handle_t *)&control->listener, free_control);
    uv_close((uv_handle_t *)&control->round, free_control);
    close(control->fd);
}
