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
#include "base/python_work.h"

#include <stdlib.h>

enum thread_ids { SERVER, CLIENT, FIRST_BACKGROUND };

// What each end does in turn, and when it last did it: what has not been done for a while has lost
// its caches, and takes longer.
enum piece {
    PIECE_ASK,
    PIECE_POLL,
    PIECE_RECEIVE,
    PIECE_CHECK,
    PIECE_POLL_OUT,
    PIECE_SEND,
    PIECES
};

struct echo {
    struct channel requests;
    struct channel answers;
    uint64_t server_did_ns[PIECES];
    uint64_t client_did_ns[PIECES];
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

static uint64_t piece_ns(const struct engine *engine, uint64_t *did_ns, enum piece piece)
{
    const struct sim_costs *costs = &engine->costs;
    const uint64_t usual_ns[PIECES] = {
        [PIECE_ASK] = costs->held_datagram_ns,    [PIECE_POLL] = costs->socket_poll_ns,
        [PIECE_RECEIVE] = costs->datagram_ns,     [PIECE_CHECK] = costs->held_datagram_ns,
        [PIECE_POLL_OUT] = costs->socket_poll_ns, [PIECE_SEND] = costs->datagram_ns,
    };
    const uint64_t cold_ns[PIECES] = {
        [PIECE_ASK] = costs->held_cold_ns,      [PIECE_POLL] = costs->poll_cold_ns,
        [PIECE_RECEIVE] = costs->poll_cold_ns,  [PIECE_CHECK] = costs->held_cold_ns,
        [PIECE_POLL_OUT] = costs->poll_cold_ns, [PIECE_SEND] = costs->datagram_cold_ns,
    };
    uint64_t now_ns = engine->queue.now_ns;
    uint64_t ago_ns = now_ns - did_ns[piece];
    did_ns[piece] = now_ns;
    if (ago_ns > COLD_NS)
        ago_ns = COLD_NS;
    return usual_ns[piece] + cold_ns[piece] * ago_ns / COLD_NS;
}

static enum verdict serve(struct engine *engine, struct thread *thread, struct echo *echo)
{
    uint64_t *did_ns = echo->server_did_ns;
    uint64_t after_ns;
    switch (thread->pc++) {
    case SERVER_ASK: // the end of one call and the beginning of the next
        return thread_run_calls(engine, thread, piece_ns(engine, did_ns, PIECE_ASK),
                                DATAGRAM_TICKS);
    case SERVER_POLL:
        thread_call_channel(thread, piece_ns(engine, did_ns, PIECE_POLL), &echo->requests,
                            TASK_DEVICE);
        after_ns = echo->two_drops ? 0 : piece_ns(engine, did_ns, PIECE_RECEIVE);
        thread->call.after_ns = after_ns;
        return STEP_NEXT;
    case SERVER_RECEIVE:
        if (!echo->two_drops)
            return STEP_NEXT;
        return thread_call_sleep(thread, piece_ns(engine, did_ns, PIECE_RECEIVE), 0, TASK_DEVICE);
    case SERVER_CHECK:
        if (echo->over)
            thread->pc = SERVER_LEFT;
        return thread_run_calls(engine, thread, piece_ns(engine, did_ns, PIECE_CHECK),
                                DATAGRAM_TICKS);
    case SERVER_POLL_OUT:
        if (!echo->two_drops)
            return STEP_NEXT;
        return thread_call_sleep(thread, piece_ns(engine, did_ns, PIECE_POLL_OUT), 0, TASK_DEVICE);
    case SERVER_DROP:
        return sim_gil_drop(thread);
    case SERVER_SEND:
        after_ns = echo->two_drops ? 0 : piece_ns(engine, did_ns, PIECE_POLL_OUT);
        thread->in_kernel = true;
        return thread_run(thread, after_ns + piece_ns(engine, did_ns, PIECE_SEND));
    default:
        channel_post(engine, &echo->answers, thread);
        thread->pc = SERVER_ASK;
        return sim_gil_take(engine, thread);
    }
}

static enum verdict run_server(struct engine *engine, struct thread *thread)
{
    struct world *world = engine->world;
    enum verdict verdict;
    switch (thread->pc) {
    case SERVER_TAKE:
        thread->pc = SERVER_BACKGROUND;
        return sim_gil_take(engine, thread);
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
    CLIENT_CALL,
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
    uint64_t *did_ns = echo->client_did_ns;
    uint64_t ns;
    switch (thread->pc++) {
    case CLIENT_BEGIN:
        world->echo_from_ns = engine->queue.now_ns;
        return STEP_NEXT;
    case CLIENT_SEND:
        return thread_run(thread, piece_ns(engine, did_ns, PIECE_CHECK));
    case CLIENT_CALL:
        ns = piece_ns(engine, did_ns, PIECE_POLL_OUT);
        thread->in_kernel = true;
        return thread_run(thread, ns + piece_ns(engine, did_ns, PIECE_SEND));
    case CLIENT_SENT:
        channel_post(engine, &echo->requests, thread);
        return thread_run(thread, piece_ns(engine, did_ns, PIECE_ASK));
    case CLIENT_READ:
        return thread_call_channel(thread, piece_ns(engine, did_ns, PIECE_POLL), &echo->answers,
                                   TASK_DEVICE);
    case CLIENT_TAKE:
        return thread_run(thread, piece_ns(engine, did_ns, PIECE_RECEIVE));
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
