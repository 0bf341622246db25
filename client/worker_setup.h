// What a worker process that was started anew (spawn) must be told before it can work; a forked one
// has it already. Written by the parent and read by the same program, so it goes as it lies in
// memory.
#ifndef CLIENT_WORKER_SETUP_H
#define CLIENT_WORKER_SETUP_H

#include "base/err.h"
#include "client/strategy.h"

#include <stdint.h>

// The descriptors of a spawned worker process beside standard error.
enum {
    WORKER_SETUP_FD = 3,
    WORKER_JOBS_FD = 4,
    WORKER_RESULTS_FD = 5,
    WORKER_AAA_FD = 6, // where the plan has an AAA queue
    WORKER_FDS,
};

struct worker_setup {
    struct experiment *experiment; // owned
    struct run_spec spec;
    struct plan *plan; // owned
    struct run run;    // points into this struct; has no board
    uint32_t first_id;
    uint32_t n_workers;
};

// The bytes for worker_setup_read. The caller frees with buf_fini.
void worker_setup_write(const struct run *run, uint32_t first_id, uint32_t n_workers,
                        struct buf *out);
// From a descriptor; loads the experiment again. On failure there is nothing to free.
int worker_setup_read(int fd, struct worker_setup *setup, struct err *err);
void worker_setup_fini(struct worker_setup *setup);

#endif
