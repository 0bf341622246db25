// A pool of processes.
//
// The parent is CPython's pool: the caller submits every session, a feeder thread pickles them one
// by one into the pipe of the workers (at most workers + 1 lie there), a manager thread reads and
// unpickles the results: three threads under the parent's own lock. A worker process has a lock of
// its own. fork: the caller starts all workers before it submits. spawn: the same, and each then
// starts an interpreter and imports. forkserver: the server is started first and forks them.
#include "base/alloc.h"
#include "sim/cores.h"
#include "sim/gil.h"
#include "sim/world.h"

#include <stdlib.h>

enum thread_ids { CALLER, FEEDER, MANAGER, FIRST_WORKER };
enum { SUBMIT_IN_MESSAGE = 4 }; // submitting is a quarter of a message: a future and a queue entry

struct pool {
    struct channel submitted; // to the feeder
    struct channel room;      // in the pipe
    struct channel finished;  // from the manager to the caller
    struct channel ready;     // forkserver: it runs
};

static struct pool *pool_of(struct world *world)
{
    return world->own;
}

// --- the parent

// Even where world_start_threads is a part.
enum caller_pc {
    CALLER_TAKE = 0,
    CALLER_BACKGROUND = 2,
    CALLER_SERVER = 4,
    CALLER_START,
    CALLER_WAKE,
    CALLER_SUBMIT,
    CALLER_SUBMITTED,
    CALLER_WAIT,
    CALLER_WAITED,
    CALLER_END,
    CALLER_EXIT,
};

static enum verdict caller_start(struct engine *engine, struct thread *thread, uint32_t processes)
{
    struct world *world = engine->world;
    if (thread->pc == CALLER_START) {
        if (thread->number == processes) {
            thread->number = 0;
            thread->pc = CALLER_SUBMIT;
            cores_wake(engine, &engine->threads[FEEDER], WAKE_NEW);
            cores_wake(engine, &engine->threads[MANAGER], WAKE_NEW);
            world->pool_start_ns = engine->queue.now_ns;
            return STEP_NEXT;
        }
        thread->pc = CALLER_WAKE;
        return thread_run(thread, engine->costs.process_start_ns);
    }
    thread->pc = CALLER_START;
    cores_wake(engine, &engine->threads[FIRST_WORKER + thread->number++], WAKE_NEW);
    return STEP_NEXT;
}

static enum verdict run_caller(struct engine *engine, struct thread *thread)
{
    struct world *world = engine->world;
    enum verdict verdict;
    switch (thread->pc) {
    case CALLER_TAKE:
        thread->pc = CALLER_BACKGROUND;
        return sim_gil_take(thread);
    case CALLER_BACKGROUND:
    case CALLER_BACKGROUND + 1:
        verdict =
            world_start_threads(engine, thread, world->first_background, world->spec->background);
        if (verdict != STEP_EXIT)
            return verdict;
        thread->pc = CALLER_SERVER;
        return STEP_NEXT;
    case CALLER_SERVER:
        thread->pc = CALLER_START;
        return thread_call_sleep(thread, 0, engine->costs.server_start_ns, TASK_IDLE);
    case CALLER_START:
    case CALLER_WAKE:
        return caller_start(engine, thread, world->spec->workers);
    case CALLER_SUBMIT:
        thread->pc = CALLER_SUBMITTED;
        return thread_run(thread, engine->costs.message_ns / SUBMIT_IN_MESSAGE);
    case CALLER_SUBMITTED:
        channel_post(engine, &pool_of(world)->submitted, thread);
        thread->pc = ++thread->number < world->spec->devices ? CALLER_SUBMIT : CALLER_WAIT;
        return STEP_NEXT;
    case CALLER_WAIT:
        thread->number = 0;
        thread->pc = CALLER_WAITED;
        return STEP_NEXT;
    case CALLER_WAITED:
        verdict = world_collect(thread, &pool_of(world)->finished, 1);
        if (verdict != STEP_EXIT)
            return verdict;
        thread->pc = CALLER_END;
        return thread_call_sleep(thread, 0, world_pool_end_ns(world), TASK_IDLE);
    case CALLER_END:
        thread->pc = CALLER_EXIT;
        return sim_gil_drop(thread);
    default:
        return STEP_EXIT;
    }
}

enum hand_pc { HAND_TAKE, HAND_WAIT, HAND_ROOM, HAND_MESSAGE, HAND_DONE };

