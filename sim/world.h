// Who works in a run: the threads, processes and locks of a strategy, and their programs.
//
// A strategy is one struct: how many threads and locks it needs, and a function that gives every
// thread its program. The engine then runs from the main thread's start to its end: that is the
// wall time.
#ifndef SIM_WORLD_H
#define SIM_WORLD_H

#include "base/experiment.h"
#include "sim/engine.h"
#include "sim/peer.h"
#include "sim/reader.h"
#include "sim/thread.h"
#include "sim/workload.h"

#include <stdint.h>

// What a worker thread, or a task of the event loop, is doing.
struct worker {
    struct session session;
    struct action action;
    struct channel answer; // a token when the emulator has answered
    uint32_t process;      // it belongs to, from 0
    uint8_t place;
};

// The threads of one process that are started and joined together.
struct thread_group {
    struct channel started; // a token from each thread that runs
    struct channel done;    // and from each that ends
    uint32_t first;         // thread ids
    uint32_t count;
};

struct world {
    struct engine *engine;
    struct workload *workload;
    const struct run_spec *spec;
    struct worker *workers;
    bool own_locks; // each worker thread has a sub-interpreter, and so a lock, of its own
    bool handshake; // a thread's starter waits until it runs (CPython)
    struct thread_group group; // of main
    struct channel jobs;       // process pools: messages to the workers
    struct channel results;    // and back
    struct peer peer;
    struct reader *readers;       // one a worker; NULL: a session has one thread
    struct fifo ready;            // event loop: tasks that are answered; size 0: no event loop
    struct channel answers_ready; // a token for each of them
    bool *used;                   // each process: its first session has begun
    uint64_t pool_poll_ns; // a pool looks after its processes so often; 0: when there are news
    uint32_t first_worker; // thread id; main is 0
    uint32_t first_background;
    bool woke_background; // nobody waits for their start
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
extern const struct strategy_model model_processes;
extern const struct strategy_model model_hybrid;
extern const struct strategy_model model_async;
extern const struct strategy_model model_echo;
extern const struct strategy_model *const strategy_models[]; // by enum strategy

// For the strategies. The lock with that number; NULL when the interpreter has none.
struct gil *world_gil(struct world *world, uint32_t number);
struct thread *world_thread(struct world *world, uint32_t id, thread_program program,
                            struct gil *gil);

// Threads first to first + spec->background compute for ever under lock 0, the main interpreter's.
// They run before the clock does, as in a real run: main wakes them when it has its lock, or starts
// them itself (world_start_threads).
void world_background(struct world *world, uint32_t first);
void world_wake_background(struct engine *engine);

// The lock of a strategy's only worker: that of main, or with sub-interpreters one of its own. How
// many locks such a strategy has.
struct gil *world_only_gil(struct world *world);
uint32_t world_only_gils(const struct run_spec *spec);

// Program parts: each returns STEP_EXIT when it is done.
//
// The worker's sessions, one after the other, until there are none left; or one of them.
enum verdict world_sessions(struct engine *engine, struct thread *thread);
enum verdict world_one_session(struct engine *engine, struct thread *thread);
// Starts the threads first to first + count one by one; thread->number counts, from 0 back to 0;
// thread->pc must be even, and is the next odd number in between.
enum verdict world_start_threads(struct engine *engine, struct thread *thread, uint32_t first,
                                 uint32_t count);
// Collects count tokens; thread->number counts, from 0 back to 0.
enum verdict world_collect(struct thread *thread, struct channel *channel, uint32_t count);

// CPU that the first session of the worker's process takes beyond that of others; 0 from then on.
uint64_t world_first_ns(struct world *world, const struct worker *worker);

#endif
