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

// One filter; false when it is none or its expression is bad: out says so then.
static bool apply_pipe(struct shell *shell, const char *line, size_t at, size_t len,
                       struct buf *output, struct buf *out)
{
    const struct platform *platform = shell->platform;
    const char *text = line + at;
    size_t start = strspn(text, " \t");
    size_t word = start < len ? strcspn(text + start, " \t|") : 0;
    const struct pipe_word *pipe = find_pipe(platform, text + start, word);
    if (!pipe) {
        struct parsed bad = {.result = start >= len ? PARSE_INCOMPLETE : PARSE_INVALID,
                             .bad_at = at + start,
                             .n_words = 2};
        shell_put_error(shell, line, &bad, out);
        return false;
    }
    size_t rest = start + word + strspn(text + start + word, " \t");
    char *expression = pipe_expression(text + rest, rest < len ? len - rest : 0);
    if (pipe->kind >= FILTER_REDIRECT) {
        bool kept =
            *expression && shell_write_file(shell, expression, output, pipe->kind == FILTER_APPEND);
        if (!kept)
            put_text(*expression ? "%Error opening file for output\n" : platform->errors.incomplete,
                     out);
        if (pipe->kind != FILTER_TEE)
            buf_clear(output);
        free(expression);
        return kept;
    }
    bool needs = pipe->kind < FILTER_COUNT;
    struct filter *filter = needs && !*expression ? NULL : filter_new(pipe->kind, expression);
    if (filter)
        filter_apply(filter, platform->counted, output);
    else
        put_text(needs && !*expression ? platform->errors.incomplete : platform->errors.bad_regex,
                 out);
    bool good = filter != NULL;
    shell->exit_status = good ? shell->exit_status : 1;
    filter_free(filter);
    free(expression);
    return good;
}

bool shell_has_pipe(const struct shell *shell, const char *line, size_t at, enum filter_kind kind)
{
    while (at && line[at]) {
        size_t start = at + strspn(line + at, " \t");
        const struct pipe_word *pipe =
            find_pipe(shell->platform, line + start, strcspn(line + start, " \t|"));
        if (pipe && pipe->kind == kind)
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
