// What the SSH connections of one loop share: keys and algorithms, as a libssh ssh_bind. Only
// transport_ssh.c uses it.
#ifndef EMULATOR_TRANSPORT_SSH_BIND_H
#define EMULATOR_TRANSPORT_SSH_BIND_H

#include "base/err.h"
#include "emulator/transport.h"

// The ssh_bind; see transport_ops.shared_new.
void *transport_ssh_bind_new(const struct transport_settings *settings, struct err *err);
void transport_ssh_bind_free(void *shared);

#endif
