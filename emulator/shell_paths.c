// Statements that carry their path ("set system / host-name R1"): storing and removing them, and
// the place in the configuration that is being edited.
#include "emulator/shell_data.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

// The line that one step of a path names; made when it is not there and `make` is set.
static struct config_line *step_into(struct shell *shell, struct config *config,
                                     struct config_line *in, const char *heading, size_t len,
                                     bool make)
{
    char *text = alloc_strndup(heading, len);
    struct config_line *line = config_exact(in, text);
    if (!line && make)
        line = config_set(config, in, shell->platform, text, len);
    if (line && make)
        line->section = true;
    free(text);
    return line;
}

// Walks all steps but the last, which is returned in *last; NULL when one is not there.
static struct config_line *walk_path(struct shell *shell, struct config *config, const char *path,
                                     bool make, const char **last)
{
    struct config_line *in = &config->top;
    for (;;) {
        size_t len = strcspn(path, "\n");
        if (!path[len]) {
            *last = path;
            return in;
        }
        in = step_into(shell, config, in, path, len, make);
        if (!in)
            return NULL;
        path += len + 1;
    }
}

// How much of the last step names the statement: what is in front of its first argument.
static size_t leaf_key(const struct parsed *parsed, const char *leaf)
{
    size_t start = (size_t)(leaf - parsed->text.data);
    if (parsed->command->many)
        return strlen(leaf);
    if (parsed->command->key_words)
        return shell_words_len(leaf, parsed->command->key_words);
    for (size_t i = 0; i < parsed->n_arguments; i++)
        if (parsed->arguments[i].at > start)
            return parsed->arguments[i].at - start - 1;
    return strlen(leaf);
}

void shell_store_leaf(struct shell *shell, const struct parsed *parsed)
{
    struct config *config = shell_edited_config(shell);
    const char *text = buf_text(&parsed->text);
    size_t verb = strlen(shell->platform->verb);
    const char *leaf;
    struct config_line *in = walk_path(shell, config, text + verb + (verb > 0), true, &leaf);
    config_set(config, in, shell->platform, leaf, leaf_key(parsed, leaf));
}

bool shell_remove_path(struct shell *shell, const struct parsed *parsed, const char *name)
{
    char *path = parsed_text(parsed, name);
    const char *last;
    device_lock(shell->device);
    struct config *config = shell_edited_config(shell);
    struct config_line *in = walk_path(shell, config, path, false, &last);
    bool removed = in && config_remove(in, last);
    device_unlock(shell->device);
    free(path);
    return removed;
}

void shell_edit_path(struct shell *shell, const struct parsed *parsed, const char *name)
{
    char *path = parsed_text(parsed, name);
    free(shell->path);
    shell->path = path;
}

bool shell_leave_path(struct shell *shell, bool all)
{
    const struct mode *mode = &shell->platform->modes[shell->mode];
    if (!shell->path || !mode->n_relative)
        return false;
    char *last = all ? NULL : strrchr(shell->path, '\n');
    if (last)
        *last = '\0';
    else {
        free(shell->path);
        shell->path = NULL;
    }
    return true;
}

// Does the first word of the line stand for one whose commands take a path?
static bool is_relative(const struct mode *mode, const char *word, size_t len)
{
    for (size_t i = 0; len && i < mode->n_relative; i++)
        if (strlen(mode->relative[i]) >= len && !strncasecmp(mode->relative[i], word, len))
            return true;
    return false;
}

char *shell_full_line(struct shell *shell, const char *line)
{
    const struct mode *mode = &shell->platform->modes[shell->mode];
    size_t blank = strspn(line, " \t");
    size_t word = strcspn(line + blank, " \t");
    shell->inserted = 0;
    if (!shell->path || !is_relative(mode, line + blank, word))
        return alloc_strdup(line);
    shell->inserted = strlen(shell->path) + 1;
    char *full =
        alloc_printf("%.*s %s%s", (int)(blank + word), line, shell->path, line + blank + word);
    for (char *p = full; *p; p++)
        *p = *p == '\n' ? ' ' : *p;
    return full;
}
