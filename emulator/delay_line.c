#include "emulator/delay_line.h"

#include "base/alloc.h"
#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    PIECE_MAX = 16 * 1024,
    QUEUED_MAX = 256 * 1024, // a direction; then its source is not read: the window of the path
};

static const uint64_t linger_ns = 2 * CLOCK_NS_PER_S;

struct piece {
    struct piece *next;
    uint64_t due_ns;
    size_t len; // 0: the end of this direction
    size_t sent;
    char bytes[];
};

// One end of the line, and what is on its way to it.
struct end {
    uv_poll_t poll;
    struct timer timer;
    struct delay_line *line;
    struct end *other;
    int fd;
    int events; // polled for
    struct piece *first;
    struct piece **last;
    size_t queued;
    bool blocked;  // the socket takes no more just now
    bool read_end; // it has sent its end
    bool shut;     // it was sent the other's end
};

struct delay_line {
    struct delay_lines *lines;
    struct delay_line **holder;
    struct timer linger; // for a peer that does not hang up after us
    struct delay_line *next;
    struct delay_line **link;
    uint64_t half_ns;
    uint64_t established_ns; // when the peer can first have sent something
    struct end outer;
    struct end inner;
    int open_handles;
};

static void on_closed(uv_handle_t *handle)
{
    struct end *end = handle->data;
    if (--end->line->open_handles == 0)
        free(end->line);
}

static void close_end(struct delay_line *line, struct end *end)
{
    timers_stop(line->lines->timers, &end->timer);
    while (end->first) {
        struct piece *piece = end->first;
        end->first = piece->next;
        free(piece);
    }
    uv_close((uv_handle_t *)&end->poll, on_closed);
    close(end->fd);
}

static void close_line(struct delay_line *line)
{
    if (line->holder)
        *line->holder = NULL;
    timers_stop(line->lines->timers, &line->linger);
    *line->link = line->next;
    if (line->next)
        line->next->link = line->link;
    close_end(line, &line->outer);
    close_end(line, &line->inner);
}

static void on_end(uv_poll_t *poll, int status, int events);

static void watch(struct end *end)
{
    bool reads = !end->read_end && end->other->queued < QUEUED_MAX;
    int events = (reads ? UV_READABLE : 0) | (end->blocked ? UV_WRITABLE : 0);
    if (events == end->events)
        return;
    end->events = events;
    if (events)
        uv_poll_start(&end->poll, events, on_end);
    else
        uv_poll_stop(&end->poll);
}

static void queue(struct end *to, const char *bytes, size_t len)
{
    struct delay_line *line = to->line;
    uint64_t left_ns = timers_now(line->lines->timers);
    if (to == &line->inner && left_ns < line->established_ns)
        left_ns = line->established_ns;
    struct piece *piece = alloc_zero(1, sizeof *piece + len);
    piece->due_ns = left_ns + line->half_ns;
    piece->len = len;
    if (len)
        memcpy(piece->bytes, bytes, len);
    *to->last = piece;
    to->last = &piece->next;
    to->queued += len;
    if (!timer_is_set(&to->timer) && !to->blocked)
        timers_set(line->lines->timers, &to->timer, to->first->due_ns);
}

static void drop_first(struct end *end)
{
    struct piece *piece = end->first;
    end->first = piece->next;
    if (!end->first)
        end->last = &end->first;
    end->queued -= piece->len;
    free(piece);
}

// Delivers one piece; returns false when the socket takes no more or the line is broken.
static bool deliver_first(struct end *end, bool *broken)
{
    struct piece *piece = end->first;
    struct delay_line *line = end->line;
    if (!piece->len) {
        shutdown(end->fd, SHUT_WR);
        end->shut = true;
        if (end == &line->outer)
            timers_set(line->lines->timers, &line->linger,
                       timers_now(line->lines->timers) + linger_ns + 2 * line->half_ns);
        drop_first(end);
        return true;
    }
    ssize_t sent =
        send(end->fd, piece->bytes + piece->sent, piece->len - piece->sent, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN && errno != EINTR) {
        *broken = true;
        return false;
    }
    piece->sent += sent > 0 ? (size_t)sent : 0;
    if (piece->sent < piece->len)
        return false;
    drop_first(end);
    return true;
}

