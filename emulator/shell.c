#include "emulator/shell.h"

#include "emulator/scp.h"
#include "emulator/shell_data.h"

#include "base/alloc.h"
#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// It has typed: so long it is not idle.
void shell_touch(struct shell *shell)
{
    atomic_store(&shell->visit.last_ms, device_wall_ms(shell->device));
}

struct shell *shell_new(struct device *device, const struct shell_options *options)
{
    struct shell *shell = alloc_zero(1, sizeof *shell);
    const struct platform *platform = device_platform(device);
    shell->device = device;
    shell->platform = platform;
    shell->user = alloc_strdup(options->user ? options->user : "");
    if (*platform->login_suffix)
        shell->user[strcspn(shell->user, platform->login_suffix)] = '\0';
    shell->peer = alloc_strdup(options->peer ? options->peer : "");
    shell->line_name = alloc_strdup(options->line_name ? options->line_name : "vty 0");
    shell->privilege = options->privilege;
    shell->mode =
        (int16_t)(options->privilege >= 15 ? platform->privileged_mode : platform->start_mode);
    shell->history_depth = HISTORY_DEPTH;
    shell->rows = platform->pager.rows;
    shell->columns = platform->pager.columns;
    shell->reloads = device_reloads(device);
    shell->password_expired = options->password_expired;
    shell_resize(shell, options->columns, options->rows);
    shell->visit = (struct device_visit){.user = shell->user,
                                         .peer = shell->peer,
                                         .line_name = shell->line_name,
                                         .wake = options->wake,
                                         .owner = options->owner};
    shell_touch(shell);
    device_arrive(device, &shell->visit);
    return shell;
}

void shell_leave(struct shell *shell)
{
    device_depart(shell->device, &shell->visit);
}

void shell_free(struct shell *shell)
{
    if (!shell)
        return;
    shell_leave(shell);
    shell_close_dialog(shell);
    shell_drop_entry(shell);
    pager_free(shell->pager);
    scp_free(shell->scp);
    line_fini(&shell->line);
    buf_fini(&shell->pending);
    free(shell->user);
    free(shell->peer);
    free(shell->line_name);
    free(shell->command);
    free(shell->path);
    free(shell->config_session);
    free(shell->others);
    free(shell);
}

void shell_resize(struct shell *shell, uint16_t columns, uint16_t rows)
{
    if (columns)
        shell->columns = columns;
    if (rows)
        shell->rows = rows;
}

// What templates know of the session. The texts made here are freed by shell_release_scope.
void shell_fill_scope(struct shell *shell, const struct parsed *parsed, bool with_config,
                      struct template_scope *scope)
{
    *scope = (struct template_scope){0};
    device_fill_scope(shell->device, with_config, scope);
    if (with_config) {
        scope->config = shell_viewed_config(shell);
        scope->running = device_running(shell->device);
        if (shell->path)
            scope->at = config_section(scope->config, shell->path);
    }
    scope->visit = &shell->visit;
    scope->parsed = parsed;
    const char **variables = scope->variables;
    variables[VARIABLE_HOSTNAME] = shell_hostname(shell);
    variables[VARIABLE_USER] = shell->user;
    variables[VARIABLE_LINE] = shell->line_name;
    variables[VARIABLE_PEER] = shell->peer;
    variables[VARIABLE_PRIVILEGE] =
        alloc_printf("%u", shell->platform->modes[shell->mode].privileged ||
                                   shell->platform->modes[shell->mode].parent >= 0
                               ? 15
                               : shell->privilege);
    variables[VARIABLE_ROWS] = alloc_printf("%u", shell->rows);
    variables[VARIABLE_COLUMNS] = alloc_printf("%u", shell->columns);
    variables[VARIABLE_AMOUNT] = alloc_printf("%zu", shell->amount);
    variables[VARIABLE_TYPED] = shell->command;
    variables[VARIABLE_SECTION] = shell->path;
    variables[VARIABLE_CONFIG_SESSION] = shell->config_session;
    variables[VARIABLE_MODE] = shell->platform->modes[shell->mode].name;
    scope->as_set = shell->as_set;
    struct buf history = {0};
    for (size_t at = 0; at < shell->line.history.len;
         at += strlen(shell->line.history.data + at) + 1)
        buf_printf(&history, "  %s\n", shell->line.history.data + at);
    variables[VARIABLE_HISTORY] = buf_take(&history);
}

static void free_text(const char *text)
{
    free((void *)(uintptr_t)text);
}

void shell_release_scope(struct template_scope *scope)
{
    free_text(scope->variables[VARIABLE_HOSTNAME]);
    free_text(scope->variables[VARIABLE_PRIVILEGE]);
    free_text(scope->variables[VARIABLE_ROWS]);
    free_text(scope->variables[VARIABLE_AMOUNT]);
    free_text(scope->variables[VARIABLE_COLUMNS]);
    free_text(scope->variables[VARIABLE_HISTORY]);
}

void shell_render(struct shell *shell, const struct template *template, struct buf *out)
{
    struct template_scope scope;
    device_lock(shell->device);
    shell_fill_scope(shell, NULL, template_needs_config(template), &scope);
    struct buf text = {0};
    template_render(template, &scope, &text);
    shell_release_scope(&scope);
    device_unlock(shell->device);
    pager_print(buf_text(&text), text.len, out);
    buf_fini(&text);
}

void shell_put_prompt(struct shell *shell, struct buf *out)
{
    if (shell->exec || shell_status(shell) == SHELL_CLOSED)
        return;
    shell_render(shell, shell->platform->modes[shell->mode].prompt, out);
}

