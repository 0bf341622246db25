// Counts as people's scripts see them: the same keys in `netbaton ctl counters` and in the lines of
// `netbaton emulate --stats`.
#ifndef EMULATOR_COUNTS_JSON_H
#define EMULATOR_COUNTS_JSON_H

#include "emulator/counts.h"

#include <jansson.h>

// Adds the keys to an object.
void counts_json(const struct counts *counts, json_t *object);

#endif
