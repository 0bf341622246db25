#include "sim/world.h"

#include "sim/cores.h"
#include "sim/gil.h"

enum { SPIN_NS = 1000000000 };

const struct strategy_model *const strategy_models[] = {
    [STRATEGY_SEQUENTIAL] = &model_sequential, [STRATEGY_THREADS] = &model_threads,
    [STRATEGY_PROCESSES] = &model_processes,   [STRATEGY_HYBRID] = &model_hybrid,
    [STRATEGY_ASYNC] = &model_async,           [STRATEGY_INTERPRETERS] = &model_interpreters,
};

struct gil *world_gil(struct world *world, uint32_t number)
{
    return number < world->engine->n_gils ? &world->engine->gils[number] : NULL;
}

struct gil *world_only_gil(struct world *world)
{
    return world_gil(world, world_only_gils(world->spec) - 1);
}

uint32_t world_only_gils(const struct run_spec *spec)
{
    return spec->interpreter->gil == GIL_PER_WORKER ? 2 : 1;
}

struct thread *world_thread(struct world *world, uint32_t id, thread_program program,
                            struct gil *gil)
{
    struct thread *thread = &world->engine->threads[id];
    thread->program = program;
    thread->gil = gil;
    return thread;
}

static enum verdict run_spinner(struct engine *engine, struct thread *thread)
{
    switch (thread->pc) {
    case 0:
        thread->pc = 1;
        return sim_gil_take(engine, thread);
    case 1:
        thread->pc = 2;
        if (!((const struct world *)engine->world)->woke_background)
            channel_post(engine, &thread->group->started, thread);
        return STEP_NEXT;
    default:
        return thread_run_loop(thread, SPIN_NS);
    }
}

void world_background(struct world *world, uint32_t first)
{
    world->first_background = first;
    world->engine->first_endless = first;
    world->engine->n_endless = world->spec->background;
    for (uint32_t i = 0; i < world->spec->background; i++)
        world_thread(world, first + i, run_spinner, world_gil(world, 0))->group = &world->group;
}

void world_wake_background(struct engine *engine)
{
    struct world *world = engine->world;
    world->woke_background = true;
    for (uint32_t i = 0; i < world->spec->background; i++)
        cores_wake(engine, &engine->threads[world->first_background + i], WAKE_NEW);
}

enum place { PLACE_FREE, PLACE_TAKEN, PLACE_READER, PLACE_ASKED };

static void ask(struct engine *engine, struct thread *thread)
{
    struct world *world = engine->world;
    peer_ask(engine, thread, (uint32_t)(thread->worker - world->workers));
}

// Takes the first session of a process apart: libraries set themselves up in it.
uint64_t world_first_ns(struct world *world, const struct worker *worker)
{
    if (world->used[worker->process])
        return 0;
    world->used[worker->process] = true;
    return world->engine->costs.first_session_ns;
}

enum verdict world_one_session(struct engine *engine, struct thread *thread)
{
    struct world *world = engine->world;
    struct worker *worker = thread->worker;
    enum verdict verdict;
    switch ((enum place)worker->place) {
    case PLACE_FREE:
        if (!workload_start(world->workload, &worker->session, (uint32_t)(worker - world->workers),
                            engine->queue.now_ns))
            return STEP_EXIT;
        worker->place = PLACE_TAKEN;
        return thread_run(thread, engine->costs.job_ns + world_first_ns(world, worker));
    case PLACE_TAKEN:
        worker->action = workload_next(world->workload, &worker->session, engine->queue.now_ns);
        if (worker->action.kind == ACTION_END) {
            worker->place = PLACE_FREE;
            return STEP_EXIT;
        }
        if (worker->action.kind == ACTION_WORK)
            return thread_run_loop(thread, worker->action.ns);
        if (!action_waits(&worker->action))
            return STEP_NEXT;
        worker->place = world->readers ? PLACE_READER : PLACE_ASKED;
        return thread_run(thread,
                          engine->costs.io_call_ns + (world->readers ? 0 : worker->action.held_ns));
    case PLACE_READER:
        if ((verdict = reader_question(engine, thread)) != STEP_EXIT)
            return verdict;
        worker->place = PLACE_TAKEN;
        return STEP_NEXT;
    default:
        worker->place = PLACE_TAKEN;
        if (world->peer.thread)
            return thread_call_ask(thread, worker->action.cpu_ns, ask, &worker->answer);
        return thread_call_sleep(thread, worker->action.cpu_ns, worker->action.ns, TASK_DEVICE);
    }
}

enum verdict world_sessions(struct engine *engine, struct thread *thread)
{
    struct world *world = engine->world;
    bool more = world->workload->next < world->spec->devices;
    if (thread->worker->place == PLACE_FREE && !more)
        return STEP_EXIT;
    enum verdict verdict = world_one_session(engine, thread);
    return verdict == STEP_EXIT ? STEP_NEXT : verdict;
}

// CPython's Thread.start makes the thread, then waits until it runs Python code.
enum verdict world_start_threads(struct engine *engine, struct thread *thread, uint32_t first,
                                 uint32_t count)
{
    struct world *world = engine->world;
    switch (thread->pc % 2) {
    case 0:
        if (thread->number >= count) {
            thread->number = 0;
            return STEP_EXIT;
        }
        thread->pc++;
        return thread_run(thread, engine->costs.thread_start_ns / 2);
    default:
        thread->pc--;
        thread->debt_ns += cores_wake(engine, &engine->threads[first + thread->number++], WAKE_NEW);
        return world->handshake ? thread_call_channel(thread, 0, &thread->group->started, TASK_IDLE)
                                : STEP_NEXT;
    }
}

enum verdict world_collect(struct thread *thread, struct channel *channel, uint32_t count)
{
    if (thread->number >= count) {
        thread->number = 0;
        return STEP_EXIT;
    }
    thread->number++;
    return thread_call_channel(thread, 0, channel, TASK_IDLE);
}
