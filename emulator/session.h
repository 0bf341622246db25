// One login of one peer to one device, from accept to hang-up: its phases, its timers, its limits.
// Between a transport (bytes of a protocol) and a shell (what the device answers). Knows no socket
// but the one it hands to the transport, and no clock but its timers'.
//
//   CONNECT (connect latency) -> LOGIN <-> CHECKING (AAA, login latency) -> OPEN (the shell) ->
//   CLOSING -> ended
//
// Everything happens on the loop's thread. Nobody frees a session from inside: session_end marks
// it, tells the owner, and the owner frees it at the end of the loop's turn.
#ifndef EMULATOR_SESSION_H
#define EMULATOR_SESSION_H

#include "base/experiment.h"
#include "emulator/device.h"
#include "emulator/limits.h"
#include "emulator/timers.h"
#include "emulator/transport.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum session_end {
    SESSION_END_LOGOUT,        // the user left, or one exec was done
    SESSION_END_PEER,          // the peer hung up or its connection broke
    SESSION_END_PASSWORD,      // three wrong passwords
    SESSION_END_LOGIN_TIMEOUT, // nobody logged in
    SESSION_END_IDLE,          // nothing typed for long
    SESSION_END_STALLED,       // the peer did not read
    SESSION_END_FLOOD,         // a line or a negotiation without end
    SESSION_END_PROTOCOL,      // the peer does not speak the protocol
    SESSION_END_LINES,         // all VTY lines in use
    SESSION_END_STARTUPS,      // too many that have not logged in
    SESSION_END_FAULT,         // the experiment's
    SESSION_END_DROPPED,       // by whoever controls the emulator
    SESSION_END_STOPPED,       // the emulator ends
};
enum { SESSION_ENDS = SESSION_END_STOPPED + 1 };
extern const char *const session_end_names[SESSION_ENDS];

struct session;
struct counts;
struct unattended;

// What the sessions of one loop share; borrowed by them.
struct session_env {
    const struct experiment *experiment;
    struct device_set *devices;
    struct limits_state *limits;
    struct timers *timers;
    struct unattended *unattended;
    struct counts *counts;     // what its sessions do is added here
    uint64_t login_timeout_ns; // from the device's question to the peer's answer
    uint64_t idle_timeout_ns;  // 0: none
    // Called when the set of TRANSPORT_* that the session waits for on its socket changes, and once
    // when it has ended.
    void (*watch)(void *owner, unsigned wants);
    void (*ended)(void *owner, enum session_end how);
    // The peer shall see a reset when the socket is closed, which comes next.
    void (*reset)(void *owner);
    // Have session_attend called soon, on the loop's thread; from any thread. NULL: nobody wakes.
    void (*wake)(void *owner);
};

// Takes fd, an accepted socket that does not block. The peer's address is copied.
struct session *session_new(const struct session_env *env, void *owner,
                            const struct transport_ops *ops, void *shared, int fd, uint32_t device,
                            const char *peer);
void session_free(struct session *session); // closes the socket
void session_start(struct session *session);

// The socket is ready; may end the session.
void session_ready(struct session *session, bool readable, bool writable);

// What a session is doing at this moment: a copy.
struct session_info {
    uint64_t id; // the loop's word: session_describe leaves it alone
    uint32_t device;
    const char *transport; // static, like the next two
    const char *phase;
    const char *fault; // "none"
    char peer[16];
    char user[33]; // "" before a login; cut, and what does not print is a ?
    uint64_t age_ns;
    uint64_t commands;  // answered
    uint64_t bytes_in;  // typed
    uint64_t bytes_out; // said
};
void session_describe(const struct session *session, struct session_info *info);
// Looks at what others have for this session: the end of the device, messages.
void session_attend(struct session *session);

// From here on: what transports call.

// A user and a password: answered by answer_login, later.
void session_login(struct session *session, const char *user, const char *password);
// A public key "AAAA...": would it log the user in? Then, when the peer has proved that it has the
// other half, the same as a right password.
bool session_takes_key(const struct session *session, const char *user, const char *key);
void session_login_by_key(struct session *session, const char *user, const char *key);
bool session_may_have_keys(const struct session *session);
// Has the right password just taken expired? A transport that can ask for a new one says what was
// answered by session_renew_password; after any other login the shell asks.
bool session_password_expired(const struct session *session);
void session_renew_password(struct session *session, const char *first, const char *second);
void session_open_shell(struct session *session, uint16_t columns, uint16_t rows);
void session_open_exec(struct session *session, const char *command);
void session_resize(struct session *session, uint16_t columns, uint16_t rows);
void session_input(struct session *session, const void *bytes, size_t len);
void session_input_end(struct session *session); // the peer will send no more
void session_goodbye(struct session *session);   // after finish: the peer's answer to it
void session_say(struct session *session, const char *text);
const struct platform *session_platform(const struct session *session);
const struct device_settings *session_settings(const struct session *session);
// What `banner KIND` was configured to on the device, if it was; said, or put into out.
void session_say_banner(struct session *session, const char *kind);
void session_put_banner(const struct session *session, const char *kind, struct buf *out);
const struct platform *session_platform(const struct session *session); // of its device
bool session_logged_in(const struct session *session);
// Marks the session as over, whatever is still to be said. Later calls are ignored.
void session_end(struct session *session, enum session_end how);
bool session_ended(const struct session *session);
// Like session_end, but the peer sees a reset instead of an end.
void session_break(struct session *session, enum session_end how);

#endif
