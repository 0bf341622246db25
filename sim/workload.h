// The sessions of a run: what the devices and the work take, drawn with the same keys as the
// emulator and the client use, so that session 17 is the same session in all three.
//
// A session is asked for its next action again and again: wait for the device, compute, end.
#ifndef SIM_WORKLOAD_H
#define SIM_WORKLOAD_H

#include "base/answer_sizes.h"
#include "base/experiment.h"
#include "base/faults.h"
#include "base/results.h"
#include "sim/exchanges.h"
#include "sim/histogram.h"
#include "sim/sim_costs.h"

#include <stdbool.h>
#include <stdint.h>

enum action_kind { ACTION_WAIT, ACTION_WORK, ACTION_END };

struct action {
    enum action_kind kind;
    uint64_t ns; // of the work; ACTION_WAIT: of the device and the path to it
    // ACTION_WAIT
    uint64_t held_ns;   // of a Python's library, before the wait, lock held
    uint64_t cpu_ns;    // of the transport, then, lock not held
    uint64_t device_ns; // of the emulator, for the answer; not spent where there is none
    // and where a second thread reads (sim/reader.h)
    uint32_t calls; // short ones that give the lock up, before the wait
    bool begins;    // its thread, which asks this
    struct {
        uint64_t held_ns; // after the wait
        uint64_t cpu_ns;
        uint32_t calls;
        bool asks_on; // what comes next is its question, if it is one
    } reader;
};

struct session {
    struct session_row row;
    uint32_t place;   // which action comes next
    uint32_t trip;    // which exchange of exchanges_of comes next
    uint32_t command; // index of the command in hand
    uint32_t draws;   // commands that took a draw so far
    struct fault fault;
    enum job_end doom; // how it ends after the wait that goes on; JOB_OK: it does not
};

struct workload {
    const struct experiment *experiment;
    const struct run_spec *spec;
    const struct sim_costs *costs;
    const struct exchange *exchanges;
    const struct answer_sizes *answers;
    uint32_t next;        // session, from 0
    uint64_t aaa_done_ns; // when the shared login server has worked off its queue
    uint64_t ended[JOB_ENDS];
    struct histogram histogram; // of the sessions that ended well
    struct session_row *rows;   // NULL: not kept
    uint32_t n_rows;
    uint32_t open; // sessions now
    uint32_t most_open;
};

// keep_rows: remember a row a session. Borrows all four for its life.
void workload_init(struct workload *workload, const struct experiment *experiment,
                   const struct run_spec *spec, const struct sim_costs *costs,
                   const struct answer_sizes *answers, bool keep_rows);
void workload_fini(struct workload *workload);

// Begins the next session; false when there is none left.
bool workload_start(struct workload *workload, struct session *session, uint32_t worker,
                    uint64_t now_ns);
// What the session does next. ACTION_END closes it: it has been counted.
struct action workload_next(struct workload *workload, struct session *session, uint64_t now_ns);

// Does an ACTION_WAIT take any time?
bool action_waits(const struct action *action);

#endif
