// What the SSH connections of one loop share: keys and algorithms, a libssh ssh_bind for each
// profile. Only transport_ssh.c uses it.
#ifndef EMULATOR_TRANSPORT_SSH_BIND_H
#define EMULATOR_TRANSPORT_SSH_BIND_H

#include "base/err.h"
#include "emulator/platform.h"
#include "emulator/transport.h"

#include <libssh/server.h>

// See transport_ops.shared_new.
void *transport_ssh_bind_new(const struct transport_settings *settings, struct err *err);
void transport_ssh_bind_free(void *shared);

// Of enum ssh_profile_name, for a device of the platform; one that no device had at the start is
// made now, or is that of all when there is no host key for it. NULL when libssh refuses it.
ssh_bind transport_ssh_bind_of(void *shared, uint32_t profile, const struct platform *platform);

#endif
