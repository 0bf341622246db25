// Shells whose session has ended while a file was being entered. A device does what it was told to
// the end, whoever watches: an engineer copies a file into the running configuration because it
// will cut the connection half-way.
//
// One shell at a time, a piece a turn of the loop, so that sessions do not notice. The device is
// kept open and the VTY line taken meanwhile. All on the loop's thread.
#ifndef EMULATOR_UNATTENDED_H
#define EMULATOR_UNATTENDED_H

#include "emulator/session.h"
#include "emulator/shell.h"

struct unattended_shell;

struct unattended {
    struct device_set *devices;
    struct limits_state *limits;
    struct timers *timers;
    struct timer timer; // the next piece
    struct unattended_shell *first;
    size_t len;
};

// All borrowed from the environment of the loop's sessions.
void unattended_init(struct unattended *unattended, const struct session_env *env);
// What is still to be entered is dropped, as by a device that is switched off.
void unattended_fini(struct unattended *unattended);
// Takes the shell, which is entering a file, its device and its VTY line (-1: none). Nobody wakes
// it any more, and it is no longer seen among the device's users.
void unattended_take(struct unattended *unattended, struct shell *shell, struct device *device,
                     int line);

#endif
