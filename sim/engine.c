#include "sim/engine.h"

#include "base/alloc.h"

#include <assert.h>
#include <stdlib.h>

enum { STOP_EVERY = 1 << 16 };

void engine_init(struct engine *engine, const struct sim_costs *costs, uint32_t cores,
                 uint32_t threads, uint32_t gils, uint64_t seed)
{
    *engine = (struct engine){.costs = *costs, .n_threads = threads, .n_gils = gils};
    event_queue_init(&engine->queue, cores + gils, cores + gils + threads);
    cores_init(&engine->cores, cores, threads);
    rng_seed(&engine->rng, seed);
    if (costs->quantum_ns)
        engine->cores.tick_phase_ns = rng_below(&engine->rng, costs->quantum_ns);
    engine->threads = alloc_zero(threads, sizeof *engine->threads);
    engine->gils = alloc_zero(gils, sizeof *engine->gils);
    for (uint32_t i = 0; i < threads; i++) {
        engine->threads[i].id = i;
        engine->threads[i].rounds = 1;
        engine->threads[i].core = i % cores; // as the system spreads new threads
    }
    for (uint32_t i = 0; i < gils; i++)
        engine->gils[i].number = i;
}

void engine_fini(struct engine *engine)
{
    event_queue_fini(&engine->queue);
    cores_fini(&engine->cores);
    for (uint32_t i = 0; i < engine->n_gils; i++)
        wait_queue_fini(&engine->gils[i].asleep);
    free(engine->threads);
    free(engine->gils);
    *engine = (struct engine){0};
}

void engine_set_timer(struct engine *engine, struct thread *thread, uint64_t after_ns)
{
    event_queue_set(&engine->queue, engine->cores.count + engine->n_gils + thread->id,
                    engine->queue.now_ns + after_ns);
}

void engine_cancel_timer(struct engine *engine, const struct thread *thread)
{
    event_queue_cancel(&engine->queue, engine->cores.count + engine->n_gils + thread->id);
}

void engine_set_gil_timer(struct engine *engine, const struct gil *gil, uint64_t at_ns)
{
    event_queue_set(&engine->queue, engine->cores.count + gil->number, at_ns);
}

void engine_cancel_gil_timer(struct engine *engine, const struct gil *gil)
{
    event_queue_cancel(&engine->queue, engine->cores.count + gil->number);
}

uint64_t engine_jitter(struct engine *engine, uint64_t latency_ns)
{
    if (!latency_ns)
        return 0;
    return latency_ns / 2 + rng_below(&engine->rng, latency_ns + 1);
}

bool engine_run(struct engine *engine, const volatile sig_atomic_t *stop)
{
    uint32_t slot;
    uint32_t cores = engine->cores.count;
    uint32_t timers = cores + engine->n_gils;
    cores_wake(engine, engine->main, WAKE_TIMER);
    while (event_queue_take(&engine->queue, &slot)) {
        if (slot < cores)
            cores_event(engine, slot);
        else if (slot < timers)
            sim_gil_timeout(engine, &engine->gils[slot - cores]);
        else
            cores_wake(engine, &engine->threads[slot - timers], WAKE_TIMER);
        if (engine->main->state == TASK_DONE) {
            engine->run_ns = engine->queue.now_ns;
            cores_close(engine);
            return true;
        }
        if (stop && engine->queue.taken % STOP_EVERY == 0 && *stop)
            return false;
    }
    return false;
}

// Who waits for a core to look at the lock waits for the lock, as in runs.csv.
void engine_trace_state(struct engine *engine, const struct thread *thread, uint64_t at_ns)
{
    enum task_state state = thread->state;
    if (state == TASK_READY && sim_gil_wanted(thread))
        state = TASK_WAIT_GIL;
    trace_state(engine->trace, thread->id, thread->core, (unsigned)state, thread->holds,
                thread->since_ns, at_ns);
}

void engine_trace_holder(struct engine *engine, const struct thread *thread)
{
    trace_holder(engine->trace, thread->gil->number, thread->id, thread->taken_ns,
                 engine->queue.now_ns);
}
