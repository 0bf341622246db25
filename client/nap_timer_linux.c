#include "client/nap_timer.h"

#include "base/clock.h"

#include <errno.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

int nap_timer_open(int *fd, struct err *err)
{
    *fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    return *fd < 0 ? err_set(err, "cannot make a timer: %s", strerror(errno)) : 0;
}

void nap_timer_set(int fd, uint64_t due_ns)
{
    // 0 would disarm it.
    struct itimerspec when = {
        .it_value = {.tv_sec = (time_t)(due_ns / CLOCK_NS_PER_S),
                     .tv_nsec = (long)(due_ns % CLOCK_NS_PER_S) + !due_ns},
    };
    timerfd_settime(fd, TFD_TIMER_ABSTIME, &when, NULL);
}

bool nap_timer_rang(int fd)
{
    uint64_t times;
    return read(fd, &times, sizeof times) == sizeof times;
}
