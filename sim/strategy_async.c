// One thread, one event loop: every session in hand is a task of it, and what one of them computes
// delays all others. The loop thread is an ordinary client of the lock: it drops it to wait.
#include "base/alloc.h"
#include "sim/cores.h"
#include "sim/event_queue.h"
#include "sim/gil.h"
#include "sim/world.h"

#include <stdlib.h>

enum loop_pc {
    LOOP_TAKE = 0,
    LOOP_BEGIN,
    LOOP_TURN,
    LOOP_ASK,
    LOOP_READY,
    LOOP_STEP,
    LOOP_DONE,
    LOOP_EXIT
};

#define NONE UINT64_MAX

struct loop {
    struct event_queue timers; // a slot a task; its clock follows the engine's
    uint32_t task;             // in hand
    uint64_t turn_ns;          // since when; NONE: it waits, or nobody looks
    uint32_t alive;
};

// What the task in hand does now: computes (STEP_RUN), or sleeps and leaves the loop free.
static enum verdict step_task(struct engine *engine, struct thread *thread, struct loop *loop)
{
    struct world *world = engine->world;
    struct worker *worker = &world->workers[loop->task];
    uint64_t now = engine->queue.now_ns;
    if (worker->place == 0) {
        if (!workload_start(world->workload, &worker->session, loop->task, now)) {
            loop->alive--;
            thread->pc = loop->alive ? LOOP_TURN : LOOP_DONE;
            return STEP_NEXT;
        }
        worker->place = 1;
        return thread_run(thread, engine->costs.job_ns + world_first_ns(world, worker));
    }
    struct action *action = &worker->action;
    *action = workload_next(world->workload, &worker->session, now);
    if (action->kind == ACTION_WORK)
        return thread_run_loop(thread, action->ns);
    if (action->kind == ACTION_END) {
        worker->place = 0;
        return STEP_NEXT;
    }
    if (!action_waits(action))
        return STEP_NEXT;
    if (!world->peer.thread)
        event_queue_set(&loop->timers, loop->task,
                        now + action->held_ns + action->cpu_ns + action->ns);
    thread->pc = world->peer.thread ? LOOP_ASK : LOOP_TURN;
    return thread_run(thread, action->held_ns + action->cpu_ns + engine->costs.loop_step_ns);
}

static void begin_turn(struct engine *engine, struct loop *loop)
{
    if (loop->turn_ns == NONE && engine->trace)
        loop->turn_ns = engine->queue.now_ns;
}

static void end_turn(struct engine *engine, const struct thread *thread, struct loop *loop)
{
    if (loop->turn_ns != NONE)
        trace_turn(engine->trace, loop->task, thread->id, loop->turn_ns, engine->queue.now_ns);
    loop->turn_ns = NONE;
}

// The earliest timer: its task is next, now or after a sleep. Tasks that wait for the emulator have
// none: the next one is that which is answered first.
static enum verdict turn(struct engine *engine, struct thread *thread, struct loop *loop)
{
    struct world *world = engine->world;
    uint64_t now = engine->queue.now_ns;
    if (!event_queue_take(&loop->timers, &loop->task)) {
        thread->pc = LOOP_READY;
        if (world->answers_ready.tokens) { // seen in the same look at the sockets
            world->answers_ready.tokens--;
            return STEP_NEXT;
        }
        return thread_call_channel(thread, 0, &world->answers_ready, TASK_DEVICE);
    }
    thread->pc = LOOP_STEP;
    uint64_t due = loop->timers.now_ns;
    return due > now ? thread_call_sleep(thread, 0, due - now, TASK_DEVICE) : STEP_NEXT;
}

static enum verdict run_loop(struct engine *engine, struct thread *thread)
{
    struct world *world = engine->world;
    struct loop *loop = world->own;
    switch (thread->pc) {
    case LOOP_TAKE:
        thread->pc = LOOP_BEGIN;
        return sim_gil_take(engine, thread);
    case LOOP_BEGIN:
        world_wake_background(engine);
        for (uint32_t i = 0; i < world->spec->workers; i++)
            event_queue_set(&loop->timers, i, engine->queue.now_ns);
        thread->pc = LOOP_TURN;
        return STEP_NEXT;
    case LOOP_TURN:
        end_turn(engine, thread, loop);
        return turn(engine, thread, loop);
    case LOOP_ASK:
        thread->pc = LOOP_TURN;
        end_turn(engine, thread, loop);
        peer_ask(engine, thread, loop->task);
        return STEP_NEXT;
    case LOOP_READY:
        fifo_take(&world->ready, &loop->task);
        thread->pc = LOOP_STEP;
        return STEP_NEXT;
    case LOOP_STEP:
        begin_turn(engine, loop);
        return step_task(engine, thread, loop);
    case LOOP_DONE:
        end_turn(engine, thread, loop);
        thread->pc = LOOP_EXIT;
        return sim_gil_drop(thread);
    default:
        return STEP_EXIT;
    }
}

static uint32_t one(const struct run_spec *spec)
{
    (void)spec;
    return 1;
}

static void build(struct world *world)
{
    struct loop *loop = alloc_zero(1, sizeof *loop);
    struct thread *thread = world_thread(world, 0, run_loop, world_only_gil(world));
    event_queue_init(&loop->timers, 0, world->spec->workers);
    loop->alive = world->spec->workers;
    loop->turn_ns = NONE;
    thread->group = &world->group;
    world->own = loop;
    fifo_init(&world->ready, world->spec->workers);
    world->first_worker = 0;
    world->n_workers = 1;
    world_background(world, 1);
}

static void fini(struct world *world)
{
    struct loop *loop = world->own;
    event_queue_fini(&loop->timers);
    fifo_fini(&world->ready);
    free(loop);
    world->own = NULL;
}

const struct strategy_model model_async = {one, world_only_gils, build, fini};
