#include "sim/event_queue.h"

#include "base/alloc.h"

#include <assert.h>
#include <stdlib.h>

enum { SLOT_BITS = 24, NOWHERE = EVENT_SLOTS_MAX, UNKNOWN = EVENT_LISTED_MAX };

static const struct event_entry never = {UINT64_MAX, UINT64_MAX};

void event_queue_init(struct event_queue *queue, uint32_t near, uint32_t slots)
{
    assert(near <= slots && slots <= EVENT_SLOTS_MAX);
    *queue = (struct event_queue){.near = near, .slots = slots};
    queue->listed = near < EVENT_LISTED_MAX ? near : EVENT_LISTED_MAX;
    for (uint32_t i = 0; i < EVENT_LISTED_MAX; i++)
        queue->list[i] = never;
    queue->heaps[0].items = alloc_zero(near + 1, sizeof(struct event_entry));
    queue->heaps[1].items = alloc_zero(slots - near + 1, sizeof(struct event_entry));
    queue->place = alloc_zero(slots + 1, sizeof *queue->place);
    for (uint32_t i = 0; i < slots; i++)
        queue->place[i] = NOWHERE;
}

void event_queue_fini(struct event_queue *queue)
{
    free(queue->heaps[0].items);
    free(queue->heaps[1].items);
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

static inline struct event_heap *heap_of(struct event_queue *queue, uint32_t slot)
{
    return &queue->heaps[slot >= queue->near];
}

static inline void put(struct event_queue *queue, struct event_heap *heap, uint32_t place,
                       struct event_entry entry)
{
    heap->items[place] = entry;
    queue->place[slot_of(entry)] = place;
}

static void rise(struct event_queue *queue, struct event_heap *heap, uint32_t place,
                 struct event_entry entry)
{
    while (place > 0) {
        uint32_t parent = (place - 1) / 4;
        if (!before(entry, heap->items[parent]))
            break;
        put(queue, heap, place, heap->items[parent]);
        place = parent;
    }
    put(queue, heap, place, entry);
}

static void sink(struct event_queue *queue, struct event_heap *heap, uint32_t place,
                 struct event_entry entry)
{
    const struct event_entry *items = heap->items;
    for (;;) {
        uint32_t child = place * 4 + 1;
        if (child >= heap->len)
            break;
        uint32_t end = child + 4 < heap->len ? child + 4 : heap->len;
        uint32_t least = child;
        for (uint32_t i = child + 1; i < end; i++)
            if (before(items[i], items[least]))
                least = i;
        if (!before(items[least], entry))
            break;
        put(queue, heap, place, items[least]);
        place = least;
    }
    put(queue, heap, place, entry);
}

// --- the list

// The slot whose event is the first of the list; any slot when there is none.
uint32_t event_queue_list_first(struct event_queue *queue)
{
    // Without branches, which could not be foretold.
    uint64_t least_ns = queue->list[0].time_ns;
    for (uint32_t i = 1; i < queue->listed; i++)
        least_ns = queue->list[i].time_ns < least_ns ? queue->list[i].time_ns : least_ns;
    uint32_t first = 0;
    uint32_t count = 0;
    for (uint32_t i = 0; i < queue->listed; i++) {
        bool is_least = queue->list[i].time_ns == least_ns;
        first = is_least ? i : first;
        count += is_least;
    }
    for (uint32_t i = 0; count > 1 && i < queue->listed; i++)
        if (before(queue->list[i], queue->list[first]))
            first = i;
    queue->list_first = first;
    return first;
}

static inline void list_set(struct event_queue *queue, uint32_t slot, struct event_entry entry)
{
    uint32_t first = queue->list_first;
    if (first == slot) {
        if (before(queue->list[slot], entry))
            queue->list_first = UNKNOWN;
    } else if (first != UNKNOWN && before(entry, queue->list[first])) {
        queue->list_first = slot;
    }
    queue->list[slot] = entry;
}

// --- both

void event_queue_set(struct event_queue *queue, uint32_t slot, uint64_t time_ns)
{
    assert(slot < queue->slots && time_ns >= queue->now_ns);
    struct event_entry entry = {time_ns, queue->sequence++ << SLOT_BITS | slot};
    if (slot < queue->listed) {
        list_set(queue, slot, entry);
        return;
    }
    struct event_heap *heap = heap_of(queue, slot);
    uint32_t place = queue->place[slot];
    if (place == NOWHERE)
        rise(queue, heap, heap->len++, entry);
    else if (before(entry, heap->items[place]))
        rise(queue, heap, place, entry);
    else
        sink(queue, heap, place, entry);
}

// Fills the hole at place with the last entry.
static void close_hole(struct event_queue *queue, struct event_heap *heap, uint32_t place)
{
    struct event_entry last = heap->items[--heap->len];
    if (place == heap->len)
        return;
    if (place > 0 && before(last, heap->items[(place - 1) / 4]))
        rise(queue, heap, place, last);
    else
        sink(queue, heap, place, last);
}

void event_queue_cancel(struct event_queue *queue, uint32_t slot)
{
    if (slot < queue->listed) {
        list_set(queue, slot, never);
        return;
    }
    uint32_t place = queue->place[slot];
    if (place == NOWHERE)
        return;
    queue->place[slot] = NOWHERE;
    close_hole(queue, heap_of(queue, slot), place);
}

bool event_queue_has(const struct event_queue *queue, uint32_t slot)
{
    if (slot < queue->listed)
        return queue->list[slot].time_ns != UINT64_MAX;
    return queue->place[slot] != NOWHERE;
}

void event_queue_advance(struct event_queue *queue, uint64_t time_ns)
{
    assert(time_ns >= queue->now_ns && time_ns <= event_queue_next_ns(queue));
    queue->now_ns = time_ns;
}

bool event_queue_take(struct event_queue *queue, uint32_t *slot)
{
    struct event_heap *heap = NULL;
    if (queue->list_first == UNKNOWN)
        event_queue_list_first(queue);
    struct event_entry first = queue->list[queue->list_first];
    for (int i = 0; i < 2; i++)
        if (queue->heaps[i].len && before(queue->heaps[i].items[0], first)) {
            heap = &queue->heaps[i];
            first = heap->items[0];
        }
    if (first.time_ns == UINT64_MAX)
        return false;
    assert(first.time_ns >= queue->now_ns);
    *slot = slot_of(first);
    queue->now_ns = first.time_ns;
    queue->taken++;
    if (heap) {
        queue->place[*slot] = NOWHERE;
        close_hole(queue, heap, 0);
    } else {
        list_set(queue, *slot, never);
    }
    return true;
}
