// What a device's SSH speaks: the algorithms it offers, the kinds of host key it has and the
// version it calls itself.
#ifndef EMULATOR_SSH_PROFILE_H
#define EMULATOR_SSH_PROFILE_H

#include "base/experiment.h"
#include "emulator/host_key.h"

#include <stdbool.h>

// Lists are the protocol's: names between commas, the first is liked best. NULL: libssh's own.
struct ssh_profile {
    const char *version; // after "SSH-2.0-"; NULL: the platform's
    const char *key_exchange;
    const char *host_key_algorithms;
    const char *ciphers;
    const char *macs;
    unsigned host_keys;     // kinds that are made and served, 1 << HOST_KEY_*
    unsigned any_host_keys; // kinds that it can serve
    const char *ssh_config; // lines for a client of today, with its options; NULL: it needs none
    bool offers_public_key; // even when no key would be accepted, as newer boxes do
};

extern const struct ssh_profile ssh_profiles[]; // by enum ssh_profile_name

// What host_keys_open is to be asked for: the kinds that the devices of an experiment serve, and
// those of which one would do for all.
void ssh_profile_key_kinds(const struct experiment *experiment, unsigned *kinds,
                           unsigned *any_kinds);

#endif
