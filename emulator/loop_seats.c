// The seats of a loop: each session with the handle that watches its socket, and who was woken.
#include "emulator/loop_data.h"

#include <stdlib.h>
#include <sys/socket.h>

static void link_seat(struct seat **list, struct seat *seat)
{
    seat->next = *list;
    if (seat->next)
        seat->next->link = &seat->next;
    seat->link = list;
    *list = seat;
}

static void unlink_seat(struct seat *seat)
{
    *seat->link = seat->next;
    if (seat->next)
        seat->next->link = seat->link;
}

// From any thread, with the lock of the session's device held.
static void on_session_wake(void *owner)
{
    struct seat *seat = owner;
    struct loop *loop = seat->loop;
    uv_mutex_lock(&loop->woken_lock);
    if (!seat->woken) {
        seat->woken = true;
        seat->next_woken = loop->woken;
        loop->woken = seat;
    }
    uv_mutex_unlock(&loop->woken_lock);
    uv_async_send(&loop->wake);
}

static struct seat *take_woken(struct loop *loop)
{
    uv_mutex_lock(&loop->woken_lock);
    struct seat *seat = loop->woken;
    if (seat) {
        loop->woken = seat->next_woken;
        seat->woken = false;
    }
    uv_mutex_unlock(&loop->woken_lock);
    return seat;
}

// Its session is gone: nobody wakes it any more.
static void forget_woken(struct seat *seat)
{
    uv_mutex_lock(&seat->loop->woken_lock);
    for (struct seat **at = &seat->loop->woken; *at && seat->woken; at = &(*at)->next_woken)
        if (*at == seat) {
            *at = seat->next_woken;
            break;
        }
    uv_mutex_unlock(&seat->loop->woken_lock);
}

static void free_seat(uv_handle_t *handle)
{
    free(handle->data);
}

void loop_reap(struct loop *loop)
{
    while (loop->dead) {
        struct seat *seat = loop->dead;
        unlink_seat(seat);
        // Before the socket is closed: uv_close speaks to epoll about its number, which by then may
        // be another thread's. The seat is freed later.
        uv_close((uv_handle_t *)&seat->poll, free_seat);
        session_free(seat->session);
        forget_woken(seat);
        delay_line_forget(seat->line);
    }
}

static void on_ended(void *owner, enum session_end how)
{
    struct seat *seat = owner;
    seat->loop->counts.ended[how]++;
    seat->loop->counts.open--;
    seat->loop->counts.open_by[seat->transport]--;
    unlink_seat(seat);
    link_seat(&seat->loop->dead, seat);
}

static void on_reset(void *owner)
{
    struct seat *seat = owner;
    struct linger reset = {.l_onoff = 1, .l_linger = 0};
    if (seat->line)
        delay_line_reset(seat->line);
    else
        setsockopt(seat->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
}

static void on_socket(uv_poll_t *poll, int status, int events)
{
    struct seat *seat = poll->data;
    // A socket in error is readable: the transport finds out what is the matter. libuv has stopped
    // to watch it, and the transport may have read no more than what the peer said before: so look
    // again.
    session_ready(seat->session, status < 0 || (events & UV_READABLE), (events & UV_WRITABLE) != 0);
    if (status < 0 && seat->events && !session_ended(seat->session))
        uv_poll_start(&seat->poll, seat->events, on_socket);
}

static void on_watch(void *owner, unsigned wants)
{
    struct seat *seat = owner;
    seat->events =
        (wants & TRANSPORT_READ ? UV_READABLE : 0) | (wants & TRANSPORT_WRITE ? UV_WRITABLE : 0);
    if (seat->events)
        uv_poll_start(&seat->poll, seat->events, on_socket);
    else
        uv_poll_stop(&seat->poll);
}

void loop_seat_hooks(struct session_env *env)
{
    env->watch = on_watch;
    env->ended = on_ended;
    env->reset = on_reset;
    env->wake = on_session_wake;
}

void loop_take_seat(struct loop *loop, struct seat *seat)
{
    link_seat(&loop->seats, seat);
}

void loop_attend_woken(struct loop *loop)
{
    for (struct seat *seat = take_woken(loop); seat; seat = take_woken(loop))
        if (!session_ended(seat->session))
            session_attend(seat->session);
}
