// work.echo: one worker answers UDP messages, as truth/measure.py does it, beside threads that
// compute under the same lock. The client is another process on the same cores: it sends, waits for
// the answer, sends again.
//
// The sockets have a timeout, so CPython polls before each call: 3.x drops the lock for the poll
// and again for the call, 2.7 once around both (Modules/socketmodule.c).
#include "sim/cores.h"
#include "sim/gil.h"
#include "sim/world.h"

#include "base/alloc.h"

#include <stdlib.h>

enum thread_ids { SERVER, CLIENT, FIRST_BACKGROUND };

struct echo {
    struct channel requests;
    struct channel answers;
    bool two_drops; // a call drops the lock for the poll and for itself
    bool over;
};

enum server_pc {
    SERVER_TAKE = 0,
    SERVER_BACKGROUND = 2,
    SERVER_FORK = 4,
    SERVER_ASK,
    SERVER_POLL,
    SERVER_RECEIVE,
    SERVER_CHECK,
    SERVER_POLL_OUT,
    SERVER_DROP,
    SERVER_SEND,
    SERVER_SENT,
    SERVER_LEFT,
};

static enum verdict serve(struct engine *engine, struct thread *thread, struct echo *echo)
{
    uint64_t syscall_ns = engine->costs.syscall_ns;
    uint64_t datagram_ns = engine->costs.datagram_ns;
    switch (thread->pc++) {
    case SERVER_ASK:
        return thread_run(thread, engine->costs.io_call_ns);
    case SERVER_POLL:
        thread_call_channel(thread, syscall_ns, &echo->requests, TASK_DEVICE);
        thread->call.after_ns = echo->two_drops ? 0 : datagram_ns;
        return STEP_NEXT;
    case SERVER_RECEIVE:
        return echo->two_drops ? thread_call_sleep(thread, datagram_ns, 0, TASK_DEVICE) : STEP_NEXT;
    case SERVER_CHECK:
        if (echo->over)
            thread->pc = SERVER_LEFT;
        return thread_run(thread, engine->costs.io_call_ns);
    case SERVER_POLL_OUT:
        return echo->two_drops ? thread_call_sleep(thread, syscall_ns, 0, TASK_DEVICE) : STEP_NEXT;
    case SERVER_DROP:
        return sim_gil_drop(thread);
    case SERVER_SEND:
        thread->in_kernel = true;
        return thread_run(thread, datagram_ns + (echo->two_drops ? 0 : syscall_ns));
    default:
        channel_post(engine, &echo->answers, thread);
        thread->pc = SERVER_ASK;
        return sim_gil_take(thread);
    }
}

static enum verdict run_server(struct engine *engine, struct thread *thread)
{
    struct world *world = engine->world;
    enum verdict verdict;
    switch (thread->pc) {
    case SERVER_TAKE:
        thread->pc = SERVER_BACKGROUND;
        return sim_gil_take(thread);
    case SERVER_BACKGROUND:
    case SERVER_BACKGROUND + 1:
        verdict = world_start_threads(engine, thread, FIRST_BACKGROUND, world->spec->background);
        if (verdict != STEP_EXIT)
            return verdict;
        thread->pc = SERVER_FORK;
        return thread_run(thread, engine->costs.process_start_ns);
    case SERVER_FORK:
        cores_wake(engine, &engine->threads[CLIENT], WAKE_NEW);
        thread->pc = SERVER_ASK;
        return STEP_NEXT;
    case SERVER_LEFT:
        thread->pc++;
        return sim_gil_drop(thread);
    case SERVER_LEFT + 1:
        return STEP_EXIT;
    default:
        return serve(engine, thread, world->own);
    }
}

enum client_pc {
    CLIENT_BEGIN,
    CLIENT_SEND,
    CLIENT_SENT,
    CLIENT_READ,
    CLIENT_TAKE,
    CLIENT_GOT,
    CLIENT_LEFT
};

static enum verdict run_client(struct engine *engine, struct thread *thread)
{
    struct world *world = engine->world;
    struct echo *echo = world->own;
    switch (thread->pc++) {
    case CLIENT_BEGIN:
        world->echo_from_ns = engine->queue.now_ns;
        return STEP_NEXT;
    case CLIENT_SEND:
        thread->in_kernel = true;
        return thread_run(thread, engine->costs.datagram_ns + engine->costs.io_call_ns);
    case CLIENT_SENT:
        channel_post(engine, &echo->requests, thread);
        return thread_run(thread, engine->costs.io_call_ns);
    case CLIENT_READ:
        return thread_call_channel(thread, engine->costs.syscall_ns, &echo->answers, TASK_DEVICE);
    case CLIENT_TAKE:
        return thread_run(thread, engine->costs.datagram_ns);
    case CLIENT_GOT:
        world->answers++;
        world->echo_to_ns = engine->queue.now_ns;
        thread->pc = CLIENT_SEND;
        if (world->echo_to_ns - world->echo_from_ns >= world->workload->experiment->work.echo_ns) {
            thread->pc = CLIENT_LEFT;
            echo->over = true;
            channel_post(engine, &echo->requests, thread);
        }
        return STEP_NEXT;
    default:
        return STEP_EXIT;
    }
}

static uint32_t two(const struct run_spec *spec)
{
    (void)spec;
    return 2;
}

static void build(struct world *world)
{
    struct echo *echo = alloc_zero(1, sizeof *echo);
    echo->two_drops = world->spec->interpreter->major >= 3;
    world->own = echo;
    world->first_worker = SERVER;
    world->n_workers = 1;
    world_thread(world, SERVER, run_server, world_only_gil(world))->group = &world->group;
    world_thread(world, CLIENT, run_client, NULL);
    world_background(world, FIRST_BACKGROUND);
}

static void fini(struct world *world)
{
    free(world->own);
    world->own = NULL;
}

const struct strategy_model model_echo = {two, world_only_gils, build, fini};
