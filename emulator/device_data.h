// The inside of a device, for device*.c.
#ifndef EMULATOR_DEVICE_DATA_H
#define EMULATOR_DEVICE_DATA_H

#include "emulator/device_state.h"

#include "base/buf.h"

#include <pthread.h>
#include <stdatomic.h>

struct flash_file {
    char *name;
    struct buf text;
    int64_t written_s;
};

struct device_state {
    struct config *running;          // of an unchanged device: only between lock and unlock
    struct config *candidate;        // NULL: nobody edits
    struct config_session *sessions; // device_sessions.c; NULL: none
    struct config_history *history;  // device_history.c; NULL: none
    struct config *saved;            // the startup configuration; NULL: the factory's
    char *startup;                   // its text; only between lock and unlock
    int64_t boot_s;                  // 0: before the set began
    _Atomic int64_t down_until_ms;
    _Atomic uint32_t reloads;
    // device_moment.c
    struct device_visit *visits;
    struct buf log;                // lines; the oldest are dropped
    _Atomic int64_t reload_due_ms; // of a `reload in`; 0: none
    uint64_t boot_ms;              // how long it will take then
    char *reload_by;               // who wanted it; NULL: nobody
    // device_flash.c
    struct flash_file *files;
    size_t n_files;
};

struct device {
    struct device_set *set;
    struct device *next; // of its bucket
    const struct platform *platform;
    uint32_t number;
    uint32_t users; // guarded by the set's lock
    bool changed;
    pthread_mutex_t lock; // of all below
    struct device_state state;
};

struct settings_table;

struct device_set {
    const struct experiment *experiment;
    const struct platform *platform;
    const struct platform_set *platforms; // NULL: all devices are of the one above
    struct settings_table *settings;
    const struct authorized_keys *keys; // NULL: none
    uint32_t count;
    int64_t (*now_ms)(void);
    int64_t began_s;
    pthread_mutex_t lock;    // of all below
    struct device **buckets; // the devices in memory
    size_t n_buckets;        // a power of two
    size_t n_open;
    _Atomic uint32_t *sessions; // by number - 1; pages nobody touched cost nothing
    // Of the experiment's user on an unchanged device, that of nameless ones and then of each with
    // a name; 0: not looked up yet.
    _Atomic uint8_t *factory_privilege;
};

void device_forget_moment(struct device_state *state);   // frees what is device_moment.c's
void device_forget_sessions(struct device_state *state); // and device_sessions.c's
void device_forget_flash(struct device_state *state);    // and device_flash.c's

#endif
