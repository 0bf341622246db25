#include "sim/peer.h"

#include "base/alloc.h"
#include "sim/cores.h"
#include "sim/engine.h"
#include "sim/world.h"

#include <stdlib.h>

enum peer_pc { PEER_LOOK, PEER_ASKED, PEER_DUE };
// Of the CPU for an answer that a device thinks about, that for sending it: most of it is spent on
// the question's arrival.
enum { SENDING_IN_ANSWER = 4 };

void fifo_init(struct fifo *fifo, uint32_t size)
{
    *fifo = (struct fifo){.size = size, .items = alloc_zero(size, sizeof *fifo->items)};
}

void fifo_fini(struct fifo *fifo)
{
    free(fifo->items);
    *fifo = (struct fifo){0};
}

void fifo_put(struct fifo *fifo, uint32_t number)
{
    fifo->items[(fifo->first + fifo->len++) % fifo->size] = number;
}

bool fifo_take(struct fifo *fifo, uint32_t *number)
{
    if (!fifo->len)
        return false;
    *number = fifo->items[fifo->first];
    fifo->first = (fifo->first + 1) % fifo->size;
    fifo->len--;
    return true;
}

static struct worker *worker_in_hand(struct world *world)
{
    return &world->workers[world->peer.in_hand];
}

static void answer(struct engine *engine, struct world *world, struct thread *thread)
{
    struct worker *worker = worker_in_hand(world);
    if (world->ready.size) {
        fifo_put(&world->ready, world->peer.in_hand);
        channel_post(engine, &world->answers_ready, thread);
    } else if (world->readers) {
        reader_answer(engine, world, world->peer.in_hand, thread);
    } else {
        channel_post(engine, &worker->answer, thread);
    }
}

// The CPU for it.
static uint64_t take_question(const struct engine *engine, struct world *world)
{
    const struct action *action = &worker_in_hand(world)->action;
    uint64_t ns = action->device_ns;
    if (action->ns)
        ns -= ns / SENDING_IN_ANSWER;
    if (!world->peer.used)
        ns += engine->costs.device_first_ns;
    world->peer.used = true;
    return ns;
}

static enum verdict look(struct engine *engine, struct world *world, struct thread *thread)
{
    struct peer *peer = &world->peer;
    uint64_t now = engine->queue.now_ns;
    if (fifo_take(&peer->asked, &peer->in_hand)) {
        thread->pc = PEER_ASKED;
        return thread_run(thread, take_question(engine, world));
    }
    uint64_t next = event_queue_next_ns(&peer->due);
    if (next <= now && event_queue_take(&peer->due, &peer->in_hand)) {
        thread->pc = PEER_DUE;
        return thread_run(thread, worker_in_hand(world)->action.device_ns / SENDING_IN_ANSWER);
    }
    cores_block(engine, thread, TASK_IDLE, 0);
    if (next != UINT64_MAX)
        engine_set_timer(engine, thread,
                         next - now + engine_jitter(engine, engine->costs.wake_latency_ns));
    return STEP_BLOCK;
}

static enum verdict run_peer(struct engine *engine, struct thread *thread)
{
    struct world *world = engine->world;
    switch ((enum peer_pc)thread->pc) {
    case PEER_LOOK:
        return look(engine, world, thread);
    case PEER_ASKED: {
        uint64_t wait_ns = worker_in_hand(world)->action.ns;
        if (wait_ns)
            event_queue_set(&world->peer.due, world->peer.in_hand, engine->queue.now_ns + wait_ns);
        else
            answer(engine, world, thread);
        break;
    }
    case PEER_DUE:
        answer(engine, world, thread);
        break;
    }
    thread->pc = PEER_LOOK;
    return STEP_NEXT;
}

void peer_init(struct world *world, struct thread *thread)
{
    uint32_t workers = world->spec->workers;
    world->peer = (struct peer){.thread = thread};
    fifo_init(&world->peer.asked, workers);
    event_queue_init(&world->peer.due, 0, workers);
    thread->program = run_peer;
}

void peer_fini(struct peer *peer)
{
    if (!peer->thread)
        return;
    fifo_fini(&peer->asked);
    event_queue_fini(&peer->due);
}

uint64_t peer_busy_ns(const struct peer *peer)
{
    return peer->thread ? peer->thread->spent_ns[TASK_RUNNING] : 0;
}

void peer_ask(struct engine *engine, struct thread *by, uint32_t worker)
{
    struct world *world = engine->world;
    struct peer *peer = &world->peer;
    fifo_put(&peer->asked, worker);
    if (peer->thread->state != TASK_IDLE && peer->thread->state != TASK_UNBORN)
        return;
    engine_cancel_timer(engine, peer->thread);
    by->debt_ns += cores_wake(engine, peer->thread, WAKE_HANDOVER);
}
