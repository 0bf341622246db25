// The event queue: what happens next in virtual time.
//
// Whoever can have something happen to it (a core, a thread's timer) owns one slot, and has at most
// one event in the queue: setting a slot again moves its event. Events come out ordered by time,
// those of one time in the order in which they were set, so that a run is the same byte for byte.
// Slots below `near` are meant for what is due soon and set often (cores, locks): they are kept
// apart from the many that lie waiting, so that those do not slow them down; the first few of them
// in a list that is searched, which for so few is quicker than a heap. Order knows no difference.
// Times are integer nanoseconds. The queue's clock is the time of the last event taken out; nothing
// may be set before it.
#ifndef SIM_EVENT_QUEUE_H
#define SIM_EVENT_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { EVENT_SLOTS_MAX = 1 << 24 }; // slots are numbered from 0 below it

struct event_entry {
    uint64_t time_ns;
    uint64_t order; // sequence number << 24 | slot
};

enum { EVENT_LISTED_MAX = 16 };

struct event_heap {
    struct event_entry *items; // four children a node
    uint32_t len;
};

struct event_queue {
    uint64_t now_ns; // the clock
    uint64_t taken;  // events taken out so far
    // private
    struct event_entry list[EVENT_LISTED_MAX]; // by slot; UINT64_MAX: no event
    uint32_t listed;                           // slots below it are in the list
    uint32_t list_first;        // whose event is the first of the list; EVENT_LISTED_MAX: not known
    struct event_heap heaps[2]; // of the other near slots, of the others
    uint32_t *place;            // of each slot in its heap; EVENT_SLOTS_MAX: not in it
    uint32_t near;
    uint32_t slots;
    uint64_t sequence;
};

void event_queue_init(struct event_queue *queue, uint32_t near, uint32_t slots);
void event_queue_fini(struct event_queue *queue);

void event_queue_set(struct event_queue *queue, uint32_t slot, uint64_t time_ns);
void event_queue_cancel(struct event_queue *queue, uint32_t slot); // nothing if it has no event
bool event_queue_has(const struct event_queue *queue, uint32_t slot);

// Moves the clock on by hand, to a time that no event lies before.
void event_queue_advance(struct event_queue *queue, uint64_t time_ns);
// Takes the next event out and moves the clock to it; false when there is none.
bool event_queue_take(struct event_queue *queue, uint32_t *slot);

// For event_queue_next_ns: searches the list.
uint32_t event_queue_list_first(struct event_queue *queue);

// When the next event is due; UINT64_MAX when there is none. Inline, as it is asked for each
// timeout that changes nothing.
static inline uint64_t event_queue_next_ns(struct event_queue *queue)
{
    uint32_t first = queue->list_first;
    if (first == EVENT_LISTED_MAX)
        first = event_queue_list_first(queue);
    uint64_t least_ns = queue->list[first].time_ns;
    for (int i = 0; i < 2; i++)
        if (queue->heaps[i].len && queue->heaps[i].items[0].time_ns < least_ns)
            least_ns = queue->heaps[i].items[0].time_ns;
    return least_ns;
}

#endif
