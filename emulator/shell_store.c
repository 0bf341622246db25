// Lines of configuration: what a command with `store` does to the device.
#include "emulator/shell_data.h"

#include "base/alloc.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

bool shell_is_made_on_use(const struct platform *platform, const char *name)
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

bool shell_has_interface(struct shell *shell, const char *name)
{
    char *heading = alloc_printf("interface %s", name);
    bool found = config_find(&shell_viewed_config(shell)->top, heading) != NULL;
    free(heading);
    return found;
}

// Is the interface there, or may this command make it?
static bool may_name(struct shell *shell, const struct parsed *parsed, const char *name)
{
    if (shell_has_interface(shell, name))
        return true;
    if (parsed->command->store == STORE_NOTHING)
        return false;
    char *parent = alloc_strndup(name, strcspn(name, "."));
    bool fine = shell_is_made_on_use(shell->platform, name) ||
                (strchr(name, '.') && shell_has_interface(shell, parent));
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
    return shell_check_range(shell, parsed, bad);
}

static struct config *session_config(struct shell *shell)
{
    return shell->config_session ? device_session(shell->device, shell->config_session) : NULL;
}

const struct config *shell_viewed_config(struct shell *shell)
{
    struct config *session = session_config(shell);
    if (session)
        return session;
    if (shell->platform->commits && device_has_candidate(shell->device) &&
        shell->platform->modes[shell->mode].configures)
        return device_candidate(shell->device);
    return device_running(shell->device);
}

struct config *shell_edited_config(struct shell *shell)
{
    struct config *session = session_config(shell);
    if (session)
        return session;
    return shell->platform->commits ? device_candidate(shell->device) : device_edit(shell->device);
}

size_t shell_words_len(const char *text, size_t words)
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
    return command->key_words ? shell_words_len(buf_text(&parsed->text), command->key_words)
                              : parsed->literal_len;
}

