// How long a device takes: the keyed draws of a session (seed, device, session, step), in one
// place. The client (transport: sleep) and the simulator draw the same numbers with the same keys.
#ifndef EMULATOR_DELAY_H
#define EMULATOR_DELAY_H

#include "base/experiment.h"

#include <stdbool.h>
#include <stdint.h>

struct delay_key {
    uint64_t seed;
    uint64_t device;  // from 1
    uint64_t session; // of that device, from 0
};

uint64_t delay_connect_ns(const struct device_latency *latency, const struct delay_key *key);
uint64_t delay_login_ns(const struct device_latency *latency, const struct delay_key *key);

// instant: the shell answers it without work; so are the commands of experiment_command_is_instant.
// They take no time unless a pattern of per_command names them. *index counts the session's other
// commands and is advanced by them.
uint64_t delay_command_ns(const struct device_latency *latency, const struct delay_key *key,
                          const char *command, bool instant, uint64_t *index);

enum fault { FAULT_NONE, FAULT_REFUSE, FAULT_HANG, FAULT_DROP, FAULT_AUTH_FAIL };
enum { FAULTS = FAULT_AUTH_FAIL + 1 };
extern const char *const fault_names[FAULTS]; // as in the experiment; "none"

// The fault of a session, if any. For FAULT_DROP *drop_at is the index of the command whose answer
// breaks, below n_commands.
enum fault delay_fault(const struct faults *faults, const struct delay_key *key, size_t n_commands,
                       uint64_t *drop_at);

#endif
