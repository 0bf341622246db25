// The inside of a shell, for shell*.c and handlers*.c.
#ifndef EMULATOR_SHELL_DATA_H
#define EMULATOR_SHELL_DATA_H

#include "emulator/device_state.h"
#include "emulator/handlers.h"
#include "emulator/line.h"
#include "emulator/pager.h"
#include "emulator/parser.h"
#include "emulator/platform_data.h"
#include "emulator/shell.h"

enum { ANSWERS_MAX = 8, ENABLE_TRIES = 3, HISTORY_DEPTH = 10 };

// A command that asks something: it is parsed again when all is answered.
struct dialog {
    char *command;                         // as typed
    const struct platform_command *asking; // NULL: a handler asks
    char *answers[ANSWERS_MAX];
    size_t n_answers;
    bool secret;
    // Of a handler: gets each line. HANDLER_ASKS: another is wanted.
    enum handler_result (*answer)(struct shell *shell, const char *text, struct buf *out);
    struct buf text; // the handler's own
    unsigned tries;
};

struct shell {
    struct device *device;
    const struct platform *platform;
    char *user;
    char *peer;
    char *line_name;
    struct line line;
    struct buf pending;        // typed while busy
    struct pager *pager;       // NULL: no output is waiting
    struct scp *scp;           // NULL: no files are being copied
    struct shell_entry *entry; // NULL: no file is being entered
    struct dialog *dialog;     // NULL: no question is open
    char *command;             // while BUSY
    char *path;           // of the section being configured: headings with '\n' between; NULL: none
    char *config_session; // of whose candidate lines go to; NULL: none
    char *others; // headings of more sections that get the same lines, '\n' between; NULL: none
    struct device_visit visit;
    uint64_t takes_ns;
    uint32_t reloads;  // of the device when the session began
    size_t answer_end; // in out, of the last resume
    size_t amount;     // the last number a handler found
    size_t effort;     // lines looked at or written to while a file is entered
    size_t inserted;   // of the command's bytes: the path being edited, which nobody typed
    int16_t mode;
    uint16_t rows, columns;
    uint16_t history_depth; // how many lines are kept
    uint8_t privilege;
    uint8_t status; // enum shell_status
    uint8_t exit_status;
    bool instant;
    bool no_line_before; // nothing stands in front of an answer, though the platform has it
    bool as_set;         // the command is piped into `display set`
    bool leaves;         // Ctrl-Z ended the line: configuration is left when it is done
    bool quiet;          // a file is being entered: nothing is logged
    bool exec;           // the exec channel: no echo, no prompt
    bool password_expired;
    bool mistaken; // the prompt names another device
};

// shell.c
void shell_render(struct shell *shell, const struct template *template, struct buf *out);
void shell_put_prompt(struct shell *shell, struct buf *out);
void shell_fill_scope(struct shell *shell, const struct parsed *parsed, bool with_config,
                      struct template_scope *scope);
void shell_release_scope(struct template_scope *scope);
void shell_set_mode(struct shell *shell, int mode); // cuts the path to the mode's depth
// Writes a template to the device's log; the lock must not be held.
void shell_note(struct shell *shell, const struct template *template, const struct parsed *parsed);
void shell_open_dialog(struct shell *shell, const char *command);
void shell_close_dialog(struct shell *shell);

void shell_welcome(struct shell *shell, struct buf *out); // banner and first prompt
void shell_touch(struct shell *shell); // somebody has typed: so long it is not idle

// shell_keys.c
void shell_feed_pending(struct shell *shell, struct buf *out); // goes on with what was typed ahead
// The command in hand has begun to enter a file. Its answer, from that byte of out on, is held back
// until that is done.
void shell_await_entry(struct shell *shell, struct buf *out, size_t answer);

// shell_faults.c
void shell_renew_password(struct shell *shell, struct buf *out); // asks
void shell_refuse_expired(struct shell *shell, struct buf *out); // who cannot be asked
char *shell_hostname(struct shell *shell);                       // hold the lock; to be freed

