#include "emulator/expression_data.h"

#include "emulator/functions.h"
#include "emulator/parser.h"
#include "emulator/platform_data.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static void evaluate_argument(const char *name, const struct template_scope *scope, struct buf *out)
{
    const struct parsed_argument *argument =
        scope->parsed ? parsed_argument(scope->parsed, name) : NULL;
    if (argument) {
        buf_add(out, scope->parsed->text.data + argument->at, argument->len);
        return;
    }
    for (size_t i = 0; i < scope->n_answers; i++)
        if (!strcmp(scope->answers[i].name, name))
            buf_puts(out, scope->answers[i].text);
}

// A value as text: where it stands already, or evaluated into room.
static const char *operand(const struct expression *expression, struct template_scope *scope,
                           struct buf *room)
{
    if (expression->kind == EXPRESSION_TEXT)
        return expression->text;
    expression_evaluate(expression, scope, room);
    return buf_text(room);
}

static void evaluate_call(const struct expression *call, struct template_scope *scope,
                          struct buf *out)
{
    struct buf values[EXPRESSION_ARGUMENTS_MAX] = {0};
    const char *arguments[EXPRESSION_ARGUMENTS_MAX];
    for (size_t i = 0; i < call->n_arguments; i++) {
        arguments[i] = operand(call->arguments[i], scope, &values[i]);
    }
    call->function->call(scope, arguments, call->n_arguments, out);
    for (size_t i = 0; i < call->n_arguments; i++)
        buf_fini(&values[i]);
}

static bool is_true(const char *text)
{
    return *text && strcmp(text, "0") != 0;
}

static bool is_integer(const char *text, int64_t *value)
{
    char *end;
    *value = strtoll(text, &end, 10);
    return end != text && !*end;
}

static bool compare(const char *op, const char *a, const char *b)
{
    int64_t x;
    int64_t y;
    int order = is_integer(a, &x) && is_integer(b, &y) ? (x > y) - (x < y) : strcmp(a, b);
    switch (*op) {
    case '=':
        return order == 0;
    case '!':
        return order != 0;
    case '<':
        return op[1] ? order <= 0 : order < 0;
    default:
        return op[1] ? order >= 0 : order > 0;
    }
}

// Numbers wrap rather than overflow: templates are a user's text.
static int64_t calculate(char op, int64_t x, int64_t y)
{
    switch (op) {
    case '+':
        return (int64_t)((uint64_t)x + (uint64_t)y);
    case '-':
        return (int64_t)((uint64_t)x - (uint64_t)y);
    case '*':
        return (int64_t)((uint64_t)x * (uint64_t)y);
    case '/':
        if (y == -1)
            return (int64_t)(0 - (uint64_t)x);
        return y == 0 ? 0 : x / y;
    default:
        return y == 0 || y == -1 ? 0 : x % y;
    }
}

static void apply(const char *op, const char *a, const char *b, struct buf *out)
{
    int64_t x = 0;
    int64_t y = 0;
    switch (*op) {
    case '~':
        buf_puts(out, a);
        buf_puts(out, b);
        break;
    case 'o':
        buf_puts(out, is_true(a) ? a : b);
        break;
    case 'a':
        buf_puts(out, is_true(a) ? b : "");
        break;
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
        is_integer(a, &x);
        is_integer(b, &y);
        buf_printf(out, "%" PRId64, calculate(*op, x, y));
        break;
    default:
        buf_puts(out, compare(op, a, b) ? "1" : "");
    }
}

static void evaluate_operator(const struct expression *expression, struct template_scope *scope,
                              struct buf *out)
{
    struct buf room_a = {0};
    struct buf room_b = {0};
    const char *a = operand(expression->arguments[0], scope, &room_a);
    // What does not matter is not looked at.
    bool settled =
        (*expression->text == 'o' && is_true(a)) || (*expression->text == 'a' && !is_true(a));
    const char *b = settled ? "" : operand(expression->arguments[1], scope, &room_b);
    apply(expression->text, a, b, out);
    buf_fini(&room_a);
    buf_fini(&room_b);
}

void expression_evaluate(const struct expression *expression, struct template_scope *scope,
                         struct buf *out)
{
    const struct platform *platform = scope->platform;
    switch (expression->kind) {
    case EXPRESSION_TEXT:
        buf_puts(out, expression->text);
        return;
    case EXPRESSION_VARIABLE:
        if (scope->variables[expression->number])
            buf_puts(out, scope->variables[expression->number]);
        return;
    case EXPRESSION_FACT:
        template_render(platform->facts[expression->number].value, scope, out);
        return;
    case EXPRESSION_FIELD:
        template_render(platform->fields[expression->number].value, scope, out);
        return;
    case EXPRESSION_ARGUMENT:
        evaluate_argument(expression->text, scope, out);
        return;
    case EXPRESSION_LOCAL:
        buf_puts(out, buf_text(&scope->locals[expression->number]));
        return;
    case EXPRESSION_DEVICES:
        buf_printf(out, "%u", scope->devices);
        return;
    case EXPRESSION_DEVICE:
        buf_printf(out, "%u", scope->device);
        return;
    case EXPRESSION_INDEX:
        buf_printf(out, "%" PRIu64, scope->index);
        return;
    case EXPRESSION_CALL:
        evaluate_call(expression, scope, out);
        return;
    case EXPRESSION_NOT:
        buf_puts(out, expression_true(expression->arguments[0], scope) ? "" : "1");
        return;
    case EXPRESSION_OPERATOR:
        evaluate_operator(expression, scope, out);
        return;
    }
}

bool expression_true(const struct expression *expression, struct template_scope *scope)
{
    struct buf room = {0};
    bool result = is_true(operand(expression, scope, &room));
    buf_fini(&room);
    return result;
}

int64_t expression_number(const struct expression *expression, struct template_scope *scope)
{
    struct buf value = {0};
    int64_t number = 0;
    expression_evaluate(expression, scope, &value);
    if (!is_integer(buf_text(&value), &number))
        number = 0;
    buf_fini(&value);
    return number;
}
