#include "sim/ready_queue.h"

#include "base/alloc.h"
#include "sim/thread.h"

#include <stdbool.h>
#include <stdlib.h>

void ready_queue_init(struct ready_queue *queue, uint32_t threads)
{
    *queue = (struct ready_queue){.items = alloc_zero(threads + 1, sizeof *queue->items)};
}

void ready_queue_fini(struct ready_queue *queue)
{
    free(queue->items);
    *queue = (struct ready_queue){0};
}

static bool goes_before(const struct ready *a, const struct ready *b)
{
    // Without branches, which could not be foretold.
    return (a->vruntime_ns < b->vruntime_ns) |
           ((a->vruntime_ns == b->vruntime_ns) & (a->order < b->order));
}

// Up to the top of the part of the heap that begins at top.
static void rise(struct ready_queue *queue, uint32_t top, uint32_t place, struct ready ready)
{
    while (place > top && goes_before(&ready, &queue->items[(place - 1) / 2])) {
        queue->items[place] = queue->items[(place - 1) / 2];
        place = (place - 1) / 2;
    }
    queue->items[place] = ready;
}

void ready_queue_put(struct ready_queue *queue, struct thread *thread, uint64_t order)
{
    struct ready ready = {thread->vruntime_ns, order, thread};
    queue->sum_ns += thread->vruntime_ns * thread->members;
    queue->threads += thread->members;
    rise(queue, 0, queue->len++, ready);
}

struct thread *ready_queue_take(struct ready_queue *queue, uint32_t place)
{
    struct thread *taken = queue->items[place].thread;
    struct ready last = queue->items[--queue->len];
    queue->sum_ns -= taken->vruntime_ns * taken->members;
    queue->threads -= taken->members;
    if (place == queue->len)
        return taken;
    if (place > 0 && goes_before(&last, &queue->items[(place - 1) / 2])) {
        rise(queue, 0, place, last);
        return taken;
    }
    // The last one mostly belongs near the bottom: down there first without looking at it.
    uint32_t top = place;
    for (uint32_t child; (child = place * 2 + 2) < queue->len; place = child) {
        child -= goes_before(&queue->items[child - 1], &queue->items[child]);
        queue->items[place] = queue->items[child];
    }
    if (place * 2 + 1 < queue->len) {
        queue->items[place] = queue->items[place * 2 + 1];
        place = place * 2 + 1;
    }
    rise(queue, top, place, last);
    return taken;
}
