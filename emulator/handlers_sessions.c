// Handlers of configuration sessions: lines go to a copy of what runs until it is committed.
#include "emulator/handlers_data.h"

#include "emulator/shell_data.h"

#include "base/alloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef enum handler_result result;

static result run_open(struct shell *shell, const struct parsed *parsed, const char *with,
                       struct buf *out)
{
    const struct parsed_argument *argument = parsed_argument(parsed, "session");
    char *name = argument
                     ? alloc_strndup(parsed->text.data + argument->at, argument->len)
                     : alloc_printf("sess-%lld", (long long)(device_wall_ms(shell->device) / 1000));
    device_lock(shell->device);
    bool open = device_open_session(shell->device, name);
    device_unlock(shell->device);
    if (!open) {
        buf_puts(out, with);
        free(name);
        return HANDLER_FAILED;
    }
    free(shell->config_session);
    shell->config_session = name;
    return HANDLER_DONE;
}

static result leave(struct shell *shell, const struct parsed *parsed, bool commits)
{
    (void)parsed;
    if (!shell->config_session)
        return HANDLER_FAILED;
    device_lock(shell->device);
    device_close_session(shell->device, shell->config_session, commits);
    device_unlock(shell->device);
    shell_set_mode(shell, shell->platform->privileged_mode);
    return HANDLER_DONE;
}

static result run_commit(struct shell *shell, const struct parsed *parsed, const char *with,
                         struct buf *out)
{
    (void)with;
    (void)out;
    return leave(shell, parsed, true);
}

static result run_abort(struct shell *shell, const struct parsed *parsed, const char *with,
                        struct buf *out)
{
    (void)with;
    (void)out;
    return leave(shell, parsed, false);
}

static result run_clear(struct shell *shell, const struct parsed *parsed, const char *with,
                        struct buf *out)
{
    (void)parsed;
    (void)with;
    (void)out;
    if (!shell->config_session)
        return HANDLER_FAILED;
    device_lock(shell->device);
    device_clear_session(shell->device, shell->config_session);
    device_unlock(shell->device);
    return HANDLER_DONE;
}

const struct handler handlers_of_config_sessions[] = {
    {"session_abort", NULL, run_abort},
    {"session_clear", NULL, run_clear},
    {"session_commit", NULL, run_commit},
    {"session_open", "what is said when there are too many", run_open},
    {0},
};
