// What sessions cost in this client: CPU of SSH and Telnet, memory of an open one, and the harness
// itself.
#ifndef CLIENT_CALIBRATE_SESSIONS_H
#define CLIENT_CALIBRATE_SESSIONS_H

#include "base/costs.h"
#include "base/err.h"

#include <signal.h>

struct samples;

// program is this executable: its emulator is the peer, a child process. Takes about 3 s. -1 also
// when *stop became true. passes gets how fast the core was now and then.
int calibrate_sessions(const char *program, const volatile sig_atomic_t *stop, struct costs *costs,
                       struct samples *passes, struct err *err);

#endif
