#include "emulator/handlers_data.h"

#include "emulator/shell_data.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

enum { BANNER_MAX_BYTES = 8192 };

typedef enum handler_result result;

static const struct mode *mode_of(const struct shell *shell)
{
    return &shell->platform->modes[shell->mode];
}

static result run_exit(struct shell *shell, const struct parsed *parsed, const char *with,
                       struct buf *out)
{
    (void)parsed;
    (void)with;
    (void)out;
    if (shell_leave_path(shell, true))
        return HANDLER_DONE;
    if (mode_of(shell)->parent < 0 || mode_of(shell)->privileged)
        shell->status = SHELL_CLOSED;
    else
        shell_set_mode(shell, mode_of(shell)->parent);
    return HANDLER_DONE;
}

static result run_logout(struct shell *shell, const struct parsed *parsed, const char *with,
                         struct buf *out)
{
    (void)parsed;
    (void)with;
    (void)out;
    shell->status = SHELL_CLOSED;
    return HANDLER_DONE;
}

static result run_end(struct shell *shell, const struct parsed *parsed, const char *with,
                      struct buf *out)
{
    (void)parsed;
    (void)with;
    (void)out;
    shell_set_mode(shell, shell->platform->privileged_mode);
    return HANDLER_DONE;
}

static result run_disable(struct shell *shell, const struct parsed *parsed, const char *with,
                          struct buf *out)
{
    (void)parsed;
    (void)with;
    (void)out;
    shell->privilege = 1;
    shell_set_mode(shell, shell->platform->start_mode);
    return HANDLER_DONE;
}

static result check_secret(struct shell *shell, const char *text, struct buf *out)
{
    if (device_check_enable(shell->device, text)) {
        shell->privilege = 15;
        shell_set_mode(shell, shell->platform->privileged_mode);
        return HANDLER_DONE;
    }
    if (++shell->dialog->tries < ENABLE_TRIES) {
        buf_puts(out, shell->platform->password_prompt);
        return HANDLER_ASKS;
    }
    buf_puts(out, shell->platform->bad_secrets);
    return HANDLER_FAILED;
}

static result run_enable(struct shell *shell, const struct parsed *parsed, const char *with,
                         struct buf *out)
{
    (void)parsed;
    (void)with;
    if (mode_of(shell)->privileged || !*device_settings(shell->device)->enable_secret) {
        shell->privilege = 15;
        shell_set_mode(shell, shell->platform->privileged_mode);
        return HANDLER_DONE;
    }
    shell_open_dialog(shell, "");
    shell->dialog->secret = true;
    shell->dialog->answer = check_secret;
    buf_puts(out, shell->platform->password_prompt);
    return HANDLER_ASKS;
}

static uint16_t number_argument(const struct parsed *parsed, const char *name)
{
    const struct parsed_argument *argument = parsed_argument(parsed, name);
    return argument ? (uint16_t)strtoul(parsed->text.data + argument->at, NULL, 10) : 0;
}

static result run_length(struct shell *shell, const struct parsed *parsed, const char *with,
                         struct buf *out)
{
    (void)out;
    shell->rows = number_argument(parsed, with);
    return HANDLER_DONE;
}

static result run_width(struct shell *shell, const struct parsed *parsed, const char *with,
                        struct buf *out)
{
    (void)out;
    shell->columns = number_argument(parsed, with);
    return HANDLER_DONE;
}

static result run_line_before(struct shell *shell, const struct parsed *parsed, const char *with,
                              struct buf *out)
{
    (void)parsed;
    (void)out;
    shell->no_line_before = strcmp(with, "off") == 0;
    return HANDLER_DONE;
}

static result run_history_size(struct shell *shell, const struct parsed *parsed, const char *with,
                               struct buf *out)
{
    (void)out;
    shell->history_depth = number_argument(parsed, with);
    line_forget(&shell->line, shell->history_depth);
    return HANDLER_DONE;
}

static result run_save(struct shell *shell, const struct parsed *parsed, const char *with,
                       struct buf *out)
{
    (void)parsed;
    (void)with;
    (void)out;
    device_lock(shell->device);
    device_save(shell->device);
    device_unlock(shell->device);
    return HANDLER_DONE;
}

static result run_erase(struct shell *shell, const struct parsed *parsed, const char *with,
                        struct buf *out)
{
    (void)parsed;
    (void)with;
    (void)out;
    device_lock(shell->device);
    device_erase_startup(shell->device);
    device_unlock(shell->device);
    return HANDLER_DONE;
}

static result run_restore(struct shell *shell, const struct parsed *parsed, const char *with,
                          struct buf *out)
{
    (void)parsed;
    (void)with;
    (void)out;
    device_lock(shell->device);
    device_restore(shell->device);
    device_unlock(shell->device);
    return HANDLER_DONE;
}

// with: what stands in front, with {{bytes}} for the length.
static result run_startup(struct shell *shell, const struct parsed *parsed, const char *with,
                          struct buf *out)
{
    (void)parsed;
    const char *place = strstr(with, "{{bytes}}");
    device_lock(shell->device);
    const char *text = device_startup(shell->device);
    buf_add(out, with, place ? (size_t)(place - with) : strlen(with));
    if (place)
        buf_printf(out, "%zu%s", strlen(text), place + strlen("{{bytes}}"));
    buf_puts(out, text);
    device_unlock(shell->device);
    return HANDLER_DONE;
}

// Takes LINE into the configuration, instead of the one that the dialogue's command began before;
// frees it.
static result keep_typed(struct shell *shell, char *line)
{
    device_lock(shell->device);
    struct config *config = shell_edited_config(shell);
    config_set(config, &config->top, shell->platform, line, strlen(shell->dialog->command));
    device_unlock(shell->device);
    free(line);
    return HANDLER_DONE;
}

