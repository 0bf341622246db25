#include "client/dialog.h"

#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { QUESTIONS_MAX = 8, PROMPT_MAX = 80, ESCAPE_BEGUN = 1, ESCAPE_CSI = 2 };

// How the answer to a wrong command begins, each at the start of a line.
static const char *const error_texts[] = {
    "% Invalid",
    "% Incomplete",
    "% Ambiguous",
    "% Unknown command",
    "% Bad",
    "% Authorization",
    "% Access denied",
    "Command authorization failed",
    "% Error",
    "Error:",
    "syntax error",
    "unknown command",
    "bad command name",
    "expected end of command",
};

static const char *const refusals[] = {
    "% Login invalid", "% Authentication failed", "% Bad passwords",  "% Bad password",
    "Login incorrect", "Permission denied",       "Error: Failed to", "Authentication failed",
    "% Access denied", "% Login failed",
};

// Commands after which the prompt may carry another name. Junos and IOS XR take it at the commit.
static const char *const renaming[] = {"hostname ",
                                       "switchname ",
                                       "sysname ",
                                       "commit",
                                       "system-name ",
                                       "set system host-name ",
                                       "/system identity set "};

static bool begins_with_any(const char *line, const char *const *texts, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (!strncasecmp(line, texts[i], strlen(texts[i])))
            return true;
    return false;
}

static bool ends_with(const char *line, size_t len, const char *end)
{
    size_t end_len = strlen(end);
    return len >= end_len && !strncasecmp(line + len - end_len, end, end_len);
}

void dialog_init(struct dialog *dialog, const struct dialog_script *script, bool in_band)
{
    memset(dialog, 0, sizeof *dialog);
    dialog->script = script;
    dialog->state = in_band ? DIALOG_LOGIN : DIALOG_PROMPT;
    dialog->echo = dialog->expected_echo = "";
}

static void clear_line(struct dialog *dialog)
{
    dialog->line_len = 0;
    dialog->line[0] = '\0';
    dialog->carriage = false;
}

static void send_line(struct dialog *dialog, const char *text, const char *suffix, struct buf *out)
{
    clear_line(dialog);
    buf_puts(out, text);
    buf_puts(out, suffix);
    buf_puts(out, dialog->script->newline);
}

// The line without the blanks at its end. NX-OS, Junos and MikroTik put one after the prompt.
static size_t trimmed_len(const struct dialog *dialog)
{
    size_t len = dialog->line_len;
    while (len && dialog->line[len - 1] == ' ')
        len--;
    return len;
}

// Where the host's name begins: after the bracket of Huawei's <R1>, [*R1] and MikroTik's [user@R1].
static const char *prompt_name(const char *line)
{
    line += *line == '<' || *line == '[';
    return line + (*line == '*' || *line == '~');
}

static bool looks_like_prompt(const struct dialog *dialog)
{
    size_t len = trimmed_len(dialog);
    if (len < 2 || len > PROMPT_MAX)
        return false;
    const char *line = dialog->line;
    char last = line[len - 1];
    if (!strchr(">#$%]", last) || (last == ']' && *line != '['))
        return false;
    const char *name = prompt_name(line);
    if (!isalnum((unsigned char)*name))
        return false;
    for (size_t i = 0; i + 1 < len; i++) {
        if (line[i] == ' ' && *line == '[')
            continue; // MikroTik: "[admin@R1] /ip> "
        if (!isalnum((unsigned char)line[i]) && !strchr("_-.:/@()[]<~*+", line[i]))
            return false;
    }
    return true;
}

static void learn_name(struct dialog *dialog)
{
    const char *name = prompt_name(dialog->line);
    size_t len = strcspn(name, ">#]$%( ");
    if (len > sizeof dialog->name - 1)
        len = sizeof dialog->name - 1;
    memcpy(dialog->name, name, len);
    dialog->name[len] = '\0';
}

static bool is_prompt(const struct dialog *dialog)
{
    return looks_like_prompt(dialog) &&
           (dialog->relearn ||
            !strncmp(prompt_name(dialog->line), dialog->name, strlen(dialog->name)));
}

static bool asks_for_password(const struct dialog *dialog)
{
    size_t len = trimmed_len(dialog);
    return ends_with(dialog->line, len, "password:") || ends_with(dialog->line, len, "password>");
}

