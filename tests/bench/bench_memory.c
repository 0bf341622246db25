// Resident memory of the emulator: per SSH session and per Telnet session held (logged in, one
// command done), and per idle device.
#include "tests/bench/child.h"
#include "tests/bench/ssh_load.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SESSIONS = 5000, WARM = 200, DEVICES = 5000, IDLE_DEVICES = 1000000 };

static void raise_limit(void)
{
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

// Sends a line and reads until the text has come.
static void talk(int fd, const char *line, const char *until)
{
    char bytes[4096];
    size_t len = 0;
    if (send(fd, line, strlen(line), 0) < 0) {
        perror("telnet");
        exit(1);
    }
    for (;;) {
        struct pollfd ready = {.fd = fd, .events = POLLIN};
        ssize_t got =
            poll(&ready, 1, 10000) > 0 ? recv(fd, bytes + len, sizeof bytes - 1 - len, 0) : -1;
        if (got <= 0) {
            fprintf(stderr, "a Telnet session waits in vain for '%s'\n", until);
            exit(1);
        }
        len += (size_t)got;
        for (size_t i = 0; i < len; i++)
            if (!bytes[i])
                bytes[i] = '?'; // of the negotiation
        bytes[len] = '\0';
        if (strstr(bytes, until))
            return;
    }
}

static int telnet_session(const struct sockaddr_in *address)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (const struct sockaddr *)address, sizeof *address) < 0) {
        perror("telnet");
        exit(1);
    }
    talk(fd, "", "Username: ");
    talk(fd, "cisco\r\n", "Password: ");
    talk(fd, "cisco\r\n", ">");
    talk(fd, "show clock\r\n", ">");
    return fd;
}

static void measure_telnet(void)
{
    static int fds[SESSIONS + WARM];
    struct child child;
    const char *const options[] = {"--devices", "5200", "--idle-timeout", "0", NULL};
    child_start(&child, options);
    for (int i = 0; i < WARM; i++) {
        struct sockaddr_in address =
            child_address(&child, (uint32_t)(DEVICES + 1 + i), child.telnet);
        fds[SESSIONS + i] = telnet_session(&address);
    }
    long before = child_rss_kb(child.pid);
    for (int i = 0; i < SESSIONS; i++) {
        struct sockaddr_in address = child_address(&child, (uint32_t)(1 + i), child.telnet);
        fds[i] = telnet_session(&address);
    }
    print_figure("telnet_kb_per_session", (double)(child_rss_kb(child.pid) - before) / SESSIONS,
                 "kB");
    for (int i = 0; i < SESSIONS + WARM; i++)
        close(fds[i]);
    child_stop(&child);
}

static void measure_ssh(void)
{
    struct child child;
    const char *const options[] = {"--devices", "5200", "--idle-timeout", "0", NULL};
    child_start(&child, options);
    struct ssh_load warm = {.first = child_address(&child, DEVICES + 1, child.ssh),
                            .devices = WARM,
                            .sessions = WARM,
                            .at_once = 16,
                            .hold = true};
    struct ssh_load_run *kept = ssh_load_run(&warm);
    long before = child_rss_kb(child.pid);
    struct ssh_load load = {.first = child_address(&child, 1, child.ssh),
                            .devices = DEVICES,
                            .sessions = SESSIONS,
                            .at_once = 16,
                            .hold = true};
    struct ssh_load_run *run = ssh_load_run(&load);
    print_figure("ssh_kb_per_session", (double)(child_rss_kb(child.pid) - before) / SESSIONS, "kB");
    ssh_load_end(run);
    ssh_load_end(kept);
    child_stop(&child);
}

static void measure_idle(void)
{
    struct child few;
    struct child many;
    const char *const one[] = {"--devices", "1", NULL};
    const char *const all[] = {"--devices", "1000000", NULL};
    child_start(&few, one);
    child_start(&many, all);
    double kb = (double)(child_rss_kb(many.pid) - child_rss_kb(few.pid));
    print_figure("idle_kb_per_1000_devices", kb > 0 ? kb * 1000 / IDLE_DEVICES : 0, "kB");
    child_stop(&few);
    child_stop(&many);
}

int main(void)
{
    raise_limit();
    measure_idle();
    measure_telnet();
    measure_ssh();
    return 0;
}
