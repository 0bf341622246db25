#include "emulator/command_tree.h"

#include "base/alloc.h"
#include "base/units.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { PATTERN_WORDS_MAX = 32, PATTERN_LINES_MAX = 256 };

// The kinds behind literal and number, in their order.
static const char *const type_names[] = {"word", "line",         "name",      "ipv4",   "prefix",
                                         "mac",  "subinterface", "interface", "secret", "path",
                                         NULL};

struct pattern {
    const char *text;
    struct tree_node words[PATTERN_WORDS_MAX]; // of the line in hand; text is owned
    size_t n_words;
    size_t n_lines;
    bool below; // a "/" stands in front of the next word
    size_t column;
    struct err *err;
    int (*emit)(struct pattern *pattern, void *context);
    void *context;
};

static int expand(struct pattern *pattern, const char *at, const char *const *after,
                  size_t n_after);

struct tree_node *command_tree_new(void)
{
    return alloc_zero(1, sizeof(struct tree_node));
}

void command_tree_free(struct tree_node *root)
{
    if (!root)
        return;
    for (size_t i = 0; i < root->n_children; i++)
        command_tree_free(root->children[i]);
    free(root->children);
    free(root->text);
    free(root->written);
    free(root->help);
    free(root);
}

static int order_of(const struct tree_node *a, const struct tree_node *b)
{
    if (a->kind != b->kind)
        return a->kind == WORD_LINE   ? 1
               : b->kind == WORD_LINE ? -1
               : a->kind == WORD_WORD ? 1
               : b->kind == WORD_WORD ? -1
               : a->kind < b->kind    ? -1
                                      : 1;
    if (a->kind == WORD_LITERAL)
        return strcmp(a->text, b->text);
    return a->min < b->min ? -1 : a->min > b->min;
}

static bool same_word(const struct tree_node *a, const struct tree_node *b)
{
    return a->kind == b->kind && a->min == b->min && a->max == b->max && !strcmp(a->text, b->text);
}

static struct tree_node *child_for(struct tree_node *node, const struct tree_node *word)
{
    size_t at = 0;
    for (; at < node->n_children; at++) {
        if (same_word(node->children[at], word))
            return node->children[at];
        if (order_of(node->children[at], word) > 0)
            break;
    }
    for (size_t i = at; i < node->n_children; i++)
        if (same_word(node->children[i], word))
            return node->children[i];
    struct tree_node *child = command_tree_new();
    child->kind = word->kind;
    child->text = alloc_strdup(word->text);
    child->written = word->written ? alloc_strdup(word->written) : NULL;
    child->below = word->below;
    child->min = word->min;
    child->max = word->max;
    node->children = alloc_resize(node->children, node->n_children + 1, sizeof *node->children);
    memmove(node->children + at + 1, node->children + at,
            (node->n_children - at) * sizeof *node->children);
    node->children[at] = child;
    node->n_children++;
    return child;
}

static int mistake(struct pattern *pattern, const char *at, const char *what)
{
    bool inside = at >= pattern->text &&
                  at <= pattern->text + strlen(pattern->text); // not in a choice's copy
    pattern->column = inside ? (size_t)(at - pattern->text) : 0;
    return err_input(pattern->err, "%s in '%s'", what, pattern->text);
}

static int argument_type(struct pattern *pattern, struct tree_node *word, const char *type,
                         size_t len)
{
    char name[32];
    if (len == 0 || len >= sizeof name)
        return mistake(pattern, type, "an argument is written <name:type>; this is no type");
    memcpy(name, type, len);
    name[len] = '\0';
    char *end;
    if (isdigit((unsigned char)*name)) {
        word->kind = WORD_NUMBER;
        word->min = strtoull(name, &end, 10);
        if (*end != '-' || !isdigit((unsigned char)end[1]))
            return mistake(pattern, type, "a range is written <name:1-10>; this is none");
        word->max = strtoull(end + 1, &end, 10);
        return *end || word->max < word->min
                   ? mistake(pattern, type, "a range is written <name:1-10>; this is none")
                   : 0;
    }
    for (size_t i = 0; type_names[i]; i++)
        if (!strcmp(type_names[i], name)) {
            word->kind = WORD_WORD + (enum word_kind)i;
            return 0;
        }
    const char *near = units_nearest_word(name, type_names);
    return err_input(pattern->err, "no type of argument is called '%s'%s%s%s", name,
                     near ? "; did you mean '" : "",
                     near ? near
                          : " (word, line, name, ipv4, prefix, mac, subinterface, interface, "
                            "secret, path, or a range 1-10)",
                     near ? "'?" : "");
}

