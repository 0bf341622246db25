#include "emulator/loop.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "emulator/alarm.h"
#include "emulator/delay_line.h"
#include "emulator/listener.h"
#include "emulator/places.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include <uv.h>

enum { ACCEPTS_A_TURN = 64, N_TRANSPORTS = 2 };

// A session's place in the loop: the handle that watches its socket.
struct seat {
    uv_poll_t poll;
    struct loop *loop;
    struct session *session;
    uint64_t id;
    enum transport transport;
    int fd;                  // of the peer; the session's, or the line's
    int events;              // of libuv, that the session waits for
    struct delay_line *line; // NULL: none, or gone
    struct seat *next;       // of all, or of the dead
    struct seat **link;
    struct seat *next_woken; // guarded by the loop's woken_lock, as is:
    bool woken;
};

struct entrance {
    uv_poll_t poll;
    struct loop *loop;
    const struct transport_ops *ops;
    enum transport transport;
    void *shared;
    int fd;
    uint32_t device;
    const struct listen_place *place;
    struct entrance *next;
};

struct loop {
    const struct loop_settings *settings;
    uv_loop_t uv;
    uv_thread_t thread;
    bool started;
    bool stopping;
    uv_async_t wake;
    uv_mutex_t lock; // of what follows
    uv_cond_t called;
    void (*call)(struct loop *loop, void *data); // NULL: none is wanted
    void *call_data;
    bool stop_wanted;
    uv_prepare_t before_sleep;
    uv_check_t after_turn;
    struct alarm alarm;
    struct timers timers;
    struct session_env env;
    struct delay_lines lines;
    struct entrance *entrances;
    struct {
        const struct transport_ops *ops;
        void *shared;
    } transports[N_TRANSPORTS];
    struct seat *seats;
    struct seat *dead;
    uv_mutex_t woken_lock; // never taken together with `lock`: a device's lock may be held
    struct seat *woken;    // somebody has something for their sessions
    int spare_fd;          // given up to accept and close a peer when the process has no other left
    bool said_no_fds;
    struct counts counts;
    uint64_t next_id;
};

// Seats.

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

// Sessions that have ended are freed here, at the end of the loop's turn: none of their functions
// is on the stack.
static void reap(struct loop *loop)
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

// Accepting.

static uint32_t device_meant(const struct entrance *entrance, int fd)
{
    if (entrance->device)
        return entrance->device;
    struct sockaddr_in own = {0};
    socklen_t len = sizeof own;
    if (getsockname(fd, (struct sockaddr *)&own, &len) < 0 || own.sin_family != AF_INET)
        return 0;
    return places_device_at(entrance->place, ntohl(own.sin_addr.s_addr));
}

