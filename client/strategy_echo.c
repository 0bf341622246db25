#include "client/strategy_echo.h"

#include "base/clock.h"
#include "client/descriptor.h"
#include "client/orphan.h"
#include "client/strategy_background.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ANSWER_LIMIT_S = 30, MESSAGE_MAX = 64 };

static int fail_with(int fd, const char *what, struct err *err)
{
    err_set(err, "%s: %s", what, strerror(errno));
    if (fd >= 0)
        close(fd);
    return -1;
}

static int server_socket(struct sockaddr_in *address, struct err *err)
{
    socklen_t len = sizeof *address;
    *address =
        (struct sockaddr_in){.sin_family = AF_INET, .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    int fd = descriptor_socket(AF_INET, SOCK_DGRAM);
    if (fd < 0 || bind(fd, (struct sockaddr *)address, len) < 0 ||
        getsockname(fd, (struct sockaddr *)address, &len) < 0)
        return fail_with(fd, "cannot open a UDP socket", err);
    return fd;
}

// What a Python computes around a call of a socket: bytes, address, result. The end of one call and
// the beginning of the next come together. *did_ns: when it was done last.
static void burn_call(const struct run *run, struct gil *gil, struct gil_thread *lock,
                      uint64_t *did_ns)
{
    const struct python_work *work = &run->python_work;
    if (!work->datagram_ns)
        return;
    uint64_t now_ns = clock_now_ns();
    uint64_t ago_ns = now_ns - *did_ns;
    *did_ns = now_ns;
    if (ago_ns > COLD_NS)
        ago_ns = COLD_NS;
    burn_calls(&run->burner, gil, lock, work->datagram_ns + work->cold_ns * ago_ns / COLD_NS,
               DATAGRAM_TICKS * run->tick_ns);
}

// The client: the next message when the last one was answered. Its last message is the number of
// answers a second, which the server takes from it.
static void ask(const struct run *run, const struct sockaddr_in *address)
{
    uint64_t echo_ns = run->plan->experiment->work.echo_ns;
    char message[MESSAGE_MAX] = "x";
    struct timeval limit = {.tv_sec = ANSWER_LIMIT_S};
    int fd = descriptor_socket(AF_INET, SOCK_DGRAM);
    if (fd < 0 || connect(fd, (const struct sockaddr *)address, sizeof *address) < 0)
        return;
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    uint64_t start_ns = clock_now_ns();
    uint64_t answers = 0;
    uint64_t received_ns = start_ns;
    uint64_t sent_ns = start_ns;
    while (clock_now_ns() - start_ns < echo_ns) {
        burn_call(run, NULL, NULL, &received_ns);
        if (send(fd, message, 1, 0) != 1)
            break;
        burn_call(run, NULL, NULL, &sent_ns);
        if (recv(fd, message, sizeof message, 0) != 1)
            break;
        answers++;
    }
    double took_s = (double)(clock_now_ns() - start_ns) / 1e9;
    snprintf(message, sizeof message, "done %.3f", (double)answers / took_s);
    send(fd, message, strlen(message), 0);
    close(fd);
}

static pid_t start_client(const struct run *run, const struct sockaddr_in *address)
{
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid == 0) {
        orphan_ends(parent);
        ask(run, address);
        _exit(0);
    }
    return pid;
}

struct server {
    const struct run *run;
    struct gil *gil;
    struct gil_thread lock;
    int fd;
};

static int wait_for(int fd, short events)
{
    struct pollfd poll_fd = {.fd = fd, .events = events};
    int ready;
    do
        ready = poll(&poll_fd, 1, 2 * ANSWER_LIMIT_S * 1000);
    while (ready < 0 && errno == EINTR);
    return ready;
}

// CPython's sockets with a time limit wait first and call then. 2.7 drops the lock around both
// together (socketmodule.c, sock_recvfrom_guts), 3.x around each (sock_call_ex).
static bool drops_between(const struct server *server)
{
    return server->run->spec->interpreter->gil != GIL_TICKS;
}

static bool ready_for(struct server *server, short events)
{
    gil_drop(server->gil, &server->lock);
    bool ready = wait_for(server->fd, events) > 0;
    if (drops_between(server)) {
        gil_take(server->gil, &server->lock);
        gil_drop(server->gil, &server->lock);
    }
    return ready;
}

static ssize_t receive(struct server *server, char *message, struct sockaddr_in *from)
{
    socklen_t from_len = sizeof *from;
    ssize_t len = -1;
    if (ready_for(server, POLLIN))
        len = recvfrom(server->fd, message, MESSAGE_MAX - 1, 0, (struct sockaddr *)from, &from_len);
    gil_take(server->gil, &server->lock);
    return len;
}

static void answer(struct server *server, const char *message, size_t len,
                   const struct sockaddr_in *to)
{
    if (ready_for(server, POLLOUT))
        sendto(server->fd, message, len, 0, (const struct sockaddr *)to, sizeof *to);
    gil_take(server->gil, &server->lock);
}

// Until the client says that it is done. Negative when it never did.
static double serve(struct server *server)
{
    const struct run *run = server->run;
    double answers_per_s = -1;
    uint64_t answered_ns = run->zero_ns;
    uint64_t received_ns = run->zero_ns;
    gil_thread_init(server->gil, &server->lock);
    server->lock.spans = lock_log_thread(run->lock_log, lock_log_worker_thread(run->spec, 0), 0);
    lock_log_start(run->lock_log, run->zero_ns);
    gil_take(server->gil, &server->lock);
    for (uint32_t i = 0; answers_per_s < 0; i++) {
        char message[MESSAGE_MAX];
        struct sockaddr_in from;
        burn_call(run, server->gil, &server->lock, &answered_ns);
        ssize_t len = receive(server, message, &from);
        if (len < 0)
            break;
        message[len] = '\0';
        if (!strncmp(message, "done ", 5)) {
            answers_per_s = strtod(message + 5, NULL);
            continue;
        }
        uint64_t cpu_ns = plan_cpu_command_ns(run->plan, 1, i);
        if (cpu_ns)
            burn_work(&run->burner, server->gil, &server->lock, cpu_ns);
        burn_call(run, server->gil, &server->lock, &received_ns);
        answer(server, message, (size_t)len, &from);
    }
    gil_drop(server->gil, &server->lock);
    worker_add_lock(&run->board->lock, &server->lock);
    gil_thread_fini(&server->lock);
    return answers_per_s;
}

int strategy_echo(struct run *run, struct err *err)
{
    struct sockaddr_in address;
    int fd = server_socket(&address, err);
    if (fd < 0)
        return -1;
    run->zero_ns = clock_now_ns();
    pid_t client = start_client(run, &address);
    if (client < 0)
        return fail_with(fd, "cannot start the process that asks", err);
    struct gil *gil = run_new_gil(run);
    struct background *background = background_start(run, gil, err);
    int result = background ? 0 : -1;
    if (background) {
        struct server server = {.run = run, .gil = gil, .fd = fd};
        run->board->answers_per_s = serve(&server);
        run->board->wall_ns = clock_now_ns() - run->zero_ns;
        background_stop(background);
        if (run->board->answers_per_s < 0)
            result = err_set(err, "the process that asks for echoes did not end its work");
    }
    kill(client, SIGKILL);
    waitpid(client, NULL, 0);
    gil_free(gil);
    close(fd);
    return result;
}
