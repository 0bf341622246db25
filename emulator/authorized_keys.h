// The public keys that log in without a password. In a file as OpenSSH's authorized_keys (or a
// single id_ed25519.pub): a key a line, `ssh-ed25519 AAAA... comment`; empty lines and # remarks.
#ifndef EMULATOR_AUTHORIZED_KEYS_H
#define EMULATOR_AUTHORIZED_KEYS_H

#include "base/err.h"
#include "emulator/config.h"

#include <stdbool.h>

struct authorized_keys;

// A path that begins with "~/" is in the home folder. NULL with an input error.
struct authorized_keys *authorized_keys_read(const char *path, struct err *err);
void authorized_keys_free(struct authorized_keys *keys);

// key: the "AAAA..." of a public key. keys may be NULL: it holds none. From any thread.
bool authorized_keys_hold(const struct authorized_keys *keys, const char *key);

// In a device's configuration: the section "ip ssh pubkey-chain", NULL when there is none; and
// whether it holds a key for a user: `key-string` below the user's name, a key cut into lines, its
// type in front of it and a remark behind it as they were pasted.
const struct config_line *authorized_keys_chain(const struct config *config);
bool authorized_keys_chain_holds(const struct config *config, const char *user, const char *key);

#endif
