#include "emulator/timers.h"

#include "base/alloc.h"

#include <assert.h>
#include <stdlib.h>

enum { FIRST_CAP = 64 };

static bool earlier(const struct timer *a, const struct timer *b)
{
    return a->due_ns != b->due_ns ? a->due_ns < b->due_ns : a->order < b->order;
}

static void put(struct timers *timers, size_t place, struct timer *timer)
{
    timers->heap[place - 1] = timer;
    timer->place = place;
}

static void sift_up(struct timers *timers, struct timer *timer)
{
    size_t place = timer->place;
    while (place > 1 && earlier(timer, timers->heap[place / 2 - 1])) {
        put(timers, place, timers->heap[place / 2 - 1]);
        place /= 2;
    }
    put(timers, place, timer);
}

static void sift_down(struct timers *timers, struct timer *timer)
{
    size_t place = timer->place;
    for (;;) {
        size_t child = place * 2;
        if (child > timers->len)
            break;
        if (child < timers->len && earlier(timers->heap[child], timers->heap[child - 1]))
            child++;
        if (!earlier(timers->heap[child - 1], timer))
            break;
        put(timers, place, timers->heap[child - 1]);
        place = child;
    }
    put(timers, place, timer);
}

void timers_init(struct timers *timers, uint64_t (*clock)(void))
{
    *timers = (struct timers){.clock = clock};
}

void timers_fini(struct timers *timers)
{
    free(timers->heap);
    *timers = (struct timers){.clock = timers->clock};
}

uint64_t timers_now(const struct timers *timers)
{
    return timers->clock();
}

bool timer_is_set(const struct timer *timer)
{
    return timer->place != 0;
}

void timers_stop(struct timers *timers, struct timer *timer)
{
    if (!timer->place)
        return;
    assert(timers->heap[timer->place - 1] == timer);
    struct timer *last = timers->heap[--timers->len];
    if (last != timer) {
        last->place = timer->place;
        sift_up(timers, last);
        sift_down(timers, last);
    }
    timer->place = 0;
}

void timers_set(struct timers *timers, struct timer *timer, uint64_t due_ns)
{
    timers_stop(timers, timer);
    if (timers->len == timers->cap) {
        timers->cap = timers->cap ? timers->cap * 2 : FIRST_CAP;
        timers->heap = alloc_resize(timers->heap, timers->cap, sizeof(struct timer *));
    }
    timer->due_ns = due_ns;
    timer->order = timers->order++;
    timer->place = ++timers->len;
    sift_up(timers, timer);
}

uint64_t timers_next_ns(const struct timers *timers)
{
    return timers->len ? timers->heap[0]->due_ns : TIMERS_NEVER;
}

void timers_run(struct timers *timers)
{
    uint64_t now = timers_now(timers);
    uint64_t end = timers->order;
    while (timers->len && timers->heap[0]->due_ns <= now && timers->heap[0]->order < end) {
        struct timer *timer = timers->heap[0];
        timers_stop(timers, timer);
        timer->fire(timer);
    }
}
