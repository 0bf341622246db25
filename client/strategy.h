// The strategies: one function each, chosen by enum strategy from one table. A strategy hands every
// job of the plan to its workers and comes back when all have ended. It runs in a process of its
// own (runner.h) and may do with it what it likes.
#ifndef CLIENT_STRATEGY_H
#define CLIENT_STRATEGY_H

#include "base/err.h"
#include "base/experiment.h"
#include "base/python_work.h"
#include "client/board.h"
#include "client/burn.h"
#include "client/lock_log.h"
#include "client/plan.h"
#include "client/worker.h"

#include <stdint.h>

struct run {
    const struct run_spec *spec;
    const struct plan *plan;
    struct burner burner;
    double tick_ns; // of the old lock
    struct python_work python_work;
    struct board *board;
    struct lock_log *lock_log;   // NULL: not asked for
    uint32_t lock_number;        // for it: of this process's lock; 0: the only one
    uint64_t zero_ns;            // start of the run; every time of a row counts from it
    const char *program;         // this executable, to start anew
    const char *experiment_path; // the resolved experiment, for a program started anew
};

// Fails only when the run cannot be done at all (no more threads, no more processes); a session
// that fails is a result.
typedef int (*strategy)(struct run *run, struct err *err);

extern const strategy strategies[]; // the index is enum strategy

int strategy_sequential(struct run *run, struct err *err);
int strategy_threads(struct run *run, struct err *err);   // also of interpreters: the lock differs
int strategy_processes(struct run *run, struct err *err); // also of hybrid: threads in each
int strategy_async(struct run *run, struct err *err);

// How many workers there is work for.
uint32_t run_workers(const struct run *run);
// The lock of a process of this run.
struct gil *run_new_gil(const struct run *run);
void run_worker_init(const struct run *run, struct worker *worker, uint32_t id, struct gil *gil);

// Jobs counted up in the run's board, results put there.
struct board_queue {
    struct queue queue;
    struct board *board;
};
void board_queue_init(struct board_queue *queue, struct board *board);

#endif
