// What `netbaton run` tells while it works, on standard error: on a terminal one line that changes,
// elsewhere a line a finished run.
#ifndef CLIENT_PROGRESS_H
#define CLIENT_PROGRESS_H

#include "base/experiment.h"
#include "base/results.h"
#include "client/board.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct progress {
    FILE *out;
    bool live;    // a terminal
    bool quiet;   // nothing but failures
    bool verbose; // a line a finished run on a terminal too
    size_t n_runs;
    size_t run; // from 1, the one in hand
    const struct run_spec *spec;
    uint64_t started_ns;
};

void progress_init(struct progress *progress, FILE *out, size_t n_runs, bool quiet, bool verbose);
void progress_start(struct progress *progress, const struct run_spec *spec);
void progress_show(const struct progress *progress, uint32_t done, uint32_t failed);
// Clears the live line and prints what is to stay: the run's line, and why sessions failed.
void progress_end(const struct progress *progress, const struct run_row *row,
                  const struct board *board);
void progress_clear(const struct progress *progress);

// "threads, 10 workers" and what else tells runs apart; returns buf.
char *progress_describe(const struct run_spec *spec, char *buf, size_t len);

#endif
