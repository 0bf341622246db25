// Configurations a device keeps beside the one that works: what ran after each commit (Junos,
// IOS-XR), checkpoints (NX-OS), and the one that comes back unless a commit is confirmed in time.
// The device's lock must be held for every call.
#ifndef EMULATOR_DEVICE_HISTORY_H
#define EMULATOR_DEVICE_HISTORY_H

#include "emulator/config.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct device;
struct device_state;

// No text is NULL.
struct config_record {
    char *name;    // of a checkpoint, a label; ""
    char *user;    // who made it
    char *line;    // "vty 0"
    char *client;  // "cli"
    char *comment; // ""
    int64_t when_s;
    uint32_t number; // of the device's records, from 1; 0: what ran before the first
    struct config *config;
};

// Of a record to be made; NULL reads as "".
struct config_origin {
    const char *name, *user, *line, *client, *comment;
};

// Keeps what runs now as the newest record. The oldest go when there are more than `max`, or when
// all together are too long.
enum { RECORDS_MAX = 50 };
void device_record(struct device *device, const struct config_origin *origin, size_t max);
// Before the first commit: what ran until then, since the device started. Does nothing later.
void device_record_beginning(struct device *device);
size_t device_records(const struct device *device);
// The n-th newest, from 0; NULL: there are not so many.
const struct config_record *device_record_at(const struct device *device, size_t n);
const struct config_record *device_record_named(const struct device *device, const char *name);
bool device_drop_record(struct device *device, const char *name);
void device_drop_records(struct device *device);

// Takes `to`: it runs again in that many ms, unless device_keep_commit is called before. When one
// is waiting already, that one still is what comes back. name: of the session or commit that waits;
// copied.
void device_revert_later(struct device *device, struct config *to, uint64_t in_ms,
                         const char *name);
bool device_keep_commit(struct device *device); // false: none was waiting
bool device_revert_now(struct device *device);  // false: none was waiting
// The name, and *left_ms; NULL: none is waiting.
const char *device_waiting_commit(const struct device *device, int64_t *left_ms);

// For device*.c.
void device_revert_if_due(struct device *device);
void device_forget_history(struct device_state *state);

#endif