// `banner motd #...#`: everything up to the second delimiter, over as many lines as it takes.

static result keep_banner(struct shell *shell)
{
    struct dialog *dialog = shell->dialog;
    const char *text = buf_text(&dialog->text);
    const char *end = strstr(text, dialog->answers[0]);
    size_t len = end ? (size_t)(end - text) : dialog->text.len;
    char *line = alloc_printf("%s ^C%.*s^C", dialog->command, (int)len, text);
    return keep_typed(shell, line);
}

static result more_banner(struct shell *shell, const char *text, struct buf *out)
{
    (void)out;
    struct dialog *dialog = shell->dialog;
    buf_printf(&dialog->text, "%s\n", text);
    bool ends = strstr(text, dialog->answers[0]) != NULL;
    return ends || dialog->text.len > BANNER_MAX_BYTES ? keep_banner(shell) : HANDLER_ASKS;
}

static result run_banner(struct shell *shell, const struct parsed *parsed, const char *with,
                         struct buf *out)
{
    const struct parsed_argument *argument = parsed_argument(parsed, with);
    const char *text = parsed->text.data + argument->at;
    size_t width = text[0] == '^' && text[1] == 'C' ? 2 : 1;
    char *command = alloc_strndup(parsed->text.data, argument->at - 1);
    shell_open_dialog(shell, command);
    free(command);
    struct dialog *dialog = shell->dialog;
    dialog->answers[dialog->n_answers++] = alloc_strndup(text, width);
    dialog->answer = more_banner;
    const char *rest = text + width;
    if (strstr(rest, dialog->answers[0])) {
        buf_puts(&dialog->text, rest);
        keep_banner(shell);
        shell_close_dialog(shell);
        return HANDLER_DONE;
    }
    buf_printf(&dialog->text, "%s\n", rest);
    buf_printf(out, "Enter TEXT message.  End with the character '%s'.\n", dialog->answers[0]);
    return HANDLER_ASKS;
}

// `banner motd` and then lines, up to the one that ends it ("EOF"), which is kept with them.

static result more_lines(struct shell *shell, const char *text, struct buf *out)
{
    (void)out;
    struct dialog *dialog = shell->dialog;
    buf_printf(&dialog->text, "\n%s", text);
    if (strcmp(text, dialog->answers[0]) != 0 && dialog->text.len <= BANNER_MAX_BYTES)
        return HANDLER_ASKS;
    char *line = alloc_printf("%s%s", dialog->command, buf_text(&dialog->text));
    return keep_typed(shell, line);
}

static result run_lines(struct shell *shell, const struct parsed *parsed, const char *with,
                        struct buf *out)
{
    shell_open_dialog(shell, buf_text(&parsed->text));
    struct dialog *dialog = shell->dialog;
    dialog->answers[dialog->n_answers++] = alloc_strdup(with);
    dialog->answer = more_lines;
    buf_printf(out, "Enter TEXT message. Type '%s' on its own line to end.\n", with);
    return HANDLER_ASKS;
}

static result run_edit(struct shell *shell, const struct parsed *parsed, const char *with,
                       struct buf *out)
{
    (void)out;
    shell_edit_path(shell, parsed, with);
    return HANDLER_DONE;
}

static result run_remove(struct shell *shell, const struct parsed *parsed, const char *with,
                         struct buf *out)
{
    if (shell_remove_path(shell, parsed, with))
        return HANDLER_DONE;
    buf_puts(out, "warning: statement not found\n");
    return HANDLER_FAILED;
}

static result run_up(struct shell *shell, const struct parsed *parsed, const char *with,
                     struct buf *out)
{
    (void)parsed;
    (void)with;
    (void)out;
    shell_leave_path(shell, false);
    return HANDLER_DONE;
}

static result run_top(struct shell *shell, const struct parsed *parsed, const char *with,
                      struct buf *out)
{
    (void)parsed;
    (void)with;
    (void)out;
    shell_leave_path(shell, true);
    return HANDLER_DONE;
}

static const struct handler handlers_of_sessions[] = {
    {"banner", "the argument with the delimiter and the text", run_banner},
    {"disable", NULL, run_disable},
    {"edit", "the argument with the path", run_edit},
    {"enable", NULL, run_enable},
    {"end", NULL, run_end},
    {"erase", NULL, run_erase},
    {"exit", NULL, run_exit},
    {"history_size", "the argument with the number", run_history_size},
    {"length", "the argument with the number", run_length},
    {"line_before", "on or off: before_answer", run_line_before},
    {"lines", "the line that ends them", run_lines},
    {"logout", NULL, run_logout},
    {"remove", "the argument with the path", run_remove},
    {"restore", NULL, run_restore},
    {"save", NULL, run_save},
    {"startup", "what stands in front, with {{bytes}}", run_startup},
    {"top", NULL, run_top},
    {"up", NULL, run_up},
    {"width", "the argument with the number", run_width},
    {0},
};

static const struct handler *const tables[] = {
    handlers_of_sessions,        handlers_of_files,   handlers_of_devices,
    handlers_of_config_sessions, handlers_of_history,
};
enum { TABLES = sizeof tables / sizeof *tables };

const struct handler *handler_find(const char *name)
{
    for (size_t t = 0; t < TABLES; t++)
        for (const struct handler *handler = tables[t]; handler->name; handler++)
            if (!strcmp(handler->name, name))
                return handler;
    return NULL;
}

const char *handler_name(size_t i)
{
    for (size_t t = 0; t < TABLES; t++)
        for (const struct handler *handler = tables[t]; handler->name; handler++)
            if (i-- == 0)
                return handler->name;
    return NULL;
}
