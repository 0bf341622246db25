// The inside of a session, shared by session.c (its life and its talk with the transport),
// session_login.c, session_shell.c (its talk with the shell) and session_faults.c. Nobody else
// includes this.
#ifndef EMULATOR_SESSION_STATE_H
#define EMULATOR_SESSION_STATE_H

#include "emulator/delay.h"
#include "emulator/output.h"
#include "emulator/session.h"
#include "emulator/shell.h"

enum {
    SESSION_INPUT_MAX = 64 * 1024,   // typed ahead; then the socket is not read
    SESSION_OUTPUT_HIGH = 64 * 1024, // more waiting: the shell is not asked for more
};

enum phase {
    PHASE_CONNECT,  // the connect latency; the transport does not exist yet
    PHASE_SILENT,   // what the peer sends is thrown away: a fault, or no VTY line was free
    PHASE_LOGIN,    // the transport asks who it is
    PHASE_CHECKING, // the answer to a password is due at `wait`
    PHASE_OPEN,     // the shell
    PHASE_CLOSING,  // the transport says goodbye
    PHASE_ENDED,
};

struct session {
    const struct session_env *env;
    void *owner;
    const struct transport_ops *ops;
    void *shared; // of the transport
    void *conn;   // NULL until the connect latency is over
    int fd;       // the transport's once conn is set
    char *peer;
    char *user;

    enum phase phase;
    enum session_end how; // it ends, once all is said
    bool hanging_up;      // say what is in out, then finish
    bool input_ended;
    bool exec;
    bool login_right; // while CHECKING
    bool renewed;     // an expired password, inside the protocol
    bool is_startup;  // counted by limits as not logged in
    uint8_t bad_passwords;
    unsigned wants;

    struct device *device;
    struct delay_key key;
    struct fault fault;
    bool breaks_when_said; // drop or reset: when all that waits has gone out
    bool mute;             // an output was cut; what the peer sends is thrown away
    int line;              // VTY, -1: none

    struct shell *shell; // NULL until it is opened
    uint64_t command_index;
    bool command_drawn;  // the busy command's answer is due at answer_ns
    bool command_counts; // it took a draw: command_index - 1
    uint64_t answer_ns;
    size_t busy_input; // bytes the busy shell was fed

    struct buf input; // typed, not yet fed
    size_t line_len;  // bytes since the last Enter
    struct output out;
    bool parting; // both sides have said goodbye
    bool blocked; // the transport takes no more of it at present

    struct timer wait;  // connect, login, command
    struct timer pace;  // the next bytes of a paced output
    struct timer limit; // patience with the peer
    struct timer due;   // the device restarts
    struct timer log;   // messages behind the prompt
    uint64_t since_ns;  // the last sign of life in this phase

    uint64_t begun_ns;
    uint64_t commands; // answered
    uint64_t bytes_in;
    uint64_t bytes_out;
};

// session.c
void session_enter(struct session *session, enum phase phase);
uint64_t session_now(const struct session *session);
void session_set_timer(struct session *session, struct timer *timer, uint64_t due_ns);
void session_hang_up(struct session *session,
                     enum session_end how); // once all is said; the first reason counts

// session_login.c
void session_answer_login(struct session *session); // it is due

// session_faults.c
// Hangs up in the middle: without a word of the protocol, with all that waits forgotten.
void session_cut_off(struct session *session, enum session_end how);
// A drop or a reset, now.
void session_break_off(struct session *session);
// The same if the fault says so; whether it did.
bool session_breaks_at(struct session *session, enum fault_place place);
// It gave fewer commands than the work: whether it ends by its fault.
bool session_breaks_at_logout(struct session *session);
// Before the shell resumes the busy command. Whether it must not.
bool session_spoil_command(struct session *session);
// After it: out has had the answer from `begin` on.
void session_spoil_answer(struct session *session, size_t begin);
void session_say_log(struct session *session); // if the peer is idle at the prompt
uint64_t
session_rate(const struct session *session); // of what the shell says, bytes/s; 0: no limit

// Counts the session as not logged in, if its transport is; false: there are too many.
bool session_begin_startup(struct session *session);
void session_end_startup(struct session *session); // it is, or has ended

// session_shell.c
void session_run_shell(struct session *session); // lets the shell run until it waits for somebody
void session_attend_shell(struct session *session);
void session_feed(struct session *session); // what was typed, as far as the shell may have it
bool session_shell_can_go_on(const struct session *session); // without waiting
void session_check_input_end(struct session *session); // a peer that sends no more has logged out

#endif
