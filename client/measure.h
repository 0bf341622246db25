// One run of the matrix from its emulator's start to its rows in the results folder.
#ifndef CLIENT_MEASURE_H
#define CLIENT_MEASURE_H

#include "base/costs.h"
#include "base/err.h"
#include "base/experiment.h"
#include "base/results.h"
#include "base/timeline_file.h"
#include "client/burn.h"
#include "client/progress.h"

#include <signal.h>
#include <stdint.h>

struct measure {
    const struct experiment *experiment;
    const struct costs *costs;
    struct results *results;
    const char *program;   // this executable
    char *experiment_path; // the resolved file in the results folder
    struct burner burner;
    struct progress progress;
    struct timeline_file *timeline;    // NULL: not asked for
    uint32_t joined_runs;              // in whose timeline short spans are joined
    uint32_t unseen_runs;              // whose lock cannot be looked into: nothing of them in it
    const volatile sig_atomic_t *stop; // set by a signal handler
};

// number counts the rows of runs.csv from 0. Failed sessions are in the row; -1 when there is no
// row because the run could not be done, the results could not be written or *stop was set.
int measure_run(struct measure *measure, const struct run_spec *spec, uint32_t number,
                struct run_row *row, struct err *err);

#endif
