// A worker process: its threads take job numbers from a pipe that all workers read and write
// results to a pipe that the parent reads. Both are shared by all, which works because a read of
// one number and a write of one message (at most PIPE_BUF) are whole or not at all; so a worker
// that is killed takes its own sessions with it and nothing else.
#ifndef CLIENT_STRATEGY_WORKER_H
#define CLIENT_STRATEGY_WORKER_H

#include "base/command.h"
#include "client/job.h"
#include "client/strategy.h"

#include <stdint.h>

enum worker_message_kind {
    WORKER_RESULT,  // a session is over
    WORKER_LOCK,    // the worker is: the counters of its lock
    WORKER_PROBLEM, // it could not start all its threads
};

struct worker_message {
    enum worker_message_kind kind;
    union {
        struct job_result result;
        struct gil_thread lock;
        char problem[JOB_REASON_MAX];
    };
};

// Works until the pipe of jobs is at its end. Returns the exit code of the process.
int worker_process_run(const struct run *run, uint32_t first_id, uint32_t n_workers, int jobs_fd,
                       int results_fd);

// `netbaton run-worker`: the start of a spawned worker; not for people.
extern const struct command command_run_worker;

#endif
