// What is to be done in a run: the list of jobs, what each says, how long each phase may take. The
// same for all strategies, never changed while a run goes on, so workers share it without a lock.
//
// Job i is a session with device i + 1. Every random number of a job comes from (seed, device,
// session 0, step), so neither the order of jobs nor the strategy changes what a job meets.
#ifndef CLIENT_PLAN_H
#define CLIENT_PLAN_H

#include "base/err.h"
#include "base/experiment.h"
#include "client/dialog.h"
#include "client/targets.h"

#include <stdbool.h>
#include <stdint.h>

struct aaa_queue;
struct conn_type;

struct plan {
    const struct experiment *experiment; // borrowed
    const struct conn_type *conn_type;
    uint32_t n_jobs;
    struct targets targets;      // owned; not used by the sleep transport
    struct dialog_script script; // of the devices without a name
    struct dialog_script *named; // of devices 1 to n_named
    uint32_t n_named;
    struct aaa_queue *aaa; // owned; where plan_queues: what plan_make_queue made, or attached
};

// Takes targets over. Free with plan_free before the experiment.
struct plan *plan_new(const struct experiment *experiment, enum transport transport,
                      uint32_t devices, struct targets targets);
void plan_free(struct plan *plan);

// Do the workers themselves queue for the AAA server? Of the sleep transport with a limit.
bool plan_queues(const struct plan *plan);
// Makes that queue, if there is one, for a plan that workers will share.
int plan_make_queue(struct plan *plan, struct err *err);

// The device of a job, from 1.
uint32_t plan_device(const struct plan *plan, uint32_t job);

// What is said to a device, from 1.
const struct dialog_script *plan_script(const struct plan *plan, uint32_t device);

// Interpreter time to burn after the login of a device, and after command i of the work (from 0).
uint64_t plan_cpu_login_ns(const struct plan *plan, uint32_t device);
uint64_t plan_cpu_command_ns(const struct plan *plan, uint32_t device, uint32_t command);

#endif
