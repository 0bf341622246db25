#include "emulator/parser_walk.h"

#include "emulator/word.h"

#include "base/alloc.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

size_t parser_skip_spaces(const char *line, size_t at)
{
    return at + strspn(line + at, " \t");
}

size_t parser_word_len(const char *text)
{
    if (*text == '"') {
        const char *close = strchr(text + 1, '"');
        return close ? (size_t)(close - text + 1) : strlen(text);
    }
    return strcspn(text, " \t");
}

bool parser_is_prefix(const char *word, size_t len, const char *literal)
{
    return !strncasecmp(word, literal, len) && strlen(literal) >= len;
}

static void add_text(struct walk *walk, const struct tree_node *node, const char *value, size_t len,
                     size_t column)
{
    struct parsed *parsed = walk->parsed;
    if (parsed->text.len)
        buf_putc(&parsed->text, node->below ? '\n' : ' ');
    size_t at = parsed->text.len;
    buf_add(&parsed->text, value, len);
    if (node->kind == WORD_LITERAL) {
        if (parsed->n_arguments == 0)
            parsed->literal_len = parsed->text.len;
        return;
    }
    if (parsed->n_arguments < PARSE_ARGUMENTS_MAX)
        parsed->arguments[parsed->n_arguments++] =
            (struct parsed_argument){node->text, node->kind, at, len, column};
}

// The literal child a word stands for: the exact one, else the only one it begins.
enum step parser_match_literal(struct walk *walk, const char *word, size_t len)
{
    const struct tree_node *found = NULL;
    size_t candidates = 0;
    for (size_t i = 0; i < walk->node->n_children; i++) {
        const struct tree_node *child = walk->node->children[i];
        if (child->kind != WORD_LITERAL || !parser_is_prefix(word, len, child->text))
            continue;
        found = child;
        candidates++;
        if (strlen(child->text) == len) {
            candidates = 1;
            break;
        }
    }
    if (candidates != 1)
        return candidates ? STEP_AMBIGUOUS : STEP_INVALID;
    const char *kept = found->written ? found->written : found->text;
    add_text(walk, found, kept, strlen(kept), walk->at);
    walk->node = found;
    walk->at += len;
    return STEP_TAKEN;
}

static bool takes_paths(const struct mode *mode, const char *word)
{
    for (size_t i = 0; i < mode->n_relative; i++)
        if (!strcmp(mode->relative[i], word))
            return true;
    return false;
}

// Where the statements with a path begin: behind the verb, in the mode whose verb takes paths.
const struct tree_node *parser_statements(const struct platform *platform)
{
    for (size_t i = 0; *platform->verb && i < platform->n_modes; i++) {
        const struct tree_node *root = platform->modes[i].root;
        if (!takes_paths(&platform->modes[i], platform->verb))
            continue;
        for (size_t k = 0; k < root->n_children; k++)
            if (root->children[k]->kind == WORD_LITERAL &&
                !strcmp(root->children[k]->text, platform->verb))
                return root->children[k];
    }
    return NULL;
}

// An argument that is a path: the words up to the line's end or a pipe. On a mistake the walk
// stands at the bad word.
static enum step match_path(struct walk *walk, const struct tree_node *child)
{
    struct parsed path = {0};
    struct walk below = {walk->platform, walk->line, walk->at, parser_statements(walk->platform),
                         &path};
    enum step step = below.node ? STEP_TAKEN : STEP_INVALID;
    size_t end = walk->at;
    while (step == STEP_TAKEN && walk->line[below.at] && walk->line[below.at] != '|') {
        step = parser_take_word(&below);
        end = below.at;
        below.at = parser_skip_spaces(walk->line, below.at);
    }
    if (step == STEP_TAKEN) {
        add_text(walk, child, buf_text(&path.text), path.text.len, walk->at);
        walk->node = child;
        walk->at = end;
    } else if (below.node) {
        walk->node = below.node;
        walk->at = below.at;
    }
    parsed_fini(&path);
    return step;
}

