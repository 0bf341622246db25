// One command from its text to its output.
#include "emulator/shell_data.h"

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
        shell_put_error(shell, line, &error, out);
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
        shell->as_set = shell_has_pipe(shell, line, parsed->pipe_at, FILTER_DISPLAY_SET);
        if (shell_has_pipe(shell, line, parsed->pipe_at, FILTER_JSON))
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
    if (!parsed->pipe_at || shell_apply_pipes(shell, line, parsed->pipe_at, &output, out)) {
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
        shell_put_error(shell, line, &parsed, out);
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
