#include "emulator/alarm.h"

#include "base/clock.h"

#include <errno.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

static void on_alarm(uv_poll_t *poll, int status, int events)
{
    (void)status, (void)events;
    struct alarm *alarm = poll->data;
    uint64_t times;
    if (read(alarm->fd, &times, sizeof times) > 0)
        alarm->armed_ns = TIMERS_NEVER;
    timers_run(alarm->timers);
}

int alarm_init(struct alarm *alarm, uv_loop_t *loop, struct timers *timers, struct err *err)
{
    alarm->timers = timers;
    alarm->armed_ns = TIMERS_NEVER;
    alarm->fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    if (alarm->fd < 0)
        return err_set(err, "cannot make a timer: %s", strerror(errno));
    int failed = uv_poll_init(loop, &alarm->handle.poll, alarm->fd);
    if (failed) {
        close(alarm->fd);
        return err_set(err, "cannot make a timer: %s", uv_strerror(failed));
    }
    alarm->handle.poll.data = alarm;
    uv_poll_start(&alarm->handle.poll, UV_READABLE, on_alarm);
    return 0;
}

void alarm_set(struct alarm *alarm)
{
    uint64_t due = timers_next_ns(alarm->timers);
    if (due == alarm->armed_ns || due == TIMERS_NEVER)
        return; // one that rings for nothing does no harm
    alarm->armed_ns = due;
    struct itimerspec when = {
        .it_value = {.tv_sec = (time_t)(due / CLOCK_NS_PER_S),
                     .tv_nsec = (long)(due % CLOCK_NS_PER_S)},
    };
    if (due == 0)
        when.it_value.tv_nsec = 1; // 0 would disarm it
    timerfd_settime(alarm->fd, TFD_TIMER_ABSTIME, &when, NULL);
}

void alarm_close(struct alarm *alarm)
{
    uv_poll_stop(&alarm->handle.poll);
    uv_close((uv_handle_t *)&alarm->handle.poll, NULL);
    close(alarm->fd);
}