enum step parser_match_argument(struct walk *walk, const char *word, size_t len)
{
    for (size_t i = 0; i < walk->node->n_children; i++) {
        const struct tree_node *child = walk->node->children[i];
        if (child->kind == WORD_PATH)
            return match_path(walk, child);
        struct buf value = {0};
        size_t used =
            child->kind == WORD_LITERAL ? 0 : word_match(walk->platform, child, word, len, &value);
        if (used) {
            add_text(walk, child, buf_text(&value), value.len, walk->at);
            walk->node = child;
            walk->at += used;
        }
        buf_fini(&value);
        if (used)
            return STEP_TAKEN;
    }
    return STEP_INVALID;
}

enum step parser_take_word(struct walk *walk)
{
    const char *word = walk->line + walk->at;
    size_t len = parser_word_len(word);
    enum step step = parser_match_literal(walk, word, len);
    return step == STEP_INVALID ? parser_match_argument(walk, word, len) : step;
}

// How much of a bad word is still good: the caret stands under the first character that no keyword
// has.
static size_t good_part(const struct tree_node *node, const char *word)
{
    size_t best = 0;
    for (size_t i = 0; i < node->n_children; i++) {
        if (node->children[i]->kind != WORD_LITERAL)
            continue;
        size_t same = 0;
        const char *literal = node->children[i]->text;
        while (literal[same] &&
               tolower((unsigned char)literal[same]) == tolower((unsigned char)word[same]))
            same++;
        if (same > best)
            best = same;
    }
    return best;
}

static const struct platform_command *first_command(const struct tree_node *node)
{
    if (node->command)
        return node->command;
    for (size_t i = 0; i < node->n_children; i++) {
        const struct platform_command *command = first_command(node->children[i]);
        if (command)
            return command;
    }
    return NULL;
}

// Of what is taken back a line may leave the rest out, but not which section it is.
static bool names_enough(const struct platform_command *command, const struct parsed *parsed)
{
    bool section = command->store == STORE_SECTION || command->store == STORE_RANGE ||
                   command->store == STORE_LINES;
    return !section || parsed->n_arguments;
}

static enum parse_result finish(struct walk *walk, bool negated)
{
    const struct platform_command *command = walk->node->command;
    if (!command && negated && walk->parsed->text.len)
        command = first_command(walk->node);
    if (command && !walk->node->command && !names_enough(command, walk->parsed))
        command = NULL;
    walk->parsed->command = command;
    walk->parsed->bad_at = command ? 0 : walk->at;
    return command ? PARSE_OK : PARSE_INCOMPLETE;
}

static enum parse_result walk_line(struct walk *walk, bool negated)
{
    for (;;) {
        walk->at = parser_skip_spaces(walk->line, walk->at);
        const char *word = walk->line + walk->at;
        if (!*word)
            return finish(walk, negated);
        if (*word == '|' && walk->node->command) {
            walk->parsed->pipe_at = walk->at + 1;
            return finish(walk, false);
        }
        switch (parser_take_word(walk)) {
        case STEP_TAKEN:
            continue;
        case STEP_AMBIGUOUS:
            walk->parsed->bad_at = walk->at;
            return PARSE_AMBIGUOUS;
        case STEP_INVALID:
            walk->parsed->bad_at = walk->at + good_part(walk->node, walk->line + walk->at);
            return PARSE_INVALID;
        }
    }
}

static void forget(struct parsed *parsed)
{
    struct buf text = parsed->text;
    buf_clear(&text);
    *parsed = (struct parsed){.text = text};
}

static bool word_is(const char *line, size_t at, const char *word)
{
    size_t len = strlen(word);
    return len && parser_word_len(line + at) == len && !strncasecmp(line + at, word, len);
}

