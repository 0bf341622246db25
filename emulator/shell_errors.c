// What a device says to a line it does not understand.
#include "emulator/shell_data.h"

#include <string.h>

// Where in a line an error is.
struct mistake {
    const char *line; // without leading spaces
    size_t word, len; // of the bad word in it
    size_t token;     // how many words are before it
};

static struct mistake find_mistake(const char *line, size_t bad_at)
{
    size_t blank = strspn(line, " \t");
    struct mistake mistake = {.line = line + blank};
    size_t at = bad_at > blank ? bad_at - blank : 0;
    size_t word = 0;
    for (;;) {
        size_t end = word + strcspn(mistake.line + word, " \t");
        if (at <= end || !mistake.line[end]) {
            mistake.word = word;
            mistake.len = end - word;
            return mistake;
        }
        word = end + strspn(mistake.line + end, " \t");
        mistake.token++;
    }
}

// An error text with {{line}}, {{word}} (the bad one), {{token}} (its number, from 0) and
// {{column}} (its place, from 1).
static void put_error_text(const char *text, const char *line, size_t bad_at, struct buf *out)
{
    struct mistake mistake = find_mistake(line, bad_at);
    for (const char *place = strstr(text, "{{"); place; place = strstr(text, "{{")) {
        pager_print(text, (size_t)(place - text), out);
        const char *end = strstr(place, "}}");
        if (!strncmp(place, "{{line", 6))
            buf_puts(out, mistake.line);
        else if (!strncmp(place, "{{word", 6))
            buf_add(out, mistake.line + mistake.word, mistake.len);
        else if (!strncmp(place, "{{token", 7))
            buf_printf(out, "%zu", mistake.token);
        else
            buf_printf(out, "%zu", mistake.word + 1);
        text = end ? end + 2 : place + strlen(place);
    }
    pager_print(text, strlen(text), out);
}

// The caret stands under the first bad character of the line as it is on the screen, behind the
// prompt.
static void put_caret(struct shell *shell, size_t bad_at, struct buf *out)
{
    struct buf prompt = {0};
    shell_put_prompt(shell, &prompt);
    const char *text = buf_text(&prompt);
    size_t start = strlen(text); // of the prompt's last line
    while (start > 0 && text[start - 1] != '\n' && text[start - 1] != '\r')
        start--;
    bad_at -= bad_at >= shell->inserted ? shell->inserted : 0;
    size_t column = strlen(text) - start + bad_at;
    buf_fini(&prompt);
    for (size_t i = 0; i < column; i++)
        buf_putc(out, ' ');
    buf_puts(out, "^\r\n");
}

// Is it a lone word that could be a host's name; or, where the caret is always shown, a wrong first
// word?
static bool is_unknown(const struct shell *shell, const char *line, const struct parsed *parsed)
{
    const struct platform *platform = shell->platform;
    if (!*platform->errors.unknown)
        return false;
    if (platform->errors.caret == CARET_ALWAYS)
        return *line && find_mistake(line, parsed->bad_at).token == 0;
    return parsed->n_words == 1 && !platform->modes[shell->mode].configures;
}

void shell_put_error(struct shell *shell, const char *line, const struct parsed *parsed,
                     struct buf *out)
{
    const struct platform *platform = shell->platform;
    shell->exit_status = 1;
    const char *text = NULL;
    bool caret = platform->errors.caret == CARET_ALWAYS;
    switch (parsed->result) {
    case PARSE_INVALID:
        text = platform->errors.invalid;
        if (is_unknown(shell, line, parsed))
            text = platform->errors.unknown;
        else
            caret = platform->errors.caret != CARET_NEVER;
        break;
    case PARSE_INCOMPLETE:
        text = platform->errors.incomplete;
        break;
    case PARSE_AMBIGUOUS:
        text = platform->errors.ambiguous;
        break;
    case PARSE_OK:
    case PARSE_EMPTY:
        return;
    }
    if (caret)
        put_caret(shell, parsed->bad_at, out);
    put_error_text(text, line, parsed->bad_at, out);
}
