// The binary lock below CPython 2's: PyThread_acquire_lock and PyThread_release_lock of
// Python/thread_pthread.h. A POSIX semaphore where those without a name exist
// (tick_lock_semaphore.c), else a bit, a mutex and a condition variable (tick_lock_condvar.c), as
// CPython chooses by USE_SEMAPHORES. Either way a release gives the lock to nobody.
#ifndef CLIENT_TICK_LOCK_H
#define CLIENT_TICK_LOCK_H

#include "base/costs.h"

#include <stdbool.h>

struct tick_lock;

struct tick_lock *tick_lock_new(void); // free
void tick_lock_free(struct tick_lock *lock);
bool tick_lock_acquire_at_once(struct tick_lock *lock); // false: another has it
void tick_lock_acquire(struct tick_lock *lock);
void tick_lock_release(struct tick_lock *lock);

// Which of them this program has, for the machine file.
extern const enum tick_lock_kind tick_lock_kind;

#endif
