// Sequential; a pool of threads under one lock, fed from one queue; the same with a sub-interpreter
// and so a lock for each thread; processes of threads, each with its own lock.
#include "base/alloc.h"
#include "sim/cores.h"
#include "sim/gil.h"
#include "sim/world.h"

#include <stdlib.h>

// Even where world_start_threads is a part.
enum main_pc {
    MAIN_TAKE = 0,
    MAIN_BOOT = 1,
    MAIN_BACKGROUND = 2,
    MAIN_START = 4,
    MAIN_WORK = 6,
    MAIN_JOIN = 7,
    MAIN_LEFT = 8,
};
enum worker_pc { WORKER_TAKE, WORKER_BOOT, WORKER_STARTED, WORKER_WORK, WORKER_LEFT, WORKER_EXIT };

// --- threads

static enum verdict run_worker(struct engine *engine, struct thread *thread)
{
    struct world *world = engine->world;
    enum verdict verdict;
    switch ((enum worker_pc)thread->pc) {
    case WORKER_TAKE:
        thread->pc = WORKER_BOOT;
        return sim_gil_take(engine, thread);
    case WORKER_BOOT:
        thread->pc = WORKER_STARTED;
        return thread_run(thread, engine->costs.thread_start_ns / 2);
    case WORKER_STARTED:
        thread->pc = WORKER_WORK;
        if (world->handshake)
            channel_post(engine, &thread->group->started, thread);
        return thread_run(thread, world->own_locks ? engine->costs.interpreter_start_ns : 0);
    case WORKER_WORK:
        verdict = world_sessions(engine, thread);
        if (verdict != STEP_EXIT)
            return verdict;
        thread->pc = WORKER_LEFT;
        return STEP_NEXT;
    case WORKER_LEFT:
        thread->pc = WORKER_EXIT;
        channel_post(engine, &thread->group->done, thread);
        return sim_gil_drop(thread);
    default:
        return STEP_EXIT;
    }
}

// The main thread of a process: of the only one, or of one of many (which tells its parent).
static enum verdict run_main(struct engine *engine, struct thread *thread)
{
    struct world *world = engine->world;
    bool child = thread != engine->main;
    enum verdict verdict = STEP_EXIT;
    uint32_t next = thread->pc + 1;
    switch (thread->pc) {
    case MAIN_TAKE:
        thread->pc = MAIN_BOOT;
        return sim_gil_take(engine, thread);
    case MAIN_BOOT:
        thread->pc = MAIN_BACKGROUND;
        return thread_run(thread, child ? engine->costs.process_ready_ns : 0);
    case MAIN_BACKGROUND:
        if (!child)
            world_wake_background(engine);
        next = MAIN_START;
        break;
    case MAIN_START:
    case MAIN_START + 1:
        verdict = world_start_threads(engine, thread, thread->group->first, thread->group->count);
        next = MAIN_WORK;
        break;
    case MAIN_WORK:
        if (thread->worker)
            verdict = world_sessions(engine, thread);
        break;
    case MAIN_JOIN:
        verdict = world_collect(thread, &thread->group->done, thread->group->count);
        break;
    case MAIN_LEFT:
        thread->pc++;
        if (child)
            channel_post(engine, &world->results, thread);
        return sim_gil_drop(thread);
    default:
        return STEP_EXIT;
    }
    if (verdict != STEP_EXIT)
        return verdict;
    thread->pc = next;
    return STEP_NEXT;
}

static void add_workers(struct world *world, struct thread_group *group, uint32_t first_worker,
                        uint32_t process, uint32_t gil)
{
    for (uint32_t i = 0; i < group->count; i++) {
        struct thread *thread =
            world_thread(world, group->first + i, run_worker,
                         world_gil(world, world->own_locks ? gil + 1 + i : gil));
        thread->worker = &world->workers[first_worker + i];
        thread->worker->process = process;
        thread->group = group;
    }
}

static void build_sequential(struct world *world)
{
    struct thread *thread = world_thread(world, 0, run_main, world_only_gil(world));
    thread->worker = world->workers;
    thread->group = &world->group;
    world->first_worker = 0;
    world_background(world, 1);
}

