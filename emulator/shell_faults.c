// What a shell does when the session's fault says so: a password that must be renewed, a prompt of
// another device, log messages between the lines.
#include "emulator/shell_data.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { RENEWAL_TRIES = 3 };

// A new password. It is asked for twice and then forgotten: the device keeps the old one, so that
// the next session meets what its own draw says.

static void ask_new(struct shell *shell, struct buf *out)
{
    buf_clear(&shell->dialog->text);
    buf_puts(out, shell->platform->new_password_prompt);
}

static enum handler_result take_new(struct shell *shell, const char *text, struct buf *out)
{
    struct dialog *dialog = shell->dialog;
    if (!dialog->text.len && *text) {
        buf_puts(&dialog->text, text);
        buf_puts(out, shell->platform->repeat_password_prompt);
        return HANDLER_ASKS;
    }
    if (*text && !strcmp(buf_text(&dialog->text), text)) {
        shell->password_expired = false;
        return HANDLER_DONE;
    }
    buf_puts(out, shell->platform->passwords_differ);
    if (++dialog->tries < RENEWAL_TRIES) {
        ask_new(shell, out);
        return HANDLER_ASKS;
    }
    shell->status = SHELL_CLOSED;
    return HANDLER_FAILED;
}

void shell_renew_password(struct shell *shell, struct buf *out)
{
    shell_open_dialog(shell, "");
    shell->dialog->secret = true;
    shell->dialog->answer = take_new;
    const char *expired = shell->platform->password_expired;
    buf_puts(out, "\r\n");
    pager_print(expired, strlen(expired), out);
    ask_new(shell, out);
}

void shell_refuse_expired(struct shell *shell, struct buf *out)
{
    pager_print(shell->platform->password_expired, strlen(shell->platform->password_expired), out);
    shell->exit_status = 1;
}

// The prompt.

void shell_mistake_prompt(struct shell *shell)
{
    shell->mistaken = true;
}

char *shell_hostname(struct shell *shell)
{
    struct buf name = {0};
    device_put_hostname(shell->device, &name);
    if (!shell->mistaken)
        return buf_take(&name);
    bool is_switch = !strncasecmp(buf_text(&name), "switch", strlen("switch"));
    buf_fini(&name);
    return alloc_strdup(is_switch ? "Router" : "Switch");
}

// The log.

void shell_put_log(struct shell *shell, bool behind_prompt, struct buf *out)
{
    const struct template *lines =
        behind_prompt ? shell->platform->log_behind_prompt : shell->platform->log_in_output;
    if (lines)
        shell_render(shell, lines, out);
}

size_t shell_answer_end(const struct shell *shell)
{
    return shell->answer_end;
}
