// The devices that `emulate` serves with the same options, written as other programs want them.
#ifndef EMULATOR_INVENTORY_H
#define EMULATOR_INVENTORY_H

#include "base/buf.h"
#include "emulator/emulate_options.h"

#include <stddef.h>

struct inventory_format {
    const char *name;
    const char *summary;
    void (*write)(const struct emulate_options *options, const char *host_key, struct buf *out);
    bool needs_host_key; // the public ones, "ssh-ed25519 AAAA...", a line each
    bool needs_ssh;
};

extern const struct inventory_format inventory_formats[]; // ended by an entry without a name

// NULL when there is none.
const struct inventory_format *inventory_find(const char *name);

#endif
