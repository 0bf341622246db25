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
    struct buf pending;    // typed while busy
    struct pager *pager;   // NULL: no output is waiting
    struct dialog *dialog; // NULL: no question is open
    char *command;         // while BUSY
    char *path; // of the section being configured: headings with '\n' between; NULL: none
    uint64_t takes_ns;
    uint32_t reloads; // of the device when the session began
    size_t inserted;  // of the command's bytes: the path being edited, which nobody typed
    int16_t mode;
    uint16_t rows, columns;
    uint8_t privilege;
    uint8_t status; // enum shell_status
    uint8_t exit_status;
    bool instant;
    bool as_set;     // the command is piped into `display set`
    bool exec;       // the exec channel: no echo, no prompt
    bool no_history; // `terminal history size 0`
};

// shell.c
void shell_put_prompt(struct shell *shell, struct buf *out);
void shell_fill_scope(struct shell *shell, const struct parsed *parsed, bool with_config,
                      struct template_scope *scope);
void shell_release_scope(struct template_scope *scope);
void shell_set_mode(struct shell *shell, int mode); // cuts the path to the mode's depth
void shell_open_dialog(struct shell *shell, const char *command);
void shell_close_dialog(struct shell *shell);

// shell_run.c: the device's lock is taken inside
void shell_run(struct shell *shell, struct buf *out); // shell->command
void shell_answer(struct shell *shell, const char *text, struct buf *out);
// Looks a command up before it is run: is it instant, how long does it take?
void shell_weigh(struct shell *shell);
void shell_put_error(struct shell *shell, const char *line, const struct parsed *parsed,
                     struct buf *out);

// shell_store.c: the lock must be held
// False when the line cannot be (an interface that is not there): then *bad is where the caret
// goes, or out says why.
bool shell_check_interfaces(struct shell *shell, const struct parsed *parsed, size_t *bad);
bool shell_store(struct shell *shell, const struct parsed *parsed, struct buf *out);
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
