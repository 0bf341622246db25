// How many SSH sessions a second (connect, login, shell, one command, close) the emulator serves,
// beside the least that libssh can do: an echo server of 100 lines with the same shape (one epoll,
// an ssh_event a session), in turns in the same run.
#include "tests/bench/child.h"
#include "tests/bench/ssh_load.h"

#include "base/alloc.h"

#include <arpa/inet.h>
#include <libssh/callbacks.h>
#include <libssh/libssh.h>
#include <libssh/server.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SESSIONS = 1500, AT_ONCE = 32, ROUNDS = 5 };

struct peer {
    ssh_session ssh;
    ssh_event event;
    ssh_channel channel;
    struct ssh_server_callbacks_struct server;
    struct ssh_channel_callbacks_struct callbacks;
};

static int on_password(ssh_session ssh, const char *user, const char *password, void *data)
{
    (void)ssh, (void)user, (void)password, (void)data;
    return SSH_AUTH_SUCCESS;
}

static int on_pty(ssh_session ssh, ssh_channel channel, const char *term, int x, int y, int px,
                  int py, void *data)
{
    (void)ssh, (void)channel, (void)term, (void)x, (void)y, (void)px, (void)py, (void)data;
    return 0;
}

static int on_shell(ssh_session ssh, ssh_channel channel, void *data)
{
    (void)ssh, (void)data;
    ssh_channel_write(channel, "\r\nR1>", 5);
    return 0;
}

static int on_data(ssh_session ssh, ssh_channel channel, void *bytes, uint32_t len, int is_stderr,
                   void *data)
{
    (void)ssh, (void)is_stderr, (void)data;
    ssh_channel_write(channel, bytes, len);
    static const char answer[] = "\r\n*10:00:00.000 UTC Mon Jan 1 2024\r\nR1>";
    ssh_channel_write(channel, answer, sizeof answer - 1);
    return (int)len;
}

static ssh_channel on_channel(ssh_session ssh, void *data)
{
    struct peer *peer = data;
    peer->channel = ssh_channel_new(ssh);
    ssh_set_channel_callbacks(peer->channel, &peer->callbacks);
    return peer->channel;
}

static void serve_peer(struct peer *peer)
{
    for (int i = 0; i < 4; i++) {
        ssh_event_dopoll(peer->event, 0);
        if (ssh_get_status(peer->ssh) & (SSH_CLOSED | SSH_CLOSED_ERROR)) {
            ssh_event_remove_session(peer->event, peer->ssh);
            ssh_event_free(peer->event);
            ssh_free(peer->ssh);
            free(peer);
            return;
        }
        if (!(ssh_get_status(peer->ssh) & SSH_WRITE_PENDING))
            return;
    }
}

static bool accept_peer(ssh_bind shared, int listening, int epoll)
{
    int fd = accept4(listening, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0)
        return false;
    struct peer *peer = alloc_zero(1, sizeof *peer);
    peer->server.userdata = peer->callbacks.userdata = peer;
    peer->server.auth_password_function = on_password;
    peer->server.channel_open_request_session_function = on_channel;
    peer->callbacks.channel_data_function = on_data;
    peer->callbacks.channel_pty_request_function = on_pty;
    peer->callbacks.channel_shell_request_function = on_shell;
    ssh_callbacks_init(&peer->server);
    ssh_callbacks_init(&peer->callbacks);
    peer->ssh = ssh_new();
    peer->event = ssh_event_new();
    ssh_bind_accept_fd(shared, peer->ssh, fd);
    ssh_set_server_callbacks(peer->ssh, &peer->server);
    ssh_set_auth_methods(peer->ssh, SSH_AUTH_METHOD_PASSWORD);
    ssh_set_blocking(peer->ssh, 0);
    ssh_handle_key_exchange(peer->ssh);
    ssh_event_add_session(peer->event, peer->ssh);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = peer};
    epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
    serve_peer(peer); // its banner goes out
    return true;
}

static void serve(int listening)
{
    ssh_bind shared = ssh_bind_new();
    ssh_key key = NULL;
    bool no = false;
    ssh_pki_generate(SSH_KEYTYPE_ED25519, 0, &key);
    ssh_bind_options_set(shared, SSH_BIND_OPTIONS_PROCESS_CONFIG, &no);
    ssh_bind_options_set(shared, SSH_BIND_OPTIONS_IMPORT_KEY, key);
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    epoll_ctl(epoll, EPOLL_CTL_ADD, listening, &event);
    for (;;) {
        struct epoll_event events[64];
        int n = epoll_wait(epoll, events, 64, -1);
        for (int i = 0; i < n; i++) {
            if (events[i].data.ptr)
                serve_peer(events[i].data.ptr);
            else
                while (accept_peer(shared, listening, epoll))
                    ;
        }
    }
}

static pid_t start_bare(struct sockaddr_in *address)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    socklen_t len = sizeof *address;
    *address =
        (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (bind(fd, (struct sockaddr *)address, sizeof *address) < 0 || listen(fd, 1024) < 0) {
        perror("cannot listen");
        exit(1);
    }
    getsockname(fd, (struct sockaddr *)address, &len);
    pid_t pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        serve(fd);
    }
    close(fd);
    return pid;
}

static double rate(struct sockaddr_in first, uint32_t devices)
{
    struct ssh_load load = {
        .first = first, .devices = devices, .sessions = SESSIONS, .at_once = AT_ONCE};
    struct ssh_load_run *run = ssh_load_run(&load);
    double per_s = SESSIONS / ssh_load_seconds(run);
    ssh_load_end(run);
    return per_s;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double values[ROUNDS])
{
    qsort(values, ROUNDS, sizeof *values, compare);
    return values[ROUNDS / 2];
}

int main(void)
{
    struct child child;
    struct sockaddr_in bare;
    const char *const options[] = {"--devices", "40", NULL};
    pid_t bare_pid = start_bare(&bare);
    child_start(&child, options);
    struct sockaddr_in first = child_address(&child, 1, child.ssh);
    double ours[ROUNDS];
    double theirs[ROUNDS];
    double ratios[ROUNDS];
    double bare_cpu_s = 0;
    double cpu_s = 0;
    rate(bare, 1); // warm up
    rate(first, 40);
    for (int i = 0; i < ROUNDS; i++) {
        bare_cpu_s -= child_cpu_s(bare_pid);
        theirs[i] = rate(bare, 1);
        bare_cpu_s += child_cpu_s(bare_pid);
        cpu_s -= child_cpu_s(child.pid);
        ours[i] = rate(first, 40);
        cpu_s += child_cpu_s(child.pid);
        ratios[i] = ours[i] / theirs[i];
    }
    print_figure("ssh_sessions_per_s", median(ours), "1/s");
    print_figure("ssh_bare_sessions_per_s", median(theirs), "1/s");
    print_figure("ssh_sessions_ratio", median(ratios), "1");
    // The servers' own work a session: what is left when the machine is busy with other things.
    print_figure("ssh_session_cpu_us", cpu_s / (ROUNDS * SESSIONS) * 1e6, "us");
    print_figure("ssh_bare_session_cpu_us", bare_cpu_s / (ROUNDS * SESSIONS) * 1e6, "us");
    child_stop(&child);
    kill(bare_pid, SIGKILL);
    waitpid(bare_pid, NULL, 0);
    return 0;
}
