// One run in virtual time: the clock, the cores, the threads, and the loop that takes event after
// event. Who builds the threads and what they do is in strategies.c; engine.c knows of neither.
#ifndef SIM_ENGINE_H
#define SIM_ENGINE_H

#include "base/rng.h"
#include "sim/cores.h"
#include "sim/event_queue.h"
#include "sim/gil.h"
#include "sim/sim_costs.h"
#include "sim/thread.h"
#include "sim/trace.h"

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

struct engine {
    struct event_queue queue; // slots: cores, the timer of each lock, the timer of each thread
    struct cores cores;
    struct sim_costs costs;
    struct rng rng;         // all jitter of the machine
    struct thread *threads; // all that there will be
    uint32_t n_threads;
    struct gil *gils;
    uint32_t n_gils;
    struct thread *main; // the run ends with it
    struct trace *trace; // NULL: none; not owned
    void *world;         // of the programs; not owned
    uint64_t run_ns;     // after the run: how long it took
    // Threads that compute for ever: who waits for them waits in vain.
    uint32_t first_endless;
    uint32_t n_endless;
    uint64_t posts; // tokens that channels have got
    // engine.c: when it last looked whether anything goes on, what it saw, and how many times in a
    // row that was nothing.
    struct {
        uint64_t at_ns;
        uint64_t posts;
        uint32_t nothing;
    } looked;
};

void engine_init(struct engine *engine, const struct sim_costs *costs, uint32_t cores,
                 uint32_t threads, uint32_t gils, uint64_t seed);
void engine_fini(struct engine *engine);

// Runs until the main thread is done. false: a standstill, in which all that the main thread may
// wait for waits itself (a mistake in a program), or stop became true.
bool engine_run(struct engine *engine, const volatile sig_atomic_t *stop);

void engine_set_timer(struct engine *engine, struct thread *thread, uint64_t after_ns);
void engine_cancel_timer(struct engine *engine, const struct thread *thread);
// Of the lock's first waiter.
void engine_set_gil_timer(struct engine *engine, const struct gil *gil, uint64_t at_ns);
void engine_cancel_gil_timer(struct engine *engine, const struct gil *gil);
// A latency that varies from call to call by half of itself, up and down.
uint64_t engine_jitter(struct engine *engine, uint64_t latency_ns);

// Hooks of the trace: the thread leaves its state at at_ns; the holder drops its lock now.
void engine_trace_state(struct engine *engine, const struct thread *thread, uint64_t at_ns);
void engine_trace_holder(struct engine *engine, const struct thread *thread);

#endif
