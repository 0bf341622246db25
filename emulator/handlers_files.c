// Handlers of commands that copy, show and replace files.
#include "emulator/handlers_data.h"

#include "emulator/config_forms.h"
#include "emulator/shell_data.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

typedef enum handler_result result;

static char *word_of(const struct parsed *parsed, size_t n)
{
    const char *text = buf_text(&parsed->text);
    while (n-- > 1) {
        text += strcspn(text, " ");
        text += strspn(text, " ");
    }
    return alloc_strndup(text, strcspn(text, " "));
}

// What was answered to a question of the command's data; NULL: it was not asked.
static const char *answer_to(const struct shell *shell, const char *name)
{
    const struct dialog *dialog = shell->dialog;
    for (size_t i = 0; dialog && dialog->asking && i < dialog->n_answers; i++)
        if (!strcmp(dialog->asking->asks[i].name, name) && *dialog->answers[i])
            return dialog->answers[i];
    return NULL;
}

static result missing(const char *url, struct buf *out)
{
    buf_printf(out, "%%Error opening %s (%s)\n", url,
               shell_file_place(url) == FILE_NETWORK ? "Timed out" : "No such file or directory");
    return HANDLER_FAILED;
}

static result no_room(const char *url, struct buf *out)
{
    buf_printf(out, "%%Error opening %s (No space left on device)\n", url);
    return HANDLER_FAILED;
}

// `copy FROM TO`, where the answer `file` may name TO otherwise.
static result run_copy(struct shell *shell, const struct parsed *parsed, const char *with,
                       struct buf *out)
{
    (void)with;
    char *from = word_of(parsed, 2);
    char *to = word_of(parsed, 3);
    const char *file = answer_to(shell, "file");
    if (file && shell_file_place(to) == FILE_FLASH) {
        free(to);
        to = alloc_printf("%s%s", strchr(file, ':') ? "" : "flash:", file);
    }
    struct buf text = {0};
    result done = HANDLER_DONE;
    if (!shell_read_file(shell, from, &text))
        done = missing(from, out);
    else if (!shell_put_file(shell, to, &text))
        done = no_room(to, out);
    shell->amount = text.len;
    buf_fini(&text);
    free(from);
    free(to);
    return done;
}

static result run_more(struct shell *shell, const struct parsed *parsed, const char *with,
                       struct buf *out)
{
    char *url = parsed_text(parsed, with);
    result done = shell_read_file(shell, url, out) ? HANDLER_DONE : missing(url, out);
    free(url);
    return done;
}

static result run_delete(struct shell *shell, const struct parsed *parsed, const char *with,
                         struct buf *out)
{
    char *url = parsed_text(parsed, with);
    device_lock(shell->device);
    bool had = device_delete_file(shell->device, shell_file_name(url));
    device_unlock(shell->device);
    if (!had)
        buf_printf(out, "%%Error deleting %s (No such file or directory)\n", url);
    free(url);
    return had ? HANDLER_DONE : HANDLER_FAILED;
}

// The file becomes what runs: nothing else stays.
static result run_replace(struct shell *shell, const struct parsed *parsed, const char *with,
                          struct buf *out)
{
    char *url = parsed_text(parsed, with);
    struct buf text = {0};
    result done = HANDLER_DONE;
    if (!shell_read_file(shell, url, &text))
        done = missing(url, out);
    else if (!shell_is_short_enough(&text))
        done = no_room(url, out);
    else {
        struct config *config = config_new();
        config_read(config, buf_text(&text));
        device_lock(shell->device);
        device_replace(shell->device, config);
        device_unlock(shell->device);
    }
    buf_fini(&text);
    free(url);
    return done;
}

// A file as a configuration; NULL: out says why not.
static struct config *read_config(struct shell *shell, const char *url, struct buf *out)
{
    struct buf text = {0};
    struct config *config = NULL;
    if (!shell_read_file(shell, url, &text))
        missing(url, out);
    else if (!shell_is_short_enough(&text))
        no_room(url, out);
    else {
        config = config_new();
        config_read(config, buf_text(&text));
    }
    buf_fini(&text);
    return config;
}

// Of the arguments `before` and `after`, which may be missing: what starts, and what runs.
static result run_differences(struct shell *shell, const struct parsed *parsed, const char *with,
                              struct buf *out)
{
    (void)with;
    char *urls[] = {parsed_text(parsed, "before"), parsed_text(parsed, "after")};
    struct config *before = read_config(shell, *urls[0] ? urls[0] : "nvram:startup-config", out);
    struct config *after =
        before ? read_config(shell, *urls[1] ? urls[1] : "system:running-config", out) : NULL;
    result done = before && after ? HANDLER_DONE : HANDLER_FAILED;
    if (done == HANDLER_DONE) {
        size_t start = out->len;
        buf_puts(out, "!Contextual Config Diffs:\n");
        size_t heading = out->len;
        config_compare_contextual(&before->top, &after->top, shell->platform, 0, out);
        if (out->len == heading) {
            out->len = start;
            buf_puts(out, "!No changes were found\n");
        }
    }
    config_free(before);
    config_free(after);
    free(urls[0]);
    free(urls[1]);
    return done;
}

const struct handler handlers_of_files[] = {
    {"config_differences", NULL, run_differences},
    {"copy", NULL, run_copy},
    {"delete", "the argument with the file", run_delete},
    {"more", "the argument with the file", run_more},
    {"replace", "the argument with the file", run_replace},
    {0},
};