struct prefix parser_strip_prefix(const struct platform *platform, int mode, const char *line)
{
    struct prefix prefix = {.mode = mode, .at = parser_skip_spaces(line, 0)};
    const struct mode *m = &platform->modes[mode];
    const char *word = "";
    if (m->configures && word_is(line, prefix.at, m->negation)) {
        prefix.negated = true;
        word = m->negation;
    } else if (m->configures && word_is(line, prefix.at, platform->restore_word)) {
        prefix.negated = true;
        prefix.restored = true;
        word = platform->restore_word;
    } else if (m->does >= 0 && word_is(line, prefix.at, m->do_word)) {
        prefix.done = true;
        prefix.mode = m->does;
        word = m->do_word;
    }
    prefix.at = parser_skip_spaces(line, prefix.at + strlen(word));
    return prefix;
}

static size_t count_words(const char *line, size_t at)
{
    size_t n = 0;
    while (n < 2 && line[at]) {
        at = parser_skip_spaces(line, at + parser_word_len(line + at));
        n++;
    }
    return n;
}

static void parse_in(const struct platform *platform, int mode, const char *line,
                     const struct prefix *prefix, struct parsed *parsed)
{
    forget(parsed);
    struct walk walk = {platform, line, prefix->at, platform->modes[mode].root, parsed};
    parsed->result = walk_line(&walk, prefix->negated);
    parsed->mode = mode;
    parsed->negated = prefix->negated;
    parsed->restored = prefix->restored;
    parsed->done = prefix->done;
    parsed->n_words = count_words(line, prefix->at);
}

// A lone word that is no command: the platform may have an answer for it.
static void take_lone_word(const struct platform *platform, const char *line, size_t at,
                           struct parsed *parsed)
{
    static char name[] = "host";
    static const struct tree_node host = {.kind = WORD_WORD, .text = name};
    if (parsed->result != PARSE_INVALID || parsed->n_words != 1 || !platform->lone_word ||
        platform->modes[parsed->mode].configures)
        return;
    struct walk walk = {platform, line, at, NULL, parsed};
    buf_clear(&parsed->text);
    parsed->n_arguments = 0;
    add_text(&walk, &host, line + at, parser_word_len(line + at), at);
    parsed->result = PARSE_OK;
    parsed->command = platform->lone_word;
}

void parser_parse(const struct platform *platform, int mode, const char *line,
                  struct parsed *parsed)
{
    size_t first = parser_skip_spaces(line, 0);
    if (!line[first] || line[first] == '!') {
        forget(parsed);
        parsed->result = PARSE_EMPTY;
        return;
    }
    struct prefix prefix = parser_strip_prefix(platform, mode, line);
    parse_in(platform, prefix.mode, line, &prefix, parsed);
    size_t bad_at = parsed->bad_at;
    int fallback = platform->modes[prefix.mode].fallback;
    while (parsed->result == PARSE_INVALID && fallback >= 0) {
        parse_in(platform, fallback, line, &prefix, parsed);
        if (parsed->bad_at < bad_at)
            parsed->bad_at = bad_at;
        bad_at = parsed->bad_at;
        fallback = platform->modes[fallback].fallback;
    }
    take_lone_word(platform, line, prefix.at, parsed);
}

void parsed_fini(struct parsed *parsed)
{
    buf_fini(&parsed->text);
}

const struct parsed_argument *parsed_argument(const struct parsed *parsed, const char *name)
{
    for (size_t i = 0; i < parsed->n_arguments; i++)
        if (!strcmp(parsed->arguments[i].name, name))
            return &parsed->arguments[i];
    return NULL;
}

char *parsed_text(const struct parsed *parsed, const char *name)
{
    const struct parsed_argument *argument = parsed_argument(parsed, name);
    return argument ? alloc_strndup(parsed->text.data + argument->at, argument->len)
                    : alloc_strdup("");
}

size_t parser_interface(const struct platform *platform, const char *text, struct buf *full)
{
    struct tree_node node = {.kind = WORD_INTERFACE};
    return word_match(platform, &node, text, parser_word_len(text), full);
}