static int read_argument(struct pattern *pattern, struct tree_node *word, const char **at)
{
    const char *start = *at + 1;
    const char *close = strchr(start, '>');
    if (!close)
        return mistake(pattern, *at, "a '<' without its '>'");
    const char *colon = memchr(start, ':', (size_t)(close - start));
    if (!colon || colon == start)
        return mistake(pattern, *at, "an argument is written <name:type>");
    if (argument_type(pattern, word, colon + 1, (size_t)(close - colon - 1)) < 0)
        return -1;
    word->text = alloc_strndup(start, (size_t)(colon - start));
    *at = close + 1;
    return 0;
}

// The end of the group that opens at `open`; NULL when it does not close.
static const char *group_end(const char *open)
{
    int depth = 0;
    for (const char *p = open; *p; p++) {
        depth += *p == '[' || *p == '(';
        depth -= *p == ']' || *p == ')';
        if (depth == 0)
            return p;
    }
    return NULL;
}

static int expand_choice(struct pattern *pattern, const char *choice, size_t len, const char *rest,
                         const char *const *after, size_t n_after)
{
    const char *stack[8];
    if (n_after + 1 >= sizeof stack / sizeof *stack)
        return mistake(pattern, rest, "groups nested too deep");
    char *text = alloc_strndup(choice, len);
    if (n_after)
        memcpy(stack, after, n_after * sizeof *after);
    stack[n_after] = rest;
    int result = expand(pattern, text, stack, n_after + 1);
    free(text);
    return result;
}

static int expand_group(struct pattern *pattern, const char *open, const char *const *after,
                        size_t n_after)
{
    const char *close = group_end(open);
    if (!close)
        return mistake(pattern, pattern->text, "a '[' or '(' that is not closed");
    const char *start = open + 1;
    int depth = 0;
    for (const char *p = start; p <= close; p++) {
        bool ends = depth == 0 && (*p == '|' || p == close);
        depth += *p == '[' || *p == '(';
        depth -= *p == ']' || *p == ')';
        if (!ends)
            continue;
        if (expand_choice(pattern, start, (size_t)(p - start), close + 1, after, n_after) < 0)
            return -1;
        start = p + 1;
    }
    return *open == '[' ? expand(pattern, close + 1, after, n_after) : 0;
}

// "console=con": typed as the first, kept as the second.
static void read_literal(struct tree_node *word, const char *text, size_t len)
{
    const char *equals = memchr(text, '=', len);
    size_t typed = equals ? (size_t)(equals - text) : len;
    word->text = alloc_strndup(text, typed);
    if (!equals)
        return;
    word->written = alloc_strndup(equals + 1, len - typed - 1);
    for (char *p = word->written; *p; p++)
        *p = *p == '_' ? ' ' : *p;
}

static int expand_word(struct pattern *pattern, const char *at, const char *const *after,
                       size_t n_after)
{
    if (pattern->n_words == PATTERN_WORDS_MAX)
        return mistake(pattern, pattern->text, "more than 32 words");
    struct tree_node *word = &pattern->words[pattern->n_words];
    *word = (struct tree_node){.below = pattern->below};
    pattern->below = false;
    if (*at == '<') {
        if (read_argument(pattern, word, &at) < 0)
            return -1;
    } else {
        size_t len = strcspn(at, " <[(])|");
        if (len == 0)
            return mistake(pattern, pattern->text, "a misplaced bracket or '|'");
        read_literal(word, at, len);
        at += len;
    }
    pattern->n_words++;
    int result = expand(pattern, at, after, n_after);
    pattern->n_words--;
    pattern->below = word->below; // the same word in another of the pattern's lines
    free(word->text);
    free(word->written);
    return result;
}

