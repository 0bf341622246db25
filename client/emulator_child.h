// The emulator of a run: `netbaton emulate` as a child process, so that its CPU time is not the
// client's. It ends when its standard input closes, so it never outlives this program.
#ifndef CLIENT_EMULATOR_CHILD_H
#define CLIENT_EMULATOR_CHILD_H

#include "base/err.h"
#include "base/experiment.h"
#include "client/targets.h"
#include "client/usage.h"

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

struct emulator_child {
    pid_t pid;
    int stdin_fd;
    int stdout_fd;
};

// Starts it with the devices section of the file and waits until it says where the devices are.
// *stop set by a signal handler ends the wait with an error.
int emulator_child_start(struct emulator_child *child, const char *program,
                         const char *experiment_path, uint32_t devices, enum transport transport,
                         const volatile sig_atomic_t *stop, struct targets *targets,
                         struct err *err);

// Can an emulator serve this platform? Starts one that ends at once. When it cannot, an input error
// in the emulator's own words.
int emulator_child_check(const char *program, const char *platform, struct err *err);

// Ends it. False when it did not end in good order and only now: died_of says how ("signal 9").
bool emulator_child_stop(struct emulator_child *child, struct usage *usage, char *died_of,
                         size_t len);

#endif