void shell_note(struct shell *shell, const struct template *template, const struct parsed *parsed)
{
    struct template_scope scope;
    struct buf text = {0};
    if (shell->quiet)
        return;
    device_lock(shell->device);
    shell_fill_scope(shell, parsed, template_needs_config(template), &scope);
    template_render(template, &scope, &text);
    shell_release_scope(&scope);
    if (text.len)
        device_note(shell->device, buf_text(&text));
    device_unlock(shell->device);
    buf_fini(&text);
}

void shell_set_mode(struct shell *shell, int mode)
{
    bool leaves =
        shell->platform->modes[shell->mode].configures && !shell->platform->modes[mode].configures;
    if (leaves) {
        free(shell->config_session);
        shell->config_session = NULL;
    }
    if (leaves && shell->platform->left)
        shell_note(shell, shell->platform->left, NULL);
    shell->mode = (int16_t)mode;
    size_t depth = shell->platform->modes[mode].depth;
    if (depth == 0) {
        free(shell->others);
        shell->others = NULL;
    }
    if (!shell->path)
        return;
    char *end = shell->path;
    for (size_t i = 0; i < depth && *end; i++) {
        end += strcspn(end, "\n");
        if (*end && i + 1 < depth)
            end++;
    }
    *end = '\0';
    if (!*shell->path) {
        free(shell->path);
        shell->path = NULL;
    }
}

void shell_open_dialog(struct shell *shell, const char *command)
{
    shell_close_dialog(shell);
    shell->dialog = alloc_zero(1, sizeof *shell->dialog);
    shell->dialog->command = alloc_strdup(command);
}

void shell_close_dialog(struct shell *shell)
{
    struct dialog *dialog = shell->dialog;
    if (!dialog)
        return;
    for (size_t i = 0; i < dialog->n_answers; i++)
        free(dialog->answers[i]);
    free(dialog->command);
    buf_fini(&dialog->text);
    free(dialog);
    shell->dialog = NULL;
}

// Banner and first prompt.
void shell_welcome(struct shell *shell, struct buf *out)
{
    if (shell->platform->banner)
        shell_render(shell, shell->platform->banner, out);
    buf_puts(out, "\r\n");
    shell_put_prompt(shell, out);
}

void shell_start(struct shell *shell, struct buf *out)
{
    if (shell->password_expired)
        shell_renew_password(shell, out);
    else
        shell_welcome(shell, out);
}

// The command in hand has been run, its answer is in out.
static enum shell_status end_command(struct shell *shell, struct buf *out)
{
    free(shell->command);
    shell->command = NULL;
    shell->takes_ns = 0;
    if (shell->leaves && shell->platform->modes[shell->mode].configures)
        shell_set_mode(shell, shell->platform->privileged_mode);
    shell->leaves = false;
    shell->answer_end = out->len;
    if (shell->scp) // which takes another file
        return shell_status(shell);
    if (shell->exec)
        shell->status = SHELL_CLOSED;
    if (shell->status == SHELL_READY && !shell->pager && !shell->dialog)
        shell_put_prompt(shell, out);
    shell_feed_pending(shell, out);
    return shell_status(shell);
}

bool shell_is_entering(const struct shell *shell)
{
    return shell->entry != NULL;
}

static enum shell_status go_on_entering(struct shell *shell, struct buf *out)
{
    if (shell_enter_more(shell, out))
        return SHELL_BUSY;
    shell->status = SHELL_READY;
    return end_command(shell, out);
}

enum shell_status shell_resume(struct shell *shell, struct buf *out)
{
    if (shell_status(shell) != SHELL_BUSY)
        return shell_status(shell);
    if (shell->entry)
        return go_on_entering(shell, out);
    shell->status = SHELL_READY;
    // Not at Enter itself: clients take the prompt in it for the end of the answer.
    if (shell->platform->repaint && !shell->exec)
        shell_render(shell, shell->platform->repaint, out);
    size_t answer = out->len;
    if (shell->exec && shell->password_expired)
        shell_refuse_expired(shell, out);
    else
        shell_run(shell, out);
    if (!shell->entry)
        return end_command(shell, out);
    shell_await_entry(shell, out, answer);
    return SHELL_BUSY;
}

enum shell_status shell_status(const struct shell *shell)
{
    if (shell->reloads != device_reloads(shell->device) || atomic_load(&shell->visit.dropped))
        return SHELL_CLOSED;
    return (enum shell_status)shell->status;
}

enum shell_status shell_attend(struct shell *shell, struct buf *out)
{
    device_is_down(shell->device); // restarts it, if that is due
    device_lock(shell->device);
    struct buf messages = shell->visit.messages;
    shell->visit.messages = (struct buf){0};
    device_unlock(shell->device);
    if (messages.len && !shell->exec) {
        buf_puts(out, "\r\n");
        pager_print(messages.data, messages.len, out);
    }
    buf_fini(&messages);
    return shell_status(shell);
}

uint64_t shell_attend_in_ns(const struct shell *shell)
{
    int64_t ms = device_reload_in_ms(shell->device);
    return ms < 0 ? UINT64_MAX : (uint64_t)ms * CLOCK_NS_PER_MS;
}

const char *shell_command(const struct shell *shell, bool *instant)
{
    *instant = shell->instant;
    return shell->command ? shell->command : "";
}

uint64_t shell_command_takes_ns(const struct shell *shell)
{
    return shell->takes_ns;
}

enum shell_status shell_exec(struct shell *shell, const char *command, struct buf *out)
{
    shell->exec = true;
    shell->rows = 0;
    if (shell_start_scp(shell, command, out))
        return shell_status(shell);
    shell->command = alloc_strdup(command);
    shell_weigh(shell);
    shell->status = SHELL_BUSY;
    return SHELL_BUSY;
}

int shell_exit_status(const struct shell *shell)
{
    return shell->exit_status;
}
