// One cell of the experiment's matrix done by a real CPython: the same plan, the same result rows.
//
// The python's start and the calibration of its computing loop are before the run's clock starts;
// the start of threads, processes and interpreters is in it, as for the strategies in C.
#ifndef CLIENT_PYTHON_RUNNER_H
#define CLIENT_PYTHON_RUNNER_H

#include "base/buf.h"
#include "base/err.h"
#include "base/experiment.h"
#include "base/results.h"

#include <signal.h>
#include <stdint.h>
#include <stdio.h>

struct plan;

struct python_run {
    const struct plan *plan;
    const struct run_spec *spec;       // its interpreter is a GIL_REAL one
    uint32_t cores;                    // the python may use that many only; 0: all
    const volatile sig_atomic_t *stop; // set by a signal handler; NULL: never
    FILE *noise;                       // gets what the python says on standard error; NULL: nobody
    // Called for each session that came back, with the reason of its failure; not for those lost
    // with a killed worker process.
    void (*session)(void *data, const struct session_row *row, const char *reason);
    void *data;
};

// What a script that runs a plan is told on its standard input: the plan, then a line a job.
void python_input_write(const struct plan *plan, const struct run_spec *spec, struct buf *out);

// Fills in of row what the python knows: source ("python 3.11.7"), wall, CPU, switches, memory,
// answers a second; not what is counted from the sessions. What this python cannot do (a strategy,
// SSH without paramiko) is an input error. -1 also when *stop became true.
int python_run(const struct python_run *run, struct run_row *row, struct err *err);

#endif
