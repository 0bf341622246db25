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

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

const struct platform *device_platform(const struct device *device);     // needs no lock
const struct experiment *device_experiment(const struct device *device); // needs no lock

int64_t device_wall_ms(const struct device *device); // needs no lock

// What works now; never NULL, valid until device_unlock.
const struct config *device_running(struct device *device);
// The same to be changed; the device is kept from now on.
struct config *device_edit(struct device *device);
// The candidate of platforms that commit: a copy of what runs until somebody changes it.
struct config *device_candidate(struct device *device);
bool device_has_candidate(const struct device *device);
void device_commit(struct device *device);
void device_discard(struct device *device);                               // the candidate
void device_load_candidate(struct device *device, struct config *config); // takes it

enum { CONFIG_SESSIONS_MAX = 5 }; // pending ones, as EOS bears unless it is told otherwise
// A configuration session: a copy of what runs which others do not see until it is committed. Opens
// one, or goes on with that of the name. False: there are as many as a device bears.
bool device_open_session(struct device *device, const char *name);
struct config *device_session(struct device *device, const char *name); // NULL: there is none
void device_clear_session(struct device *device, const char *name); // its configuration is empty
// The names, at most max; the number.
size_t device_sessions(const struct device *device, const char **names, size_t max);
void device_close_session(struct device *device, const char *name, bool commits);

void device_save(struct device *device);                        // running -> startup
void device_save_text(struct device *device, const char *text); // text -> startup
const char *device_startup(struct device *device); // as text; never NULL, valid until device_unlock
void device_erase_startup(struct device *device);  // as it left the factory
void device_restore(struct device *device);        // startup -> running
bool device_is_saved(struct device *device);       // running is startup
// Takes config in the place of what runs; returns it.
struct config *device_replace(struct device *device, struct config *config);

// Restarts with the startup configuration; every session of the device ends, and it refuses new
// ones for boot_ms.
void device_reload(struct device *device, uint64_t boot_ms);
// The same after a while; in_ms 0: not any more. `by` says who wants it; copied.
void device_reload_later(struct device *device, uint64_t in_ms, uint64_t boot_ms, const char *by);
bool device_will_reload(const struct device *device);

// A session's visit to the device. All strings are the session's.
struct device_visit {
    const char *user, *peer, *line_name;
    _Atomic int64_t last_ms; // when it last typed
    _Atomic bool dropped;    // somebody cleared its line
    bool monitors;           // wants to see the log as it is written
    struct buf messages;     // for it, not yet shown; guarded by the device's lock
    // Something is to be looked at: called with the device's lock held, from any thread. NULL:
    // none.
    void (*wake)(void *owner);
    void *owner;
    struct device_visit *next, **link;
};
// These two take the lock themselves.
void device_arrive(struct device *device, struct device_visit *visit);
void device_depart(struct device *device, struct device_visit *visit);
// Clears the line of that name; false: nobody is there.
bool device_drop_line(struct device *device, const char *line_name);
// Lines of the log: kept if the device is, and shown to those who monitor.
void device_note(struct device *device, const char *lines);
void device_tell(struct device *device, const char *text); // shows a text to every session
void device_clear_log(struct device *device);
// The moment as lines, each kind begun by its word: "session vty 0 cisco 10.9.8.7 45 own", "log
// ...", "file 1234 1768473000 name", "record 0 4 NAME USER LINE CLIENT 1768473000 5000" (the newest
// is 0; its number, when, bytes; "-" for what it has not), "comment 0 of a record", "waiting 300
// NAME" (a commit that is to be confirmed), "configuring SESSION", "reload 1768473300 cisco on vty0
// (10.9.8.7)", "unsaved". To be freed.
struct config *device_moment(struct device *device, const struct device_visit *own);

// Files of the device's flash. Names are without "flash:". NULL: there is none.
const struct buf *device_file(const struct device *device, const char *name);
// Takes text. False: there is no room.
bool device_put_file(struct device *device, const char *name, struct buf *text);
bool device_delete_file(struct device *device, const char *name);

void device_put_hostname(struct device *device, struct buf *out);
// Fills what a template needs to know of the device: all but the session's variables. With config
// only when wanted.
void device_fill_scope(struct device *device, bool with_config, struct template_scope *scope);

#endif
