// How finely a run is simulated.
//
// Under the lock of 2.7 every check point of the holder is a round of a contest: the lock is free
// for the time of a system call, a waiter is woken and mostly comes too late. A second of computing
// has a million rounds, and they are all alike. In a very big run one round of the model stands for
// `grain` real ones: the holder works that many check intervals, then everything a round costs (the
// post, the wake, its latency, the switches, the waiter's look) costs that many times as much, and
// is counted that many times. What is longer or rarer than a round stays as it is: the work, the
// devices, calls, and the first round of who comes back from one. So the shares of time stay what
// they were, but for the moments between the contest and the calls: about one per cent for a grain
// of twenty (sim/README.md has the table).
#ifndef SIM_GRAIN_H
#define SIM_GRAIN_H

#include "base/experiment.h"
#include "sim/sim_costs.h"

#include <stdbool.h>
#include <stdint.h>

// Is the run nothing but the threads of one process on several cores, with Linux's scheduler? Only
// such runs have been compared with what they are when nothing is taken together. (On one core the
// waiters keep the holder from it, and how many of them is what all depends on.)
bool grain_is_plain(const struct experiment *experiment, const struct run_spec *spec,
                    const struct sim_costs *costs, uint32_t cores);
// What a session computes, on average.
double grain_session_ns(const struct experiment *experiment);

// The grain of a run: 1, every round on its own, unless it is plain, the lock is a semaphore, and
// it has more than GRAIN_ROUNDS_MAX rounds, which take some seconds. Never so many that a session
// would see only a few rounds.
enum { GRAIN_ROUNDS_MAX = 10000000 };
uint32_t grain_of(const struct experiment *experiment, const struct run_spec *spec,
                  const struct sim_costs *costs, uint32_t cores);

// Sets costs->grain, and what of the costs is longer than a round and yet belongs to the contest.
void grain_set(struct sim_costs *costs, uint32_t grain);

#endif
