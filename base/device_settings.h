// What is set for a device: its platform, credentials, slowness, faults and limits. One object
// holds for all devices of an experiment, or for one of them.
#ifndef BASE_DEVICE_SETTINGS_H
#define BASE_DEVICE_SETTINGS_H

#include "base/err.h"
#include "base/faults.h"
#include "base/latency.h"
#include "base/startups.h"

#include <stddef.h>
#include <stdint.h>

enum ssh_profile_name { SSH_MODERN, SSH_LEGACY_IOS, SSH_IOS_XE };
enum { SSH_PROFILES = SSH_IOS_XE + 1 };

struct command_latency {
    char *pattern; // fnmatch(3), against the whole command as the client sends it
    struct latency latency;
};

struct device_latency {
    struct latency connect; // from accept to the device's first byte
    struct latency login;   // from the right password to the first prompt
    struct latency command; // from Enter to the answer's first byte, the command's echo apart
    struct command_latency *per_command; // the first pattern that matches wins over `command`
    size_t n_per_command;                // may be 0
    uint64_t bandwidth_bytes_per_s;      // of the answer's bytes; 0: no limit
    uint64_t rtt_ns; // round-trip time of the path, on every byte and the connection; 0: none
};

struct limits {
    uint32_t vty_lines;          // sessions a device serves at once; 0: no limit
    struct startups maxstartups; // of SSH
    double command_rate_per_s;   // commands that a device's control plane works off, one after the
                                 // other; 0: no limit
};

// Owns its texts.
struct device_settings {
    char *platform;
    char *username;
    char *password;
    char *enable_secret;
    uint32_t ssh; // enum ssh_profile_name: the algorithms and host keys
    struct device_latency latency;
    struct faults faults;
    struct limits limits;
};

// The caller frees with device_settings_free.
struct device_settings *device_settings_copy(const struct device_settings *settings);
void device_settings_free(struct device_settings *settings);

// One key of an experiment's devices, like "latency.command", with the value as it would stand in
// the file ("devices.latency.command" is fine too). On failure what was set before may be changed,
// but is whole.
int device_settings_set(struct device_settings *settings, const char *key, const char *value,
                        struct err *err);
// Each key with its value, as they would stand in the file.
void device_settings_each(const struct device_settings *settings,
                          void (*each)(void *data, const char *key, const char *value), void *data);
// What belongs together fits together. name: for the message, where it is wrong.
int device_settings_check(const struct device_settings *settings, const char *name,
                          struct err *err);

#endif
