// The operating system's scheduler: finite cores, each with a queue of ready threads.
//
// A thread that is woken goes to the core it last ran on if that is idle, else to any idle core,
// else into the queue of its last core or, if that has less to do, of its waker's, where it
// preempts the running thread if it has had less of the core (virtual run time; a sleeper is put
// back by at most a quantum: its credit). A thread runs for a quantum when others wait for its
// core. A core with nothing to do takes a waiting thread from the core with most of them. In the
// kernel a thread is not preempted, only when it returns from there (PREEMPT_NONE).
//
// On one core at most one thread runs, and a ready thread waits only while its core is busy.
#ifndef SIM_CORES_H
#define SIM_CORES_H

#include "sim/ready_queue.h"
#include "sim/thread.h"

#include <stdbool.h>
#include <stdint.h>

enum wake_kind {
    WAKE_TIMER,    // its time is up: the lateness of timers has the way to a core in it
    WAKE_AWAKE,    // it has not gone to sleep yet
    WAKE_SIGNAL,   // by the current thread, which goes on
    WAKE_HANDOVER, // by the current thread, which is expected to sleep next (a message)
    WAKE_NEW,      // a thread or process begins
};

struct core {
    struct thread *running; // NULL: idle
    uint64_t since_ns;      // running computes from here on; may be ahead of the clock (a wake-up)
    uint64_t slice_end_ns;  // until then a tick does not take the core from it
    uint64_t free_ns;       // the last thread's way to sleep ends here; idle since then
    int64_t empty_vruntime_ns; // of the last thread that left it empty
    uint64_t busy_ns;          // computed for threads
    uint32_t last_thread;      // for the switch's cost
    bool reschedule;           // a better thread waits for the running one to leave the kernel
    struct ready_queue queue;
};

struct cores {
    struct core *items;
    uint32_t count;
    struct thread *current; // being driven now: it is on a core, its next segment not yet known
    uint64_t entries;
    uint64_t tick_phase_ns; // of the clock, against the run's start
    uint64_t tick_ns;       // the tick last asked for
};

void cores_init(struct cores *cores, uint32_t count, uint32_t threads);
void cores_fini(struct cores *cores);

// A sleeping (or unborn) thread becomes ready. What that costs who wakes it: an idle core has to be
// sent an interrupt, and so has another one whose thread makes way; else the thread is put into a
// queue.
uint64_t cores_wake(struct engine *engine, struct thread *thread, enum wake_kind kind);
// A shortcut for a sleeping thread that is woken, computes cpu_ns and goes back to sleep in the
// same state without anybody noticing: true if it can be done at once, because a core is idle and
// no event lies before the thread's last look at the world, look_ns after it got the core. *end_ns:
// when it sleeps again.
bool cores_brief_wake(struct engine *engine, struct thread *thread, uint64_t look_ns,
                      uint64_t cpu_ns, uint64_t *end_ns);
// Is the thread, which went to sleep, still on its way there?
bool cores_still_awake(const struct engine *engine, const struct thread *thread);
// The current thread goes to sleep; the core is taken up for overhead_ns more.
void cores_block(struct engine *engine, struct thread *thread, enum task_state state,
                 uint64_t overhead_ns);
// The present segment of a running or ready thread ends after at most ns more. Returns what it had
// beyond that.
uint64_t cores_cut(struct engine *engine, struct thread *thread, uint64_t ns);
// So much of what the current thread has computed was its way to sleep, which nobody is charged
// for.
void cores_take_off(struct engine *engine, struct thread *thread, uint64_t ns);
// How much of its segment the thread has computed that is not yet taken off left_ns.
uint64_t cores_unaccounted(const struct engine *engine, const struct thread *thread);
// The event of a core: its thread's segment or slice is over.
void cores_event(struct engine *engine, uint32_t core);
// Puts the time up to now into the books of every thread; at the end of a run.
void cores_close(struct engine *engine);

#endif
