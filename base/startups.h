// How many SSH connections of a device may be open that have not logged in yet, in OpenSSH's words
// (sshd_config(5), MaxStartups): "10", or "10:30:60" for a random early drop.
#ifndef BASE_STARTUPS_H
#define BASE_STARTUPS_H

#include "base/buf.h"
#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

struct startups {
    uint32_t start;        // from so many on new ones are turned away; 0: no limit
    uint32_t rate_percent; // that share of them at `start`, growing to all at `full`
    uint32_t full;
};

enum { STARTUPS_MAX = 10000 };

int startups_parse(const char *text, struct startups *startups, struct err *err);
void startups_format(const struct startups *startups, struct buf *out);

// Is a new connection turned away while so many have not logged in? chance: drawn from [0, 1).
bool startups_refuse(const struct startups *startups, uint32_t waiting, double chance);

#endif
