// One command from its text to its output.
#include "emulator/shell_data.h"

#include "emulator/filter.h"
#include "emulator/json_text.h"
#include "emulator/routes.h"

#include "base/alloc.h"
#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static void put_text(const char *text, struct buf *out)
{
    pager_print(text, strlen(text), out);
}

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
    put_text(text, out);
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

static void put_error(struct shell *shell, const char *line, const struct parsed *parsed,
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

void shell_weigh(struct shell *shell)
{
    struct parsed parsed = {0};
    parser_parse(shell->platform, shell->mode, shell->command, &parsed);
    const struct platform_command *command = parsed.result == PARSE_OK ? parsed.command : NULL;
    shell->instant = parsed.result == PARSE_EMPTY || (command && command->instant);
    shell->takes_ns = 0;
    if (command && command->takes_ms && !parsed.negated) {
        struct buf text = {0};
        struct template_scope scope;
        device_lock(shell->device);
        shell_fill_scope(shell, &parsed, template_needs_config(command->takes_ms), &scope);
        template_render(command->takes_ms, &scope, &text);
        shell_release_scope(&scope);
        device_unlock(shell->device);
        shell->takes_ns = strtoull(buf_text(&text), NULL, 10) * CLOCK_NS_PER_MS;
        buf_fini(&text);
    }
    parsed_fini(&parsed);
}

// Pipes.

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
        put_error(shell, line, &bad, out);
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

static bool has_pipe(const struct shell *shell, const char *line, size_t at, enum filter_kind kind)
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

static bool apply_pipes(struct shell *shell, const char *line, size_t at, struct buf *output,
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

// Running.

static void render_output(struct shell *shell, const struct template *template,
                          const struct parsed *parsed, struct buf *output)
{
    struct template_scope scope;
    struct template_answer answers[ANSWERS_MAX];
    device_lock(shell->device);
    shell_fill_scope(shell, parsed, template_needs_config(template), &scope);
    if (shell->dialog) {
        for (size_t i = 0; i < shell->dialog->n_answers; i++)
            answers[i] = (struct template_answer){shell->dialog->asking->asks[i].name,
                                                  shell->dialog->answers[i]};
        scope.answers = answers;
        scope.n_answers = shell->dialog->n_answers;
    }
    template_render(template, &scope, output);
    shell_release_scope(&scope);
    device_unlock(shell->device);
}

// What the command has behind `| json`.
static void render_json(struct shell *shell, const struct parsed *parsed, struct buf *output)
{
    const struct template *json = parsed->command->json;
    if (!json) {
        shell->exit_status = 1;
        buf_puts(output, shell->platform->errors.no_json);
        return;
    }
    render_output(shell, json, parsed, output);
    json_text_arrange(output);
}

static void page_out(struct shell *shell, const struct platform_command *command,
                     struct buf *output, struct buf *out)
{
    size_t rows = command->no_pager || shell->exec ? 0 : shell->rows;
    shell->pager = pager_start(output, rows, shell->platform->pager.prompt, out);
}

static void enter_mode(struct shell *shell, const struct parsed *parsed)
{
    const struct platform_command *command = parsed->command;
    if (parsed->done || parsed->negated)
        return;
    if (command->store != STORE_SECTION) {
        shell_set_mode(shell, command->enter);
        return;
    }
    shell_set_mode(shell, parsed->mode);
    free(shell->others);
    shell->others = NULL;
    shell->mode = (int16_t)command->enter;
    char *path = alloc_printf("%s%s%s", shell->path ? shell->path : "", shell->path ? "\n" : "",
                              buf_text(&parsed->text));
    free(shell->path);
    shell->path = path;
}

static bool store_line(struct shell *shell, const char *line, struct parsed *parsed,
                       struct buf *out)
{
    device_lock(shell->device);
    size_t bad = 0;
    bool good = shell_check_interfaces(shell, parsed, &bad);
    bool stored =
        good && (parsed->command->store == STORE_NOTHING || shell_store(shell, parsed, out));
    device_unlock(shell->device);
    if (!good) {
        struct parsed error = {.result = PARSE_INVALID, .bad_at = bad, .n_words = 2};
        put_error(shell, line, &error, out);
    }
    return stored;
}

// Does the device not do it? Then out says why.
static bool refuses(struct shell *shell, const struct parsed *parsed, struct buf *out)
{
    struct buf text = {0};
    if (!parsed->command->refuse || parsed->negated)
        return false;
    if (template_needs_config(parsed->command->refuse)) {
        device_lock(shell->device);
        shell->effort += shell_viewed_config(shell)->top.n_lines;
        device_unlock(shell->device);
    }
    render_output(shell, parsed->command->refuse, parsed, &text);
    bool refused = text.len > 0;
    pager_print(buf_text(&text), text.len, out);
    buf_fini(&text);
    if (refused)
        shell->exit_status = 1;
    return refused;
}

// What stands in front of every answer is not the answer's: no pipe sees it.
static void put_before_answer(struct shell *shell, const struct parsed *parsed, struct buf *out)
{
    struct buf text = {0};
    if (!shell->platform->before_answer || shell->no_line_before ||
        shell->platform->modes[shell->mode].configures)
        return;
    render_output(shell, shell->platform->before_answer, parsed, &text);
    pager_print(buf_text(&text), text.len, out);
    buf_fini(&text);
}

// Everything but the questions. out takes errors; the output itself goes through the filters and
// the pager.
static void execute(struct shell *shell, const char *line, struct parsed *parsed, struct buf *out)
{
    const struct platform_command *command = parsed->command;
    struct buf output = {0};
    if (refuses(shell, parsed, out) || !store_line(shell, line, parsed, out))
        return;
    enum handler_result result = HANDLER_DONE;
    if (command->handler && !parsed->negated)
        result = command->handler->run(shell, parsed, command->with, &output);
    if (result == HANDLER_DONE && command->enter >= 0)
        enter_mode(shell, parsed);
    if (result == HANDLER_DONE && command->output && !parsed->negated) {
        put_before_answer(shell, parsed, out);
        shell->as_set = has_pipe(shell, line, parsed->pipe_at, FILTER_DISPLAY_SET);
        if (has_pipe(shell, line, parsed->pipe_at, FILTER_JSON))
            render_json(shell, parsed, &output);
        else
            render_output(shell, command->output, parsed, &output);
        if (command->routes)
            routes_arrange(&output);
        shell->as_set = false;
    }
    if (parsed->restored && command->reset)
        render_output(shell, command->reset, parsed, &output);
    if (result == HANDLER_FAILED)
        shell->exit_status = 1;
    else if (command->log)
        shell_note(shell, command->log, parsed);
    if (!parsed->pipe_at || apply_pipes(shell, line, parsed->pipe_at, &output, out)) {
        if (result == HANDLER_ASKS)
            pager_print(buf_text(&output), output.len, out); // a question is not paged
        else
            page_out(shell, command, &output, out);
    }
    buf_fini(&output);
}

static void ask_next(struct shell *shell, const struct parsed *parsed, struct buf *out)
{
    struct dialog *dialog = shell->dialog;
    const struct ask *ask = &dialog->asking->asks[dialog->n_answers];
    struct buf question = {0};
    dialog->secret = ask->secret;
    render_output(shell, ask->prompt, parsed, &question);
    pager_print(buf_text(&question), question.len, out);
    buf_fini(&question);
}

static bool is_wanted(struct shell *shell, const struct ask *ask, const struct parsed *parsed)
{
    struct buf text = {0};
    if (!ask->when)
        return true;
    render_output(shell, ask->when, parsed, &text);
    bool wanted = text.len && strcmp(buf_text(&text), "0") != 0;
    buf_fini(&text);
    return wanted;
}

// The next question that is to be asked; when none is left, the command itself.
static void ask_or_execute(struct shell *shell, struct parsed *parsed, struct buf *out)
{
    struct dialog *dialog = shell->dialog;
    const struct platform_command *command = dialog->asking;
    while (dialog->n_answers < command->n_asks &&
           !is_wanted(shell, &command->asks[dialog->n_answers], parsed))
        dialog->answers[dialog->n_answers++] = alloc_strdup("");
    if (dialog->n_answers < command->n_asks) {
        ask_next(shell, parsed, out);
        return;
    }
    execute(shell, dialog->command, parsed, out);
    shell_close_dialog(shell);
}

static void run_line(struct shell *shell, const char *line, struct buf *out)
{
    struct parsed parsed = {0};
    parser_parse(shell->platform, shell->mode, line, &parsed);
    if (parsed.result != PARSE_OK) {
        put_error(shell, line, &parsed, out);
    } else if (parsed.command->n_asks && !parsed.negated && !shell->exec) {
        shell_open_dialog(shell, line);
        shell->dialog->asking = parsed.command;
        ask_or_execute(shell, &parsed, out);
    } else {
        execute(shell, line, &parsed, out);
    }
    parsed_fini(&parsed);
}

void shell_run(struct shell *shell, struct buf *out)
{
    run_line(shell, shell->command, out);
}

static bool is_answer(const char *text, const char *word)
{
    size_t len = strlen(text);
    return len && !strncasecmp(text, word, len);
}

static bool refused(const struct ask *ask, const char *text)
{
    return (ask->one_key && *text && *text != 'y' && *text != 'Y' && *text != ' ') ||
           (ask->yes_no && !ask->choice && is_answer(text, "no"));
}

// An answer to a question of the command's data.
static void answer_ask(struct shell *shell, const char *text, struct buf *out)
{
    struct dialog *dialog = shell->dialog;
    const struct ask *ask = &dialog->asking->asks[dialog->n_answers];
    text = !*text && ask->otherwise ? ask->otherwise : text;
    if (refused(ask, text)) {
        shell_close_dialog(shell);
        return;
    }
    struct parsed parsed = {0};
    parser_parse(shell->platform, shell->mode, dialog->command, &parsed);
    bool again = ask->yes_no && !is_answer(text, "yes") && !(ask->choice && is_answer(text, "no"));
    if (!again)
        dialog->answers[dialog->n_answers++] = alloc_strdup(text);
    if (again) {
        put_text(shell->platform->errors.yes_or_no, out);
        ask_next(shell, &parsed, out);
    } else
        ask_or_execute(shell, &parsed, out);
    parsed_fini(&parsed);
}

void shell_answer(struct shell *shell, const char *text, struct buf *out)
{
    struct dialog *dialog = shell->dialog;
    if (dialog->asking) {
        answer_ask(shell, text, out);
        return;
    }
    struct buf output = {0};
    enum handler_result result = dialog->answer(shell, text, &output);
    pager_print(buf_text(&output), output.len, out);
    buf_fini(&output);
    if (result != HANDLER_ASKS)
        shell_close_dialog(shell);
}
