// What a session asks and is answered before, between and after its commands: each exchange waits
// for the path, and costs CPU at both ends.
//
// SSH: the connection with versions and offers of algorithms (RFC 4253, 4.2 and 7.1: both sides
// send them at once), the keys (8), the service (10), the password (RFC 4252, 8), the channel
// (RFC 4254, 6.1), its terminal (6.2), its shell (6.5), the logout. Telnet: the connection with the
// question for the name, the name, the password, the logout. Opening TCP is one more round trip
// before the first byte. Both: one exchange a command, and one that turns the pager off.
//
// paramiko has a thread that reads (sim/reader.h): what comes of an answer is done there, and where
// the next question follows from it without the worker, that is asked there, too.
#ifndef SIM_EXCHANGES_H
#define SIM_EXCHANGES_H

#include "base/experiment.h"

#include <stdbool.h>
#include <stdint.h>

enum exchange_phase {
    EXCHANGE_CONNECT, // up to the question for a name, or to the keys
    EXCHANGE_LOGIN,   // its last one has the password
    EXCHANGE_SHELL,
    EXCHANGE_LOGOUT,
    EXCHANGE_END, // ends a table
};

struct exchange {
    enum exchange_phase phase;
    uint32_t round_trips;
    uint32_t client_percent; // of the session's CPU in the client: before it asks
    uint32_t device_percent; // of the session's CPU in the emulator: before it answers
    uint32_t python_percent; // of the session's CPU in a Python's library: before it asks
    // Where a second thread reads. The two percents above are then of the thread that asks, the
    // worker's Python and the reader's Python are a whole each.
    uint32_t calls; // that give the lock up, short ones, before it asks
    struct {
        uint32_t client_percent; // after the answer
        uint32_t python_percent;
        uint32_t calls;
        bool asks_on; // it asks the next question itself
    } reader;
};

// A command's, where a second thread reads.
enum { COMMAND_CALLS = 2, COMMAND_READER_CALLS = 11, SET_UP_READER_CALLS = 5 };

// In the order in which they happen, ended by EXCHANGE_END. Of sleep: nothing but the waits.
// reader: a second thread reads; of SSH only.
const struct exchange *exchanges_of(enum transport transport, bool reader);

#endif
