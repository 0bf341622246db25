#include "client/tick_lock.h"

#include "base/alloc.h"

#include <assert.h>
#include <errno.h>
#include <semaphore.h>
#include <stdlib.h>

const enum tick_lock_kind tick_lock_kind = TICK_LOCK_SEMAPHORE;

struct tick_lock {
    sem_t free;
};

struct tick_lock *tick_lock_new(void)
{
    struct tick_lock *lock = alloc_zero(1, sizeof *lock);
    sem_init(&lock->free, 0, 1);
    return lock;
}

void tick_lock_free(struct tick_lock *lock)
{
    sem_destroy(&lock->free);
    free(lock);
}

bool tick_lock_acquire_at_once(struct tick_lock *lock)
{
    return sem_trywait(&lock->free) == 0;
}

// sem_wait, again after a signal.
void tick_lock_acquire(struct tick_lock *lock)
{
    while (sem_wait(&lock->free) != 0)
        assert(errno == EINTR);
}

void tick_lock_release(struct tick_lock *lock)
{
    sem_post(&lock->free);
}
