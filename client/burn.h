// Computing for a given time: what a Python client would do while it holds the lock.
//
// Work is counted in passes of a calibrated loop, not by the clock, as a Python program's work is:
// a thread that has no core or waits for the lock does not come nearer to its end.
#ifndef CLIENT_BURN_H
#define CLIENT_BURN_H

#include "client/gil.h"

struct burner {
    double passes_per_ns; // of this machine's core at full speed
    double code_share;    // ticks of the old lock in code of libraries, beside a loop's; 0: as many
};

// The best of several short tries; takes about 50 ms. Hand the figure on to worker processes
// instead of measuring in each.
void burn_calibrate(struct burner *burner);

// What a pass takes just now, the best of three tries of a third of a millisecond: how fast this
// core is at the moment.
double burn_pass_ns(void);

// Computes for cpu_ns, code of libraries. The caller holds the lock and holds it again on return;
// there are check points (gil_check) on the way. gil NULL: no lock, thread may be NULL.
void burn(const struct burner *burner, struct gil *gil, struct gil_thread *thread, uint64_t cpu_ns);
// The same of calls whose ticks of the old lock would take loop_ns in a loop.
void burn_calls(const struct burner *burner, struct gil *gil, struct gil_thread *thread,
                uint64_t cpu_ns, double loop_ns);
// The same of a loop that only counts.
void burn_loop(const struct burner *burner, struct gil *gil, struct gil_thread *thread,
               uint64_t cpu_ns);
// Such a loop is the work of an experiment, and lasts gil_work_factor times as long.
void burn_work(const struct burner *burner, struct gil *gil, struct gil_thread *thread,
               uint64_t cpu_ns);

#endif
