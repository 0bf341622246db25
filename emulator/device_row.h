// A row of devices as people name it: "R3" (a name), "3", "1-40", "all".
#ifndef EMULATOR_DEVICE_ROW_H
#define EMULATOR_DEVICE_ROW_H

#include "base/experiment.h"

#include <stdbool.h>
#include <stdint.h>

struct device_row {
    uint32_t first; // from 1
    uint32_t last;
    bool all; // by that word
};

// count: how many devices there are.
int device_row_parse(struct device_row *row, const char *text, const struct experiment *experiment,
                     uint32_t count, struct err *err);

#endif
