// The public keys that log in without a password, from a file as OpenSSH's authorized_keys (or a
// single id_ed25519.pub): a key a line, `ssh-ed25519 AAAA... comment`; empty lines and # remarks.
#ifndef EMULATOR_AUTHORIZED_KEYS_H
#define EMULATOR_AUTHORIZED_KEYS_H

#include "base/err.h"

#include <stdbool.h>

struct authorized_keys;

// A path that begins with "~/" is in the home folder. NULL with an input error.
struct authorized_keys *authorized_keys_read(const char *path, struct err *err);
void authorized_keys_free(struct authorized_keys *keys);

// key: the "AAAA..." of a public key. keys may be NULL: it holds none. From any thread.
bool authorized_keys_hold(const struct authorized_keys *keys, const char *key);

#endif
