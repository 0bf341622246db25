// What threads, processes, wake-ups and timers cost on this machine.
#ifndef CLIENT_CALIBRATE_MACHINE_H
#define CLIENT_CALIBRATE_MACHINE_H

#include "base/costs.h"
#include "base/err.h"

#include <sys/types.h>

struct samples;

// Fills in every figure of the machine but those of sessions. program is this executable, to be
// started anew. Takes about 4 s. What cannot be measured here keeps its value. passes gets how fast
// the core was before and after each part.
int calibrate_machine(const char *program, struct costs *costs, struct samples *passes,
                      struct err *err);

// Of /proc/self: the line of `file` that begins with name ("VmRSS:" of "status"), in kB; 0 when
// there is none.
double calibrate_own_kb(const char *file, const char *name);

// What the process has computed since it began; -1 when that cannot be looked into.
double calibrate_cpu_ns(pid_t pid);

#endif
