#include "emulator/expression_data.h"

#include "emulator/functions.h"
#include "emulator/parser.h"
#include "emulator/platform_data.h"

#include "base/alloc.h"
#include "base/units.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_MAX_BYTES = 48, DEPTH_MAX = 64 };

static const char *const variable_names[] = {
    [VARIABLE_HOSTNAME] = "hostname",
    [VARIABLE_USER] = "user",
    [VARIABLE_LINE] = "line",
    [VARIABLE_PEER] = "peer",
    [VARIABLE_PRIVILEGE] = "privilege",
    [VARIABLE_ROWS] = "rows",
    [VARIABLE_COLUMNS] = "columns",
    [VARIABLE_TYPED] = "typed",
    [VARIABLE_HISTORY] = "history",
    [VARIABLE_MODE] = "mode",
    [VARIABLE_SECTION] = "section",
    [VARIABLE_CONFIG_SESSION] = "config_session",
    [VARIABLE_AMOUNT] = "amount",
    [VARIABLE_PASSWORD] = "login_password",
    [VARIABLE_SECRET] = "enable_secret",
    [VARIABLE_LOGIN_USER] = "login_user",
    [TEMPLATE_VARIABLES] = NULL,
};

struct reader {
    const char *at;
    const struct template_names *names;
    struct err *err;
    int depth;
};

static struct expression *read_level(struct reader *reader, size_t level);

static struct expression *expression_new(enum expression_kind kind)
{
    struct expression *expression = alloc_zero(1, sizeof *expression);
    expression->kind = kind;
    return expression;
}

void expression_free(struct expression *expression)
{
    if (!expression)
        return;
    for (size_t i = 0; i < expression->n_arguments; i++)
        expression_free(expression->arguments[i]);
    free(expression->text);
    free(expression);
}

static void skip(struct reader *reader)
{
    reader->at += strspn(reader->at, " \t\n");
}

static struct expression *text_of(const char *text, size_t len)
{
    struct expression *expression = expression_new(EXPRESSION_TEXT);
    expression->text = alloc_strndup(text, len);
    return expression;
}

static struct expression *read_quoted(struct reader *reader)
{
    char quote = *reader->at;
    const char *close = strchr(reader->at + 1, quote);
    if (!close) {
        err_input(reader->err, "a text that begins with %c and does not end", quote);
        return NULL;
    }
    struct expression *expression = text_of(reader->at + 1, (size_t)(close - reader->at - 1));
    reader->at = close + 1;
    return expression;
}

// Names.

struct name_list {
    const char *names[512];
    char copies[64][NAME_MAX_BYTES];
    size_t n, n_copies;
};

static void list_name(struct name_list *list, const char *name)
{
    if (list->n + 1 < sizeof list->names / sizeof *list->names)
        list->names[list->n++] = name;
    list->names[list->n] = NULL;
}

static void list_argument(void *context, const char *name, size_t len)
{
    struct name_list *list = context;
    if (list->n_copies == sizeof list->copies / sizeof *list->copies || len >= NAME_MAX_BYTES)
        return;
    memcpy(list->copies[list->n_copies], name, len);
    list->copies[list->n_copies][len] = '\0';
    list_name(list, list->copies[list->n_copies++]);
}

