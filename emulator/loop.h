// A thread, its libuv loop, its listeners and the sessions accepted by them. Loops share only what
// locks itself (devices, limits).
#ifndef EMULATOR_LOOP_H
#define EMULATOR_LOOP_H

#include "base/err.h"
#include "emulator/session.h"

#include <stdint.h>
#include <sys/socket.h>

struct loop;

struct loop_settings {
    const struct experiment *experiment;
    struct device_set *devices;
    struct limits_state *limits;
    const struct transport_settings *transport;
    uint64_t login_timeout_ns;
    uint64_t idle_timeout_ns; // 0: none
};

// What was counted; of the thread that runs the loop, read by others in a loop_call or after
// loop_join.
struct loop_counts {
    uint64_t accepted;
    uint64_t open; // of them, sessions that have not ended
    uint64_t ended[SESSION_ENDS];
};

// Borrows the settings for its life.
struct loop *loop_new(const struct loop_settings *settings, struct err *err);
void loop_free(struct loop *loop); // after loop_join, or if it was never started

// Takes fd, a listening socket that does not block, on success. device: the number of the device
// behind it, or 0: told by the accepted socket's own address, counted from base (host byte order)
// as number 1. Before loop_start.
int loop_listen(struct loop *loop, const struct transport_ops *ops, int fd, uint32_t device,
                uint32_t base, struct err *err);

int loop_start(struct loop *loop, struct err *err);
// Calls a function on the running loop's thread and waits for it. Of one thread at a time.
void loop_call(struct loop *loop, void (*call)(struct loop *loop, void *data), void *data);
void loop_stop(struct loop *loop); // from any thread: ends all sessions, then the loop
void loop_join(struct loop *loop); // waits for that; a loop that was not started is fine
const struct loop_counts *loop_counts(const struct loop *loop);

#endif
