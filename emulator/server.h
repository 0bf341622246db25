// The running emulator: its devices, its loops, its sockets.
#ifndef EMULATOR_SERVER_H
#define EMULATOR_SERVER_H

#include "emulator/device_row.h"
#include "emulator/emulate_options.h"
#include "emulator/loop.h"

#include <stdio.h>

struct server;

// Opens every port and starts the loops. host_key and platform: the options of that name, or NULL.
// Borrows the options for its life and sets the ports in them that were left open.
struct server *server_start(struct emulate_options *options, const char *host_key,
                            const char *platform, struct err *err);
// What the loops have counted until now.
void server_count(struct server *server, struct counts *counts);
const struct emulate_options *server_options(const struct server *server);
struct device_set *server_devices(const struct server *server);
// After changes of what is set for devices: waits until no loop uses what was replaced, frees it.
// Of the thread that changed it.
void server_sweep_settings(struct server *server);
uint64_t server_age_ns(const struct server *server);
// Logins a second of the AAA server, 0: no limit. A change holds for logins that come to it later.
// Of one thread.
double server_aaa_rate(const struct server *server);
void server_set_aaa_rate(struct server *server, double per_s);

// Which sessions: those of a row of devices, and if id is not 0, of them the one of that id.
struct session_choice {
    struct device_row devices;
    uint64_t id;
};
// What they are doing just now, by id, without those that have ended. The caller frees.
struct session_info *server_sessions(struct server *server, const struct session_choice *choice,
                                     size_t *count);
// Ends them, with a TCP reset or an end of the connection; returns how many.
size_t server_drop(struct server *server, const struct session_choice *choice, bool reset);
// Ends all sessions and the loops; counts is what they counted.
void server_stop(struct server *server, struct counts *counts);

// "ready mode=address ssh=127.100.0.1:2222 telnet=127.100.0.1:2323 devices=40": where device 1 is
// by its number; with names in the file "named=3" follows.
void server_print_ready(const struct emulate_options *options, FILE *out);

#endif
