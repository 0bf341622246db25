// A pretend device: who it is, how slow it is, and what somebody configured on it.
//
// Devices are numbered from 1. A device that nobody talks to has no memory: device_open makes it,
// the last device_close forgets it, unless its configuration was changed - then it stays, so that
// two sessions, and a later one, see the same state.
//
// The set belongs to the whole emulator and is shared by its loops: open and close may be called
// from any loop's thread; what they hand out is guarded by the device's own lock (device_lock),
// which is held for one command at the most.
#ifndef EMULATOR_DEVICE_H
#define EMULATOR_DEVICE_H

#include "base/buf.h"
#include "base/experiment.h"
#include "emulator/authorized_keys.h"
#include "emulator/platform_set.h"

#include <stdbool.h>
#include <stdint.h>

struct device_set;
struct device;

// Borrows the experiment and the platform for its life.
struct device_set *device_set_new(const struct experiment *experiment,
                                  const struct platform *platform, uint32_t count);
void device_set_free(struct device_set *set);
// The wall clock the devices show, in ms since 1970; before the first open. The default is the
// machine's.
void device_set_clock(struct device_set *set, int64_t (*now_ms)(void));

// What is set at this moment for device `number`, or with 0 for all that have nothing of their own:
// see emulator/settings_table.h, also for who may call when.
const struct device_settings *device_set_settings(const struct device_set *set, uint32_t number);
// Replaces it while sessions go on. What is drawn for a whole session stays as it was drawn (its
// fault, the round-trip time of its path); all else follows from the next step on. Takes settings;
// NULL: as the experiment has it.
void device_set_change(struct device_set *set, uint32_t number, struct device_settings *settings);
void device_set_sweep(struct device_set *set); // frees what was replaced: see settings_table_sweep

// The platforms of all devices; borrowed for its life. Without it each has the one of
// device_set_new. Before the first open.
void device_set_platforms(struct device_set *set, const struct platform_set *platforms);
// The keys that log in the user of the settings; borrowed for its life. Before the first open.
void device_set_authorize(struct device_set *set, const struct authorized_keys *keys);
// Has the device something of its own, from the experiment or by device_set_change?
bool device_set_has_own(const struct device_set *set, uint32_t number);
// Names: see experiment_device_name and experiment_find_device.

struct device *device_open(struct device_set *set, uint32_t number); // number is 1 to count
void device_close(struct device_set *set, struct device *device);

uint32_t device_number(const struct device *device);
// Ask anew each time: see device_set_change.
const struct device_settings *device_settings(const struct device *device);
// How many sessions this device had before this call, then one more: the `session` of every keyed
// draw.
uint64_t device_next_session(struct device *device);

// Credentials. The user "" asks for the password alone (a line with `login` and no user name).
bool device_check_password(struct device *device, const char *user, const char *password);
// Does the public key "AAAA..." log this user in?
bool device_check_key(struct device *device, const char *user, const char *key);
// Could any key log anybody in?
bool device_has_keys(struct device *device);
bool device_check_enable(struct device *device, const char *secret);
// 1 to 15: what shell_options.privilege is for this user.
uint8_t device_user_privilege(struct device *device, const char *user);

// What `banner KIND` was configured to, its lines ended by "\r\n"; nothing when it was not.
void device_put_banner(struct device *device, const char *kind, struct buf *out);

// A `reload` ends all sessions of the device: their shells are CLOSED from then on (shell_status
// tells at any time), and the device refuses connections while it boots. All may be called without
// the lock; the first restarts the device when the time of a `reload in` has come.
bool device_is_down(struct device *device);
uint32_t device_reloads(const struct device *device);     // how often so far
int64_t device_reload_in_ms(const struct device *device); // until a `reload in` is due; -1: none is

void device_lock(struct device *device);
void device_unlock(struct device *device);
void device_mark_changed(struct device *device); // hold the lock; the state is kept from now on

#endif
