// One protocol between a socket and a session, as a struct of functions: the session cannot tell
// SSH from Telnet.
//
//   socket -> ready -> session_login, session_open_*, session_input, session_resize,
//   session_input_end -> session session -> write, answer_login, finish -> socket
//
// No function blocks. A peer's misbehaviour and a broken connection end in session_end, never in a
// return value. All of one connection happens on its loop's thread. None of the functions may be
// called after close.
#ifndef EMULATOR_TRANSPORT_H
#define EMULATOR_TRANSPORT_H

#include "base/err.h"
#include "emulator/host_key.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct session;

// What a transport waits for.
enum { TRANSPORT_READ = 1, TRANSPORT_WRITE = 2 };

enum login_answer {
    LOGIN_RIGHT,
    LOGIN_WRONG,      // the peer may try again
    LOGIN_WRONG_LAST, // finish comes next
};

struct transport_settings {
    // Of SSH.
    uint32_t ssh; // enum ssh_profile_name of all devices that have none of their own
    const struct host_keys *host_keys;
};

struct transport_ops {
    const char *name;
    const char
        *lines_in_use; // said to a peer for whom no VTY line is free; NULL: the connection is reset

    bool maxstartups; // limits.maxstartups holds for it

    // What the connections of one loop share. The settings are borrowed until shared_free.
    void *(*shared_new)(const struct transport_settings *settings, struct err *err);
    void (*shared_free)(void *shared);

    // Takes fd, a connected socket that does not block. The device's first byte leaves here or at
    // the first ready.
    void *(*open)(struct session *session, void *shared, int fd);
    void (*ready)(void *conn, bool readable, bool writable);
    unsigned (*wants)(void *conn); // TRANSPORT_*: when to call ready

    // Hands over what the device says; returns how much was taken: 0 when the peer must read first
    // (ready comes when it did).
    size_t (*write)(void *conn, const void *bytes, size_t len);
    // The answer to a session_login.
    void (*answer_login)(void *conn, enum login_answer answer);
    // Another answer: the password was right, but has expired. False, or NULL: the protocol has no
    // way to ask for a new one here. Otherwise session_renew_password, then answer_login.
    bool (*renew_password)(void *conn);
    // All output is written and the device hangs up. Ends with session_end once the peer has it all
    // or has left.
    void (*finish)(void *conn, int exit_status);
    // An exec is done and another one may follow; all its output is written. NULL: finish instead.
    void (*end_exec)(void *conn, int exit_status);
    // The login timed out: what the device says to that, by session_say; may be NULL.
    void (*login_expired)(void *conn);

    void (*close)(void *conn); // closes the socket and frees the connection
};

extern const struct transport_ops transport_ssh;
extern const struct transport_ops transport_telnet;

#endif
