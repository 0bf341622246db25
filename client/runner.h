// The process that does one run. A process of its own, so that CPU time, context switches and the
// high-water mark of memory belong to that run alone, and a crash costs that run's unfinished
// sessions and nothing else. It leads a process group, which its worker processes join: killing the
// group leaves nothing behind.
#ifndef CLIENT_RUNNER_H
#define CLIENT_RUNNER_H

#include "base/err.h"
#include "client/strategy.h"
#include "client/usage.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct runner {
    pid_t pid;
    int alive_fd; // readable (end of file) when the process is gone
};

// Forks; results go to run->board. cores > 0: the process may use that many only. close_fd: a
// descriptor the new process must not hold, or -1. Call while the caller has one thread.
int runner_start(struct runner *runner, struct run *run, uint32_t cores, int close_fd,
                 struct err *err);

// True when the process ended; false after at most limit_ms, or earlier when a signal came.
bool runner_wait(struct runner *runner, int limit_ms);

// Kills what is still running of its group, waits, frees. The status is that of waitpid.
int runner_end(struct runner *runner, struct usage *usage);

#endif
