// The parts of calibrate_machine, and what they share.
#ifndef CLIENT_CALIBRATE_PARTS_H
#define CLIENT_CALIBRATE_PARTS_H

#include "base/clock.h"
#include "base/costs.h"

// Wake-ups, timers and short system calls; datagrams; two threads on one core.
void calibrate_wakes(struct costs *costs);
void calibrate_datagrams(struct costs *costs);
void calibrate_sharing(struct costs *costs);

// The calling thread stays on the first core from `core` on, in steps of 1 or -1, that the process
// may use.
void calibrate_stay_on_core(int core, int step);
// Runs the function in a thread of its own, to its end: where it stays goes with it.
void calibrate_in_a_thread(void *(*function)(void *), void *data);
void calibrate_pause_ns(long ns);

static inline double since(uint64_t start_ns)
{
    return (double)(clock_now_ns() - start_ns);
}

#endif
