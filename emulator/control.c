#include "emulator/control.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "emulator/control_place.h"
#include "emulator/control_request.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct peer {
    uv_pipe_t pipe;
    uv_write_t write;
    struct control *control;
    struct buf in;
    char *answer;      // being written; the next request waits
    bool ended;        // sends no more: closed after the last answer
    uint64_t heard_ms; // when it last said or read something, by the loop's clock
    struct peer *next;
    struct peer **link;
};

struct control {
    uv_pipe_t listener;
    struct server *server;
    struct control_place place;
    struct peer *peers; // whoever was heard last comes first
    int n_peers;
    bool one_waits;   // a peer that is not accepted yet; libuv holds the others off
    uv_timer_t round; // looks for room while one waits
    int open_handles;
    char room[CONTROL_LINE_MAX]; // what was just read, of any peer
};

enum { ROUND_MS = 100, SILENT_MS = 2000 };

static void serve(struct peer *peer);
static void on_round(uv_timer_t *round);

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

static void close_peer(struct peer *peer)
{
    if (uv_is_closing((uv_handle_t *)&peer->pipe))
        return;
    unlink_peer(peer);
    peer->control->n_peers--;
    uv_close((uv_handle_t *)&peer->pipe, free_peer);
    if (peer->control->one_waits)
        uv_timer_start(&peer->control->round, on_round, 0, ROUND_MS);
}

static void give_room(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
    (void)suggested;
    struct peer *peer = handle->data;
    *buf = uv_buf_init(peer->control->room, sizeof peer->control->room);
}

static void on_read(uv_stream_t *stream, ssize_t len, const uv_buf_t *buf)
{
    struct peer *peer = stream->data;
    if (len == 0)
        return;
    if (len < 0 && len != UV_EOF) {
        close_peer(peer);
        return;
    }
    peer->ended = len < 0;
    if (peer->ended)
        buf_putc(&peer->in, '\n'); // the last line may lack it
    else
        buf_add(&peer->in, buf->base, (size_t)len);
    serve(peer);
}

static void on_written(uv_write_t *write, int status)
{
    struct peer *peer = write->data;
    free(peer->answer);
    peer->answer = NULL;
    if (status < 0)
        close_peer(peer);
    if (!uv_is_closing((uv_handle_t *)&peer->pipe))
        serve(peer);
}

// Takes the answer.
static void say(struct peer *peer, char *answer)
{
    uv_buf_t line = uv_buf_init(answer, (unsigned)strlen(answer));
    peer->answer = answer;
    peer->write.data = peer;
    if (uv_write(&peer->write, (uv_stream_t *)&peer->pipe, &line, 1, on_written) < 0)
        close_peer(peer);
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

// One request a turn of the loop: the next is served when the answer is written.
static void serve(struct peer *peer)
{
    uv_read_stop((uv_stream_t *)&peer->pipe);
    unlink_peer(peer);
    link_first(peer->control, peer);
    peer->heard_ms = uv_now(peer->pipe.loop);
    if (answer_a_line(peer))
        return;
    if (peer->ended || uv_read_start((uv_stream_t *)&peer->pipe, give_room, on_read) < 0)
        close_peer(peer);
}

static struct peer *silent_longest(const struct control *control)
{
    struct peer *peer = control->peers;
    while (peer && peer->next)
        peer = peer->next;
    return peer;
}

static void seat_peer(struct control *control)
{
    struct peer *peer = alloc_zero(1, sizeof *peer);
    peer->control = control;
    peer->pipe.data = peer;
    uv_pipe_init(control->listener.loop, &peer->pipe, 0);
    link_first(control, peer);
    control->n_peers++;
    if (uv_accept((uv_stream_t *)&control->listener, (uv_stream_t *)&peer->pipe) < 0)
        close_peer(peer);
    else
        serve(peer);
}

static void on_round(uv_timer_t *round)
{
    struct control *control = round->data;
    struct peer *silent = silent_longest(control);
    if (control->n_peers == CONTROL_PEERS_MAX &&
        uv_now(round->loop) - silent->heard_ms >= SILENT_MS)
        close_peer(silent);
    if (control->n_peers == CONTROL_PEERS_MAX)
        return;
    control->one_waits = false;
    uv_timer_stop(round);
    seat_peer(control);
}

static void on_connection(uv_stream_t *stream, int status)
{
    struct control *control = stream->data;
    if (status < 0)
        return;
    if (control->n_peers < CONTROL_PEERS_MAX) {
        seat_peer(control);
        return;
    }
    control->one_waits = true;
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
    int fd = control_place_listen(&control->place, path, err);
    if (fd < 0) {
        control_place_fini(&control->place);
        free(control);
        return NULL;
    }
    control->server = server;
    control->listener.data = control;
    uv_pipe_init(loop, &control->listener, 0);
    control->round.data = control;
    uv_timer_init(loop, &control->round);
    control->open_handles = 2;
    int failed = uv_pipe_open(&control->listener, fd);
    if (failed)
        close(fd);
    else
        failed = uv_listen((uv_stream_t *)&control->listener, CONTROL_BACKLOG, on_connection);
    if (failed) {
        err_set(err, "cannot listen at '%s': %s", control->place.path, uv_strerror(failed));
        control_close(control);
        return NULL;
    }
    return control;
}

void control_close(struct control *control)
{
    if (!control)
        return;
    control->one_waits = false;
    while (control->peers)
        close_peer(control->peers);
    uv_close((uv_handle_t *)&control->listener, free_control);
    uv_close((uv_handle_t *)&control->round, free_control);
}
