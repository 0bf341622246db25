// The command line of a device as one user sees it: bytes in, bytes out, and requests for time. No
// socket, no clock.
//
//   transport --bytes--> shell_input --> line (editing, echo) --> parser --> handler or template
//   --> pager --> out --> transport
//
// Echo appears in `out` at once. When Enter completes a command, the shell is BUSY: the session
// looks up how long the device takes (shell_command), sets a timer, and calls shell_resume when it
// fires; then the answer and the next prompt are in `out`. What is typed meanwhile is kept
// (type-ahead) and goes on after the resume. A shell belongs to one loop's thread.
#ifndef EMULATOR_SHELL_H
#define EMULATOR_SHELL_H

#include "base/buf.h"
#include "emulator/device.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum shell_status {
    SHELL_READY,  // waits for input
    SHELL_BUSY,   // waits for shell_resume
    SHELL_CLOSED, // exit, logout, quit: send what is in `out`, then close the session
};

struct shell_options {
    const char *user;      // as logged in; copied
    uint8_t privilege;     // 0 to 15: 15 starts at `#`, below 15 at `>`
    const char *peer;      // address of the client, for `show users`; copied
    const char *line_name; // "vty 0"; copied
    uint16_t columns;      // 0: the platform's default; of the pty or NAWS
    uint16_t rows;
    // Called from any thread when shell_attend is to be called; NULL: never.
    void (*wake)(void *owner);
    void *owner;
    bool password_expired; // asks for a new one before anything else
};

struct shell;

// Borrows the device for its life.
struct shell *shell_new(struct device *device, const struct shell_options *options);
void shell_free(struct shell *shell);
// Its session has ended: the device does not count it among its users any more, nobody wakes it.
void shell_leave(struct shell *shell);

// Both append to out. shell_start asks for a new password where the old one has expired, or paints
// the banner, if any, and the first prompt without being asked.
void shell_start(struct shell *shell, struct buf *out);
enum shell_status shell_input(struct shell *shell, const void *bytes, size_t len, struct buf *out);
enum shell_status shell_resume(struct shell *shell, struct buf *out);
enum shell_status shell_status(const struct shell *shell);

// While BUSY: is a file being entered? Then shell_resume is to be called at the loop's next turn:
// it enters a piece of some milliseconds at most, and the command's answer comes with the last one.
// A session that ends meanwhile leaves the rest to unattended.h.
bool shell_is_entering(const struct shell *shell);

// While BUSY: the command as it was typed, without the newline; valid until shell_resume. *instant
// is set for what a device answers without work (terminal length, exit, enable, an empty line): it
// takes no latency unless a per_command pattern names it.
const char *shell_command(const struct shell *shell, bool *instant);
// While BUSY: extra time that the command itself takes whatever the latency (ping, reload), in ns;
// 0 for most.
uint64_t shell_command_takes_ns(const struct shell *shell);

// What others have for this session: messages, which come to out, or its end.
enum shell_status shell_attend(struct shell *shell, struct buf *out);
// When it is to be called next if nobody wakes: a restart is due. In ns from now; UINT64_MAX:
// never.
uint64_t shell_attend_in_ns(const struct shell *shell);
// What faults need.
// Where in out the answer of the last shell_resume ended: what follows is a prompt and what came of
// the type-ahead.
size_t shell_answer_end(const struct shell *shell);
// From now on the prompt names another device.
void shell_mistake_prompt(struct shell *shell);
// Log messages of the platform, as they appear inside an output or behind a prompt.
void shell_put_log(struct shell *shell, bool behind_prompt, struct buf *out);

void shell_resize(struct shell *shell, uint16_t columns, uint16_t rows);

// The exec channel: one command, its output with neither echo nor prompt. Call shell_exec on a new
// shell that was not started; then shell_command, the timer and shell_resume as above; afterwards
// the status is CLOSED and *exit_status is set. It is READY instead of BUSY when the command reads
// what the peer sends (SCP): give it by shell_input, until it is CLOSED or the peer sends no more.
enum shell_status shell_exec(struct shell *shell, const char *command, struct buf *out);
int shell_exit_status(const struct shell *shell);

#endif