static bool asks_for_user(const struct dialog *dialog)
{
    size_t len = trimmed_len(dialog);
    return ends_with(dialog->line, len, "username:") || ends_with(dialog->line, len, "login:") ||
           ends_with(dialog->line, len, "user name:") || ends_with(dialog->line, len, "user:");
}

// "[confirm]", "Destination filename [startup-config]?", "Proceed? [yes/no]:": Enter takes what
// the device offers.
static bool asks_something(const struct dialog *dialog)
{
    size_t len = trimmed_len(dialog);
    return ends_with(dialog->line, len, "[confirm]") || ends_with(dialog->line, len, "]?") ||
           ends_with(dialog->line, len, "]:") || ends_with(dialog->line, len, "[yes,no] (yes)");
}

static enum dialog_event at_login(struct dialog *dialog, struct buf *out)
{
    const struct dialog_script *script = dialog->script;
    if (asks_for_user(dialog)) {
        if (dialog->sent_user)
            return DIALOG_REFUSED;
        dialog->asked = dialog->sent_user = true;
        send_line(dialog, script->username, script->platform.user_suffix, out);
    } else if (asks_for_password(dialog)) {
        if (dialog->sent_password)
            return DIALOG_REFUSED;
        dialog->asked = dialog->sent_user = dialog->sent_password = true;
        send_line(dialog, script->password, "", out);
    } else if (looks_like_prompt(dialog)) { // no login is asked, or it is over
        dialog->asked = true;
        learn_name(dialog);
        dialog->state = DIALOG_PAUSED;
        return DIALOG_READY;
    }
    return DIALOG_MORE;
}

static enum dialog_event at_prompt(struct dialog *dialog, struct buf *out)
{
    if (asks_for_password(dialog)) // SSH took it already: it has expired
        return DIALOG_REFUSED;
    if (looks_like_prompt(dialog)) {
        learn_name(dialog);
        dialog->state = DIALOG_PAUSED;
        return DIALOG_READY;
    }
    if (ends_with(dialog->line, trimmed_len(dialog), "[Y/N]:") &&
        dialog->questions++ < QUESTIONS_MAX)
        send_line(dialog, "N", "", out); // Huawei: "the password needs to be changed. Change now?"
    return DIALOG_MORE;
}

static enum dialog_event at_answer(struct dialog *dialog, struct buf *out)
{
    if (*dialog->expected_echo)
        return DIALOG_MORE;
    if (is_prompt(dialog)) {
        // Seen again because the first prompt may have been a line of a banner cut short.
        if (dialog->relearn)
            learn_name(dialog);
        dialog->relearn = false;
        dialog->state = DIALOG_PAUSED;
        if (dialog->command > 0)
            return DIALOG_ANSWERED;
        dialog_next(dialog, out);
    } else if (asks_for_password(dialog)) {
        if (dialog->sent_secret)
            return DIALOG_ERROR;
        dialog->sent_secret = true;
        send_line(dialog, dialog->script->enable_secret, "", out);
    } else if (asks_something(dialog) && dialog->questions++ < QUESTIONS_MAX) {
        send_line(dialog, "", "", out);
    }
    return DIALOG_MORE;
}

static enum dialog_event at_logout(struct dialog *dialog, struct buf *out)
{
    if (*dialog->expected_echo || dialog->questions >= QUESTIONS_MAX)
        return DIALOG_MORE;
    if (is_prompt(dialog)) { // it left a mode only: once more
        dialog->questions++;
        send_line(dialog, dialog->script->platform.logout, "", out);
        dialog->expected_echo = dialog->echo;
    } else if (asks_something(dialog)) {
        dialog->questions++;
        send_line(dialog, "", "", out);
    }
    return DIALOG_MORE;
}

// Letters come back in the order they were typed, with blanks and control bytes where the device
// wraps its line.
static void match_echo(struct dialog *dialog, char c)
{
    if (!*dialog->expected_echo || isspace((unsigned char)c))
        return;
    if (c != *dialog->expected_echo)
        dialog->expected_echo = dialog->echo;
    if (c == *dialog->expected_echo)
        dialog->expected_echo++;
    while (isspace((unsigned char)*dialog->expected_echo))
        dialog->expected_echo++;
    if (!*dialog->expected_echo)
        clear_line(dialog);
}

