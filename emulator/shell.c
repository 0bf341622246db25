#include "emulator/shell.h"

#include "emulator/scp.h"
#include "emulator/shell_data.h"

#include "base/alloc.h"
#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PENDING_MAX = 64 * 1024 }; // type-ahead beyond that is dropped

// It has typed: so long it is not idle.
static void touch(struct shell *shell)
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
    touch(shell);
    device_arrive(device, &shell->visit);
    return shell;
}

void shell_free(struct shell *shell)
{
    if (!shell)
        return;
    device_depart(shell->device, &shell->visit);
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
static void welcome(struct shell *shell, struct buf *out)
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
        welcome(shell, out);
}

// Enter on the command line: an empty line is answered at once, a command waits for shell_resume.
static void enter_command(struct shell *shell, struct buf *out)
{
    const char *text = buf_text(&shell->line.text);
    if (!text[strspn(text, " \t")]) {
        line_clear(&shell->line);
        shell_put_prompt(shell, out);
        return;
    }
    line_remember(&shell->line, text, shell->history_depth);
    free(shell->command);
    shell->command = shell_full_line(shell, text);
    line_clear(&shell->line);
    shell_weigh(shell);
    shell->status = SHELL_BUSY;
}

// The command has begun to enter a file: it ends with that, and its answer comes then.
static void await_entry(struct shell *shell, struct buf *out, size_t answer)
{
    shell_hold_answer(shell, out, answer);
    shell->status = SHELL_BUSY;
}

static void enter_answer(struct shell *shell, struct buf *out)
{
    bool renewing = shell->password_expired;
    char *text = alloc_strdup(buf_text(&shell->line.text));
    size_t answer = out->len;
    line_clear(&shell->line);
    shell_answer(shell, text, out);
    free(text);
    if (shell->entry)
        await_entry(shell, out, answer);
    else if (renewing && !shell->password_expired)
        welcome(shell, out);
    else if (!shell->dialog && !shell->pager && shell->status == SHELL_READY)
        shell_put_prompt(shell, out);
}

static void show_help(struct shell *shell, struct buf *out)
{
    struct buf text = {0};
    buf_puts(out, "?\r\n");
    parser_help(shell->platform, shell->mode, buf_text(&shell->line.text), &text);
    pager_print(buf_text(&text), text.len, out);
    buf_fini(&text);
    buf_puts(out, "\r\n");
    shell_put_prompt(shell, out);
    line_paint(&shell->line, out);
}

static void complete_word(struct shell *shell, struct buf *out)
{
    struct buf added = {0};
    buf_puts(out, "\r\n");
    shell_put_prompt(shell, out);
    line_paint(&shell->line, out);
    if (shell->line.cursor == shell->line.text.len &&
        parser_complete(shell->platform, shell->mode, buf_text(&shell->line.text), &added))
        line_insert(&shell->line, buf_text(&added), out);
    buf_fini(&added);
}

// Ctrl-C and Ctrl-Z: the line is forgotten; a configuration mode is left.
static void break_line(struct shell *shell, bool leave, struct buf *out)
{
    bool in_dialog = shell->dialog != NULL;
    if (shell->password_expired) { // nobody gets past this question
        shell->status = SHELL_CLOSED;
        return;
    }
    line_clear(&shell->line);
    shell_close_dialog(shell);
    buf_puts(out, leave && !in_dialog ? "^Z\r\n" : "\r\n");
    if (shell->platform->modes[shell->mode].configures &&
        !shell->platform->modes[shell->mode].privileged && !in_dialog)
        shell_set_mode(shell, shell->platform->privileged_mode);
    shell_put_prompt(shell, out);
}

// Ctrl-Z behind a line of configuration: it is entered, then the mode is left.
static bool enter_and_leave(struct shell *shell, struct buf *out)
{
    const struct mode *mode = &shell->platform->modes[shell->mode];
    const char *text = buf_text(&shell->line.text);
    if (shell->dialog || !mode->configures || mode->privileged || !text[strspn(text, " \t")])
        return false;
    buf_puts(out, "^Z\r\n");
    shell->leaves = true;
    enter_command(shell, out);
    return true;
}

static void edit_event(struct shell *shell, enum line_event event, struct buf *out)
{
    switch (event) {
    case LINE_ENTER:
        if (shell->dialog)
            enter_answer(shell, out);
        else
            enter_command(shell, out);
        break;
    case LINE_HELP:
        if (shell->dialog)
            line_insert(&shell->line, "?", out);
        else
            show_help(shell, out);
        break;
    case LINE_TAB:
        if (!shell->dialog)
            complete_word(shell, out);
        break;
    case LINE_CANCEL:
    case LINE_END:
        if (event == LINE_END && enter_and_leave(shell, out))
            break;
        break_line(shell, event == LINE_END, out);
        break;
    case LINE_LEAVE:
        shell->status = SHELL_CLOSED;
        break;
    case LINE_REDRAW:
        buf_puts(out, "\r\n");
        shell_put_prompt(shell, out);
        line_paint(&shell->line, out);
        break;
    case LINE_NOTHING:
        break;
    }
}

static void feed(struct shell *shell, unsigned char key, struct buf *out)
{
    if (shell->pager) {
        if (!pager_key(shell->pager, key, shell->rows, &shell->platform->pager, out))
            return;
        pager_free(shell->pager);
        shell->pager = NULL;
        shell->line.after_cr = key == '\r';
        shell_put_prompt(shell, out);
        return;
    }
    const struct dialog *dialog = shell->dialog;
    const struct ask *ask =
        dialog && dialog->asking ? &dialog->asking->asks[dialog->n_answers] : NULL;
    if (ask && ask->one_key && key != '\r' && key != '\n') {
        if (key < ' ') // NUL of an earlier Enter
            return;
        char text[2] = {(char)key, '\0'};
        buf_printf(out, "%s\r\n", text);
        shell_answer(shell, text, out);
        if (!shell->dialog && !shell->pager && shell->status == SHELL_READY)
            shell_put_prompt(shell, out);
        return;
    }
    bool echo = !(dialog && dialog->secret);
    edit_event(shell, line_key(&shell->line, key, echo, out), out);
}

// Feeds the bytes until one makes the shell busy; the number fed.
static size_t feed_all(struct shell *shell, const unsigned char *bytes, size_t len, struct buf *out)
{
    size_t at = 0;
    while (at < len && shell_status(shell) == SHELL_READY)
        feed(shell, bytes[at++], out);
    return at;
}

enum shell_status shell_input(struct shell *shell, const void *bytes, size_t len, struct buf *out)
{
    touch(shell);
    if (shell->scp && shell_status(shell) == SHELL_READY)
        shell_feed_scp(shell, bytes, len, out);
    size_t fed = shell->exec ? len : feed_all(shell, bytes, len, out);
    if (shell->status == SHELL_BUSY && shell->pending.len + (len - fed) <= PENDING_MAX)
        buf_add(&shell->pending, (const char *)bytes + fed, len - fed);
    return shell_status(shell);
}

// Goes on with what was typed meanwhile.
static void feed_pending(struct shell *shell, struct buf *out)
{
    struct buf pending = shell->pending;
    shell->pending = (struct buf){0};
    size_t fed = feed_all(shell, (const unsigned char *)buf_text(&pending), pending.len, out);
    buf_drop(&pending, fed);
    if (shell->status == SHELL_BUSY && pending.len)
        shell->pending = pending;
    else
        buf_fini(&pending);
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
    feed_pending(shell, out);
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
    await_entry(shell, out, answer);
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
