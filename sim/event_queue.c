#include "sim/event_queue.h"

#include "base/alloc.h"

#include <assert.h>
#include <stdlib.h>

enum { SLOT_BITS = 24, NOWHERE = EVENT_SLOTS_MAX };

void event_queue_init(struct event_queue *queue, uint32_t slots)
{
    assert(slots <= EVENT_SLOTS_MAX);
    *queue = (struct event_queue){.slots = slots};
    queue->heap = alloc_zero(slots + 1, sizeof *queue->heap);
    queue->place = alloc_zero(slots + 1, sizeof *queue->place);
    for (uint32_t i = 0; i < slots; i++)
        queue->place[i] = NOWHERE;
}

void event_queue_fini(struct event_queue *queue)
{
    free(queue->heap);
    free(queue->place);
    *queue = (struct event_queue){0};
}

static inline bool before(struct event_entry a, struct event_entry b)
{
    return a.time_ns != b.time_ns ? a.time_ns < b.time_ns : a.order < b.order;
}

static inline uint32_t slot_of(struct event_entry entry)
{
    return (uint32_t)(entry.order & (EVENT_SLOTS_MAX - 1));
}

static inline void put(struct event_queue *queue, uint32_t place, struct event_entry entry)
{
    queue->heap[place] = entry;
    queue->place[slot_of(entry)] = place;
}

static void rise(struct event_queue *queue, uint32_t place, struct event_entry entry)
{
    while (place > 0) {
        uint32_t parent = (place - 1) / 4;
        if (!before(entry, queue->heap[parent]))
            break;
        put(queue, place, queue->heap[parent]);
        place = parent;
    }
    put(queue, place, entry);
}

static void sink(struct event_queue *queue, uint32_t place, struct event_entry entry)
{
    const struct event_entry *heap = queue->heap;
    for (;;) {
        uint32_t child = place * 4 + 1;
        if (child >= queue->len)
            break;
        uint32_t end = child + 4 < queue->len ? child + 4 : queue->len;
        uint32_t least = child;
        for (uint32_t i = child + 1; i < end; i++)
            if (before(heap[i], heap[least]))
                least = i;
        if (!before(heap[least], entry))
            break;
        put(queue, place, heap[least]);
        place = least;
    }
    put(queue, place, entry);
}

void event_queue_set(struct event_queue *queue, uint32_t slot, uint64_t time_ns)
{
    assert(slot < queue->slots && time_ns >= queue->now_ns);
    struct event_entry entry = {time_ns, queue->sequence++ << SLOT_BITS | slot};
    uint32_t place = queue->place[slot];
    if (place == NOWHERE) {
        rise(queue, queue->len++, entry);
    } else if (before(entry, queue->heap[place])) {
        rise(queue, place, entry);
    } else {
        sink(queue, place, entry);
    }
}

void event_queue_cancel(struct event_queue *queue, uint32_t slot)
{
    uint32_t place = queue->place[slot];
    if (place == NOWHERE)
        return;
    queue->place[slot] = NOWHERE;
    struct event_entry last = queue->heap[--queue->len];
    if (place == queue->len)
        return;
    if (place > 0 && before(last, queue->heap[(place - 1) / 4]))
        rise(queue, place, last);
    else
        sink(queue, place, last);
}

bool event_queue_has(const struct event_queue *queue, uint32_t slot)
{
    return queue->place[slot] != NOWHERE;
}

bool event_queue_take(struct event_queue *queue, uint32_t *slot)
{
    if (queue->len == 0)
        return false;
    struct event_entry first = queue->heap[0];
    assert(first.time_ns >= queue->now_ns);
    *slot = slot_of(first);
    queue->place[*slot] = NOWHERE;
    queue->now_ns = first.time_ns;
    queue->taken++;
    struct event_entry last = queue->heap[--queue->len];
    if (queue->len > 0)
        sink(queue, 0, last);
    return true;
}
