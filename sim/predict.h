// Predicts one run of an experiment: builds its world, lets it run, fills in the row.
#ifndef SIM_PREDICT_H
#define SIM_PREDICT_H

#include "base/answer_sizes.h"
#include "base/costs.h"
#include "base/err.h"
#include "base/experiment.h"
#include "base/results.h"
#include "sim/sim_costs.h"
#include "sim/trace.h"

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

struct prediction {
    struct run_row row;
    struct session_row *sessions; // the caller frees; NULL when not asked for
    uint32_t n_sessions;
    uint64_t events;
    uint32_t grain;  // 1: every round of every contest was simulated (sim/grain.h)
    uint32_t cohort; // most waiters simulated as one; 0: each was on its own (sim/cohort.h)
};

struct predict_options {
    const struct costs *costs;         // NULL: the ideal machine
    struct answer_sizes answers;       // for lines of limited bandwidth
    uint32_t cores;                    // of the machine, where the experiment names none
    bool sessions;                     // keep a row a session
    struct trace *trace;               // NULL: none
    uint32_t run;                      // number of the run, for the trace and the seed
    uint32_t grain;                    // 0: as sim/grain.h has it
    uint32_t cohort;                   // 0: as sim/cohort.h has it
    const volatile sig_atomic_t *stop; // NULL: never
};

// Can the model predict this run? -1 (input error) tells why not.
int predict_check(const struct experiment *experiment, const struct run_spec *spec,
                  const struct predict_options *options, struct err *err);

// -1 also when stop ended the run.
int predict_run(const struct experiment *experiment, const struct run_spec *spec,
                const struct predict_options *options, struct prediction *out, struct err *err);

#endif