// Everything a name may be, for the suggestion.
static void unknown_name(struct reader *reader, const char *name, bool is_function)
{
    struct name_list *list = alloc_zero(1, sizeof *list);
    const struct template_names *names = reader->names;
    if (is_function) {
        for (size_t i = 0; function_name(i); i++)
            list_name(list, function_name(i));
    } else {
        for (size_t i = 0; variable_names[i]; i++)
            list_name(list, variable_names[i]);
        list_name(list, "device");
        list_name(list, "devices");
        list_name(list, "index");
        for (size_t i = 0; names && names->locals && names->locals[i]; i++)
            list_name(list, names->locals[i]);
        if (names && names->pattern)
            command_tree_arguments(names->pattern, list_argument, list);
        for (size_t i = 0; names && names->others && names->others[i]; i++)
            list_name(list, names->others[i]);
        for (size_t i = 0; names && names->platform && i < names->platform->n_facts; i++)
            list_name(list, names->platform->facts[i].name);
        for (size_t i = 0; names && names->platform && i < names->platform->n_fields; i++)
            list_name(list, names->platform->fields[i].name);
    }
    const char *near = units_nearest_word(name, list->names);
    err_input(reader->err, "no %s is called '%s'%s%s%s", is_function ? "function" : "value", name,
              near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
    free(list);
}

struct name_search {
    const char *name;
    bool found;
};

static void match_argument_name(void *context, const char *name, size_t len)
{
    struct name_search *search = context;
    search->found |= strlen(search->name) == len && !strncmp(search->name, name, len);
}

static bool is_argument(const struct template_names *names, const char *name)
{
    struct name_search search = {name, false};
    if (names->pattern)
        command_tree_arguments(names->pattern, match_argument_name, &search);
    for (size_t i = 0; names->others && names->others[i]; i++)
        search.found |= !strcmp(names->others[i], name);
    return search.found;
}

static bool find_named(const struct named_template *list, size_t n, const char *name, size_t *index)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(list[i].name, name)) {
            *index = i;
            return true;
        }
    return false;
}

static bool number_name(const char *name, enum expression_kind *kind)
{
    *kind = !strcmp(name, "device")    ? EXPRESSION_DEVICE
            : !strcmp(name, "devices") ? EXPRESSION_DEVICES
            : !strcmp(name, "index")   ? EXPRESSION_INDEX
                                       : EXPRESSION_VARIABLE;
    return *kind != EXPRESSION_VARIABLE;
}

static bool find_local(const struct template_names *names, const char *name, size_t *number)
{
    for (size_t i = 0; names && names->locals && names->locals[i]; i++)
        if (!strcmp(names->locals[i], name)) {
            *number = i;
            return true;
        }
    return false;
}

static struct expression *read_name(struct reader *reader, const char *name)
{
    const struct template_names *names = reader->names;
    struct expression *expression = expression_new(EXPRESSION_VARIABLE);
    expression->text = alloc_strdup(name);
    if (find_local(names, name, &expression->number)) {
        expression->kind = EXPRESSION_LOCAL;
        return expression;
    }
    if (names && is_argument(names, name)) {
        expression->kind = EXPRESSION_ARGUMENT;
        return expression;
    }
    for (size_t i = 0; variable_names[i]; i++)
        if (!strcmp(variable_names[i], name)) {
            expression->number = i;
            return expression;
        }
    if (number_name(name, &expression->kind))
        return expression;
    const struct platform *platform = names ? names->platform : NULL;
    if (platform && find_named(platform->facts, platform->n_facts, name, &expression->number)) {
        expression->kind = EXPRESSION_FACT;
        expression->needs_config = template_needs_config(platform->facts[expression->number].value);
        return expression;
    }
    if (platform && find_named(platform->fields, platform->n_fields, name, &expression->number)) {
        expression->kind = EXPRESSION_FIELD;
        return expression;
    }
    expression_free(expression);
    unknown_name(reader, name, false);
    return NULL;
}

static int read_call_arguments(struct reader *reader, struct expression *call)
{
    const char *name = call->function->name;
    for (;;) {
        skip(reader);
        if (*reader->at == ')' && call->n_arguments == 0)
            break;
        if (call->n_arguments == call->function->max_arguments)
            return err_input(reader->err, "%s() takes at most %zu arguments", name,
                             call->function->max_arguments);
        struct expression *argument = read_level(reader, 0);
        if (!argument)
            return -1;
        call->arguments[call->n_arguments++] = argument;
        skip(reader);
        if (*reader->at != ',')
            break;
        reader->at++;
    }
    if (*reader->at != ')')
        return err_input(reader->err, "%s( has no ')'", name);
    if (call->n_arguments < call->function->min_arguments)
        return err_input(reader->err, "%s() wants %zu arguments", name,
                         call->function->min_arguments);
    reader->at++;
    return 0;
}

static struct expression *read_call(struct reader *reader, const char *name, const char *place)
{
    const struct function *function = function_find(name);
    if (!function) {
        reader->at = place;
        unknown_name(reader, name, true);
        return NULL;
    }
    struct expression *call = expression_new(EXPRESSION_CALL);
    call->function = function;
    reader->at++;
    if (read_call_arguments(reader, call) < 0) {
        expression_free(call);
        return NULL;
    }
    return call;
}

