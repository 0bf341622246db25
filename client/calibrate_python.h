// What things cost in a CPython: client/python/calibrate.py, run by it.
#ifndef CLIENT_CALIBRATE_PYTHON_H
#define CLIENT_CALIBRATE_PYTHON_H

#include "base/costs.h"
#include "base/err.h"

#include <signal.h>

// Input error when it cannot be started.
int calibrate_python_starts(const char *path, struct err *err);

// Adds an entry to costs->pythons, with path as its name. A python with the lock of 3.2 and later
// also tells what a forced switch costs: less the wake-up it is added to handoffs. Takes about 10
// s, more on a busy machine. The machine's own figures must be there. program is this executable,
// whose emulator the python's sessions have.
struct samples;
int calibrate_python(const char *path, const char *program, const volatile sig_atomic_t *stop,
                     struct costs *costs, struct samples *handoffs, struct err *err);

#endif
