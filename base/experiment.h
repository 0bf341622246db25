// An experiment: which devices, what work, which runs. The same file is measured (client),
// predicted (sim) and served (emulator). experiments/reference.yaml shows every key with its
// default.
#ifndef BASE_EXPERIMENT_H
#define BASE_EXPERIMENT_H

#include "base/device_settings.h"
#include "base/err.h"
#include "base/interpreter.h"
#include "base/latency.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum transport { TRANSPORT_SSH, TRANSPORT_TELNET, TRANSPORT_SLEEP };
enum strategy {
    STRATEGY_SEQUENTIAL,
    STRATEGY_THREADS,
    STRATEGY_PROCESSES,
    STRATEGY_HYBRID, // processes of threads
    STRATEGY_ASYNC,
    STRATEGY_INTERPRETERS, // one sub-interpreter a worker thread (CPython 3.14)
};
enum start_method { START_FORK, START_SPAWN, START_FORKSERVER };

// The names as they stand in files, ended by NULL; the index is the enum's value.
extern const char *const transport_names[];
extern const char *const strategy_names[];
extern const char *const start_method_names[];

// Lists own their items; they are never empty in a loaded experiment unless the field says so.
struct u32_list {
    uint32_t *items;
    size_t len;
};
struct u64_list {
    uint64_t *items;
    size_t len;
};
struct text_list {
    char **items;
    size_t len;
};
struct interpreter_list {
    struct interpreter *items;
    size_t len;
};

enum { EXPERIMENT_DEVICES_MAX = 10000000 }; // 127.100.0.1 and on leave room for 10,223,614

// A device with a name and something of its own.
struct named_device {
    char *name;    // its host name too
    char *address; // IPv4 or a host name: where `emulate` serves it; NULL: at its number's address
    uint32_t ssh_port;    // 0: that of all
    uint32_t telnet_port; // 0: that of all
    bool has_commands;
    struct text_list commands;        // with has_commands, instead of work.commands
    struct device_settings *settings; // those of all with its own over them
    char *where;                      // "FILE:LINE:COLUMN: " of its platform, for messages
};
struct named_list {
    struct named_device *items;
    size_t len;
};

struct experiment {
    char *name;
    uint64_t seed;

    struct {
        struct u32_list count;      // of devices without a name; may be 0 when there are named ones
        struct named_list named;    // devices 1 to len; may be empty. The others follow
        struct u32_list transport;  // enum transport
        struct text_list addresses; // real devices, "HOST" or "HOST:PORT"; empty: the emulator's
        char *authorized_keys;      // a file; "": nobody logs in with a key
        double aaa_rate_per_s; // logins a second of the one AAA server that all devices ask; 0: no
                               // limit
        struct device_settings settings; // of every device that has no name
    } devices;

    struct {
        struct text_list commands;  // may be empty: login and logout only
        struct latency cpu_login;   // interpreter time burnt after a login
        struct latency cpu_command; // and after each command's answer
        uint64_t echo_ns; // > 0: one worker answers UDP messages that long instead of logging in
    } work;

    struct {
        struct u32_list strategy;     // enum strategy
        struct u32_list workers;      // sessions at once; sequential is always 1
        struct u32_list processes;    // of hybrid: workers are spread over that many processes
        struct u32_list start_method; // enum start_method, of processes and hybrid
        struct interpreter_list interpreter;
        struct u32_list
            background; // threads of the main program that compute all the time, under its lock
        struct u64_list switch_interval_ns; // of the timed lock
        struct u32_list check_interval;     // ticks, of the old lock
        uint32_t repeat;
        uint64_t timeout_connect_ns; // TCP, and the SSH handshake
        uint64_t timeout_login_ns;
        uint64_t timeout_command_ns; // of one command, and of the logout
        double
            allowed_failures; // share of a run's sessions that may fail before the exit code is 3
    } runs;

    struct {
        uint32_t cores; // simulated; a real run is pinned to that many; 0: all
    } machine;
};

// Reads a file, then each override "KEY=VALUE" (dotted key, e.g. "runs.workers=[1, 10]"), or
// "--KEY=VALUE" when it has an option of its own, which messages then name; then checks what
// belongs together. The caller frees with experiment_free. overrides may be NULL, else ends with
// NULL. path may be NULL: defaults only.
struct experiment *experiment_load(const char *path, const char *const *overrides, struct err *err);
void experiment_free(struct experiment *experiment);

// The resolved experiment as a file that experiment_load reads back to the same values.
int experiment_write(const struct experiment *experiment, FILE *out, struct err *err);

// What is set for a device, numbered from 1; with 0, for all that have nothing of their own. Lives
// as long as the experiment.
const struct device_settings *experiment_device_settings(const struct experiment *experiment,
                                                         uint32_t device);
// What a client says to a device after its login.
const struct text_list *experiment_device_commands(const struct experiment *experiment,
                                                   uint32_t device);
// Its host name; text is of use for one that has no name but a number: R7. Returns text or what
// lives as long as the experiment.
enum { DEVICE_NAME_MAX = 63 };
const char *experiment_device_name(const struct experiment *experiment, uint32_t device,
                                   char text[DEVICE_NAME_MAX + 1]);
// The number of the device of that name, among the first n; 0: there is none.
uint32_t experiment_find_device(const struct experiment *experiment, const char *name, uint32_t n);
// How many devices a run with this many nameless ones has.
uint32_t experiment_devices(const struct experiment *experiment, uint32_t count);

// The latency of a command as the client sends it.
const struct latency *experiment_command_latency(const struct device_latency *latency,
                                                 const char *command);

// Commands that only touch the terminal or the session (terminal length, enable, end, exit ...)
// take no time and no draw, unless a pattern names them.
bool experiment_command_is_instant(const struct device_latency *latency, const char *command);

// The fault of a device's n-th session, from 0. settings: of that device.
struct fault experiment_fault(const struct experiment *experiment,
                              const struct device_settings *settings, uint32_t device,
                              uint64_t session);

// One cell of the matrix.
struct run_spec {
    uint32_t devices;
    enum transport transport;
    const struct interpreter *interpreter; // in the experiment
    enum strategy strategy;
    enum start_method start_method; // START_FORK where the strategy starts no process
    uint32_t workers;
    uint32_t processes; // 1 for what runs in one process; of processes: = workers
    uint32_t background;
    uint64_t switch_interval_ns;
    uint32_t check_interval;
    uint32_t repeat; // from 0
};

// Every run of the matrix, repeats last, without those that would be the same run twice (sequential
// has one worker; native has no switch interval ...). The caller frees the array with free(); it
// borrows the experiment.
struct run_spec *experiment_runs(const struct experiment *experiment, size_t *count);

// The same once it is known that a python:PATH is a CPython of that major version, which has one of
// the two intervals: takes the other out of its runs, and those that are then the same as another.
void experiment_runs_of_version(struct run_spec *specs, size_t *count,
                                const struct interpreter *interpreter, int major);

#endif