// True inside and at the end of an escape sequence (ECMA-48: ESC [ parameters, a final byte @ to
// ~).
static bool skip_escape(struct dialog *dialog, unsigned char c)
{
    if (dialog->escape == ESCAPE_BEGUN) {
        dialog->escape = c == '[' ? ESCAPE_CSI : 0;
        return true;
    }
    if (dialog->escape == ESCAPE_CSI) {
        if (c >= '@' && c <= '~')
            dialog->escape = 0;
        return true;
    }
    if (c == 0x1b)
        dialog->escape = ESCAPE_BEGUN;
    return c == 0x1b;
}

static void add_to_line(struct dialog *dialog, char c)
{
    if (dialog->carriage)
        clear_line(dialog);
    if (dialog->line_len < sizeof dialog->line - 1) {
        dialog->line[dialog->line_len] = c;
        dialog->line[dialog->line_len + 1] = '\0';
    }
    if (dialog->line_len < SIZE_MAX)
        dialog->line_len++;
    match_echo(dialog, c);
}

// A whole line: does it say that something went wrong? The line stays for the caller to read.
static enum dialog_event end_line(struct dialog *dialog)
{
    enum dialog_event event = DIALOG_MORE;
    if (dialog->state == DIALOG_COMMAND && !*dialog->expected_echo &&
        begins_with_any(dialog->line, error_texts, sizeof error_texts / sizeof *error_texts))
        event = DIALOG_ERROR;
    if (dialog->state == DIALOG_LOGIN && dialog->sent_password &&
        begins_with_any(dialog->line, refusals, sizeof refusals / sizeof *refusals))
        event = DIALOG_REFUSED;
    if (event == DIALOG_MORE)
        clear_line(dialog);
    return event;
}

static enum dialog_event at_pause_of_device(struct dialog *dialog, struct buf *out)
{
    if (dialog->line_len >= sizeof dialog->line)
        return DIALOG_MORE;
    switch (dialog->state) {
    case DIALOG_LOGIN:
        return at_login(dialog, out);
    case DIALOG_PROMPT:
        return at_prompt(dialog, out);
    case DIALOG_COMMAND:
        return at_answer(dialog, out);
    case DIALOG_LOGOUT:
        return at_logout(dialog, out);
    case DIALOG_PAUSED:
        break;
    }
    return DIALOG_MORE;
}

enum dialog_event dialog_input(struct dialog *dialog, const char *bytes, size_t len,
                               struct buf *out)
{
    for (size_t i = 0; i < len; i++) {
        char c = bytes[i];
        if (skip_escape(dialog, (unsigned char)c))
            continue;
        if (c == '\n') {
            enum dialog_event event = end_line(dialog);
            if (event != DIALOG_MORE)
                return event;
        } else if (c == '\r') {
            dialog->carriage = true;
        } else if ((unsigned char)c >= 0x20 && c != 0x7f) {
            add_to_line(dialog, c);
        }
    }
    return at_pause_of_device(dialog, out);
}

static void send_command(struct dialog *dialog, const char *command, struct buf *out)
{
    send_line(dialog, command, "", out);
    dialog->echo = command + strspn(command, " \t");
    dialog->expected_echo = dialog->echo;
    dialog->questions = 0;
    dialog->sent_secret = false;
}

void dialog_next(struct dialog *dialog, struct buf *out)
{
    const struct dialog_script *script = dialog->script;
    assert(dialog->state == DIALOG_PAUSED);
    bool set_up = dialog->set_up;
    dialog->set_up = true;
    dialog->state = DIALOG_COMMAND;
    if (!set_up && script->platform.no_paging) {
        send_command(dialog, script->platform.no_paging, out);
        dialog->relearn = true;
    } else if (dialog->command < script->n_commands) {
        const char *command = script->commands[dialog->command++];
        send_command(dialog, command, out);
        dialog->relearn =
            begins_with_any(dialog->echo, renaming, sizeof renaming / sizeof *renaming);
    } else {
        send_command(dialog, script->platform.logout, out);
        dialog->state = DIALOG_LOGOUT;
    }
}
