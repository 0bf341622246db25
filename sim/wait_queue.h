// Who sleeps at a lock, in the order of their deadlines: a ring that grows as it must.
//
// Deadlines lie beside the threads, so that finding a place touches no thread. Nearly everybody
// comes at the end and leaves from the front.
#ifndef SIM_WAIT_QUEUE_H
#define SIM_WAIT_QUEUE_H

#include <stdint.h>

struct thread;

struct waiter {
    uint64_t deadline_ns;
    struct thread *thread;
};

struct wait_queue {
    struct waiter *ring;
    uint32_t size; // of the ring: 0 or a power of two
    uint32_t front;
    uint32_t len;
};

void wait_queue_fini(struct wait_queue *queue); // empty is all zeros

// Timers are late by chance, so a later one may overtake: of many waiters at most a few.
void wait_queue_put(struct wait_queue *queue, struct thread *thread, uint64_t deadline_ns);
// The first, out of a queue with somebody in it.
struct thread *wait_queue_take(struct wait_queue *queue);
// Another thread takes the place and the deadline of one that is in the queue, most likely near an
// end of it.
void wait_queue_replace(struct wait_queue *queue, const struct thread *thread, struct thread *by);
// A thread that is in the queue, most likely near its end.
void wait_queue_remove(struct wait_queue *queue, const struct thread *thread);

// The first of a queue with somebody in it, who stays there.
static inline const struct waiter *wait_queue_first(const struct wait_queue *queue)
{
    return &queue->ring[queue->front];
}

static inline const struct waiter *wait_queue_last(const struct wait_queue *queue)
{
    return &queue->ring[(queue->front + queue->len - 1) & (queue->size - 1)];
}

#endif
