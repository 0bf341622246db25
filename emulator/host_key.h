// The emulator's SSH host key: made once and kept, so that a client's known_hosts stays true from
// one start to the next.
#ifndef EMULATOR_HOST_KEY_H
#define EMULATOR_HOST_KEY_H

#include "base/err.h"

// The path of a usable private key; the caller frees. With option NULL it is ssh_host_key in the
// user's data folder
// ($XDG_DATA_HOME/netbaton, or ~/.local/share/netbaton), made there if it is missing; two programs
// that start together end up with the same one. A named file must exist. NULL with an input error.
char *host_key_path(const char *option, struct err *err);

// The public key that belongs to the private one at path, "ssh-ed25519 AAAA..."; the caller frees.
// NULL with an error.
char *host_key_public(const char *path, struct err *err);

#endif
