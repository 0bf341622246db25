// Handlers of candidates and what is kept of commits: commit, confirm, go back; checkpoints.
#include "emulator/handlers_data.h"

#include "emulator/config_forms.h"
#include "emulator/device_history.h"
#include "emulator/shell_data.h"

#include "base/alloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHECKPOINTS_MAX = 10, MS_A_SECOND = 1000, SECONDS_A_MINUTE = 60 };

typedef enum handler_result result;

static unsigned long number_of(const struct parsed *parsed, const char *name, unsigned long missing)
{
    const struct parsed_argument *argument = parsed_argument(parsed, name);
    return argument ? strtoul(parsed->text.data + argument->at, NULL, 10) : missing;
}

// A record of what runs now, made by this session. Hold the lock.
static void record(struct shell *shell, const char *client, const char *name, const char *comment,
                   size_t max)
{
    char *line = alloc_strdup(shell->line_name);
    char *blank = strchr(line, ' ');
    if (blank)
        memmove(blank, blank + 1, strlen(blank)); // "vty0"
    const struct config_origin origin = {
        .name = name, .user = shell->user, .line = line, .client = client, .comment = comment};
    device_record(shell->device, &origin, max);
    free(line);
}

// Hold the lock. False: nothing was changed.
static bool commit(struct shell *shell, const struct parsed *parsed)
{
    struct device *device = shell->device;
    bool changed = device_has_candidate(device) &&
                   !config_same(&device_candidate(device)->top, &device_running(device)->top);
    if (changed)
        device_record_beginning(device);
    device_commit(device);
    if (!changed)
        return false;
    char *label = parsed_text(parsed, "label");
    char *comment = parsed_text(parsed, "comment");
    device_save(device);
    record(shell, "cli", label, comment, RECORDS_MAX);
    free(label);
    free(comment);
    return true;
}

static result run_commit(struct shell *shell, const struct parsed *parsed, const char *with,
                         struct buf *out)
{
    device_lock(shell->device);
    bool confirmed = device_keep_commit(shell->device);
    bool changed = commit(shell, parsed);
    device_unlock(shell->device);
    if (changed || confirmed || !*with)
        return HANDLER_DONE;
    buf_puts(out, with);
    return HANDLER_FAILED;
}

// with: "10 minutes" or "30 seconds", if the argument `time` says nothing else; behind a comma,
// what is said when there is nothing to commit.
static result run_commit_confirmed(struct shell *shell, const struct parsed *parsed,
                                   const char *with, struct buf *out)
{
    size_t unit = strcspn(with, " ") + 1;
    unsigned long time = number_of(parsed, "time", strtoul(with, NULL, 10));
    uint64_t seconds = time * (with[unit] == 'm' ? SECONDS_A_MINUTE : 1);
    const char *nothing = strstr(with, ", ");
    device_lock(shell->device);
    struct config *before = config_copy(device_running(shell->device));
    bool changed = commit(shell, parsed);
    if (changed)
        device_revert_later(shell->device, before, seconds * MS_A_SECOND, "commit");
    else
        config_free(before);
    device_unlock(shell->device);
    if (changed || !nothing)
        return HANDLER_DONE;
    buf_puts(out, nothing + 2);
    return HANDLER_FAILED;
}

static result run_confirm(struct shell *shell, const struct parsed *parsed, const char *with,
                          struct buf *out)
{
    (void)parsed;
    (void)with;
    (void)out;
    device_lock(shell->device);
    device_keep_commit(shell->device);
    device_unlock(shell->device);
    return HANDLER_DONE;
}

static result run_discard(struct shell *shell, const struct parsed *parsed, const char *with,
                          struct buf *out)
{
    (void)parsed;
    (void)with;
    (void)out;
    device_lock(shell->device);
    device_discard(shell->device);
    device_unlock(shell->device);
    return HANDLER_DONE;
}

// The answer to "commit them before you leave?": yes, no, or anything else to stay. No answer: it
// was not asked.
static result run_settle(struct shell *shell, const struct parsed *parsed, const char *with,
                         struct buf *out)
{
    const struct dialog *dialog = shell->dialog;
    const char *answer = strcmp(with, "yes") ? "" : with;
    for (size_t i = 0; dialog && dialog->asking && i < dialog->n_answers; i++)
        if (!strcmp(dialog->asking->asks[i].name, with))
            answer = dialog->answers[i];
    if (*answer == 'y' || *answer == 'Y')
        run_commit(shell, parsed, "", out);
    else if (*answer == 'n' || *answer == 'N')
        run_discard(shell, parsed, with, out);
    else if (*answer)
        return HANDLER_FAILED;
    shell_set_mode(shell, shell->platform->privileged_mode);
    return HANDLER_DONE;
}

// `rollback N` of a candidate: it becomes what ran N commits ago.
static result run_load_record(struct shell *shell, const struct parsed *parsed, const char *with,
                              struct buf *out)
{
    unsigned long n = number_of(parsed, "number", 0);
    device_lock(shell->device);
    const struct config_record *found = device_record_at(shell->device, n);
    if (n == 0)
        device_discard(shell->device);
    else if (found)
        device_load_candidate(shell->device, config_copy(found->config));
    device_unlock(shell->device);
    if (n == 0 || found)
        return HANDLER_DONE;
    buf_puts(out, with);
    return HANDLER_FAILED;
}

static size_t count_lines(const struct buf *text)
{
    size_t n = 0;
    for (size_t i = 0; i < text->len; i++)
        n += text->data[i] == '\n';
    return n;
}

