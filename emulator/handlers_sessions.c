// Handlers of configuration sessions: lines go to a copy of what runs until it is committed.
#include "emulator/handlers_data.h"

#include "emulator/device_history.h"
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

// "01:30:00"
static uint64_t ms_of_clock(const char *text)
{
    unsigned hours = 0;
    unsigned minutes = 0;
    unsigned seconds = 0;
    sscanf(text, "%3u:%2u:%2u", &hours, &minutes, &seconds);
    return ((uint64_t)hours * 3600 + (uint64_t)minutes * 60 + seconds) * 1000;
}

// `commit timer 00:05:00`: what ran before comes back if nobody confirms.
static result run_commit_timer(struct shell *shell, const struct parsed *parsed, const char *with,
                               struct buf *out)
{
    (void)out;
    const struct parsed_argument *time = parsed_argument(parsed, with);
    if (!shell->config_session || !time)
        return HANDLER_FAILED;
    device_lock(shell->device);
    struct config *before = config_copy(device_running(shell->device));
    device_revert_later(shell->device, before, ms_of_clock(parsed->text.data + time->at),
                        shell->config_session);
    device_unlock(shell->device);
    return leave(shell, parsed, true);
}

// `configure session NAME commit|abort` from outside: of one that waits for its timer, or of one
// that is open. with: what is said when there is none.
static result settle_named(struct shell *shell, const struct parsed *parsed, const char *with,
                           bool commits, struct buf *out)
{
    char *name = parsed_text(parsed, "session");
    int64_t left_ms;
    device_lock(shell->device);
    const char *waiting = device_waiting_commit(shell->device, &left_ms);
    bool waits = waiting && !strcmp(waiting, name);
    bool open = device_session(shell->device, name) != NULL;
    if (waits && commits)
        device_keep_commit(shell->device);
    else if (waits)
        device_revert_now(shell->device);
    else if (open)
        device_close_session(shell->device, name, commits);
    device_unlock(shell->device);
    free(name);
    if (waits || open)
        return HANDLER_DONE;
    buf_puts(out, with);
    return HANDLER_FAILED;
}

static result run_commit_named(struct shell *shell, const struct parsed *parsed, const char *with,
                               struct buf *out)
{
    return settle_named(shell, parsed, with, true, out);
}

static result run_abort_named(struct shell *shell, const struct parsed *parsed, const char *with,
                              struct buf *out)
{
    return settle_named(shell, parsed, with, false, out);
}

const struct handler handlers_of_config_sessions[] = {
    {"session_abort", NULL, run_abort},
    {"session_abort_named", "what is said when there is none of the name", run_abort_named},
    {"session_clear", NULL, run_clear},
    {"session_commit", NULL, run_commit},
    {"session_commit_named", "what is said when there is none of the name", run_commit_named},
    {"session_commit_timer", "the argument with the time", run_commit_timer},
    {"session_open", "what is said when there are too many", run_open},
    {0},
};
