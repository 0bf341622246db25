// Threads that compute all the time beside the workers, under the same lock: what runs.background
// asks for.
#ifndef CLIENT_STRATEGY_BACKGROUND_H
#define CLIENT_STRATEGY_BACKGROUND_H

#include "client/strategy.h"

struct background;

// As many as the run's spec says, 0 too. NULL with an error when a thread cannot be started.
struct background *background_start(const struct run *run, struct gil *gil, struct err *err);
void background_stop(struct background *background); // waits for them; frees

#endif
