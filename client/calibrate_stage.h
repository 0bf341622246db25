// An experiment that exists for a measurement only, with its devices up: an emulator of 40 of them
// as a child process, and the plan to log in to them.
#ifndef CLIENT_CALIBRATE_STAGE_H
#define CLIENT_CALIBRATE_STAGE_H

#include "base/err.h"
#include "base/experiment.h"
#include "client/emulator_child.h"
#include "client/plan.h"
#include "client/worker.h"

#include <signal.h>

enum { CALIBRATE_DEVICES = 40 };

struct calibrate_stage {
    struct experiment *experiment;
    struct emulator_child emulator; // of sleep: none
    struct plan *plan;
    struct worker worker; // without a lock
};

// command_latency as experiment files write it. On failure there is nothing to end.
int calibrate_stage_start(struct calibrate_stage *stage, const char *program,
                          enum transport transport, int commands, const char *command_latency,
                          const volatile sig_atomic_t *stop, struct err *err);

// Returns the CPU of the emulator in ns.
double calibrate_stage_end(struct calibrate_stage *stage);

#endif
