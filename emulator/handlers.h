// What a command does that data cannot say: a small table of named actions a platform's commands
// refer to.
#ifndef EMULATOR_HANDLERS_H
#define EMULATOR_HANDLERS_H

#include "base/buf.h"

#include <stdbool.h>

struct shell;
struct parsed;

enum handler_result {
    HANDLER_DONE,   // the command's output follows
    HANDLER_FAILED, // the handler said why in out; no output follows
    HANDLER_ASKS,   // the shell waits for an answer (enable, banner)
};

struct handler {
    const char *name;
    const char *with; // what its parameter `with` says; NULL: it takes none
    enum handler_result (*run)(struct shell *shell, const struct parsed *parsed, const char *with,
                               struct buf *out);
};

// NULL when there is none.
const struct handler *handler_find(const char *name);
const char *handler_name(size_t i); // of the table, NULL behind its end

#endif
