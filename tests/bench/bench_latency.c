// How late the first byte of an answer is: 1,000 Telnet sessions, each with a command every second
// to a device that takes 100 ms. The answer's time is the client's clock at its arrival, less the
// clock just before the Enter was sent: so the way through two sockets and the client's own
// lateness count as the emulator's.
//
// Beside it a thread that only sleeps, a millisecond a thousand times a second: how late that one
// is (timer_error_*) is the machine's part.
#include "tests/bench/child.h"

#include "base/clock.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { SESSIONS = 1000, SECONDS = 10, LATENCY_MS = 100, PER_S = 1000 };

enum state {
    STATE_USER,
    STATE_PASSWORD,
    STATE_FIRST_PROMPT,
    STATE_IDLE,
    STATE_ECHO,
    STATE_ANSWER,
    STATE_REST
};

struct one {
    int fd;
    enum state state;
    uint64_t entered_ns;
    uint64_t next_ns;
    char seen[64]; // the last bytes
    size_t len;
};

struct lateness {
    int64_t ns[PER_S * (SECONDS + 2)];
    size_t n;
};

static struct one all[SESSIONS];
static struct lateness answers;
static struct lateness naps;
static int ready;

static void say(struct one *one, const char *text)
{
    if (send(one->fd, text, strlen(text), 0) < 0) {
        perror("telnet");
        exit(1);
    }
    one->len = 0;
}

static bool ends_with(const struct one *one, const char *text)
{
    size_t len = strlen(text);
    return one->len >= len && !memcmp(one->seen + one->len - len, text, len);
}

static void take(struct one *one, char c, uint64_t now)
{
    if (one->len == sizeof one->seen) {
        memmove(one->seen, one->seen + 1, sizeof one->seen - 1);
        one->len--;
    }
    one->seen[one->len++] = c;
    switch (one->state) {
    case STATE_USER:
        if (ends_with(one, "Username: ")) {
            say(one, "cisco\r\n");
            one->state = STATE_PASSWORD;
        }
        break;
    case STATE_PASSWORD:
        if (ends_with(one, "Password: ")) {
            say(one, "cisco\r\n");
            one->state = STATE_FIRST_PROMPT;
        }
        break;
    case STATE_FIRST_PROMPT:
        if (ends_with(one, ">")) {
            one->state = STATE_IDLE;
            ready++;
        }
        break;
    case STATE_ECHO:
        if (ends_with(one, "\r\n"))
            one->state = STATE_ANSWER;
        break;
    case STATE_ANSWER:
        answers.ns[answers.n++] =
            (int64_t)(now - one->entered_ns) - LATENCY_MS * (int64_t)CLOCK_NS_PER_MS;
        one->state = STATE_REST;
        break;
    case STATE_REST:
        if (ends_with(one, ">"))
            one->state = STATE_IDLE;
        break;
    case STATE_IDLE:
        break;
    }
}

static void on_readable(struct one *one)
{
    char bytes[4096];
    ssize_t got = recv(one->fd, bytes, sizeof bytes, 0);
    uint64_t now = clock_now_ns();
    if (got == 0 || (got < 0 && errno != EAGAIN)) {
        fputs("a session ended\n", stderr);
        exit(1);
    }
    for (ssize_t i = 0; i < got; i++)
        take(one, bytes[i], now);
}

static void serve_until(int epoll, uint64_t until_ns)
{
    for (;;) {
        uint64_t now = clock_now_ns();
        if (now >= until_ns)
            return;
        struct epoll_event events[64];
        uint64_t left_us = (until_ns - now) / CLOCK_NS_PER_US;
        struct timespec wait = {.tv_sec = 0,
                                .tv_nsec = (long)(left_us < 1000 ? left_us : 1000) * 1000};
        int n = epoll_pwait2(epoll, events, 64, &wait, NULL);
        for (int i = 0; i < n; i++)
            on_readable(events[i].data.ptr);
    }
}

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a;
    int64_t y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void print_percentile(const char *of, const struct lateness *sorted, size_t percent)
{
    char name[64];
    size_t place = sorted->n * percent / 100;
    if (place == sorted->n)
        place--;
    snprintf(name, sizeof name, percent < 100 ? "%s_error_p%zu_us" : "%s_error_max_us", of,
             percent);
    print_figure(name, (double)sorted->ns[place] / 1e3, "us");
}

static void report(const char *of, struct lateness *late)
{
    if (!late->n)
        return;
    qsort(late->ns, late->n, sizeof *late->ns, compare);
    print_percentile(of, late, 50);
    print_percentile(of, late, 99);
    print_percentile(of, late, 100);
}

static atomic_bool over;

static void *nap(void *data)
{
    (void)data;
    for (uint64_t due = clock_now_ns(); !atomic_load(&over) && naps.n < PER_S * SECONDS;) {
        due += CLOCK_NS_PER_S / PER_S;
        struct timespec until = {.tv_sec = (time_t)(due / CLOCK_NS_PER_S),
                                 .tv_nsec = (long)(due % CLOCK_NS_PER_S)};
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
        naps.ns[naps.n++] = (int64_t)(clock_now_ns() - due);
    }
    return NULL;
}

int main(void)
{
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    struct child child;
    const char *const options[] = {"--devices", "1000", "--set", "devices.latency.command=100ms",
                                   NULL};
    child_start(&child, options);
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    for (uint32_t i = 0; i < SESSIONS; i++) {
        struct sockaddr_in address = child_address(&child, i + 1, child.telnet);
        all[i].fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (all[i].fd < 0 || connect(all[i].fd, (struct sockaddr *)&address, sizeof address) < 0) {
            perror("telnet");
            exit(1);
        }
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &all[i]};
        epoll_ctl(epoll, EPOLL_CTL_ADD, all[i].fd, &event);
    }
    uint64_t patience = clock_now_ns() + 30 * CLOCK_NS_PER_S;
    while (ready < SESSIONS && clock_now_ns() < patience)
        serve_until(epoll, clock_now_ns() + 10 * CLOCK_NS_PER_MS);
    pthread_t napper;
    if (pthread_create(&napper, NULL, nap, NULL) != 0) {
        perror("thread");
        exit(1);
    }
    uint64_t start = clock_now_ns() + 100 * CLOCK_NS_PER_MS;
    uint64_t end = start + SECONDS * CLOCK_NS_PER_S;
    uint64_t gap = CLOCK_NS_PER_S / PER_S; // spread over the second
    for (uint64_t due = start, i = 0; due < end; due += gap, i++) {
        serve_until(epoll, due);
        struct one *one = &all[i % SESSIONS];
        if (one->state != STATE_IDLE)
            continue;
        one->state = STATE_ECHO;
        one->entered_ns = clock_now_ns();
        say(one, "show clock\r");
    }
    serve_until(epoll, end + CLOCK_NS_PER_S);
    atomic_store(&over, true);
    pthread_join(napper, NULL);
    report("latency", &answers);
    if (answers.n) {
        print_figure("latency_early_answers", answers.ns[0] < 0 ? 1 : 0, "1");
        print_figure("latency_answers", (double)answers.n, "1");
    }
    report("timer", &naps);
    child_stop(&child);
    return 0;
}