static enum verdict run_feeder(struct engine *engine, struct thread *thread)
{
    struct world *world = engine->world;
    switch ((enum hand_pc)thread->pc) {
    case HAND_TAKE:
        thread->pc = HAND_WAIT;
        return sim_gil_take(thread);
    case HAND_WAIT:
        thread->pc = HAND_ROOM;
        return thread_call_channel(thread, 0, &pool_of(world)->submitted, TASK_IDLE);
    case HAND_ROOM:
        thread->pc = HAND_MESSAGE;
        if (pool_of(world)->room.tokens) { // no call: the bound is not reached
            pool_of(world)->room.tokens--;
            return STEP_NEXT;
        }
        return thread_call_channel(thread, 0, &pool_of(world)->room, TASK_IDLE);
    case HAND_MESSAGE:
        thread->pc = HAND_DONE;
        return thread_run(thread, engine->costs.message_ns);
    default:
        channel_post(engine, &world->jobs, thread);
        thread->pc = HAND_WAIT;
        return STEP_NEXT;
    }
}

static enum verdict run_manager(struct engine *engine, struct thread *thread)
{
    struct world *world = engine->world;
    switch ((enum hand_pc)thread->pc) {
    case HAND_TAKE:
        thread->pc = HAND_WAIT;
        return sim_gil_take(thread);
    case HAND_WAIT:
        thread->pc = HAND_MESSAGE;
        return thread_call_channel(thread, 0, &world->results, TASK_IDLE);
    case HAND_MESSAGE:
        thread->pc = HAND_DONE;
        return thread_run(thread, engine->costs.message_ns);
    default:
        if (++thread->number == world->spec->devices)
            channel_post(engine, &pool_of(world)->finished, thread);
        thread->pc = HAND_WAIT;
        return STEP_NEXT;
    }
}

// --- a worker process

enum worker_pc { WORKER_TAKE, WORKER_BOOT, WORKER_ASK, WORKER_READ, WORKER_WORK, WORKER_SENT };

static enum verdict run_worker(struct engine *engine, struct thread *thread)
{
    struct world *world = engine->world;
    enum verdict verdict;
    switch ((enum worker_pc)thread->pc) {
    case WORKER_TAKE:
        thread->pc = WORKER_BOOT;
        return sim_gil_take(thread);
    case WORKER_BOOT:
        thread->pc = WORKER_ASK;
        return thread_run(thread, engine->costs.process_ready_ns);
    case WORKER_ASK:
        thread->pc = WORKER_READ;
        return thread_call_channel(thread, 0, &world->jobs, TASK_IDLE);
    case WORKER_READ:
        thread->pc = WORKER_WORK;
        channel_post(engine, &pool_of(world)->room, thread);
        return thread_run(thread, engine->costs.message_ns);
    case WORKER_WORK:
        verdict = world_one_session(engine, thread);
        if (verdict != STEP_EXIT)
            return verdict;
        thread->pc = WORKER_SENT;
        return thread_run(thread, engine->costs.message_ns);
    default:
        channel_post(engine, &world->results, thread);
        thread->pc = WORKER_ASK;
        return STEP_NEXT;
    }
}

static uint32_t pool_threads(const struct run_spec *spec)
{
    return FIRST_WORKER + spec->workers;
}

static uint32_t pool_gils(const struct run_spec *spec)
{
    return 1 + spec->workers;
}

static void build_pool(struct world *world)
{
    struct pool *pool = alloc_zero(1, sizeof *pool);
    uint32_t workers = world->spec->workers;
    pool->room.tokens = workers + 1;
    world->own = pool;
    world->first_worker = FIRST_WORKER;
    world_thread(world, CALLER, run_caller, world_gil(world, 0))->group = &world->group;
    world_thread(world, FEEDER, run_feeder, world_gil(world, 0));
    world_thread(world, MANAGER, run_manager, world_gil(world, 0));
    for (uint32_t i = 0; i < workers; i++) {
        world->workers[i].process = i;
        world_thread(world, FIRST_WORKER + i, run_worker, world_gil(world, 1 + i))->worker =
            &world->workers[i];
    }
    world_background(world, FIRST_WORKER + workers);
}

static void free_own(struct world *world)
{
    free(world->own);
    world->own = NULL;
}

const struct strategy_model model_processes = {pool_threads, pool_gils, build_pool, free_own};
