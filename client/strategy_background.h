// Threads that compute all the time beside the workers: what runs.background asks for. They are the
// main program's, under its lock: that of the workers, unless each of those has one of its own
// (sub-interpreters), when the main interpreter's is another.
#ifndef CLIENT_STRATEGY_BACKGROUND_H
#define CLIENT_STRATEGY_BACKGROUND_H

#include "client/strategy.h"

#include <sys/types.h>

struct background;

// As many as the run's spec says, 0 too. gil: the workers'. NULL with an error when a thread cannot
// be started.
struct background *background_start(const struct run *run, struct gil *gil, struct err *err);
void background_stop(struct background *background); // waits for them; frees

// The same in a process of its own, for strategies whose workers share no lock with the main
// program. Returns 0 when the spec asks for none.
pid_t background_process_start(const struct run *run, struct err *err);
void background_process_stop(pid_t pid); // 0 and -1 do nothing

#endif