// The section the line belongs to; made when somebody else removed it meanwhile.
static struct config_line *section_of(struct shell *shell, struct config *config, const char *path,
                                      int mode)
{
    size_t depth = shell->platform->modes[mode].depth;
    struct config_line *in = &config->top;
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

struct config_line *shell_make_section(struct shell *shell, struct config *config,
                                       struct config_line *in, const char *heading,
                                       const struct platform_command *command)
{
    struct config_line *line = config_exact(in, heading);
    if (line)
        return line;
    line = config_set(config, in, shell->platform, heading, strlen(heading));
    line->section = true;
    for (size_t i = 0; i < command->n_fresh; i++)
        config_set(config, line, shell->platform, command->fresh[i], strlen(command->fresh[i]));
    return line;
}

// Parts of a line: "privilege 15" and "secret ..." of a user.

static bool is_listed(const char *words, const char *word, size_t len)
{
    while (*words) {
        size_t has = strcspn(words, " ");
        if (has == len && !strncmp(words, word, len))
            return true;
        words += has;
        words += strspn(words, " ");
    }
    return false;
}

// The number of the part that a word begins; n_parts for none.
static size_t part_of(const struct platform_command *command, const char *word, size_t len)
{
    size_t i = 0;
    while (i < command->n_parts && !is_listed(command->parts[i], word, len))
        i++;
    return i;
}

// Appends a part as it stands in the line, if it does; tells whether it did.
static bool put_part(const struct platform_command *command, size_t part, const char *rest,
                     struct buf *out)
{
    size_t now = command->n_parts;
    bool any = false;
    while (*rest) {
        size_t len = strcspn(rest, " ");
        size_t begins = part_of(command, rest, len);
        now = begins < command->n_parts ? begins : now;
        if (now == part) {
            buf_putc(out, ' ');
            buf_add(out, rest, len);
            any = true;
        }
        rest += len;
        rest += strspn(rest, " ");
    }
    return any;
}

// The line with those parts of the one it replaces that it says nothing of; to be freed.
static char *with_old_parts(const struct platform_command *command, const struct config_line *in,
                            const char *text, size_t key)
{
    char *words = alloc_strndup(text, key);
    const struct config_line *old = config_find(in, words);
    struct buf line = {0};
    buf_puts(&line, words);
    for (size_t i = 0; i < command->n_parts; i++)
        if (!put_part(command, i, text + key + strspn(text + key, " "), &line) && old)
            put_part(command, i, old->text + key + strspn(old->text + key, " "), &line);
    free(words);
    return buf_take(&line);
}

static void set_line(struct shell *shell, struct config *config, struct config_line *in,
                     const struct parsed *parsed, const char *text, size_t key)
{
    const struct platform_command *command = parsed->command;
    char *negative =
        alloc_printf("%s %.*s", shell->platform->modes[parsed->mode].negation, (int)key, text);
    config_remove(in, negative);
    free(negative);
    if (command->no_is_default)
        return; // the default is not shown
    char *line = command->n_parts ? with_old_parts(command, in, text, key) : alloc_strdup(text);
    config_set(config, in, shell->platform, line, key);
    free(line);
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

// An entry of an access list: "15 permit ip any any", "permit ip any any".
static bool store_entry(struct config_line *in, const struct parsed *parsed, struct buf *out)
{
    const struct parsed_argument *number = parsed_argument(parsed, "sequence");
    const char *text = buf_text(&parsed->text);
    uint32_t sequence = number ? (uint32_t)strtoul(text + number->at, NULL, 10) : 0;
    if (number)
        text += number->at + number->len + strspn(text + number->at + number->len, " ");
    if (parsed->negated) {
        if (number)
            config_remove_numbered(in, sequence);
        else
            config_remove(in, text);
        return true;
    }
    if (config_add_numbered(in, text, sequence))
        return true;
    buf_puts(out, "% Duplicate sequence number\r\n%Failed to add ace to access-list\r\n");
    return false;
}

static bool store_in(struct shell *shell, struct config *config, const char *path,
                     const struct parsed *parsed, struct buf *out)
{
    struct config_line *in = section_of(shell, config, path, parsed->mode);
    shell_add_effort(shell, 1, in->n_lines, parsed->negated);
    const char *text = buf_text(&parsed->text);
    const struct platform_command *command = parsed->command;
    if (command->store == STORE_SEQUENCE)
        return store_entry(in, parsed, out);
    // What goes without saying is what `default` brings back.
    bool negated = parsed->negated && !(parsed->restored && command->no_is_default);
    if (command->store == STORE_SECTION && parsed->restored) {
        config_remove(in, text);
        shell_make_section(shell, config, in, text, command);
    } else if (negated)
        unset_line(shell, config, in, parsed, key_len(parsed));
    else if (command->store == STORE_SECTION)
        shell_make_section(shell, config, in, text, command);
    else
        set_line(shell, config, in, parsed, text, key_len(parsed));
    return true;
}

// Into the sections beside the one of the path.
static bool store_in_others(struct shell *shell, struct config *config, const struct parsed *parsed,
                            struct buf *out)
{
    const char *others = shell->others ? shell->others : "";
    bool stored = true;
    while (*others && stored) {
        size_t len = strcspn(others, "\n");
        char *path = alloc_strndup(others, len);
        stored = store_in(shell, config, path, parsed, out);
        free(path);
        others += len + (others[len] == '\n');
    }
    return stored;
}

static bool is_port(const struct shell *shell, const struct parsed *parsed)
{
    const char *text = buf_text(&parsed->text);
    return parsed->command->store == STORE_SECTION && config_begins(text, "interface") &&
           parsed->n_arguments &&
           !shell_is_made_on_use(shell->platform, text + strlen("interface ")) &&
           !strchr(text, '.');
}

bool shell_store(struct shell *shell, const struct parsed *parsed, struct buf *out)
{
    if (parsed->command->store == STORE_LEAF) {
        shell_store_leaf(shell, parsed);
        return true;
    }
    struct config *config = shell_edited_config(shell);
    if (parsed->negated && !parsed->restored && is_port(shell, parsed)) {
        buf_puts(out, "% Removal of physical interfaces is not permitted\r\n");
        return false;
    }
    shell_set_mode(shell, parsed->mode);
    if (parsed->command->store == STORE_RANGE)
        shell_store_range(shell, parsed);
    else if (parsed->command->store == STORE_LINES)
        shell_store_lines(shell, parsed);
    else
        return store_in(shell, config, shell->path ? shell->path : "", parsed, out) &&
               store_in_others(shell, config, parsed, out);
    return true;
}
