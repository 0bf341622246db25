// A pool of threads in this process, fed from one queue like CPython's ThreadPoolExecutor.
#ifndef CLIENT_STRATEGY_THREADS_H
#define CLIENT_STRATEGY_THREADS_H

#include "client/strategy.h"

// Starts n workers with the numbers first_id on, waits for all of them, and adds their lock's
// counters up in *lock. When a thread cannot be started the others do the work they have and the
// call fails.
int thread_pool_run(const struct run *run, struct queue *queue, struct gil *gil, uint32_t first_id,
                    uint32_t n, struct gil_thread *lock, struct err *err);

#endif
