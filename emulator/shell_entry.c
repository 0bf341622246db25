// A file that is entered into the running configuration, as if somebody typed it: a piece at a
// time, so that the sessions beside this one go on meanwhile.
#include "emulator/shell_data.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

// Of a piece. A line is one, and what it looks at or writes to is more: it takes a millisecond or
// two in all.
enum { EFFORT_MAX = 10000, EFFORT_OF_LINE = 200, EFFORT_OF_SECTION = 50 };

struct shell_entry {
    struct buf text;
    size_t at;
    struct buf answer; // of the command that began it: given when all is entered
    // Where the file has got to; while a piece is entered, where whoever copies it is.
    struct dialog *dialog;
    char *path;
    char *others;
    int16_t mode;
};

// The mode in which whole files are entered: the topmost that configures.
static int configuration_mode(const struct platform *platform)
{
    for (size_t i = 0; i < platform->n_modes; i++)
        if (platform->modes[i].configures && !platform->modes[i].depth &&
            platform->modes[i].parent == platform->privileged_mode)
            return (int)i;
    return platform->privileged_mode;
}

bool shell_begin_entry(struct shell *shell, const struct buf *text)
{
    if (shell->entry) // a file that copies itself would never end
        return shell->quiet;
    shell->entry = alloc_zero(1, sizeof *shell->entry);
    buf_add(&shell->entry->text, buf_text(text), text->len);
    shell->entry->mode = (int16_t)configuration_mode(shell->platform);
    return true;
}

void shell_hold_answer(struct shell *shell, struct buf *out, size_t from)
{
    buf_add(&shell->entry->answer, buf_text(out) + from, out->len - from);
    out->len = from;
}

// A line finds its place at once, and moves those behind it; what goes is looked for among all.
void shell_add_effort(struct shell *shell, size_t sections, size_t lines, bool looks)
{
    shell->effort += sections * (EFFORT_OF_SECTION + lines / (looks ? 8 : 64));
}

static void change_places(struct shell *shell)
{
    struct shell_entry *entry = shell->entry;
    struct shell was = *shell;
    shell->dialog = entry->dialog;
    shell->path = entry->path;
    shell->others = entry->others;
    shell->mode = entry->mode;
    entry->dialog = was.dialog;
    entry->path = was.path;
    entry->others = was.others;
    entry->mode = was.mode;
}

static void enter_line(struct shell *shell, char *line)
{
    struct buf nobody = {0};
    if (shell->dialog) // a banner goes on
        shell_answer(shell, line, &nobody);
    else {
        shell->command = line;
        shell_run(shell, &nobody);
    }
    buf_fini(&nobody);
}

// False at the end of the file.
static bool enter_next(struct shell *shell)
{
    struct shell_entry *entry = shell->entry;
    const char *text = buf_text(&entry->text) + entry->at;
    if (!*text)
        return false;
    size_t len = strcspn(text, "\r\n");
    char *line = alloc_strndup(text, len);
    entry->at += len + strspn(text + len, "\r\n");
    bool ends = !shell->dialog && !strcmp(line, "end");
    if (!ends)
        enter_line(shell, line);
    free(line);
    return !ends;
}

static void free_place(struct shell *shell)
{
    shell_close_dialog(shell);
    free(shell->path);
    free(shell->others);
}

bool shell_enter_more(struct shell *shell, struct buf *out)
{
    struct shell kept = *shell;
    change_places(shell);
    shell->rows = 0;
    shell->quiet = true;
    shell->effort = 0;
    bool more = true;
    while (more && shell->effort < EFFORT_MAX) {
        shell->effort += EFFORT_OF_LINE;
        more = enter_next(shell);
    }
    if (!more)
        free_place(shell);
    change_places(shell);
    shell->rows = kept.rows;
    shell->quiet = kept.quiet;
    shell->command = kept.command;
    shell->status = kept.status;
    shell->exit_status = kept.exit_status;
    if (more)
        return true;
    buf_add(out, buf_text(&shell->entry->answer), shell->entry->answer.len);
    buf_fini(&shell->entry->answer);
    buf_fini(&shell->entry->text);
    free(shell->entry);
    shell->entry = NULL;
    return false;
}

void shell_drop_entry(struct shell *shell)
{
    if (!shell->entry)
        return;
    change_places(shell);
    free_place(shell);
    change_places(shell);
    buf_fini(&shell->entry->answer);
    buf_fini(&shell->entry->text);
    free(shell->entry);
    shell->entry = NULL;
}
