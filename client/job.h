// One session from its first packet to its last: drives a connection and a dialogue through their
// phases, each with its time limit, and fills the session's row. The same for every strategy: a
// thread calls job_run; an event loop calls job_step whenever job_wait's condition holds.
//
// The worker holds the interpreter's lock when it calls, and again when a call comes back; in
// between it is dropped as CPython drops it, around each system call of the connection and each
// wait.
#ifndef CLIENT_JOB_H
#define CLIENT_JOB_H

#include "base/results.h"
#include "client/conn.h"
#include "client/dialog.h"
#include "client/plan.h"
#include "client/worker.h"

#include <stdbool.h>
#include <stdint.h>

enum { JOB_REASON_MAX = 120 };

// What is left of a session when it is over; goes through pipes as it is.
struct job_result {
    uint32_t job;
    struct session_row row;      // run is not set
    char reason[JOB_REASON_MAX]; // of a failure, for people; "" otherwise
};

struct job {
    struct worker *worker;
    struct conn *conn;
    struct dialog dialog;
    struct job_result result;
    uint64_t deadline_ns; // of the phase
    bool heard;           // the device said something
    bool busy;            // the last step stopped before all that lay ready was read
};

void job_start(struct job *job, struct worker *worker, uint32_t number);
// Goes on as far as it can without waiting. True when the session is over: the result is set.
bool job_step(struct job *job);
// What to wait for before the next step; due_ns is never UINT64_MAX.
void job_wait(const struct job *job, struct conn_wait *wait);
void job_stop(struct job *job); // frees; the result stays

// All of it, waiting by poll.
void job_run(struct worker *worker, uint32_t number, struct job_result *result);

// The row of a session whose worker died with it.
void job_result_lost(struct job_result *result, const struct plan *plan, uint32_t number,
                     uint32_t worker, uint64_t at_ns);

#endif
