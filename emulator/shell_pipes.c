// What stands behind a command's `|`: filters, redirections, other forms of its output.
#include "emulator/shell_data.h"

#include "emulator/filter.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static void put_text(const char *text, struct buf *out)
{
    pager_print(text, strlen(text), out);
}

static const struct pipe_word *find_pipe(const struct platform *platform, const char *word,
                                         size_t len)
{
    const struct pipe_word *found = NULL;
    for (size_t i = 0; i < platform->n_pipes; i++) {
        const struct pipe_word *pipe = &platform->pipes[i];
        if (strlen(pipe->word) >= len && !strncasecmp(pipe->word, word, len)) {
            if (strlen(pipe->word) == len)
                return pipe;
            found = found ? found : pipe;
        }
    }
    return len ? found : NULL;
}

// Where the next pipe begins: at a bar outside of quotes that has a pipe's word behind it. Any
// other belongs to the expression.
static size_t next_bar(const struct platform *platform, const char *text)
{
    bool quoted = false;
    size_t at = 0;
    for (; text[at]; at++) {
        quoted ^= text[at] == '"';
        const char *word = text + at + 1 + strspn(text + at + 1, " \t");
        if (text[at] == '|' && !quoted && find_pipe(platform, word, strcspn(word, " \t|")))
            break;
    }
    return at;
}

static char *pipe_expression(const char *text, size_t len)
{
    while (len && (text[len - 1] == ' ' || text[len - 1] == '\t'))
        len--;
    if (len >= 2 && *text == '"' && text[len - 1] == '"') {
        text++;
        len -= 2;
    }
    return alloc_strndup(text, len);
}

// `| display set`: of the forms a device can display only this one is there.
static bool is_set(const char *text)
{
    size_t len = strcspn(text, " \t|");
    return len && len <= strlen("set") && !strncasecmp(text, "set", len);
}

static bool refuse(struct shell *shell, const char *line, size_t at, enum parse_result why,
                   struct buf *out)
{
    struct parsed bad = {.result = why, .bad_at = at, .n_words = 2};
    shell_put_error(shell, line, &bad, out);
    return false;
}

static bool redirect(struct shell *shell, enum filter_kind kind, const char *url,
                     struct buf *output, struct buf *out)
{
    bool kept = *url && shell_write_file(shell, url, output, kind == FILTER_APPEND);
    if (!kept)
        put_text(*url ? "%Error opening file for output\n" : shell->platform->errors.incomplete,
                 out);
    if (kind != FILTER_TEE)
        buf_clear(output);
    return kept;
}

static bool apply_filter(struct shell *shell, enum filter_kind kind, const char *expression,
                         struct buf *output, struct buf *out)
{
    const struct platform *platform = shell->platform;
    bool lacks = kind < FILTER_COUNT && !*expression;
    struct filter *filter = lacks ? NULL : filter_new(kind, expression);
    if (filter)
        filter_apply(filter, platform->counted, output);
    else
        put_text(lacks ? platform->errors.incomplete : platform->errors.bad_regex, out);
    bool good = filter != NULL;
    shell->exit_status = good ? shell->exit_status : 1;
    filter_free(filter);
    return good;
}

// One pipe; false when it is none or its expression is bad: out says so then.
static bool apply_pipe(struct shell *shell, const char *line, size_t at, size_t len,
                       struct buf *output, struct buf *out)
{
    const char *text = line + at;
    size_t start = strspn(text, " \t");
    size_t word = start < len ? strcspn(text + start, " \t|") : 0;
    const struct pipe_word *pipe = find_pipe(shell->platform, text + start, word);
    if (!pipe)
        return refuse(shell, line, at + start, start < len ? PARSE_INVALID : PARSE_INCOMPLETE, out);
    size_t rest = start + word + strspn(text + start + word, " \t");
    if (pipe->kind == FILTER_DISPLAY_SET && !is_set(text + rest))
        return refuse(shell, line, at + rest, text[rest] ? PARSE_INVALID : PARSE_INCOMPLETE, out);
    char *expression = pipe_expression(text + rest, rest < len ? len - rest : 0);
    bool good = pipe->kind >= FILTER_REDIRECT
                    ? redirect(shell, pipe->kind, expression, output, out)
                    : apply_filter(shell, pipe->kind, expression, output, out);
    free(expression);
    return good;
}

bool shell_has_pipe(const struct shell *shell, const char *line, size_t at, enum filter_kind kind)
{
    while (at && line[at]) {
        size_t start = at + strspn(line + at, " \t");
        size_t word = strcspn(line + start, " \t|");
        const struct pipe_word *pipe = find_pipe(shell->platform, line + start, word);
        size_t rest = start + word + strspn(line + start + word, " \t");
        if (pipe && pipe->kind == kind && (kind != FILTER_DISPLAY_SET || is_set(line + rest)))
            return true;
        at += next_bar(shell->platform, line + at);
        at += line[at] == '|';
    }
    return false;
}

bool shell_apply_pipes(struct shell *shell, const char *line, size_t at, struct buf *output,
                       struct buf *out)
{
    while (line[at]) {
        size_t len =
            shell->platform->pipes_chain ? next_bar(shell->platform, line + at) : strlen(line + at);
        if (!apply_pipe(shell, line, at, len, output, out))
            return false;
        at += len;
        at += line[at] == '|';
    }
    return true;
}
