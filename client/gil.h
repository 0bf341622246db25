// The interpreter's lock, among real threads, by CPython's rules: which thread of a process may
// compute. One `struct gil` a process, made after fork; one `struct gil_thread` a thread that takes
// it.
//
//   GIL_NONE        no lock: nothing here waits
//   GIL_TICKS       2.x, 3.0, 3.1: after check_interval ticks of the process the holder releases
//   and
//                   at once asks again, with no hand-off (client/gil_ticks.h)
//   GIL_TIMED       3.2 and later: a waiter asks for the lock after the switch interval, the holder
//                   gives it up at its next check point and waits until another has it
//                   (client/gil_timed.h)
//   GIL_PER_WORKER  a GIL_TIMED lock of its own for every gil_thread (PEP 684)
//
// A worker takes the lock first, drops it around everything that blocks and takes it again:
//
//   gil_thread_init(gil, &me);
//   gil_take(gil, &me);
//   burn(&burner, gil, &me, cpu_ns);   // client/burn.h; has the check points
//   gil_drop(gil, &me); poll(...); gil_take(gil, &me);
//   gil_drop(gil, &me);
//   gil_thread_fini(&me);
//
// Every function takes gil NULL as GIL_NONE.
#ifndef CLIENT_GIL_H
#define CLIENT_GIL_H

#include "base/interpreter.h"

#include <stdbool.h>
#include <stdint.h>

struct gil;
struct gil_timed;
struct lock_spans;

// Only its own thread touches it while it runs, and whoever holds the lock; read the counters after
// it ended.
struct gil_thread {
    uint64_t held_ns;  // lock held
    uint64_t wait_ns;  // from asking for it to having it; a forced wait after a drop is in it
    uint64_t switches; // times it took the lock from another thread (CPython's switch_number)
    uint64_t forced;   // drops that waited for another to take it (FORCE_SWITCHING)
    uint64_t requests; // drop requests it made
    uint64_t checks;   // times it released the lock at a check point

    struct lock_spans *spans; // borrowed, set after gil_thread_init; NULL: nothing is recorded

    struct gil_timed *own; // private to gil*.c, of GIL_PER_WORKER
    bool used;             // the same
};

// switch_interval_ns: of GIL_TIMED and GIL_PER_WORKER, at least 1 us is used (ceval_gil.c: `if
// (interval < 1) interval = 1`). check_interval and tick_ns (what a tick lasts, costs_python's
// tick): of GIL_TICKS. What the kind does not need may be 0. Not for GIL_REAL.
struct gil *gil_new(const struct interpreter *interpreter, uint64_t switch_interval_ns,
                    uint32_t check_interval, double tick_ns);
void gil_free(struct gil *gil); // when no thread uses it any more

// For gil_*.c, under the lock: the thread held it from one time to the other. Every hold of every
// lock passes here once, when it is over.
void gil_thread_held(struct gil_thread *thread, uint64_t from_ns, uint64_t to_ns);
// The same of every wait for it. The thread itself calls it.
void gil_thread_waited(struct gil_thread *thread, uint64_t from_ns, uint64_t to_ns);

void gil_thread_init(struct gil *gil, struct gil_thread *thread);
void gil_thread_fini(struct gil_thread *thread); // the counters stay readable

// True once an interpreter: for the first of its threads that asks, of GIL_PER_WORKER for each.
// False for NULL.
bool gil_first_use(struct gil *gil, struct gil_thread *thread);

void gil_take(struct gil *gil, struct gil_thread *thread); // must not hold it
void gil_drop(struct gil *gil, struct gil_thread *thread); // must hold it

// How much longer work lasts under this interpreter: interpreter->work_factor; 1 for NULL.
double gil_work_factor(const struct gil *gil);
// How much work, in ns, the holder may do until its next check point, if it is work in which so
// many ticks pass, beside a loop's (GIL_TICKS). More than 0.
double gil_gap_ns(const struct gil *gil, double tick_share);
// A check point of the holder. worked_ns: what the ticks since its last one would take in a loop.
void gil_check(struct gil *gil, struct gil_thread *thread, double worked_ns);

#endif
