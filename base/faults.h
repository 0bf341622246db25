// What goes wrong with a session, on request: at most one fault each, drawn from its key alone. The
// emulator plays it, the client (transport: sleep) and the simulator know what comes of it: all
// three draw here.
#ifndef BASE_FAULTS_H
#define BASE_FAULTS_H

#include <stdbool.h>
#include <stdint.h>

// A fault's number is its place in the draw: a new one comes last, so that old seeds keep theirs.
enum fault_kind {
    FAULT_NONE,
    FAULT_REFUSE,           // the connection is reset at once
    FAULT_HANG,             // accepted, then silence
    FAULT_DROP,             // the device hangs up, at `at`
    FAULT_AUTH_FAIL,        // the password is refused
    FAULT_RESET,            // the connection is reset, at `at`
    FAULT_PASSWORD_EXPIRED, // after the right password a new one is asked for
    FAULT_WRONG_PROMPT,     // the prompt tells another device's name, from `at` on
    FAULT_CUT,              // an output ends in its middle, then comes what `cut_then` says
    FAULT_DRIP,             // what the device says comes byte by byte, from the first prompt on
    FAULT_SYSLOG,           // log messages come between the lines of outputs and behind prompts
    FAULT_KINDS,
};
extern const char *const fault_names[]; // as in the experiment, "none" first; ended by NULL

enum fault_place {
    FAULT_AT_CONNECT, // in place of the device's first byte
    FAULT_AT_LOGIN,   // in place of the answer to the password
    FAULT_AT_COMMAND, // in place of a command's answer
    FAULT_AT_OUTPUT,  // in the middle of it
    FAULT_PLACES,
    FAULT_AT_ANY = FAULT_PLACES, // drawn
};
extern const char *const fault_place_names[]; // "connect" ... "any", ended by NULL

enum fault_rest { FAULT_THEN_SILENCE, FAULT_THEN_PROMPT };
extern const char *const fault_rest_names[];

struct faults {
    double share[FAULT_KINDS]; // of the sessions, 0 to 1; [FAULT_NONE] is not used
    uint32_t at;               // enum fault_place
    uint32_t cut_then;         // enum fault_rest
    uint64_t drip_bytes_per_s; // not 0
};

// Of all kinds; more than 1 makes no sense.
double faults_sum(const struct faults *faults);

struct fault {
    enum fault_kind kind;
    enum fault_place place;    // of a drop, a reset, a wrong prompt
    enum fault_rest rest;      // of a cut
    uint64_t drip_bytes_per_s; // of a drip
    uint64_t command; // the one in the middle of the work, counted like a draw of latency: it has
                      // the drop, the reset, the cut, the first wrong prompt
};

// n_commands: of the work, those that take a draw (experiment_command_is_instant says which not).
// A session that gives fewer commands than that is dropped or reset at its logout.
struct fault fault_draw(const struct faults *faults, uint64_t seed, uint64_t device,
                        uint64_t session, uint64_t n_commands);

// What a client meets in place of what it waits for.
enum fault_effect {
    FAULT_HARMLESS, // it comes, though maybe late
    FAULT_SILENCE,  // it never comes
    FAULT_LOSS,     // the connection is gone when it is due
    FAULT_REFUSAL,  // the login is refused when its answer is due
};
enum fault_effect fault_at_accept(const struct fault *fault);  // the connection
enum fault_effect fault_at_connect(const struct fault *fault); // the first byte
enum fault_effect fault_at_login(const struct fault *fault);   // the first prompt
// The n-th answer, from 0, instant commands not counted.
enum fault_effect fault_at_command(const struct fault *fault, uint64_t n);

// How long a dripping session's answer takes from its first byte to its prompt, 0 for others. Who
// asks knows no answers: each is taken for 1000 bytes.
uint64_t fault_drip_ns(const struct fault *fault);

#endif
