// A session with a transport and a device of the test's own and a clock by hand: no socket, no
// loop.
#ifndef TESTS_UNIT_SESSION_BENCH_H
#define TESTS_UNIT_SESSION_BENCH_H

#include "base/buf.h"
#include "base/clock.h"
#include "emulator/counts.h"
#include "emulator/session.h"
#include "tests/unit/fake_device.h"
#include "tests/unit/harness.h"

extern uint64_t time_ns;
extern uint64_t look_ns; // that much later it is at each look

// What the transport saw.
struct wire {
    struct buf said;
    bool reads;         // false: the peer does not read
    bool hears_the_end; // of what the peer sends, while it writes
    int opened;
    int answered;       // 1: right, -1: wrong
    bool opens_nothing; // after the login
    bool finished;
    int exit_status;
    bool closed;
    int renewals; // asked for a new password in the protocol
    bool renews;  // it can
    struct session *session;
};

struct bench {
    struct experiment *experiment;
    struct device_set *devices;
    struct limits_state *limits;
    struct timers timers;
    struct counts counts;
    struct session_env env;
    struct wire wire;
    const struct transport_ops *ops;
    int ended; // 0: no, else 1 + enum session_end
    unsigned wants;
    bool reset; // the peer shall see one
};

extern struct bench bench;

// A session with these overrides of the experiment, just accepted.
struct session *begin(const char *const *overrides);
void finish(struct session *session);

void wait_ms(uint64_t ms);
void poke(struct session *session); // the socket is readable
void type(struct session *session, const char *text);
void log_in(struct session *session);
void said(const char *text); // since the last call

#endif
