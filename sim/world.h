// Who works in a run: the threads, processes and locks of a strategy, and their programs.
//
// A strategy is one struct: how many threads and locks it needs, and a function that gives every
// thread its program. The engine then runs from the main thread's start to its end: that is the
// wall time.
#ifndef SIM_WORLD_H
#define SIM_WORLD_H

#include "base/experiment.h"
#include "sim/engine.h"
#include "sim/thread.h"
#include "sim/workload.h"

#include <stdint.h>

// What a worker thread, or a task of the event loop, is doing.
struct worker {
    struct session session;
    struct action action;
    uint8_t place;
};

struct world {
    struct engine *engine;
    struct workload *workload;
    const struct run_spec *spec;
    struct worker *workers;
    bool handshake;         // a thread's starter waits until it runs (CPython)
    struct channel started; // a token from each thread that runs
    struct channel done;    // and from each that ends
    struct channel jobs;    // process pools: messages to the workers
    struct channel results; // and back
    uint64_t pool_start_ns;
    uint64_t pool_poll_ns; // a pool's end is noticed at multiples of this; 0: at once
    uint32_t first_worker; // thread id; main is 0
    uint32_t n_workers;
    uint64_t answers; // of the echo
    uint64_t echo_from_ns;
    uint64_t echo_to_ns;
    void *own; // the strategy's; freed by it
};

struct strategy_model {
    uint32_t (*threads)(const struct run_spec *spec); // background ones apart
    uint32_t (*gils)(const struct run_spec *spec);    // locks, if the interpreter has any
    // Gives threads[0 .. threads()) their programs and locks.
    void (*build)(struct world *world);
    void (*fini)(struct world *world); // NULL: nothing to free
};

extern const struct strategy_model model_sequential;
extern const struct strategy_model model_threads;
extern const struct strategy_model model_interpreters;
extern const struct strategy_model *const strategy_models[]; // by enum strategy

// For the strategies. The lock with that number; NULL when the interpreter has none.
struct gil *world_gil(struct world *world, uint32_t number);
struct thread *world_thread(struct world *world, uint32_t id, thread_program program,
                            struct gil *gil);

// A program: computes for ever under the lock.
enum verdict world_spin(struct engine *engine, struct thread *thread);
// Goes on with the worker's sessions; STEP_EXIT when there are none left (the lock is still held).
enum verdict world_sessions(struct engine *engine, struct thread *thread);
// A program part: starts the threads first to first + count one by one (thread->number counts);
// STEP_EXIT when all were started.
enum verdict world_start_threads(struct engine *engine, struct thread *thread, uint32_t first,
                                 uint32_t count);
// A program part: collects count tokens (thread->number counts, from 0); STEP_EXIT when it has
// them.
enum verdict world_collect(struct thread *thread, struct channel *channel, uint32_t count);

#endif
