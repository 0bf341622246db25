// A loop with real sockets and a transport that says nothing or too much: how it learns that a peer
// has reset its connection, directly and at the far end of a long path.
#include "emulator/loop.h"

#include "base/clock.h"
#include "emulator/limits.h"
#include "emulator/platform.h"
#include "tests/unit/harness.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const uint64_t patience_ns = 20 * CLOCK_NS_PER_S;
static const char *const near_device[] = {NULL};
static const char *const far_device[] = {"devices.latency.rtt=2ms", NULL};

// The transports: of one session at a time.

struct conn {
    struct session *session;
    int fd;
    bool said_enough; // the socket takes no more
};
static struct conn conn; // of the loop's thread, in a loop_call the test's

static void *shared_new(const struct transport_settings *settings, struct err *err)
{
    (void)settings, (void)err;
    return &conn;
}

static void shared_free(void *shared)
{
    (void)shared;
}

static void *conn_open(struct session *session, void *shared, int fd)
{
    (void)shared;
    conn = (struct conn){.session = session, .fd = fd};
    return &conn;
}

// As libssh does: one read each time that the loop calls.
static void listens(void *data, bool readable, bool writable)
{
    (void)data, (void)writable;
    char byte;
    ssize_t len = readable ? recv(conn.fd, &byte, 1, 0) : 1;
    if (len == 0 || (len < 0 && errno != EAGAIN))
        session_end(conn.session, SESSION_END_PEER);
}

static unsigned wants_to_read(void *data)
{
    (void)data;
    return TRANSPORT_READ;
}

// Says more than anybody takes, and does not mind that the peer says no more.
static void talks(void *data, bool readable, bool writable)
{
    (void)data;
    static const char bytes[4096];
    ssize_t len = 1;
    while ((readable || writable) && len > 0)
        len = send(conn.fd, bytes, sizeof bytes, MSG_NOSIGNAL);
    conn.said_enough = len < 0 && errno == EAGAIN;
    if (len < 0 && errno != EAGAIN)
        session_end(conn.session, SESSION_END_PEER);
}

static unsigned wants_to_write(void *data)
{
    (void)data;
    return TRANSPORT_WRITE;
}

static size_t conn_write(void *data, const void *bytes, size_t len)
{
    (void)data, (void)bytes;
    return len;
}

static void conn_close(void *data)
{
    (void)data;
    close(conn.fd);
}

static const struct transport_ops listener = {
    .name = "listener",
    .shared_new = shared_new,
    .shared_free = shared_free,
    .open = conn_open,
    .ready = listens,
    .wants = wants_to_read,
    .write = conn_write,
    .close = conn_close,
};

static const struct transport_ops talker = {
    .name = "talker",
    .shared_new = shared_new,
    .shared_free = shared_free,
    .open = conn_open,
    .ready = talks,
    .wants = wants_to_write,
    .write = conn_write,
    .close = conn_close,
};

// The bench: one device, one loop, not started yet.

struct bench {
    struct experiment *experiment;
    struct platform *platform;
    struct loop_settings settings;
    struct loop *loop;
    struct sockaddr_in address;
};
static struct bench bench;

static int listening_socket(void)
{
    bench.address =
        (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof bench.address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_true(fd >= 0);
    fcntl(fd, F_SETFL, O_NONBLOCK);
    assert_int_equal(bind(fd, (const struct sockaddr *)&bench.address, len), 0);
    assert_int_equal(listen(fd, 1), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&bench.address, &len), 0);
    return fd;
}

static void begin(const struct transport_ops *ops, const char *const *overrides)
{
    struct err err;
    bench = (struct bench){.experiment = experiment_load(NULL, overrides, &err)};
    if (!bench.experiment)
        fail_msg("%s", err.text);
    bench.platform = platform_load("cisco_ios", NULL, &err);
    if (!bench.platform)
        fail_msg("%s", err.text);
    static const struct transport_settings none;
    bench.settings = (struct loop_settings){
        .experiment = bench.experiment,
        .devices = device_set_new(bench.experiment, bench.platform, 1),
        .limits = limits_new(0),
        .transport = &none,
        .n_loops = 1,
        .login_timeout_ns = 600 * CLOCK_NS_PER_S,
    };
    bench.loop = loop_new(&bench.settings, 0, &err);
    if (!bench.loop || loop_listen(bench.loop, ops, listening_socket(), 1, NULL, &err) < 0)
        fail_msg("%s", err.text);
}

static void start(void)
{
    struct err err;
    if (loop_start(bench.loop, &err) < 0)
        fail_msg("%s", err.text);
}

static void finish(void)
{
    loop_stop(bench.loop);
    loop_join(bench.loop);
    loop_free(bench.loop);
    device_set_free(bench.settings.devices);
    limits_free(bench.settings.limits);
    platform_free(bench.platform);
    experiment_free(bench.experiment);
}

// Looks on the loop's thread, again and again, until it is so.
static void wait_until(void (*look)(struct loop *loop, void *is_so))
{
    uint64_t end_ns = clock_now_ns() + patience_ns;
    bool is_so = false;
    while (!is_so && clock_now_ns() < end_ns) {
        loop_call(bench.loop, look, &is_so);
        nanosleep(&(struct timespec){.tv_nsec = (long)CLOCK_NS_PER_MS}, NULL);
    }
    assert_true(is_so);
}

static void session_is_over(struct loop *loop, void *is_so)
{
    const struct counts *counts = loop_counts(loop);
    *(bool *)is_so = counts->accepted == 1 && counts->open == 0;
}

static void transport_is_blocked(struct loop *loop, void *is_so)
{
    *(bool *)is_so = loop_counts(loop)->accepted == 1 && conn.said_enough;
}

static int peer(void)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    int small = 1; // as little room as the kernel gives
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    assert_int_equal(connect(fd, (const struct sockaddr *)&bench.address, sizeof bench.address), 0);
    return fd;
}

static void reset(int fd)
{
    struct linger linger = {.l_onoff = 1, .l_linger = 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    close(fd);
}

// The loop, which was busy elsewhere, finds both at once.
static void last_words_and_a_reset_at_once(const char *const *overrides)
{
    begin(&listener, overrides);
    int fd = peer();
    assert_int_equal(send(fd, "xyz", 3, 0), 3);
    reset(fd);
    start();
    wait_until(session_is_over);
    finish();
}

static void test_a_reset_together_with_last_words_ends_the_session(void **state)
{
    (void)state;
    last_words_and_a_reset_at_once(near_device);
}

static void test_a_reset_together_with_last_words_ends_the_session_on_a_long_path(void **state)
{
    (void)state;
    last_words_and_a_reset_at_once(far_device);
}

// Nothing is read of the peer any more, and it takes nothing: only the reset is left to see.
static void test_a_long_path_sees_the_reset_of_a_peer_that_does_not_read(void **state)
{
    (void)state;
    begin(&talker, far_device);
    start();
    int fd = peer();
    shutdown(fd, SHUT_WR);
    wait_until(transport_is_blocked);
    reset(fd);
    wait_until(session_is_over);
    finish();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_reset_together_with_last_words_ends_the_session),
        cmocka_unit_test(test_a_reset_together_with_last_words_ends_the_session_on_a_long_path),
        cmocka_unit_test(test_a_long_path_sees_the_reset_of_a_peer_that_does_not_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
