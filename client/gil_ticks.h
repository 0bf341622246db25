// The lock of CPython 2.x, 3.0 and 3.1 on Linux: Python/ceval.c and Python/thread_pthread.h of 2.7.
//
// The lock is a binary one (client/tick_lock.h); its release gives it to nobody, so the releaser's
// own wait, which follows at once, normally takes it back before a woken waiter is on a core. One
// counter of ticks for the whole process (_Py_Ticker), which goes on where the holder before left
// it; below 0 the holder releases and asks again, whether anybody waits or not.
#ifndef CLIENT_GIL_TICKS_H
#define CLIENT_GIL_TICKS_H

#include "client/gil.h"
#include "client/tick_lock.h"

struct gil_ticks {
    struct tick_lock *lock;
    // Only the holder touches these.
    double interval_ns; // work from one check to the next
    double left_ns;     // until the next
    struct gil_thread *last_holder;
    uint64_t since_ns; // it holds the lock since then; 0: it dropped it
};

void gil_ticks_init(struct gil_ticks *gil, uint32_t check_interval, double tick_ns);
void gil_ticks_fini(struct gil_ticks *gil);
void gil_ticks_take(struct gil_ticks *gil, struct gil_thread *thread);
void gil_ticks_drop(struct gil_ticks *gil, struct gil_thread *thread);
void gil_ticks_check(struct gil_ticks *gil, struct gil_thread *thread, double worked_ns);

#endif
