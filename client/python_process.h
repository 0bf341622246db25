// A real CPython that runs one of the scripts in client/python/: they are unpacked into a folder of
// their own for the call, the input is the script's standard input, its standard output is the
// result.
#ifndef CLIENT_PYTHON_PROCESS_H
#define CLIENT_PYTHON_PROCESS_H

#include "base/buf.h"
#include "base/err.h"

#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct python_call {
    const char *python; // a path, or a name on PATH
    const char *script; // "worker.py"
    const char *input;
    size_t input_len;
    uint32_t cores;                    // the python may use that many only; 0: all
    const volatile sig_atomic_t *stop; // set by a signal handler; NULL: never
    FILE *noise;                       // gets what it said on standard error; NULL: nobody
};

// Runs the script and waits for its end; its output is added to out, also on failure. A python that
// cannot be started is an input error. When *stop becomes true the python and every process it
// started are ended and -1 is returned.
int python_process_run(const struct python_call *call, struct buf *out, struct err *err);

#endif
