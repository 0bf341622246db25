// What is set for each device at this moment. It may change while the emulator serves: an entry is
// never altered but replaced, and the old one is kept until settings_table_sweep, for a session may
// be reading it. A device that has nothing of its own costs no memory.
#ifndef EMULATOR_SETTINGS_TABLE_H
#define EMULATOR_SETTINGS_TABLE_H

#include "base/experiment.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct settings_table;

// For devices 1 to count; borrows the experiment for its life.
struct settings_table *settings_table_new(const struct experiment *experiment, uint32_t count);
void settings_table_free(struct settings_table *table);

// Of a device; with 0, of all that have nothing of their own. From any thread, without waiting.
// Valid until it is replaced and then swept: who reads asks anew in each turn of a loop.
const struct device_settings *settings_table_get(const struct settings_table *table,
                                                 uint32_t device);
// Does a device have settings of its own, from the experiment or by settings_table_put?
bool settings_table_is_own(const struct settings_table *table, uint32_t device);
// Replaces what settings_table_get returns for the same number; takes settings. NULL: as the
// experiment has it. Of one thread.
void settings_table_put(struct settings_table *table, uint32_t device,
                        struct device_settings *settings);
// Frees what was replaced; returns how many. Of the thread that puts, when every other has been
// between two turns since the last put.
size_t settings_table_sweep(struct settings_table *table);

#endif
