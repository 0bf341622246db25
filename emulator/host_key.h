// The emulator's SSH host keys, one a kind, the same for all devices: made once and kept, so that a
// client's known_hosts stays true from one start to the next.
#ifndef EMULATOR_HOST_KEY_H
#define EMULATOR_HOST_KEY_H

#include "base/err.h"

enum host_key_kind { HOST_KEY_ED25519, HOST_KEY_ECDSA, HOST_KEY_RSA };
enum { HOST_KEY_KINDS = HOST_KEY_RSA + 1 };

struct host_keys {
    char *paths[HOST_KEY_KINDS]; // of usable private keys; NULL: not served
};

// kinds: a set of 1 << HOST_KEY_*. With option NULL each of them is a file in the user's data
// folder ($XDG_DATA_HOME/netbaton, or ~/.local/share/netbaton), made there if it is missing; two
// programs that start together end up with the same ones. Else option names the only one: it must
// exist and be of one of any_kinds. -1 with an input error; end with host_keys_fini in any case.
int host_keys_open(struct host_keys *keys, const char *option, unsigned kinds, unsigned any_kinds,
                   struct err *err);
void host_keys_fini(struct host_keys *keys);

// The public keys, "ssh-ed25519 AAAA...", a line each; the caller frees. NULL with an error.
char *host_keys_public(const struct host_keys *keys, struct err *err);

#endif
