#include "sim/wait_queue.h"

#include "base/alloc.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>

enum { OVERTAKE_MAX = 8, FIRST_SIZE = 8 };

void wait_queue_fini(struct wait_queue *queue)
{
    free(queue->ring);
    *queue = (struct wait_queue){0};
}

static struct waiter *at(const struct wait_queue *queue, uint32_t place)
{
    return &queue->ring[(queue->front + place) & (queue->size - 1)];
}

static void grow(struct wait_queue *queue)
{
    uint32_t size = queue->size ? queue->size * 2 : FIRST_SIZE;
    struct waiter *ring = alloc_zero(size, sizeof *ring);
    for (uint32_t i = 0; i < queue->len; i++)
        ring[i] = *at(queue, i);
    free(queue->ring);
    queue->ring = ring;
    queue->size = size;
    queue->front = 0;
}

void wait_queue_put(struct wait_queue *queue, struct thread *thread, uint64_t deadline_ns)
{
    if (queue->len == queue->size)
        grow(queue);
    uint32_t place = queue->len++;
    for (int i = 0; i < OVERTAKE_MAX && place; i++) {
        const struct waiter *before = at(queue, place - 1);
        if (before->deadline_ns <= deadline_ns)
            break;
        *at(queue, place--) = *before;
    }
    *at(queue, place) = (struct waiter){deadline_ns, thread};
}

struct thread *wait_queue_take(struct wait_queue *queue)
{
    assert(queue->len);
    struct thread *thread = queue->ring[queue->front].thread;
    queue->front = (queue->front + 1) & (queue->size - 1);
    queue->len--;
    return thread;
}

static uint32_t place_of(const struct wait_queue *queue, const struct thread *thread)
{
    assert(queue->len);
    uint32_t place = queue->len - 1;
    while (at(queue, place)->thread != thread) {
        assert(place > 0);
        place--;
    }
    return place;
}

void wait_queue_replace(struct wait_queue *queue, const struct thread *thread, struct thread *by)
{
    uint32_t place = 0;
    if (at(queue, place)->thread != thread)
        place = place_of(queue, thread);
    at(queue, place)->thread = by;
}

void wait_queue_remove(struct wait_queue *queue, const struct thread *thread)
{
    uint32_t place = place_of(queue, thread);
    queue->len--;
    for (; place < queue->len; place++)
        *at(queue, place) = *at(queue, place + 1);
}
