// What a run leaves behind, in memory shared by `netbaton run` and the process that does the run:
// whatever happens to that process, the sessions it finished are here.
//
// While the run goes on the parent reads `done` and `failed` only; the rest it reads after the
// process ended. Each row is written once, by the thread that finished its session.
#ifndef CLIENT_BOARD_H
#define CLIENT_BOARD_H

#include "base/err.h"
#include "base/results.h"
#include "client/gil.h"
#include "client/job.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct lock_log;

struct board {
    _Atomic uint32_t next; // job to hand out, of queues in memory
    _Atomic uint32_t done;
    _Atomic uint32_t failed;
    _Atomic int stopped; // process of the worker that a signal stopped last; 0: none, or told

    // Set by the run's process when it ends in good order.
    bool finished;
    bool refused; // it could not be done: err says why
    struct err err;
    uint64_t wall_ns;
    double answers_per_s;     // of work.echo
    struct gil_thread lock;   // the counters of all workers, added up
    uint64_t workers_peak_kb; // of worker processes, added up

    // The first reason of each kind of failure.
    _Atomic bool has_reason[JOB_ENDS];
    char reason[JOB_ENDS][JOB_REASON_MAX];

    struct lock_log *lock_log; // the board's own; NULL: not asked for

    uint32_t n_rows;
    struct session_row rows[]; // by job; device 0: no result yet
};

// NULL with an error when there is no memory to share.
struct board *board_new(uint32_t jobs, struct err *err);
void board_free(struct board *board);

void board_add(struct board *board, const struct job_result *result); // any thread

#endif
