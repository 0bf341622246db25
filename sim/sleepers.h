// Who sleeps at a lock, whose time is up, and who is signalled.
//
// glibc's condition variable sends its signals to the waits that had begun by a certain signal,
// until there are none of them left (pthread_cond_signal, group G1). In very big runs those who
// wake together are one cohort (sim/cohort.h): its leader is in the queue for all.
#ifndef SIM_SLEEPERS_H
#define SIM_SLEEPERS_H

#include "base/rng.h"
#include "sim/wait_queue.h"

#include <stdbool.h>
#include <stdint.h>

struct thread;

struct sleepers {
    struct wait_queue queue;
    uint32_t count;          // with all members of cohorts
    uint32_t cohort_most;    // so many may be in one; 1: everybody is on its own
    uint32_t cohort_largest; // so many were; 0: none
    struct thread *newest;   // who went to sleep last; it may have been woken since
    uint64_t waits;          // begun
    uint64_t group_end;      // number of the first wait that is not in the group
    uint32_t group_len;
};

void sleepers_fini(struct sleepers *sleepers); // empty is all zeros, and a cohort_most

// Goes to sleep, with all whom it leads; thread->due_ns is set, its timer fires at deadline_ns. May
// join the cohort of another.
void sleepers_put(struct sleepers *sleepers, struct thread *thread, uint64_t deadline_ns);
// The first deadline is over: takes that thread, with those whom it leads from now on.
struct thread *sleepers_time_out(struct sleepers *sleepers, uint64_t now_ns);
// Until when the timers of a core are due that are served with that one's.
uint64_t sleepers_served_until_ns(const struct thread *first, uint64_t now_ns);
// Takes the next one if its timer is one of that core and due by then; NULL: it is not.
struct thread *sleepers_time_out_also(struct sleepers *sleepers, uint32_t core, uint64_t until_ns);

// There is a signal: if nobody is left in the group, all who sleep are.
void sleepers_group(struct sleepers *sleepers);
// The thread is signalled, alone; whom it led another one leads.
void sleepers_leave(struct sleepers *sleepers, struct thread *thread, struct rng *rng);

#endif
