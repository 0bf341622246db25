// Runs a heap of timers from a libuv loop. On Linux by a timerfd, which wakes the loop at the
// nanosecond asked for, give or take the scheduler (alarm_timerfd.c); elsewhere by libuv's timer,
// rounded up to its next whole millisecond, never early (alarm_uv.c).
#ifndef EMULATOR_ALARM_H
#define EMULATOR_ALARM_H

#include "base/err.h"
#include "emulator/timers.h"

#include <uv.h>

struct alarm {
    union {
        uv_poll_t poll;
        uv_timer_t timer;
    } handle;
    int fd;
    uint64_t armed_ns;
    struct timers *timers;
};

// Borrows both. The timers' clock must be clock_now_ns.
int alarm_init(struct alarm *alarm, uv_loop_t *loop, struct timers *timers, struct err *err);
// Call before the loop sleeps: sets the alarm to the earliest timer.
void alarm_set(struct alarm *alarm);
// The handle is closed when the loop has turned once more.
void alarm_close(struct alarm *alarm);

#endif
