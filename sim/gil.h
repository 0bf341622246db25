// CPython's lock in virtual time: both algorithms, with CPython's words.
//
// GIL_TIMED is ceval_gil.h of 3.2 to 3.14: a waiter sleeps for a whole switch interval; if nobody
// else took the lock meanwhile, it sets the holder's drop request; the holder sees that at its next
// check point, drops the lock, signals one waiter and, if nobody has taken it by then, waits until
// somebody has (the forced switch). A signalled waiter is not handed the lock: it tests again when
// it gets a core. A waiter that is not asleep yet takes the signal before those who are (glibc's
// condition variable looks for one before it sleeps).
//
// GIL_TICKS is ceval.c of 2.7 over POSIX semaphores (thread_pthread.h): every check_interval ticks
// the holder posts and waits. With waiters about (the semaphore counts those on their way, too) the
// post is a system call, and the lock is free while it lasts; nobody is handed anything.
//
// At most one thread holds a lock. A lock belongs to a process, or to one sub-interpreter.
#ifndef SIM_GIL_H
#define SIM_GIL_H

#include "base/interpreter.h"
#include "sim/sleepers.h"
#include "sim/thread.h"

#include <stdbool.h>
#include <stdint.h>

// Of the old lock's ticks in a nanosecond, beside those of a loop that only counts.
enum { TICK_SHARE_LOOP = 1024 };

struct gil {
    enum gil_kind kind; // GIL_TICKS or GIL_TIMED
    uint32_t number;    // of the lock: its timer, its row of the trace
    uint64_t interval_ns;
    uint64_t check_ns;          // old lock: work between two checks
    uint64_t ticker_ns;         // old lock: work since the last check, by whomever
    struct thread *holder;      // NULL: free
    struct thread *last_holder; // NULL: nobody yet
    struct thread *asked;       // whose drop request is set
    uint64_t seen_ns;           // how long after that it drops the lock
    struct thread *parked;      // waits on switch_cond
    uint64_t switch_number;
    uint32_t waiters; // old lock: of the semaphore, asleep or on their way
    struct sleepers asleep;
    uint64_t held_ns;  // up to the end of the last hold
    bool kept;         // old lock: released at a check point; the hold lasts until another takes it
    uint64_t forced;   // drops under a drop request
    uint64_t requests; // drop requests set
};

// All return STEP_NEXT: the steps follow in sim_gil_step. A thread without a lock goes on at once.
enum verdict sim_gil_take(const struct engine *engine, struct thread *thread);
enum verdict sim_gil_drop(struct thread *thread);
// The holder is at a check point.
void sim_gil_check(const struct engine *engine, struct thread *thread);

// When what takes loop_ns in a loop takes ns; not more than a loop's, not none.
uint32_t sim_gil_share(uint64_t loop_ns, uint64_t ns);

// For thread_advance: the lock's next step, the limit of the holder's next segment.
enum verdict sim_gil_step(struct engine *engine, struct thread *thread);
void sim_gil_slice(struct engine *engine, struct thread *thread);
// Does it wait for the lock, asleep or awake?
bool sim_gil_wanted(const struct thread *thread);
// For cores.c: the holder has worked that long.
void sim_gil_worked(struct thread *thread, uint64_t ns);
// The timed wait of the first waiter is over.
void sim_gil_timeout(struct engine *engine, struct gil *gil);

#endif