static size_t identifier_len(const char *at)
{
    size_t len = 0;
    while (isalnum((unsigned char)at[len]) || at[len] == '_')
        len++;
    return len;
}

static struct expression *read_word(struct reader *reader)
{
    const char *place = reader->at;
    char name[NAME_MAX_BYTES];
    size_t len = identifier_len(place);
    if (len >= sizeof name) {
        err_input(reader->err, "a name of more than %d letters", NAME_MAX_BYTES - 1);
        return NULL;
    }
    memcpy(name, place, len);
    name[len] = '\0';
    reader->at += len;
    if (isdigit((unsigned char)*name))
        return text_of(name, len);
    if (*reader->at == '(')
        return read_call(reader, name, place);
    struct expression *expression = read_name(reader, name);
    if (!expression)
        reader->at = place;
    return expression;
}

static struct expression *read_primary(struct reader *reader)
{
    skip(reader);
    if (*reader->at == '\'' || *reader->at == '"')
        return read_quoted(reader);
    if (*reader->at == '(') {
        reader->at++;
        struct expression *inner = read_level(reader, 0);
        skip(reader);
        if (inner && *reader->at == ')') {
            reader->at++;
            return inner;
        }
        if (inner)
            err_input(reader->err, "a '(' without its ')'");
        expression_free(inner);
        return NULL;
    }
    if (!strncmp(reader->at, "not", 3) && identifier_len(reader->at) == 3) {
        reader->at += 3;
        struct expression *inner = read_level(reader, 2);
        if (!inner)
            return NULL;
        struct expression *expression = expression_new(EXPRESSION_NOT);
        expression->arguments[expression->n_arguments++] = inner;
        return expression;
    }
    if (isalnum((unsigned char)*reader->at) || *reader->at == '_')
        return read_word(reader);
    err_input(reader->err, "a value is missing here");
    return NULL;
}

// Operators by level, the loosest first; longer ones before their beginnings.
static const char *const operators[][7] = {
    {"or"}, {"and"}, {"==", "!=", "<=", ">=", "<", ">"}, {"~"}, {"+", "-"}, {"*", "/", "%"},
};
enum { LEVELS = sizeof operators / sizeof *operators };

static const char *operator_at(const char *at, size_t level)
{
    for (size_t i = 0; operators[level][i]; i++) {
        const char *op = operators[level][i];
        size_t len = strlen(op);
        if (!strncmp(at, op, len) && (!isalpha((unsigned char)*op) || identifier_len(at) == len))
            return op;
    }
    return NULL;
}

static struct expression *read_level(struct reader *reader, size_t level)
{
    if (level == LEVELS)
        return read_primary(reader);
    if (++reader->depth > DEPTH_MAX * LEVELS) {
        err_input(reader->err, "nested too deep");
        return NULL;
    }
    struct expression *left = read_level(reader, level + 1);
    for (;;) {
        skip(reader);
        const char *op = left ? operator_at(reader->at, level) : NULL;
        if (!op)
            break;
        reader->at += strlen(op);
        struct expression *right = read_level(reader, level + 1);
        if (!right) {
            expression_free(left);
            left = NULL;
            break;
        }
        struct expression *both = expression_new(EXPRESSION_OPERATOR);
        both->text = alloc_strdup(op);
        both->arguments[0] = left;
        both->arguments[1] = right;
        both->n_arguments = 2;
        left = both;
    }
    reader->depth--;
    return left;
}

struct expression *expression_read(const char **at, const struct template_names *names,
                                   struct err *err)
{
    struct reader reader = {*at, names, err, 0};
    struct expression *expression = read_level(&reader, 0);
    *at = reader.at;
    return expression;
}

bool expression_needs_config(const struct expression *expression)
{
    if (expression->kind == EXPRESSION_FIELD || expression->needs_config)
        return true;
    if (expression->function && expression->function->needs_config)
        return true;
    for (size_t i = 0; i < expression->n_arguments; i++)
        if (expression_needs_config(expression->arguments[i]))
            return true;
    return false;
}
