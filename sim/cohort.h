// Waiters that wake together, simulated as one.
//
// Who waits for the lock of 3.x wakes once a switch interval, nearly always in vain. One interrupt
// of a core serves all of its timers that are due, and each may be 50 us late: of a thousand
// waiters several wake at once, look at the lock one after the other, and sleep again. A run of a
// million sessions has a hundred million such looks. In a very big run the waiters that one
// interrupt wakes stay together from then on, as a cohort: its leader interrupts, switches and
// computes as many times as the cohort has members, and looks when the last of them would. If the
// lock gets free meanwhile, whose turn it is to look leads the cohort at that moment. The others
// sleep, and leave it one by one, when they are signalled, in the order in which they came.
//
// Simulated are the same rules at the same costs; what is lost is that members of one cohort could
// be on several cores at once.
#ifndef SIM_COHORT_H
#define SIM_COHORT_H

#include "base/experiment.h"
#include "base/rng.h"
#include "sim/sim_costs.h"

#include <stdbool.h>
#include <stdint.h>

struct thread;

// The most members a cohort has in a run: 1, every waiter on its own, unless it is plain
// (sim/grain.h) and may have more than COHORT_LOOKS_MAX looks, which take some seconds.
enum { COHORT_LOOKS_MAX = 12000000, COHORT_MAX = 16 };
uint32_t cohort_of(const struct experiment *experiment, const struct run_spec *spec,
                   const struct sim_costs *costs, uint32_t cores);

// thread->members is how many a thread leads, itself included. Another leader joins with all of its
// own; false if that would be more than `most`.
bool cohort_join(struct thread *leader, struct thread *other, uint32_t most);
// The leader leaves. Who leads the others from now on, where the old one was; NULL: there are none.
struct thread *cohort_leave(struct thread *leader, struct rng *rng);

#endif