static void build_threads(struct world *world)
{
    world->own_locks = world->engine->n_gils > 1;
    world->group = (struct thread_group){.first = 1, .count = world->spec->workers};
    world_thread(world, 0, run_main, world_gil(world, 0))->group = &world->group;
    add_workers(world, &world->group, 0, 0, 0);
    world_background(world, 1 + world->spec->workers);
}

static uint32_t one(const struct run_spec *spec)
{
    (void)spec;
    return 1;
}

static uint32_t main_and_workers(const struct run_spec *spec)
{
    return 1 + spec->workers;
}

static uint32_t lock_or_locks(const struct run_spec *spec)
{
    return spec->interpreter->gil == GIL_PER_WORKER ? 1 + spec->workers : 1;
}

const struct strategy_model model_sequential = {one, world_only_gils, build_sequential, NULL};
const struct strategy_model model_threads = {main_and_workers, lock_or_locks, build_threads, NULL};
const struct strategy_model model_interpreters = {main_and_workers, main_and_workers, build_threads,
                                                  NULL};

// --- processes of threads: thread 0 is the parent, then a main thread a process, then all workers

enum parent_pc {
    PARENT_TAKE = 0,
    PARENT_SERVER,
    PARENT_START,
    PARENT_WAKE,
    PARENT_JOIN,
    PARENT_LEFT,
};

static enum verdict run_parent(struct engine *engine, struct thread *thread)
{
    struct world *world = engine->world;
    uint32_t processes = world->spec->processes;
    switch (thread->pc) {
    case PARENT_TAKE:
        thread->pc = PARENT_SERVER;
        return sim_gil_take(engine, thread);
    case PARENT_SERVER:
        world_wake_background(engine);
        thread->pc = PARENT_START;
        return thread_call_sleep(thread, 0, engine->costs.server_start_ns, TASK_IDLE);
    case PARENT_START:
        thread->pc = PARENT_WAKE;
        return thread_run(thread, engine->costs.process_start_ns);
    case PARENT_WAKE:
        cores_wake(engine, &engine->threads[1 + thread->number], WAKE_NEW);
        thread->pc = ++thread->number < processes ? PARENT_START : PARENT_JOIN;
        if (thread->pc == PARENT_JOIN)
            thread->number = 0;
        return STEP_NEXT;
    case PARENT_JOIN:
        if (world_collect(thread, &world->results, processes) != STEP_EXIT)
            return STEP_NEXT;
        thread->pc = PARENT_LEFT;
        return STEP_NEXT;
    case PARENT_LEFT:
        thread->pc++;
        return sim_gil_drop(thread);
    default:
        return STEP_EXIT;
    }
}

static uint32_t family_threads(const struct run_spec *spec)
{
    return 1 + spec->processes + spec->workers;
}

static uint32_t family_gils(const struct run_spec *spec)
{
    bool own = spec->interpreter->gil == GIL_PER_WORKER;
    return 1 + spec->processes + (own ? spec->workers : 0);
}

// The workers are spread as evenly as they go.
static void build_hybrid(struct world *world)
{
    const struct run_spec *spec = world->spec;
    struct thread_group *groups = alloc_zero(spec->processes, sizeof *groups);
    uint32_t placed = 0;
    world->own = groups;
    world->first_worker = 1 + spec->processes;
    world->own_locks = spec->interpreter->gil == GIL_PER_WORKER;
    world_thread(world, 0, run_parent, world_gil(world, 0))->group = &world->group;
    for (uint32_t i = 0; i < spec->processes; i++) {
        uint32_t left = spec->processes - i;
        groups[i].first = world->first_worker + placed;
        groups[i].count = (spec->workers - placed + left - 1) / left;
        world_thread(world, 1 + i, run_main, world_gil(world, 1 + i))->group = &groups[i];
        add_workers(world, &groups[i], placed, i,
                    world->own_locks ? spec->processes + placed : 1 + i);
        placed += groups[i].count;
    }
    world_background(world, world->first_worker + spec->workers);
}

static void free_groups(struct world *world)
{
    free(world->own);
    world->own = NULL;
}

const struct strategy_model model_hybrid = {family_threads, family_gils, build_hybrid, free_groups};