static void deliver(struct end *end)
{
    struct delay_line *line = end->line;
    uint64_t now = timers_now(line->lines->timers);
    bool broken = false;
    end->blocked = false;
    while (end->first && end->first->due_ns <= now)
        if (!deliver_first(end, &broken)) {
            end->blocked = true;
            break;
        }
    bool over = end->shut && end->other->shut;
    if (broken || over) {
        close_line(line);
        return;
    }
    if (end->first && !end->blocked)
        timers_set(line->lines->timers, &end->timer, end->first->due_ns);
    watch(end);
    watch(end->other);
}

static void on_due(struct timer *timer)
{
    deliver((struct end *)((char *)timer - offsetof(struct end, timer)));
}

static void on_linger(struct timer *timer)
{
    close_line((struct delay_line *)((char *)timer - offsetof(struct delay_line, linger)));
}

static void receive(struct end *end)
{
    char bytes[PIECE_MAX];
    ssize_t len = recv(end->fd, bytes, sizeof bytes, 0);
    if (len < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (len < 0) { // a reset: the other side hears of it in its time, as an end
        end->shut = true;
        len = 0;
    }
    end->read_end = len == 0;
    queue(end->other, bytes, (size_t)len);
    watch(end);
}

static void on_end(uv_poll_t *poll, int status, int events)
{
    struct end *end = poll->data;
    if (status < 0)
        end->events = 0; // an error: libuv has stopped to watch it
    if ((status < 0 || (events & UV_READABLE)) && !end->read_end)
        receive(end);
    if (status < 0 || (events & UV_WRITABLE))
        deliver(end);
}

static int init_end(struct delay_line *line, struct end *end, struct end *other, int fd)
{
    end->line = line;
    end->other = other;
    end->fd = fd;
    end->last = &end->first;
    end->timer.fire = on_due;
    int failed = uv_poll_init(line->lines->loop, &end->poll, fd);
    end->poll.data = end;
    if (failed)
        errno = -failed;
    else
        line->open_handles++;
    return failed;
}

int delay_line_new(struct delay_lines *lines, int outer, uint64_t rtt_ns, struct delay_line **made)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
        return -1;
    for (int i = 0; i < 2; i++) {
        fcntl(pair[i], F_SETFL, O_NONBLOCK);
        fcntl(pair[i], F_SETFD, FD_CLOEXEC);
    }
    struct delay_line *line = alloc_zero(1, sizeof *line);
    line->lines = lines;
    line->holder = made;
    line->linger.fire = on_linger;
    line->half_ns = rtt_ns / 2;
    line->established_ns = timers_now(lines->timers) + rtt_ns;
    if (init_end(line, &line->inner, &line->outer, pair[0]) != 0)
        goto fail_inner;
    if (init_end(line, &line->outer, &line->inner, outer) != 0)
        goto fail_outer;
    line->next = lines->first;
    if (line->next)
        line->next->link = &line->next;
    line->link = &lines->first;
    lines->first = line;
    watch(&line->outer);
    watch(&line->inner);
    *made = line;
    return pair[1];
fail_outer:
    close(pair[0]);
    close(pair[1]);
    uv_close((uv_handle_t *)&line->inner.poll, on_closed);
    return -1;
fail_inner:
    close(pair[0]);
    close(pair[1]);
    free(line);
    return -1;
}

void delay_line_forget(struct delay_line *line)
{
    if (line)
        line->holder = NULL;
}

void delay_line_reset(struct delay_line *line)
{
    struct linger reset = {.l_onoff = 1, .l_linger = 0};
    setsockopt(line->outer.fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    close_line(line);
}

void delay_lines_close(struct delay_lines *lines)
{
    while (lines->first)
        close_line(lines->first);
}
