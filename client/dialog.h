// What a client says to a device and what it waits to hear: bytes in, what to send out. No I/O, no
// clock; the same for all transports and strategies.
//
//   Telnet: Username: -> Password: -> first prompt    SSH: first prompt
//   then, both: no paging -> each command -> logout
//
// A prompt is the last line, not ended, of what the device sent: a host name without blanks before
// > # $ % or in [ ]. The first one is learnt; from then on a prompt begins with its first letters.
// A command counts as answered when its echo came back and a prompt after it. Nothing of the
// answers is kept but the line in hand, so a peer that floods costs time and no memory.
#ifndef CLIENT_DIALOG_H
#define CLIENT_DIALOG_H

#include "base/buf.h"
#include "base/platform_words.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct dialog_script {
    struct platform_words platform;
    const char *username;
    const char *password;
    const char *enable_secret;
    const char *newline; // "\n" for SSH, "\r\n" for Telnet (RFC 854)
    const char *const *commands;
    size_t n_commands;
};

enum dialog_event {
    DIALOG_MORE,     // feed more bytes
    DIALOG_READY,    // the first prompt: do what there is to do, then dialog_next
    DIALOG_ANSWERED, // a command of the work was answered; then dialog_next
    DIALOG_REFUSED,  // the user or password was refused
    DIALOG_ERROR,    // the answer is an error; dialog.line holds it
};

enum dialog_state {
    DIALOG_LOGIN,   // Telnet: until the password is sent
    DIALOG_PROMPT,  // waits for the first prompt
    DIALOG_PAUSED,  // READY or ANSWERED was told: dialog_next is due
    DIALOG_COMMAND, // waits for the answer to commands[command - 1]; 0: to no_paging
    DIALOG_LOGOUT,  // waits for the device to close
};

enum { DIALOG_LINE_MAX = 256, DIALOG_NAME_MAX = 17 };

// Open so that it lies in a job; other files read state, asked, command and line only.
struct dialog {
    const struct dialog_script *script; // borrowed
    enum dialog_state state;
    bool asked;                 // Telnet: the device asked for a user or a password
    size_t command;             // how many commands of the work were sent
    bool set_up;                // no_paging was sent, or is not needed
    char line[DIALOG_LINE_MAX]; // the line in hand, without control bytes; ended by NUL
    size_t line_len;            // of the whole line; more than line holds: no prompt
    bool carriage;              // a CR came; text after it overwrites the line
    uint8_t escape;             // inside an escape sequence
    bool sent_user;
    bool sent_password;
    const char *expected_echo; // what is left to come back; "" when all has
    const char *echo;          // the whole of it
    uint8_t questions;         // answered since the command was sent
    bool sent_secret;
    bool relearn;               // this command may change the host name
    char name[DIALOG_NAME_MAX]; // of the host, from the first prompt, cut as config modes cut it
};

// in_band: the login is part of the dialogue (Telnet).
void dialog_init(struct dialog *dialog, const struct dialog_script *script, bool in_band);

// Takes what arrived; appends to out what is to be sent for it.
enum dialog_event dialog_input(struct dialog *dialog, const char *bytes, size_t len,
                               struct buf *out);

// After READY and ANSWERED: appends the next command or the logout to out.
void dialog_next(struct dialog *dialog, struct buf *out);

#endif
