#include "sim/engine.h"

#include "base/alloc.h"

#include <assert.h>
#include <stdlib.h>

enum { LOOK_EVERY = 1 << 16, NOTHING_MAX = 8 };

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
        engine->threads[i].members = 1;
        engine->threads[i].tick_share = TICK_SHARE_LOOP;
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
        sleepers_fini(&engine->gils[i].asleep);
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

static bool is_endless(const struct engine *engine, const struct thread *thread)
{
    return thread->id >= engine->first_endless &&
           thread->id - engine->first_endless < engine->n_endless;
}

static bool has_timer(const struct engine *engine, const struct thread *thread)
{
    return event_queue_has(&engine->queue, engine->cores.count + engine->n_gils + thread->id);
}

static bool is_awake(const struct thread *thread)
{
    return thread->state == TASK_READY || thread->state == TASK_RUNNING;
}

// May the thread do something for others? It was last looked at at_ns. Who has dozed since, and did
// nothing for anybody, only wakes to see whether there is something to do.
static bool goes_on(const struct engine *engine, const struct thread *thread, uint64_t at_ns)
{
    if (is_endless(engine, thread) || thread->dozed_ns > at_ns)
        return false;
    if (sim_gil_wanted(thread)) // however long others are luckier, a holder who works gives it up
        return !thread->gil->holder || is_awake(thread->gil->holder);
    bool sleeps = thread->state == TASK_DEVICE || thread->state == TASK_IDLE;
    return is_awake(thread) || (sleeps && has_timer(engine, thread));
}

// When threads wait for each other the queue runs dry, but not while a timer goes on: of waiters
// for a lock whose holder sleeps, of a pool that looks after its processes, of the cores of endless
// threads. Then nobody gets anything, as often as one looks.
static bool stands_still(struct engine *engine)
{
    uint64_t at_ns = engine->looked.at_ns;
    bool moves = engine->posts != engine->looked.posts;
    for (uint32_t i = 0; i < engine->n_threads && !moves; i++)
        moves = goes_on(engine, &engine->threads[i], at_ns);
    engine->looked.at_ns = engine->queue.now_ns;
    engine->looked.posts = engine->posts;
    engine->looked.nothing = moves ? 0 : engine->looked.nothing + 1;
    return engine->looked.nothing == NOTHING_MAX;
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
        if (engine->queue.taken % LOOK_EVERY == 0 && ((stop && *stop) || stands_still(engine)))
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
