// CPython's COND_TIMED_WAIT: a wait for a signal of at most one interval. By the monotonic clock
// where a condition variable can be told to (interval_wait_monotonic.c), else by the wall clock, as
// CPython itself does there (interval_wait_realtime.c).
#ifndef CLIENT_INTERVAL_WAIT_H
#define CLIENT_INTERVAL_WAIT_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

void interval_cond_init(pthread_cond_t *cond);
// True when it ended by time.
bool interval_wait(pthread_cond_t *cond, pthread_mutex_t *mutex, uint64_t interval_ns);

#endif
