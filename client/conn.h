// A connection to a device, driven without blocking: one struct of functions behind which SSH,
// Telnet and plain sleeping look alike.
//
// The owner calls conn_step until it says CONN_AGAIN, then waits for what conn_wait names (or for a
// timeout of its own) and calls conn_step again. Every other answer is a fact to act on. Bytes from
// the device collect in `in`, which the owner empties; what is to be sent is put in `out`, which
// conn_step sends. A connection belongs to one thread at a time.
#ifndef CLIENT_CONN_H
#define CLIENT_CONN_H

#include "base/buf.h"
#include "base/results.h"

#include <stdbool.h>
#include <stdint.h>

struct plan;

enum conn_event {
    CONN_AGAIN,     // nothing now: wait
    CONN_CONNECTED, // TCP is open
    CONN_SECURED,   // SSH: the key exchange is done
    CONN_LOGGED_IN, // SSH: the password was taken
    CONN_DATA,      // `in` has bytes
    CONN_CLOSED,    // the device closed in good order
    CONN_FAILED,    // conn->failure and conn->reason say how
};

struct conn_wait {
    int fd;          // -1: none
    short events;    // POLLIN, POLLOUT
    uint64_t due_ns; // clock_now_ns to step again at; UINT64_MAX: none
};

struct conn {
    const struct conn_type *type;
    struct buf in;
    struct buf out;
    enum job_end failure; // JOB_OK: the phase it was in says
    char reason[96];
};

struct conn_type {
    bool in_band; // the login is part of the dialogue
    bool calls;   // start and step make system calls: a Python client drops its lock for them
    const char *newline; // what Enter sends
    size_t size;         // of the struct that begins with a struct conn
    void (*start)(struct conn *conn, const struct plan *plan, uint32_t device);
    enum conn_event (*step)(struct conn *conn);
    void (*wait)(const struct conn *conn, struct conn_wait *wait);
    void (*stop)(struct conn *conn); // closes; also after a failure
    void (*prepare)(void);           // once a process, before time is measured; NULL: nothing to do
};

extern const struct conn_type conn_ssh;
extern const struct conn_type conn_telnet;
extern const struct conn_type conn_sleep;
extern const struct conn_type *const conn_types[]; // the index is enum transport

// The device counts from 1. Failures, the first connect's too, are told by conn_step.
struct conn *conn_new(const struct plan *plan, uint32_t device);
void conn_free(struct conn *conn); // closes
enum conn_event conn_step(struct conn *conn);
void conn_wait(const struct conn *conn, struct conn_wait *wait);

// For the connection types: keeps the failure and its reason and returns CONN_FAILED.
enum conn_event conn_fail(struct conn *conn, enum job_end failure, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
