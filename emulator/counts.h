// What the sessions of the emulator did, in numbers. Each loop has its own, written on its thread;
// their sum is what people see.
#ifndef EMULATOR_COUNTS_H
#define EMULATOR_COUNTS_H

#include "emulator/session.h"

#include <stdint.h>

enum { COUNTS_TRANSPORTS = 2 }; // TRANSPORT_SSH, TRANSPORT_TELNET
enum { COUNTS_LATENESS = 32 };

struct counts {
    uint64_t accepted;
    uint64_t open; // of them, sessions that have not ended
    uint64_t accepted_by[COUNTS_TRANSPORTS];
    uint64_t open_by[COUNTS_TRANSPORTS];
    uint64_t ended[SESSION_ENDS];
    uint64_t logins;    // right passwords
    uint64_t commands;  // answered
    uint64_t bytes_in;  // typed into a shell
    uint64_t bytes_out; // said by devices, before the protocol wraps them
    // How long after their time answers left, in microseconds: entry 0 counts those of less than
    // 1, entry n those of less than 2^n and not less than 2^(n-1).
    uint64_t lateness[COUNTS_LATENESS];
};

void counts_add(struct counts *sum, const struct counts *one);
void counts_subtract(struct counts *from, const struct counts *before); // all but the open ones
void counts_late(struct counts *counts, uint64_t late_ns);
// Less late than this were that share of the answers (0 to 1), in microseconds; 0 if there are
// none.
uint64_t counts_lateness_us(const struct counts *counts, double share);
// Did a session that ended so fail, for the peer or by the device's doing?
bool counts_is_failure(enum session_end how);
uint64_t counts_failed(const struct counts *counts);

#endif
