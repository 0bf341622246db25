// What the boxes share or run out of: VTY lines of a device, its logins under way, its control
// plane, and the one AAA server that all devices ask. Shared by all loops; every function locks.
#ifndef EMULATOR_LIMITS_H
#define EMULATOR_LIMITS_H

#include "base/startups.h"

#include <stdbool.h>
#include <stdint.h>

struct limits_state;

// aaa_rate_per_s: logins a second of the AAA server; 0: no limit.
struct limits_state *limits_new(double aaa_rate_per_s);
void limits_free(struct limits_state *state);
// From now on. Logins that wait already keep their time, those that come later queue behind as many
// of the new kind.
void limits_set_aaa_rate(struct limits_state *state, double per_s, uint64_t now_ns);

// Takes the lowest free line of a device: its number from 0, or -1 when all of its vty_lines (0: no
// limit) are in use.
int limits_take_line(struct limits_state *state, uint32_t device, uint32_t vty_lines);
void limits_give_line(struct limits_state *state, uint32_t device, int line);

// For a session that has a line. Counts one more that has not logged in, unless so many are refused
// (false). chance: drawn from [0, 1).
bool limits_begin_startup(struct limits_state *state, uint32_t device,
                          const struct startups *startups, double chance);
void limits_end_startup(struct limits_state *state, uint32_t device);

// Puts a command into the queue of the device's control plane, which its sessions share, and
// returns when its turn is over (ns, same clock as now_ns). For a session that has a line.
uint64_t limits_command_ns(struct limits_state *state, uint32_t device, double rate_per_s,
                           uint64_t now_ns);

// Puts a login at the end of the AAA server's queue and returns when it is answered (ns, same clock
// as now_ns). The server works on one login at a time, first in first out, 1 / aaa_rate each; with
// no rate it answers at once.
uint64_t limits_aaa_answer_ns(struct limits_state *state, uint64_t now_ns);

#endif
