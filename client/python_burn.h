// What a Python's own code would compute in a session beside the experiment's cpu, burnt under the
// worker's lock: base/python_work.h says how much, this where in the session.
#ifndef CLIENT_PYTHON_BURN_H
#define CLIENT_PYTHON_BURN_H

#include "client/worker.h"

#include <stdint.h>

enum session_step {
    SESSION_BEGINS,
    SESSION_SECURED,
    SESSION_READY, // "no paging" follows
    SESSION_ANSWERED,
    SESSION_LOGOUT,
};

// The worker holds its lock.
void python_burn_step(struct worker *worker, enum session_step step);
// Part of the start of a thread, a process or an interpreter, in the thread that does it.
void python_burn_start(struct worker *worker, uint64_t ns);

#endif
