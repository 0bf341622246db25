// Where the devices are: a rule for the emulator's (one address or one port each), or a list of
// real addresses.
#ifndef CLIENT_TARGETS_H
#define CLIENT_TARGETS_H

#include "base/err.h"
#include "base/experiment.h"

#include <stdint.h>
#include <sys/socket.h>

struct target {
    struct sockaddr_storage address;
    socklen_t len;
};

enum targets_step {
    TARGETS_LISTED,  // each has its own entry
    TARGETS_ADDRESS, // device n is at the first address + n - 1, same port
    TARGETS_PORT,    // device n is at the first port + n - 1, same address
};

struct targets {
    enum targets_step step;
    struct target first;
    struct target *list; // of TARGETS_LISTED; owned
    uint32_t len;        // of list
};

// From the line the emulator prints when it is up: "ready mode=address ssh=127.100.0.1:2222 ...".
int targets_from_ready(struct targets *targets, const char *line, enum transport transport,
                       struct err *err);
// "HOST", "HOST:PORT", "[HOST]:PORT" each; without a port that of the transport. Names are looked
// up here, once, so that no run waits for a name server.
int targets_from_addresses(struct targets *targets, const struct text_list *addresses,
                           enum transport transport, struct err *err);
void targets_fini(struct targets *targets);

// device counts from 1.
struct target targets_get(const struct targets *targets, uint32_t device);

#endif
