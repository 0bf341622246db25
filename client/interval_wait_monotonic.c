#include "client/interval_wait.h"

#include "base/clock.h"

#include <errno.h>
#include <time.h>

void interval_cond_init(pthread_cond_t *cond)
{
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(cond, &monotonic);
    pthread_condattr_destroy(&monotonic);
}

bool interval_wait(pthread_cond_t *cond, pthread_mutex_t *mutex, uint64_t interval_ns)
{
    uint64_t end_ns = clock_now_ns() + interval_ns;
    struct timespec end = {.tv_sec = (time_t)(end_ns / CLOCK_NS_PER_S),
                           .tv_nsec = (long)(end_ns % CLOCK_NS_PER_S)};
    return pthread_cond_timedwait(cond, mutex, &end) == ETIMEDOUT;
}
