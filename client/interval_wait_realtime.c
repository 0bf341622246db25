#include "client/interval_wait.h"

#include "base/clock.h"

#include <errno.h>
#include <time.h>

void interval_cond_init(pthread_cond_t *cond)
{
    pthread_cond_init(cond, NULL);
}

bool interval_wait(pthread_cond_t *cond, pthread_mutex_t *mutex, uint64_t interval_ns)
{
    struct timespec end;
    clock_gettime(CLOCK_REALTIME, &end);
    uint64_t ns = (uint64_t)end.tv_nsec + interval_ns;
    end.tv_sec += (time_t)(ns / CLOCK_NS_PER_S);
    end.tv_nsec = (long)(ns % CLOCK_NS_PER_S);
    return pthread_cond_timedwait(cond, mutex, &end) == ETIMEDOUT;
}
