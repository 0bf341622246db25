// What a CPython's own code does beyond what the C of this client does for the same: longer starts
// of threads and processes, a slower protocol. `run` burns it under the lock of an interpreter with
// a version, `simulate` adds it to what its threads compute with the lock held.
//
// The figures are a python's in a machine file (base/costs.h) less the C client's there.
#ifndef BASE_PYTHON_WORK_H
#define BASE_PYTHON_WORK_H

#include "base/costs.h"
#include "base/experiment.h"

#include <stdint.h>

// Of the old lock, around sending or receiving a datagram: the loop of an echo takes ten a message
// in 2.7.18 (_Py_Ticker before and after).
enum { DATAGRAM_TICKS = 5 };

struct python_work {
    uint64_t thread_ns;         // starting a thread: half in who starts it, half in the thread
    uint64_t process_ns;        // a worker process, in its parent
    uint64_t ready_ns;          // then in the worker itself, until it works
    uint64_t interpreter_ns;    // starting a sub-interpreter, in its thread
    uint64_t first_ns;          // the first session of a process, beyond the session
    uint64_t session_ns;        // a session without its commands
    uint64_t command_ns;        // a command; turning the pager off is half of one
    uint64_t reader_session_ns; // of session_ns, in the second thread of an SSH library (paramiko)
    uint64_t reader_command_ns; // of command_ns
    uint64_t datagram_ns;       // sending or receiving a datagram
    uint64_t cold_ns;           // more for it if it was last done COLD_NS ago
};

// All 0 for an interpreter without a version (native).
void python_work_set(struct python_work *work, const struct costs *costs,
                     const struct run_spec *spec);

#endif