// Takes `to` in the place of what runs; the shell's amount is the number of lines that takes. Hold
// the lock.
static void put_back(struct shell *shell, struct config *to)
{
    struct buf lines = {0};
    config_compare_lines(&device_running(shell->device)->top, &to->top, shell->platform, "no", 0,
                         &lines);
    shell->amount = count_lines(&lines);
    buf_fini(&lines);
    device_replace(shell->device, to);
}

static size_t record_of_number(const struct device *device, unsigned long number)
{
    const struct config_record *at;
    size_t i = 0;
    while ((at = device_record_at(device, i)) && at->number != number)
        i++;
    return i;
}

// The argument `commits`: that many back. Or `commit`: back to what was before that one. with: what
// is said when there are not so many.
static result run_roll_back(struct shell *shell, const struct parsed *parsed, const char *with,
                            struct buf *out)
{
    enum { NUMBER_OF_FIRST = 1000000000 };
    struct device *device = shell->device;
    device_lock(device);
    size_t n = number_of(parsed, "commits", 0);
    if (parsed_argument(parsed, "commit"))
        n = record_of_number(device, number_of(parsed, "commit", 0) - NUMBER_OF_FIRST) + 1;
    const struct config_record *found = device_record_at(device, n);
    if (found) {
        put_back(shell, config_copy(found->config));
        device_discard(device);
        device_save(device);
        record(shell, "Rollback", "", "", RECORDS_MAX);
    }
    device_unlock(device);
    if (found)
        return HANDLER_DONE;
    buf_puts(out, with);
    return HANDLER_FAILED;
}

// The first of user-checkpoint-1, -2, ... that is free. Hold the lock.
static char *name_checkpoint(const struct device *device)
{
    char *name = alloc_strdup("user-checkpoint-1");
    for (unsigned i = 2; device_record_named(device, name); i++) {
        free(name);
        name = alloc_printf("user-checkpoint-%u", i);
    }
    return name;
}

// `checkpoint [NAME]`. with: what is said when the name is taken.
static result run_checkpoint(struct shell *shell, const struct parsed *parsed, const char *with,
                             struct buf *out)
{
    char *comment = parsed_text(parsed, "description");
    device_lock(shell->device);
    char *name = parsed_argument(parsed, "name") ? parsed_text(parsed, "name")
                                                 : name_checkpoint(shell->device);
    bool taken = device_record_named(shell->device, name) != NULL;
    if (!taken)
        record(shell, "cli", name, comment, CHECKPOINTS_MAX);
    device_unlock(shell->device);
    free(name);
    free(comment);
    if (!taken)
        return HANDLER_DONE;
    buf_puts(out, with);
    return HANDLER_FAILED;
}

static result run_checkpoint_file(struct shell *shell, const struct parsed *parsed,
                                  const char *with, struct buf *out)
{
    char *url = parsed_text(parsed, with);
    struct buf text = {0};
    shell_read_file(shell, "running-config", &text);
    bool kept = shell_write_file(shell, url, &text, false);
    buf_fini(&text);
    free(url);
    if (kept)
        return HANDLER_DONE;
    buf_puts(out, "No space left on device\n");
    return HANDLER_FAILED;
}

// Of the argument `name`, or all when the command has none.
static result run_checkpoint_drop(struct shell *shell, const struct parsed *parsed,
                                  const char *with, struct buf *out)
{
    char *name = parsed_text(parsed, "name");
    bool all = !parsed_argument(parsed, "name");
    device_lock(shell->device);
    bool dropped = !all && device_drop_record(shell->device, name);
    if (all)
        device_drop_records(shell->device);
    device_unlock(shell->device);
    free(name);
    if (dropped || all)
        return HANDLER_DONE;
    buf_puts(out, with);
    return HANDLER_FAILED;
}

// To the checkpoint of the argument `name`, or to the argument `file`. with: what is said when it
// is not there.
static result run_checkpoint_load(struct shell *shell, const struct parsed *parsed,
                                  const char *with, struct buf *out)
{
    char *name = parsed_text(parsed, "name");
    char *url = parsed_text(parsed, "file");
    struct buf text = {0};
    struct config *to = NULL;
    if (*url && shell_read_file(shell, url, &text) && shell_is_short_enough(&text)) {
        to = config_new();
        config_read(to, buf_text(&text));
    }
    device_lock(shell->device);
    const struct config_record *found = device_record_named(shell->device, name);
    if (*name && found)
        to = config_copy(found->config);
    if (to)
        put_back(shell, to);
    device_unlock(shell->device);
    buf_fini(&text);
    free(name);
    free(url);
    if (to)
        return HANDLER_DONE;
    buf_puts(out, with);
    return HANDLER_FAILED;
}

const struct handler handlers_of_history[] = {
    {"checkpoint", "what is said when the name is taken", run_checkpoint},
    {"checkpoint_drop", "what is said when there is none of the name", run_checkpoint_drop},
    {"checkpoint_file", "the argument with the file", run_checkpoint_file},
    {"checkpoint_load", "what is said when it is not there", run_checkpoint_load},
    {"commit", "what is said when there is nothing to commit", run_commit},
    {"commit_confirmed", "how long it waits, and what is said when there is nothing to commit",
     run_commit_confirmed},
    {"confirm", NULL, run_confirm},
    {"discard", NULL, run_discard},
    {"load_record", "what is said when there are not so many", run_load_record},
    {"roll_back", "what is said when there are not so many", run_roll_back},
    {"settle", "the name of the question about uncommitted changes, or yes", run_settle},
    {0},
};
