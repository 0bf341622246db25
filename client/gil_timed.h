// The lock of CPython 3.2 and later: Python/ceval_gil.h (3.2 to 3.11), Python/ceval_gil.c (3.12
// on), FORCE_SWITCHING compiled in as CPython does.
//
// take_gil: a free lock is taken at once, queue or not. Else wait on `cond` for a full fresh
// interval; when that ends by time, the lock is still held and no switch happened meanwhile, ask
// the holder to drop it. In every case wait again until it is free. drop_gil: release and signal
// one waiter. With a request pending, wait without limit until another thread has the lock:
// switching away is forced, to whom is not.
//
// 3.13 keeps the request in the holder's thread state instead of the lock's; when it is set and
// cleared is the same.
#ifndef CLIENT_GIL_TIMED_H
#define CLIENT_GIL_TIMED_H

#include "client/gil.h"

#include <pthread.h>
#include <stdatomic.h>

struct gil_timed {
    uint64_t interval_ns;

    pthread_mutex_t mutex;
    pthread_cond_t cond; // the lock is free
    // Under mutex.
    bool locked;
    uint64_t took_ns;       // when its holder took it
    uint64_t switch_number; // holders that were not the one before
    uint64_t waits;         // timed waits begun

    pthread_mutex_t switch_mutex;
    pthread_cond_t switch_cond; // somebody took it

    // Read without a mutex at check points and in drop.
    _Atomic(const struct gil_thread *) last_holder;
    atomic_bool drop_request;
};

void gil_timed_init(struct gil_timed *gil, uint64_t interval_ns);
void gil_timed_fini(struct gil_timed *gil);
void gil_timed_take(struct gil_timed *gil, struct gil_thread *thread);
void gil_timed_drop(struct gil_timed *gil, struct gil_thread *thread);
void gil_timed_check(struct gil_timed *gil, struct gil_thread *thread);

#endif
