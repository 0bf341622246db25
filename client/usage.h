// What a process and its children took from the machine, as wait4 tells it after the process ended.
#ifndef CLIENT_USAGE_H
#define CLIENT_USAGE_H

#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

struct usage {
    double user_s;
    double sys_s;
    double ctx_voluntary;
    double ctx_involuntary;
    double peak_kb; // of the process itself or of its largest child, not their sum
};

struct usage usage_of(const struct rusage *rusage);
uint64_t usage_peak_kb(const struct rusage *rusage);

// Waits for the process until it ends or limit_ns is over, whichever is first. Returns 1 when it
// ended (status and rusage are set), 0 when not, -1 when there is no such child.
int usage_wait(pid_t pid, uint64_t limit_ns, int *status, struct rusage *rusage);

#endif
