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

#endif
