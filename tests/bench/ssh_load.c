#include "tests/bench/ssh_load.h"

#include "base/alloc.h"
#include "base/clock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libssh/libssh.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum step {
    STEP_CONNECT,
    STEP_LOGIN,
    STEP_CHANNEL,
    STEP_PTY,
    STEP_SHELL,
    STEP_PROMPT,
    STEP_ANSWER,
    STEP_DONE
};

struct one {
    ssh_session ssh;
    ssh_channel channel;
    enum step step;
};

struct ssh_load_run {
    struct ssh_load load;
    struct one *all;
    int epoll;
    uint32_t begun;
    uint32_t done;
    uint64_t took_ns;
};

static void fail(struct one *one, const char *what)
{
    fprintf(stderr, "an SSH session failed in %s: %s\n", what, ssh_get_error(one->ssh));
    exit(1);
}

static void begin(struct ssh_load_run *run)
{
    uint32_t number = run->begun++;
    struct one *one = &run->all[number];
    struct sockaddr_in address = run->load.first;
    if (run->load.devices > 1)
        address.sin_addr.s_addr =
            htonl(ntohl(address.sin_addr.s_addr) + number % run->load.devices);
    int no = 0;
    int on = 1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) < 0) {
        perror("cannot connect");
        exit(1);
    }
    one->ssh = ssh_new();
    ssh_options_set(one->ssh, SSH_OPTIONS_PROCESS_CONFIG, &no);
    ssh_options_set(one->ssh, SSH_OPTIONS_SSH_DIR, "/nonexistent");
    ssh_options_set(one->ssh, SSH_OPTIONS_KNOWNHOSTS, "/dev/null");
    ssh_options_set(one->ssh, SSH_OPTIONS_GLOBAL_KNOWNHOSTS, "/dev/null");
    ssh_options_set(one->ssh, SSH_OPTIONS_HOST, "127.0.0.1");
    ssh_options_set(one->ssh, SSH_OPTIONS_USER, "cisco");
    ssh_options_set(one->ssh, SSH_OPTIONS_NODELAY, &on);
    ssh_options_set(one->ssh, SSH_OPTIONS_FD, &fd);
    ssh_set_blocking(one->ssh, 0);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = one};
    epoll_ctl(run->epoll, EPOLL_CTL_ADD, fd, &event);
}

// Has the prompt come? Reads what there is.
static bool prompted(struct one *one)
{
    char bytes[4096];
    bool seen = false;
    for (;;) {
        int got = ssh_channel_read_nonblocking(one->channel, bytes, sizeof bytes, 0);
        if (got < 0)
            fail(one, "reading");
        if (got == 0)
            return seen;
        seen = bytes[got - 1] == '>' || bytes[got - 1] == '#';
    }
}

// Returns whether the step is over.
static bool try_step(struct one *one)
{
    int code = SSH_OK;
    switch (one->step) {
    case STEP_CONNECT:
        code = ssh_connect(one->ssh);
        break;
    case STEP_LOGIN:
        code = ssh_userauth_password(one->ssh, NULL, "cisco");
        if (code == SSH_AUTH_AGAIN)
            return false;
        if (code != SSH_AUTH_SUCCESS)
            fail(one, "login");
        one->channel = ssh_channel_new(one->ssh);
        break;
    case STEP_CHANNEL:
        code = ssh_channel_open_session(one->channel);
        break;
    case STEP_PTY:
        code = ssh_channel_request_pty_size(one->channel, "vt100", 80, 24);
        break;
    case STEP_SHELL:
        code = ssh_channel_request_shell(one->channel);
        break;
    case STEP_PROMPT:
        if (!prompted(one))
            return false;
        ssh_channel_write(one->channel, "show clock\n", 11);
        break;
    case STEP_ANSWER:
        return prompted(one);
    case STEP_DONE:
        return false;
    }
    if (code == SSH_AGAIN)
        return false;
    if (code != SSH_OK)
        fail(one, "a request");
    return true;
}

static void end(struct one *one)
{
    if (!one->ssh)
        return;
    ssh_disconnect(one->ssh);
    ssh_free(one->ssh);
    one->ssh = NULL;
}

static void on_ready(struct ssh_load_run *run, struct one *one)
{
    // Once more while libssh keeps something to send: the socket would not become readable for it.
    do {
        while (one->step != STEP_DONE && try_step(one))
            one->step++;
    } while (one->step != STEP_DONE && (ssh_get_status(one->ssh) & SSH_WRITE_PENDING));
    if (one->step != STEP_DONE)
        return;
    run->done++;
    epoll_ctl(run->epoll, EPOLL_CTL_DEL, ssh_get_fd(one->ssh), NULL);
    if (!run->load.hold)
        end(one);
    if (run->begun < run->load.sessions) {
        begin(run);
        on_ready(run, &run->all[run->begun - 1]); // the client's banner goes out
    }
}

struct ssh_load_run *ssh_load_run(const struct ssh_load *load)
{
    struct ssh_load_run *run = alloc_zero(1, sizeof *run);
    run->load = *load;
    run->all = alloc_zero(load->sessions, sizeof *run->all);
    run->epoll = epoll_create1(EPOLL_CLOEXEC);
    uint64_t start = clock_now_ns();
    while (run->begun < load->at_once && run->begun < load->sessions) {
        begin(run);
        on_ready(run, &run->all[run->begun - 1]);
    }
    while (run->done < load->sessions) {
        struct epoll_event events[64];
        int n = epoll_wait(run->epoll, events, 64, 10000);
        if (n == 0 || (n < 0 && errno != EINTR)) {
            fputs("the sessions hang\n", stderr);
            exit(1);
        }
        for (int i = 0; i < n; i++)
            on_ready(run, events[i].data.ptr);
    }
    run->took_ns = clock_now_ns() - start;
    return run;
}

double ssh_load_seconds(const struct ssh_load_run *run)
{
    return (double)run->took_ns / (double)CLOCK_NS_PER_S;
}

void ssh_load_end(struct ssh_load_run *run)
{
    for (uint32_t i = 0; i < run->load.sessions; i++)
        end(&run->all[i]);
    close(run->epoll);
    free(run->all);
    free(run);
}
