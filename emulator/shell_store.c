// Lines of configuration: what a command with `store` does to the device.
#include "emulator/shell_data.h"

#include "base/alloc.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static bool is_made_on_use(const struct platform *platform, const char *name)
{
    size_t letters = 0;
    while (isalpha((unsigned char)name[letters]) || name[letters] == '-')
        letters++;
    for (size_t i = 0; i < platform->n_interfaces; i++)
        if (strlen(platform->interfaces[i].name) == letters &&
            !strncmp(platform->interfaces[i].name, name, letters))
            return platform->interfaces[i].made_on_use;
    return false;
}

static bool has_interface(struct shell *shell, const char *name)
{
    char *heading = alloc_printf("interface %s", name);
    bool found = config_find(&shell_viewed_config(shell)->top, heading) != NULL;
    free(heading);
    return found;
}

// Is the interface there, or may this command make it?
static bool may_name(struct shell *shell, const struct parsed *parsed, const char *name)
{
    if (has_interface(shell, name))
        return true;
    if (parsed->command->store == STORE_NOTHING)
        return false;
    char *parent = alloc_strndup(name, strcspn(name, "."));
    bool fine = is_made_on_use(shell->platform, name) ||
                (strchr(name, '.') && has_interface(shell, parent));
    free(parent);
    return fine;
}

bool shell_check_interfaces(struct shell *shell, const struct parsed *parsed, size_t *bad)
{
    for (size_t i = 0; i < parsed->n_arguments; i++) {
        const struct parsed_argument *argument = &parsed->arguments[i];
        if (argument->kind != WORD_INTERFACE && argument->kind != WORD_SUBINTERFACE)
            continue;
        char *name = alloc_strndup(parsed->text.data + argument->at, argument->len);
        bool fine = may_name(shell, parsed, name);
        free(name);
        if (!fine) {
            *bad = argument->column;
            return false;
        }
    }
    return true;
}

const struct config *shell_viewed_config(struct shell *shell)
{
    if (shell->platform->commits && device_has_candidate(shell->device) &&
        shell->platform->modes[shell->mode].configures)
        return device_candidate(shell->device);
    return device_running(shell->device);
}

struct config *shell_edited_config(struct shell *shell)
{
    return shell->platform->commits ? device_candidate(shell->device) : device_edit(shell->device);
}

static size_t words_len(const char *text, size_t words)
{
    size_t at = 0;
    while (words-- > 0 && text[at]) {
        at += strspn(text + at, " ");
        at += strcspn(text + at, " ");
    }
    return at;
}

static size_t key_len(const struct parsed *parsed)
{
    const struct platform_command *command = parsed->command;
    if (command->many || command->store == STORE_SECTION)
        return parsed->text.len;
    return command->key_words ? words_len(buf_text(&parsed->text), command->key_words)
                              : parsed->literal_len;
}

// The section the line belongs to; made when somebody else removed it meanwhile.
static struct config_line *section_of(struct shell *shell, struct config *config, int mode)
{
    size_t depth = shell->platform->modes[mode].depth;
    struct config_line *in = &config->top;
    const char *path = shell->path ? shell->path : "";
    for (size_t i = 0; i < depth && *path; i++) {
        size_t len = strcspn(path, "\n");
        char *heading = alloc_strndup(path, len);
        in = config_set(config, in, shell->platform, heading, len);
        in->section = true;
        free(heading);
        path += len + (path[len] == '\n');
    }
    return in;
}

static void set_line(struct shell *shell, struct config *config, struct config_line *in,
                     const struct parsed *parsed, const char *text, size_t key)
{
    const struct platform_command *command = parsed->command;
    char *negative =
        alloc_printf("%s %.*s", shell->platform->modes[parsed->mode].negation, (int)key, text);
    config_remove(in, negative);
    free(negative);
    if (command->store != STORE_SECTION && command->no_is_stored && command->no_is_default)
        return; // the default is not shown
    bool fresh = command->store == STORE_SECTION && !config_exact(in, text);
    struct config_line *line = config_set(config, in, shell->platform, text, key);
    if (!fresh)
        return;
    line->section = true;
    for (size_t i = 0; i < command->n_fresh; i++)
        config_set(config, line, shell->platform, command->fresh[i], strlen(command->fresh[i]));
}

static void unset_line(struct shell *shell, struct config *config, struct config_line *in,
                       const struct parsed *parsed, size_t key)
{
    const char *text = buf_text(&parsed->text);
    size_t removed = config_remove(in, text);
    char *words = alloc_strndup(text, key);
    if (!removed && !parsed->command->many)
        config_remove(in, words);
    if (parsed->command->no_is_stored) {
        char *negative =
            alloc_printf("%s %s", shell->platform->modes[parsed->mode].negation, words);
        config_set(config, in, shell->platform, negative, strlen(negative));
        free(negative);
    }
    free(words);
}

bool shell_store(struct shell *shell, const struct parsed *parsed, struct buf *out)
{
    const struct platform_command *command = parsed->command;
    if (command->store == STORE_LEAF) {
        shell_store_leaf(shell, parsed);
        return true;
    }
    struct config *config = shell_edited_config(shell);
    const char *text = buf_text(&parsed->text);
    if (parsed->negated && command->store == STORE_SECTION && config_begins(text, "interface") &&
        parsed->n_arguments && !is_made_on_use(shell->platform, text + strlen("interface ")) &&
        !strchr(text, '.')) {
        buf_puts(out, "% Removal of physical interfaces is not permitted\r\n");
        return false;
    }
    shell_set_mode(shell, parsed->mode);
    struct config_line *in = section_of(shell, config, parsed->mode);
    if (parsed->negated)
        unset_line(shell, config, in, parsed, key_len(parsed));
    else
        set_line(shell, config, in, parsed, text, key_len(parsed));
    return true;
}
