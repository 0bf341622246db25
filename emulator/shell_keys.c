// What is typed: keys become lines, lines become commands or answers, for the pager and for
// questions too.
#include "emulator/shell.h"

#include "emulator/shell_data.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

enum { PENDING_MAX = 64 * 1024 }; // type-ahead beyond that is dropped

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
void shell_await_entry(struct shell *shell, struct buf *out, size_t answer)
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
        shell_await_entry(shell, out, answer);
    else if (renewing && !shell->password_expired)
        shell_welcome(shell, out);
    else if (!shell->dialog && !shell->pager && shell->status == SHELL_READY)
        shell_put_prompt(shell, out);
}

// The line as `?` and TAB see it: with the path put in that is being edited, once its first word is
// there.
static char *line_to_help(struct shell *shell)
{
    const char *text = buf_text(&shell->line.text);
    size_t blank = strspn(text, " ");
    return text[blank + strcspn(text + blank, " ")] ? shell_full_line(shell, text)
                                                    : alloc_strdup(text);
}

static void show_help(struct shell *shell, struct buf *out)
{
    struct buf text = {0};
    char *line = line_to_help(shell);
    buf_puts(out, "?\r\n");
    parser_help(shell->platform, shell->mode, line, &text);
    free(line);
    pager_print(buf_text(&text), text.len, out);
    buf_fini(&text);
    buf_puts(out, "\r\n");
    shell_put_prompt(shell, out);
    line_paint(&shell->line, out);
}

static void complete_word(struct shell *shell, struct buf *out)
{
    struct buf added = {0};
    char *line = line_to_help(shell);
    buf_puts(out, "\r\n");
    shell_put_prompt(shell, out);
    line_paint(&shell->line, out);
    if (shell->line.cursor == shell->line.text.len &&
        parser_complete(shell->platform, shell->mode, line, &added))
        line_insert(&shell->line, buf_text(&added), out);
    free(line);
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
    shell_touch(shell);
    if (shell->scp && shell_status(shell) == SHELL_READY)
        shell_feed_scp(shell, bytes, len, out);
    size_t fed = shell->exec ? len : feed_all(shell, bytes, len, out);
    if (shell->status == SHELL_BUSY && shell->pending.len + (len - fed) <= PENDING_MAX)
        buf_add(&shell->pending, (const char *)bytes + fed, len - fed);
    return shell_status(shell);
}

// Goes on with what was typed meanwhile.
void shell_feed_pending(struct shell *shell, struct buf *out)
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
