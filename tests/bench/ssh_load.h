// Many SSH sessions at once from one thread: connect, log in, a shell, its prompt, one command, its
// prompt, and then the end or waiting.
#ifndef TESTS_BENCH_SSH_LOAD_H
#define TESTS_BENCH_SSH_LOAD_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

struct ssh_load {
    struct sockaddr_in first; // of device 1
    uint32_t devices;         // used in turn; 0 or 1: one address
    uint32_t sessions;
    uint32_t at_once;
    bool hold; // keep each session after its command, at_once being the number of logins at once
};

struct ssh_load_run;

// Runs until all sessions are done (hold: have had their command). Exits with a message when one
// fails.
struct ssh_load_run *ssh_load_run(const struct ssh_load *load);
double ssh_load_seconds(const struct ssh_load_run *run);
void ssh_load_end(struct ssh_load_run *run); // closes what is held

#endif
