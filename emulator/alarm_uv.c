#include "emulator/alarm.h"

#include "base/clock.h"

static void on_alarm(uv_timer_t *timer)
{
    struct alarm *alarm = timer->data;
    alarm->armed_ns = TIMERS_NEVER;
    timers_run(alarm->timers);
}

int alarm_init(struct alarm *alarm, uv_loop_t *loop, struct timers *timers, struct err *err)
{
    alarm->timers = timers;
    alarm->armed_ns = TIMERS_NEVER;
    alarm->fd = -1;
    int failed = uv_timer_init(loop, &alarm->handle.timer);
    if (failed)
        return err_set(err, "cannot make a timer: %s", uv_strerror(failed));
    alarm->handle.timer.data = alarm;
    return 0;
}

// libuv counts from the loop's cached time in whole milliseconds: refreshed, rounded up and one
// more, so that it is never early.
void alarm_set(struct alarm *alarm)
{
    uint64_t due = timers_next_ns(alarm->timers);
    if (due == alarm->armed_ns || due == TIMERS_NEVER)
        return;
    alarm->armed_ns = due;
    uint64_t now = clock_now_ns();
    uint64_t wait_ms = due > now ? (due - now) / CLOCK_NS_PER_MS + 1 : 0;
    uv_update_time(alarm->handle.timer.loop);
    uv_timer_start(&alarm->handle.timer, on_alarm, wait_ms, 0);
}

void alarm_close(struct alarm *alarm)
{
    uv_close((uv_handle_t *)&alarm->handle.timer, NULL);
}
