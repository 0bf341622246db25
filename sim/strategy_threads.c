// Sequential; a pool of threads under one lock, fed from one queue; the same with a sub-interpreter
// and so a lock for each thread.
#include "sim/cores.h"
#include "sim/gil.h"
#include "sim/world.h"

enum main_pc { MAIN_TAKE = 2, MAIN_BACKGROUND = 4, MAIN_START = 6, MAIN_JOIN = 8, MAIN_EXIT = 10 };
enum worker_pc { WORKER_TAKE, WORKER_BOOT, WORKER_STARTED, WORKER_WORK, WORKER_LEFT, WORKER_EXIT };

static enum verdict run_sequential(struct engine *engine, struct thread *thread)
{
    enum verdict verdict;
    switch (thread->pc) {
    case 0:
        thread->pc = MAIN_TAKE;
        return sim_gil_take(thread);
    case MAIN_TAKE:
        thread->pc = MAIN_BACKGROUND;
        return STEP_NEXT;
    case MAIN_BACKGROUND:
    case MAIN_BACKGROUND + 1:
        verdict = world_start_threads(engine, thread, 1, engine->n_threads - 1);
        if (verdict != STEP_EXIT)
            return verdict;
        thread->pc = MAIN_START;
        return STEP_NEXT;
    case MAIN_START:
        verdict = world_sessions(engine, thread);
        if (verdict != STEP_EXIT)
            return verdict;
        thread->pc = MAIN_EXIT;
        return sim_gil_drop(thread);
    default:
        return STEP_EXIT;
    }
}

static enum verdict run_worker(struct engine *engine, struct thread *thread)
{
    struct world *world = engine->world;
    enum verdict verdict;
    switch ((enum worker_pc)thread->pc) {
    case WORKER_TAKE:
        thread->pc = WORKER_BOOT;
        return sim_gil_take(thread);
    case WORKER_BOOT:
        thread->pc = WORKER_STARTED;
        return thread_run(
            thread,
            engine->costs.thread_start_ns / 2 +
                (thread->gil && engine->n_gils > 1 ? engine->costs.interpreter_start_ns : 0));
    case WORKER_STARTED:
        thread->pc = WORKER_WORK;
        if (world->handshake)
            channel_post(engine, &world->started, thread);
        return STEP_NEXT;
    case WORKER_WORK:
        verdict = world_sessions(engine, thread);
        if (verdict != STEP_EXIT)
            return verdict;
        thread->pc = WORKER_LEFT;
        return STEP_NEXT;
    case WORKER_LEFT:
        thread->pc = WORKER_EXIT;
        channel_post(engine, &world->done, thread);
        return sim_gil_drop(thread);
    default:
        return STEP_EXIT;
    }
}

static enum verdict run_main(struct engine *engine, struct thread *thread)
{
    struct world *world = engine->world;
    uint32_t workers = world->spec->workers;
    enum verdict verdict;
    switch (thread->pc) {
    case 0:
        thread->pc = MAIN_BACKGROUND;
        return sim_gil_take(thread);
    case MAIN_BACKGROUND:
    case MAIN_BACKGROUND + 1:
        verdict = world_start_threads(engine, thread, 1 + workers, world->spec->background);
        if (verdict == STEP_EXIT)
            thread->pc = MAIN_START;
        break;
    case MAIN_START:
    case MAIN_START + 1:
        verdict = world_start_threads(engine, thread, 1, workers);
        if (verdict == STEP_EXIT)
            thread->pc = MAIN_JOIN;
        break;
    case MAIN_JOIN:
        verdict = world_collect(thread, &world->done, workers);
        if (verdict != STEP_EXIT)
            break;
        thread->pc = MAIN_EXIT;
        return sim_gil_drop(thread);
    default:
        return STEP_EXIT;
    }
    return verdict == STEP_EXIT ? STEP_NEXT : verdict;
}

static void build_background(struct world *world, uint32_t first)
{
    for (uint32_t i = 0; i < world->spec->background; i++)
        world_thread(world, first + i, world_spin, world_gil(world, 0));
}

static void build_sequential(struct world *world)
{
    world_thread(world, 0, run_sequential, world_gil(world, 0))->worker = world->workers;
    build_background(world, 1);
}

static void build_pool(struct world *world, bool own_locks)
{
    world_thread(world, 0, run_main, world_gil(world, 0));
    for (uint32_t i = 0; i < world->spec->workers; i++)
        world_thread(world, 1 + i, run_worker, world_gil(world, own_locks ? 1 + i : 0))->worker =
            &world->workers[i];
    build_background(world, 1 + world->spec->workers);
}

static void build_threads(struct world *world)
{
    build_pool(world, world->spec->interpreter->gil == GIL_PER_WORKER);
}

static void build_interpreters(struct world *world)
{
    build_pool(world, true);
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

const struct strategy_model model_sequential = {one, one, build_sequential, NULL};
const struct strategy_model model_threads = {main_and_workers, lock_or_locks, build_threads, NULL};
const struct strategy_model model_interpreters = {main_and_workers, main_and_workers,
                                                  build_interpreters, NULL};
