// Where peers come in: listening sockets, and what happens when no descriptor is left.
#include "emulator/loop_data.h"

#include "base/alloc.h"
#include "emulator/listener.h"
#include "emulator/places.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

enum { ACCEPTS_A_TURN = 64 };

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
    loop_take_seat(loop, seat);
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
        loop_reap(loop); // a dead session's descriptor may come again
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

void loop_close_entrances(struct loop *loop)
{
    for (struct entrance *entrance = loop->entrances; entrance; entrance = entrance->next) {
        if (uv_is_closing((uv_handle_t *)&entrance->poll))
            continue;
        uv_close((uv_handle_t *)&entrance->poll, NULL);
        close(entrance->fd);
    }
}

void loop_free_entrances(struct loop *loop)
{
    while (loop->entrances) {
        struct entrance *entrance = loop->entrances;
        loop->entrances = entrance->next;
        free(entrance);
    }
    for (int i = 0; i < N_TRANSPORTS; i++)
        if (loop->transports[i].ops)
            loop->transports[i].ops->shared_free(loop->transports[i].shared);
}