// shell_run.c: the device's lock is taken inside
void shell_run(struct shell *shell, struct buf *out); // shell->command
void shell_answer(struct shell *shell, const char *text, struct buf *out);
// Looks a command up before it is run: is it instant, how long does it take?
void shell_weigh(struct shell *shell);

// shell_errors.c: parsed says what is wrong with the line, and where
void shell_put_error(struct shell *shell, const char *line, const struct parsed *parsed,
                     struct buf *out);
// shell_pipes.c: of the line from `at` on, which is behind the first bar; 0: there is none
bool shell_has_pipe(const struct shell *shell, const char *line, size_t at, enum filter_kind kind);
// False when one is none or is wrong: out says so then.
bool shell_apply_pipes(struct shell *shell, const char *line, size_t at, struct buf *output,
                       struct buf *out);

// shell_store.c: the lock must be held
// False when the line cannot be (an interface that is not there): then *bad is where the caret
// goes, or out says why.
bool shell_check_interfaces(struct shell *shell, const struct parsed *parsed, size_t *bad);
bool shell_store(struct shell *shell, const struct parsed *parsed, struct buf *out);
bool shell_has_interface(struct shell *shell, const char *name);
bool shell_is_made_on_use(const struct platform *platform, const char *name);
// The section of that heading, with the command's first lines when it had to be made.
struct config_line *shell_make_section(struct shell *shell, struct config *config,
                                       struct config_line *in, const char *heading,
                                       const struct platform_command *command);
// shell_files.c: files as a device names them; these take the lock
enum file_place {
    FILE_RUNNING,
    FILE_STARTUP,
    FILE_FLASH,
    FILE_NETWORK, // another machine: it takes everything and has nothing
};
enum file_place shell_file_place(const char *url);
const char *shell_file_name(const char *url);                                 // without "flash:"
bool shell_read_file(struct shell *shell, const char *url, struct buf *text); // false: not there
bool shell_write_file(struct shell *shell, const char *url, const struct buf *text, bool append);
// Puts a file where it is named: see shell_begin_entry for the running configuration. False: there
// is no room.
bool shell_put_file(struct shell *shell, const char *url, const struct buf *text);
bool shell_is_short_enough(const struct buf *text); // to become the configuration
// shell_entry.c: takes no lock. The text will be entered into the running configuration line by
// line, and what is said to it is dropped; from inside such a text nothing is entered. False:
// another one is still being entered.
bool shell_begin_entry(struct shell *shell, const struct buf *text);
void shell_hold_answer(struct shell *shell, struct buf *out, size_t from); // what follows in out
// A piece of it. False when it was the last: then there is no entry any more, and out has the
// answer.
bool shell_enter_more(struct shell *shell, struct buf *out);
void shell_drop_entry(struct shell *shell);
// So many sections were written to, among so many lines; looks: at each of these.
void shell_add_effort(struct shell *shell, size_t sections, size_t lines, bool looks);
// shell_scp.c: is the command of the exec channel SCP? Then it has been started.
bool shell_start_scp(struct shell *shell, const char *command, struct buf *out);
void shell_feed_scp(struct shell *shell, const void *bytes, size_t len, struct buf *out);
// How many bytes of a text its first so many words have.
size_t shell_words_len(const char *text, size_t words);
// shell_ranges.c: several sections at once; the lock must be held
bool shell_check_range(struct shell *shell, const struct parsed *parsed, size_t *bad);
void shell_store_range(struct shell *shell, const struct parsed *parsed);
void shell_store_lines(struct shell *shell, const struct parsed *parsed);
// shell_paths.c: statements with a path; the lock must be held to store
void shell_store_leaf(struct shell *shell, const struct parsed *parsed);
bool shell_remove_path(struct shell *shell, const struct parsed *parsed, const char *name);
void shell_edit_path(struct shell *shell, const struct parsed *parsed, const char *name);
bool shell_leave_path(struct shell *shell, bool all);         // up, or to the top; false: was there
char *shell_full_line(struct shell *shell, const char *line); // with the path put in; to be freed
struct config *shell_edited_config(struct shell *shell);      // marks the device as changed
const struct config *shell_viewed_config(
    struct shell *shell); // what works; in a configuration mode with a candidate, that

#endif
