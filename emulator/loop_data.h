// The inside of a loop, for loop*.c.
#ifndef EMULATOR_LOOP_DATA_H
#define EMULATOR_LOOP_DATA_H

#include "emulator/alarm.h"
#include "emulator/delay_line.h"
#include "emulator/loop.h"
#include "emulator/unattended.h"

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

enum { N_TRANSPORTS = 2 };

// A session's place in the loop: the handle that watches its socket.
struct seat {
    uv_poll_t poll;
    struct loop *loop;
    struct session *session;
    uint64_t id;
    enum transport transport;
    int fd;                  // of the peer; the session's, or the line's
    int events;              // of libuv, that the session waits for
    struct delay_line *line; // NULL: none, or gone
    struct seat *next;       // of all, or of the dead
    struct seat **link;
    struct seat *next_woken; // guarded by the loop's woken_lock, as is:
    bool woken;
};

// A listening socket.
struct entrance {
    uv_poll_t poll;
    struct loop *loop;
    const struct transport_ops *ops;
    enum transport transport;
    void *shared;
    int fd;
    uint32_t device;
    const struct listen_place *place;
    struct entrance *next;
};

struct loop {
    const struct loop_settings *settings;
    uv_loop_t uv;
    uv_thread_t thread;
    bool started;
    bool stopping;
    uv_async_t wake;
    uv_mutex_t lock; // of what follows
    uv_cond_t called;
    void (*call)(struct loop *loop, void *data); // NULL: none is wanted
    void *call_data;
    bool stop_wanted;
    uv_prepare_t before_sleep;
    uv_check_t after_turn;
    struct alarm alarm;
    struct timers timers;
    struct session_env env;
    struct unattended unattended;
    struct delay_lines lines;
    struct entrance *entrances;
    struct {
        const struct transport_ops *ops;
        void *shared;
    } transports[N_TRANSPORTS];
    struct seat *seats;
    struct seat *dead;
    uv_mutex_t woken_lock; // never taken together with `lock`: a device's lock may be held
    struct seat *woken;    // somebody has something for their sessions
    int spare_fd;          // given up to accept and close a peer when the process has no other left
    bool said_no_fds;
    struct counts counts;
    uint64_t next_id;
};

// loop_seats.c
void loop_seat_hooks(struct session_env *env);             // what a session tells its seat
void loop_take_seat(struct loop *loop, struct seat *seat); // takes it
void loop_attend_woken(struct loop *loop);                 // the sessions that somebody woke
// Frees sessions that have ended, at the end of the loop's turn: none of their functions is on the
// stack.
void loop_reap(struct loop *loop);

// loop_accept.c, which has loop_listen, too
void loop_close_entrances(struct loop *loop);
void loop_free_entrances(struct loop *loop);

#endif