// Goes on at `at`, then at the texts of `after` from the last to the first, and emits the line when
// all is read.
static int expand(struct pattern *pattern, const char *at, const char *const *after, size_t n_after)
{
    at += strspn(at, " ");
    if (!*at && n_after)
        return expand(pattern, after[n_after - 1], after, n_after - 1);
    if (*at == '/' && at[1] == ' ') {
        pattern->below = true;
        int result = expand(pattern, at + 2, after, n_after);
        pattern->below = false;
        return result;
    }
    if (*at == '[' || *at == '(')
        return expand_group(pattern, at, after, n_after);
    if (*at)
        return expand_word(pattern, at, after, n_after);
    if (pattern->n_words == 0)
        return mistake(pattern, pattern->text, "a command with no word");
    if (++pattern->n_lines > PATTERN_LINES_MAX)
        return mistake(pattern, pattern->text, "more than 256 different lines");
    return pattern->emit(pattern, pattern->context);
}

struct adding {
    struct tree_node *root;
    const struct platform_command *command;
};

static int add_line(struct pattern *pattern, void *context)
{
    struct adding *adding = context;
    struct tree_node *node = adding->root;
    for (size_t i = 0; i < pattern->n_words; i++)
        node = child_for(node, &pattern->words[i]);
    node->command = adding->command;
    return 0;
}

int command_tree_add(struct tree_node *root, const char *pattern,
                     const struct platform_command *command, size_t *column, struct err *err)
{
    struct adding adding = {root, command};
    struct pattern p = {.text = pattern, .err = err, .emit = add_line, .context = &adding};
    int result = expand(&p, pattern, NULL, 0);
    *column = p.column;
    return result;
}

void command_tree_merge(struct tree_node *root, const struct tree_node *from)
{
    if (!root->command)
        root->command = from->command;
    if (!root->help && from->help)
        root->help = alloc_strdup(from->help);
    for (size_t i = 0; i < from->n_children; i++)
        command_tree_merge(child_for(root, from->children[i]), from->children[i]);
}

static int remove_line(struct pattern *pattern, void *context)
{
    struct adding *adding = context;
    struct tree_node *node = adding->root;
    for (size_t i = 0; node && i < pattern->n_words; i++) {
        struct tree_node *next = NULL;
        for (size_t k = 0; k < node->n_children; k++)
            if (same_word(node->children[k], &pattern->words[i]))
                next = node->children[k];
        node = next;
    }
    if (node) {
        adding->command = node->command;
        node->command = NULL;
    }
    return 0;
}

// Drops the words that lead to no command any more.
static bool prune(struct tree_node *node)
{
    size_t kept = 0;
    for (size_t i = 0; i < node->n_children; i++) {
        if (prune(node->children[i]))
            node->children[kept++] = node->children[i];
        else
            command_tree_free(node->children[i]);
    }
    node->n_children = kept;
    return kept || node->command;
}

bool command_tree_remove(struct tree_node *root, const char *pattern)
{
    struct err err;
    struct adding adding = {root, NULL};
    struct pattern p = {.text = pattern, .err = &err, .emit = remove_line, .context = &adding};
    bool had = expand(&p, pattern, NULL, 0) == 0 && adding.command;
    prune(root);
    return had;
}

bool command_tree_set_help(struct tree_node *root, const char *path, const char *help)
{
    path += strspn(path, " ");
    if (!*path) {
        free(root->help);
        root->help = alloc_strdup(help);
        return true;
    }
    size_t len = strcspn(path, " ");
    bool found = false;
    for (size_t i = 0; i < root->n_children; i++)
        if (strlen(root->children[i]->text) == len && !strncmp(root->children[i]->text, path, len))
            found |= command_tree_set_help(root->children[i], path + len, help);
    return found;
}

void command_tree_arguments(const char *pattern,
                            void (*visit)(void *context, const char *name, size_t len),
                            void *context)
{
    for (const char *p = strchr(pattern, '<'); p; p = strchr(p + 1, '<')) {
        const char *colon = strchr(p, ':');
        if (colon)
            visit(context, p + 1, (size_t)(colon - p - 1));
    }
}
