// The devices that `emulate` serves with the same options, written as other programs want them.
#ifndef EMULATOR_INVENTORY_H
#define EMULATOR_INVENTORY_H

#include "base/buf.h"
#include "emulator/emulate_options.h"

#include <stddef.h>

struct inventory_entry;

struct inventory_format {
    const char *name;
    const char *summary;
    void (*begin)(const struct device_settings *general, struct buf *out); // NULL: nothing
    void (*write)(const struct inventory_entry *entry, struct buf *out);   // one device
    bool needs_host_key; // the public ones, "ssh-ed25519 AAAA...", a line each
    bool needs_ssh;
};

extern const struct inventory_format inventory_formats[]; // ended by an entry without a name

// NULL when there is none.
const struct inventory_format *inventory_find(const char *name);

// All devices. host_key: NULL unless the format needs it.
void inventory_write(const struct inventory_format *format, const struct emulate_options *options,
                     const char *host_key, struct buf *out);

#endif
