// What a device is at this moment, for the command line: its configuration, clock and reloads. The
// device's lock must be held for every call, unless it says otherwise.
//
// A device nobody changed has no configuration in memory: it is rendered from the platform's
// template when a command asks, and forgotten at device_unlock.
#ifndef EMULATOR_DEVICE_STATE_H
#define EMULATOR_DEVICE_STATE_H

#include "emulator/config.h"
#include "emulator/device.h"
#include "emulator/template.h"

#include <stdbool.h>
#include <stdint.h>

const struct platform *device_platform(const struct device *device);     // needs no lock
const struct experiment *device_experiment(const struct device *device); // needs no lock

// What works now; never NULL, valid until device_unlock.
const struct config *device_running(struct device *device);
// The same to be changed; the device is kept from now on.
struct config *device_edit(struct device *device);
// The candidate of platforms that commit: a copy of what runs until somebody changes it.
struct config *device_candidate(struct device *device);
bool device_has_candidate(const struct device *device);
void device_commit(struct device *device);
void device_discard(struct device *device); // the candidate

void device_save(struct device *device);           // running -> startup
const char *device_startup(struct device *device); // as text; never NULL, valid until device_unlock
void device_erase_startup(struct device *device);  // as it left the factory
void device_restore(struct device *device);        // startup -> running
// Restarts with the startup configuration; every session of the device ends, and it refuses new
// ones for boot_ms.
void device_reload(struct device *device, uint64_t boot_ms);

void device_put_hostname(struct device *device, struct buf *out);
// Fills what a template needs to know of the device: all but the session's variables. With config
// only when wanted.
void device_fill_scope(struct device *device, bool with_config, struct template_scope *scope);

#endif