static void reset_and_close(int fd)
{
    struct linger reset = {.l_onoff = 1, .l_linger = 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    close(fd);
}

static void say_no_fds(struct loop *loop)
{
    if (loop->said_no_fds)
        return;
    loop->said_no_fds = true;
    struct rlimit limit = {0};
    getrlimit(RLIMIT_NOFILE, &limit);
    fprintf(
        stderr,
        "netbaton emulate: out of file descriptors: the limit is %llu, one a session; new sessions "
        "are refused. Raise it with `ulimit -n` before starting (as root: `ulimit -Hn 1000000`)\n",
        (unsigned long long)limit.rlim_cur);
}

// No descriptors are left for the path, or the loop does not take the socket.
static void refuse_for_want(struct seat *seat, int near_end)
{
    if (near_end < 0)
        say_no_fds(seat->loop);
    else if (near_end != seat->fd)
        close(near_end);
    if (seat->line)
        delay_line_reset(seat->line);
    else
        reset_and_close(seat->fd);
    free(seat);
}

static void seat_peer(struct entrance *entrance, int fd, const struct sockaddr_in *from)
{
    struct loop *loop = entrance->loop;
    uint32_t device = device_meant(entrance, fd);
    if (!device) {
        reset_and_close(fd); // an address of no device
        return;
    }
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    char peer[INET_ADDRSTRLEN] = "";
    inet_ntop(AF_INET, &from->sin_addr, peer, sizeof peer);
    struct seat *seat = alloc_zero(1, sizeof *seat);
    seat->loop = loop;
    seat->fd = fd;
    uint64_t rtt_ns = device_set_settings(loop->settings->devices, device)->latency.rtt_ns;
    int near_end = rtt_ns ? delay_line_new(&loop->lines, fd, rtt_ns, &seat->line) : fd;
    if (near_end < 0 || uv_poll_init(&loop->uv, &seat->poll, near_end) < 0) {
        refuse_for_want(seat, near_end);
        return;
    }
    seat->poll.data = seat;
    seat->id = loop->next_id;
    loop->next_id += loop->settings->n_loops;
    seat->transport = entrance->transport;
    link_seat(&loop->seats, seat);
    loop->counts.accepted++;
    loop->counts.open++;
    loop->counts.accepted_by[seat->transport]++;
    loop->counts.open_by[seat->transport]++;
    seat->session =
        session_new(&loop->env, seat, entrance->ops, entrance->shared, near_end, device, peer);
    session_start(seat->session);
}

// The peer is let go at once instead of hanging in the queue of the kernel, which would keep the
// loop awake.
static void refuse_one(struct loop *loop, int listening)
{
    say_no_fds(loop);
    close(loop->spare_fd);
    int fd = accept(listening, NULL, NULL);
    if (fd >= 0)
        reset_and_close(fd);
    loop->spare_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
}

static void on_connection(uv_poll_t *poll, int status, int events)
{
    (void)status, (void)events;
    struct entrance *entrance = poll->data;
    struct loop *loop = entrance->loop;
    for (int i = 0; i < ACCEPTS_A_TURN && !loop->stopping; i++) {
        reap(loop); // a dead session's descriptor may come again
        struct sockaddr_in from = {0};
        int fd = listener_accept(entrance->fd, &from);
        if (fd >= 0)
            seat_peer(entrance, fd, &from);
        else if (errno == EMFILE || errno == ENFILE)
            refuse_one(loop, entrance->fd);
        else if (errno != ECONNABORTED && errno != EINTR)
            break;
    }
}

// The loop.

static void on_before_sleep(uv_prepare_t *handle)
{
    struct loop *loop = handle->data;
    reap(loop); // libuv's own timers, where they are the alarm, run before this and not in the poll
    alarm_set(&loop->alarm);
}

static void on_after_turn(uv_check_t *handle)
{
    reap(handle->data);
}

static void close_entrances(struct loop *loop)
{
    for (struct entrance *entrance = loop->entrances; entrance; entrance = entrance->next) {
        if (uv_is_closing((uv_handle_t *)&entrance->poll))
            continue;
        uv_close((uv_handle_t *)&entrance->poll, NULL);
        close(entrance->fd);
    }
}

static void end_all(struct loop *loop)
{
    loop->stopping = true;
    close_entrances(loop);
    while (loop->seats)
        session_end(loop->seats->session, SESSION_END_STOPPED);
    reap(loop);
    delay_lines_close(&loop->lines);
    alarm_close(&loop->alarm);
    uv_close((uv_handle_t *)&loop->wake, NULL);
    uv_close((uv_handle_t *)&loop->before_sleep, NULL);
    uv_close((uv_handle_t *)&loop->after_turn, NULL);
}

static void on_wake(uv_async_t *handle)
{
    struct loop *loop = handle->data;
    uv_mutex_lock(&loop->lock);
    if (loop->call)
        loop->call(loop, loop->call_data);
    loop->call = NULL;
    bool stop = loop->stop_wanted;
    uv_cond_signal(&loop->called);
    uv_mutex_unlock(&loop->lock);
    for (struct seat *seat = take_woken(loop); seat; seat = take_woken(loop))
        if (!session_ended(seat->session))
            session_attend(seat->session);
    if (stop)
        end_all(loop);
}

static void run(void *data)
{
    struct loop *loop = data;
    uv_run(&loop->uv, UV_RUN_DEFAULT);
}

static int init_handles(struct loop *loop, struct err *err)
{
    int failed = uv_loop_init(&loop->uv);
    if (failed)
        return err_set(err, "cannot make an event loop: %s", uv_strerror(failed));
    if (alarm_init(&loop->alarm, &loop->uv, &loop->timers, err) < 0) {
        uv_loop_close(&loop->uv);
        return -1;
    }
    uv_mutex_init(&loop->lock);
    uv_mutex_init(&loop->woken_lock);
    uv_cond_init(&loop->called);
    uv_async_init(&loop->uv, &loop->wake, on_wake);
    uv_prepare_init(&loop->uv, &loop->before_sleep);
    uv_prepare_start(&loop->before_sleep, on_before_sleep);
    uv_check_init(&loop->uv, &loop->after_turn);
    uv_check_start(&loop->after_turn, on_after_turn);
    loop->wake.data = loop->before_sleep.data = loop->after_turn.data = loop;
    return 0;
}

struct loop *loop_new(const struct loop_settings *settings, uint32_t index, struct err *err)
{
    struct loop *loop = alloc_zero(1, sizeof *loop);
    loop->settings = settings;
    loop->next_id = index + 1;
    timers_init(&loop->timers, clock_now_ns);
    if (init_handles(loop, err) < 0) {
        free(loop);
        return NULL;
    }
    loop->env = (struct session_env){
        .experiment = settings->experiment,
        .devices = settings->devices,
        .limits = settings->limits,
        .timers = &loop->timers,
        .counts = &loop->counts,
        .login_timeout_ns = settings->login_timeout_ns,
        .idle_timeout_ns = settings->idle_timeout_ns,
        .watch = on_watch,
        .ended = on_ended,
        .reset = on_reset,
        .wake = on_session_wake,
    };
    loop->lines = (struct delay_lines){.loop = &loop->uv, .timers = &loop->timers};
    loop->spare_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    return loop;
}

static void *transport_shared(struct loop *loop, const struct transport_ops *ops, struct err *err)
{
    for (int i = 0; i < N_TRANSPORTS; i++) {
        if (!loop->transports[i].ops) {
            loop->transports[i].shared = ops->shared_new(loop->settings->transport, err);
            loop->transports[i].ops = loop->transports[i].shared ? ops : NULL;
        }
        if (loop->transports[i].ops == ops || !loop->transports[i].ops)
            return loop->transports[i].shared;
    }
    return NULL;
}

int loop_listen(struct loop *loop, const struct transport_ops *ops, int fd, uint32_t device,
                const struct listen_place *place, struct err *err)
{
    void *shared = transport_shared(loop, ops, err);
    if (!shared)
        return -1;
    struct entrance *entrance = alloc_zero(1, sizeof *entrance);
    entrance->loop = loop;
    entrance->ops = ops;
    entrance->transport = ops == &transport_telnet ? TRANSPORT_TELNET : TRANSPORT_SSH;
    entrance->shared = shared;
    entrance->fd = fd;
    entrance->device = device;
    entrance->place = place;
    int failed = uv_poll_init(&loop->uv, &entrance->poll, fd);
    if (failed) {
        free(entrance);
        return err_set(err, "cannot watch a listening socket: %s", uv_strerror(failed));
    }
    entrance->poll.data = entrance;
    uv_poll_start(&entrance->poll, UV_READABLE, on_connection);
    entrance->next = loop->entrances;
    loop->entrances = entrance;
    return 0;
}

int loop_start(struct loop *loop, struct err *err)
{
    int failed = uv_thread_create(&loop->thread, run, loop);
    if (failed)
        return err_set(err, "cannot start a thread: %s", uv_strerror(failed));
    loop->started = true;
    return 0;
}

void loop_stop(struct loop *loop)
{
    uv_mutex_lock(&loop->lock);
    loop->stop_wanted = true;
    uv_mutex_unlock(&loop->lock);
    uv_async_send(&loop->wake);
}

void loop_call(struct loop *loop, void (*call)(struct loop *loop, void *data), void *data)
{
    uv_mutex_lock(&loop->lock);
    loop->call = call;
    loop->call_data = data;
    uv_async_send(&loop->wake);
    while (loop->call)
        uv_cond_wait(&loop->called, &loop->lock);
    uv_mutex_unlock(&loop->lock);
}

void loop_join(struct loop *loop)
{
    if (loop->started)
        uv_thread_join(&loop->thread);
    loop->started = false;
}

void loop_each_session(struct loop *loop,
                       void (*each)(struct session *session, uint64_t id, void *data), void *data)
{
    for (struct seat *seat = loop->seats, *next; seat; seat = next) {
        next = seat->next;
        each(seat->session, seat->id, data);
    }
}

const struct counts *loop_counts(const struct loop *loop)
{
    return &loop->counts;
}

void loop_free(struct loop *loop)
{
    if (!loop)
        return;
    if (!loop->stopping)
        end_all(loop); // it never ran
    uv_run(&loop->uv, UV_RUN_DEFAULT);
    uv_loop_close(&loop->uv);
    while (loop->entrances) {
        struct entrance *entrance = loop->entrances;
        loop->entrances = entrance->next;
        free(entrance);
    }
    for (int i = 0; i < N_TRANSPORTS; i++)
        if (loop->transports[i].ops)
            loop->transports[i].ops->shared_free(loop->transports[i].shared);
    timers_fini(&loop->timers);
    uv_mutex_destroy(&loop->lock);
    uv_mutex_destroy(&loop->woken_lock);
    uv_cond_destroy(&loop->called);
    if (loop->spare_fd >= 0)
        close(loop->spare_fd);
    free(loop);
}
