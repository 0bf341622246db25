// A thread, its libuv loop, its listeners and the sessions accepted by them. Loops share only what
// locks itself (devices, limits).
#ifndef EMULATOR_LOOP_H
#define EMULATOR_LOOP_H

#include "base/err.h"
#include "emulator/counts.h"
#include "emulator/session.h"

#include <stdint.h>
#include <sys/socket.h>

struct loop;
struct listen_place;

struct loop_settings {
    const struct experiment *experiment;
    struct device_set *devices;
    struct limits_state *limits;
    const struct transport_settings *transport;
    uint32_t n_loops;
    uint64_t login_timeout_ns;
    uint64_t idle_timeout_ns; // 0: none
};

// Borrows the settings for its life.
// index: of the loop among settings->n_loops.
struct loop *loop_new(const struct loop_settings *settings, uint32_t index, struct err *err);
void loop_free(struct loop *loop); // after loop_join, or if it was never started

// Takes fd, a listening socket that does not block, on success. device: the number of the device
// behind it, or 0: told by the accepted socket's own address, by places_device_at. The place is
// borrowed. Before loop_start.
int loop_listen(struct loop *loop, const struct transport_ops *ops, int fd, uint32_t device,
                const struct listen_place *place, struct err *err);

int loop_start(struct loop *loop, struct err *err);
// Calls a function on the running loop's thread and waits for it. Of one thread at a time.
void loop_call(struct loop *loop, void (*call)(struct loop *loop, void *data), void *data);
void loop_stop(struct loop *loop); // from any thread: ends all sessions, then the loop
void loop_join(struct loop *loop); // waits for that; a loop that was not started is fine
// Inside a loop_call: every session that has not ended; each may end the one it is called with. The
// id is the session's alone among those of all loops.
void loop_each_session(struct loop *loop,
                       void (*each)(struct session *session, uint64_t id, void *data), void *data);
// Of the thread that runs the loop; for others inside a loop_call or after loop_join.
const struct counts *loop_counts(const struct loop *loop);

#endif
