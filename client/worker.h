// A worker: takes jobs from a queue one after the other until there are none. Threads, processes
// and the only thread of `sequential` all run worker_run; they differ in who calls it and in the
// queue.
#ifndef CLIENT_WORKER_H
#define CLIENT_WORKER_H

#include "client/burn.h"
#include "client/gil.h"

#include <stdbool.h>
#include <stdint.h>

struct plan;
struct python_work;
struct job_result;

// Where jobs come from and results go to; called by many threads at once.
struct queue {
    bool blocks; // next and done wait for others: the lock is dropped for them
    bool (*next)(struct queue *queue, uint32_t *job); // false: no more; may block
    void (*done)(struct queue *queue, const struct job_result *result);
};

struct worker {
    uint32_t id; // from 0
    const struct plan *plan;
    const struct burner *burner;
    struct gil *gil;                       // NULL: no lock
    struct gil_thread lock;                // its counters are read after the worker ended
    uint64_t zero_ns;                      // clock_now_ns of the start of the run
    const struct python_work *python_work; // NULL: nothing is burnt but the experiment's cpu
};

// The caller holds worker->lock; it is dropped and ended (gil_thread_fini) at the end. Its counters
// stay.
void worker_run(struct worker *worker, struct queue *queue);

// Adds the counters of one thread's lock to a sum.
void worker_add_lock(struct gil_thread *sum, const struct gil_thread *lock);

#endif
