#include "client/tick_lock.h"

#include "base/alloc.h"

#include <pthread.h>
#include <stdlib.h>

const enum tick_lock_kind tick_lock_kind = TICK_LOCK_CONDVAR;

struct tick_lock {
    pthread_mutex_t mutex;
    pthread_cond_t released;
    bool locked; // under mutex
};

struct tick_lock *tick_lock_new(void)
{
    struct tick_lock *lock = alloc_zero(1, sizeof *lock);
    pthread_mutex_init(&lock->mutex, NULL);
    pthread_cond_init(&lock->released, NULL);
    return lock;
}

void tick_lock_free(struct tick_lock *lock)
{
    pthread_cond_destroy(&lock->released);
    pthread_mutex_destroy(&lock->mutex);
    free(lock);
}

bool tick_lock_acquire_at_once(struct tick_lock *lock)
{
    pthread_mutex_lock(&lock->mutex);
    bool got = !lock->locked;
    lock->locked = true;
    pthread_mutex_unlock(&lock->mutex);
    return got;
}

void tick_lock_acquire(struct tick_lock *lock)
{
    pthread_mutex_lock(&lock->mutex);
    while (lock->locked)
        pthread_cond_wait(&lock->released, &lock->mutex);
    lock->locked = true;
    pthread_mutex_unlock(&lock->mutex);
}

// Unlocks first and signals then, as CPython does.
void tick_lock_release(struct tick_lock *lock)
{
    pthread_mutex_lock(&lock->mutex);
    lock->locked = false;
    pthread_mutex_unlock(&lock->mutex);
    pthread_cond_signal(&lock->released);
}
