// The interpreters workers can live under: which lock they share and when it changes hands. One
// visible table; the words are CPython's. What each rule means is in client/gil.h (real threads)
// and sim/gil.h (virtual time).
#ifndef BASE_INTERPRETER_H
#define BASE_INTERPRETER_H

#include "base/err.h"

#include <stddef.h>

enum gil_kind {
    GIL_NONE,  // no lock: C, and free-threaded CPython
    GIL_TICKS, // 2.x and 3.0, 3.1: released and retaken every check_interval ticks, no hand-off
               // (ceval.c)
    GIL_TIMED, // 3.2 and later: timed wait, drop request, forced switch (ceval_gil.c)
    GIL_PER_WORKER, // one timed lock a worker: sub-interpreters with own_gil (PEP 684)
    GIL_REAL,       // a real CPython does the work
};

struct interpreter {
    char name[256]; // as written in the experiment file, e.g. "cpython-3.11" or
                    // "python:/usr/bin/python3"
    enum gil_kind gil;
    int major; // 0 when it has no version
    int minor;
    double work_factor; // cpu takes this many times longer than on a build with the lock (PEP
                        // 703); costs_set_work_factors knows better
};

// native | cpython-2.7 | cpython-3.2 ... cpython-3.14 | subinterpreters | free-threaded |
// free-threaded-3.13 | free-threaded-3.14 | python:PATH
int interpreter_parse(const char *text, struct interpreter *interpreter, struct err *err);

// PATH of python:PATH, else NULL; points into the struct.
const char *interpreter_python_path(const struct interpreter *interpreter);

#endif
