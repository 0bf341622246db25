// The emulator in the model: one more process on the same cores, one thread with an event loop. It
// is asked, computes, lets the device's wait pass on a timer and answers, for all sessions. Where
// devices have addresses of their own, and without a protocol (sleep), there is none: waits are
// sleeps then.
//
// Its answers go to the worker that asked: its thread sleeps for a token of worker->answer, or, of
// an event loop, worker->task is put in the loop's line (world->ready).
#ifndef SIM_PEER_H
#define SIM_PEER_H

#include "sim/event_queue.h"
#include "sim/thread.h"

#include <stdbool.h>
#include <stdint.h>

struct world;

struct fifo { // of workers' numbers, first come first served
    uint32_t *items;
    uint32_t size; // more than can ever wait
    uint32_t first;
    uint32_t len;
};

struct peer {
    struct thread *thread; // NULL: there is no emulator
    struct fifo asked;
    struct event_queue due; // a slot a worker: when its device answers
    uint32_t in_hand;
    bool used; // its first session has begun: libraries set themselves up in it
};

void fifo_init(struct fifo *fifo, uint32_t size);
void fifo_fini(struct fifo *fifo);
void fifo_put(struct fifo *fifo, uint32_t number);
bool fifo_take(struct fifo *fifo, uint32_t *number);

void peer_init(struct world *world, struct thread *thread);
void peer_fini(struct peer *peer);

uint64_t peer_busy_ns(const struct peer *peer); // its CPU, after the run

// The worker of `by` asks what worker->action says; called when its CPU for that is spent.
void peer_ask(struct engine *engine, struct thread *by, uint32_t worker);

#endif
