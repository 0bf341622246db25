// Deadlines of one loop in nanoseconds: a binary heap, ties broken by the order of setting. libuv's
// own timers count whole milliseconds, which would make an answer up to one of them late. Knows no
// loop: emulator/loop.c runs it from a timerfd, a test from a clock of its own.
//
// A timer is embedded in its owner and belongs to at most one heap; its function may set, stop or
// free any timer, itself included.
#ifndef EMULATOR_TIMERS_H
#define EMULATOR_TIMERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TIMERS_NEVER UINT64_MAX

struct timer {
    uint64_t due_ns;
    uint64_t order;
    void (*fire)(struct timer *timer);
    size_t place; // in the heap, from 1; 0: not set
};

struct timers {
    struct timer **heap;
    size_t len;
    size_t cap;
    uint64_t order;
    uint64_t (*clock)(void); // ns
};

void timers_init(struct timers *timers, uint64_t (*clock)(void));
void timers_fini(struct timers *timers); // the timers still set are forgotten

uint64_t timers_now(const struct timers *timers);
// Sets or moves. A due time that has passed fires at the next timers_run.
void timers_set(struct timers *timers, struct timer *timer, uint64_t due_ns);
void timers_stop(struct timers *timers, struct timer *timer); // a timer not set is fine
bool timer_is_set(const struct timer *timer);

uint64_t timers_next_ns(const struct timers *timers); // the earliest due time, or TIMERS_NEVER
// Fires what is due by the clock, earliest first. What a function sets anew waits for the next run,
// so that a run ends.
void timers_run(struct timers *timers);

#endif
