#include "emulator/parser.h"

#include "emulator/word.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

// The walk of one line down one tree.
struct walk {
    const struct platform *platform;
    const char *line;
    size_t at;                    // the next word's offset
    const struct tree_node *node; // reached
    struct parsed *parsed;        // takes the text and the arguments
};

enum step {
    STEP_TAKEN,
    STEP_INVALID,
    STEP_AMBIGUOUS,
};

static size_t skip_spaces(const char *line, size_t at)
{
    return at + strspn(line + at, " \t");
}

static size_t word_len(const char *text)
{
    if (*text == '"') {
        const char *close = strchr(text + 1, '"');
        return close ? (size_t)(close - text + 1) : strlen(text);
    }
    return strcspn(text, " \t");
}

static bool is_prefix(const char *word, size_t len, const char *literal)
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
static enum step match_literal(struct walk *walk, const char *word, size_t len)
{
    const struct tree_node *found = NULL;
    size_t candidates = 0;
    for (size_t i = 0; i < walk->node->n_children; i++) {
        const struct tree_node *child = walk->node->children[i];
        if (child->kind != WORD_LITERAL || !is_prefix(word, len, child->text))
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

static enum step take_word(struct walk *walk);

static bool takes_paths(const struct mode *mode, const char *word)
{
    for (size_t i = 0; i < mode->n_relative; i++)
        if (!strcmp(mode->relative[i], word))
            return true;
    return false;
}

// Where the statements with a path begin: behind the verb, in the mode whose verb takes paths.
static const struct tree_node *statements(const struct platform *platform)
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
    struct walk below = {walk->platform, walk->line, walk->at, statements(walk->platform), &path};
    enum step step = below.node ? STEP_TAKEN : STEP_INVALID;
    size_t end = walk->at;
    while (step == STEP_TAKEN && walk->line[below.at] && walk->line[below.at] != '|') {
        step = take_word(&below);
        end = below.at;
        below.at = skip_spaces(walk->line, below.at);
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

static enum step match_argument(struct walk *walk, const char *word, size_t len)
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

static enum step take_word(struct walk *walk)
{
    const char *word = walk->line + walk->at;
    size_t len = word_len(word);
    enum step step = match_literal(walk, word, len);
    return step == STEP_INVALID ? match_argument(walk, word, len) : step;
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

static enum parse_result finish(struct walk *walk, bool negated)
{
    const struct platform_command *command = walk->node->command;
    if (!command && negated && walk->parsed->text.len)
        command = first_command(walk->node);
    walk->parsed->command = command;
    walk->parsed->bad_at = command ? 0 : walk->at;
    return command ? PARSE_OK : PARSE_INCOMPLETE;
}

static enum parse_result walk_line(struct walk *walk, bool negated)
{
    for (;;) {
        walk->at = skip_spaces(walk->line, walk->at);
        const char *word = walk->line + walk->at;
        if (!*word)
            return finish(walk, negated);
        if (*word == '|' && walk->node->command) {
            walk->parsed->pipe_at = walk->at + 1;
            return finish(walk, false);
        }
        switch (take_word(walk)) {
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
    return len && word_len(line + at) == len && !strncasecmp(line + at, word, len);
}

// Where the words of the command begin, after `no` or `do`, and in which mode they are to be looked
// up.
static size_t strip_prefix(const struct platform *platform, int *mode, const char *line,
                           bool *negated, bool *done)
{
    size_t at = skip_spaces(line, 0);
    const struct mode *m = &platform->modes[*mode];
    if (m->configures && word_is(line, at, m->negation)) {
        *negated = true;
        return skip_spaces(line, at + strlen(m->negation));
    }
    if (m->does >= 0 && word_is(line, at, m->do_word)) {
        *done = true;
        *mode = m->does;
        return skip_spaces(line, at + strlen(m->do_word));
    }
    return at;
}

static size_t count_words(const char *line, size_t at)
{
    size_t n = 0;
    while (n < 2 && line[at]) {
        at = skip_spaces(line, at + word_len(line + at));
        n++;
    }
    return n;
}

static void parse_in(const struct platform *platform, int mode, const char *line, size_t at,
                     bool negated, bool done, struct parsed *parsed)
{
    forget(parsed);
    struct walk walk = {platform, line, at, platform->modes[mode].root, parsed};
    parsed->result = walk_line(&walk, negated);
    parsed->mode = mode;
    parsed->negated = negated;
    parsed->done = done;
    parsed->n_words = count_words(line, at);
}

void parser_parse(const struct platform *platform, int mode, const char *line,
                  struct parsed *parsed)
{
    size_t first = skip_spaces(line, 0);
    if (!line[first] || line[first] == '!') {
        forget(parsed);
        parsed->result = PARSE_EMPTY;
        return;
    }
    bool negated = false;
    bool done = false;
    size_t at = strip_prefix(platform, &mode, line, &negated, &done);
    parse_in(platform, mode, line, at, negated, done, parsed);
    size_t bad_at = parsed->bad_at;
    int fallback = platform->modes[mode].fallback;
    while (parsed->result == PARSE_INVALID && fallback >= 0) {
        parse_in(platform, fallback, line, at, negated, done, parsed);
        if (parsed->bad_at < bad_at)
            parsed->bad_at = bad_at;
        bad_at = parsed->bad_at;
        fallback = platform->modes[fallback].fallback;
    }
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

size_t parser_interface(const struct platform *platform, const char *text, struct buf *full)
{
    struct tree_node node = {.kind = WORD_INTERFACE};
    return word_match(platform, &node, text, word_len(text), full);
}

// Walks all words but the last, unfinished one, whose offset is returned in *last. False when a
// word before it is wrong.
static bool walk_to_last(const struct platform *platform, int mode, const char *line, size_t at,
                         struct walk *walk, size_t *last, enum step *step)
{
    *walk = (struct walk){platform, line, at, platform->modes[mode].root, walk->parsed};
    for (;;) {
        walk->at = skip_spaces(line, walk->at);
        size_t len = word_len(line + walk->at);
        if (!line[walk->at + len]) {
            *last = walk->at;
            return true;
        }
        *step = take_word(walk);
        if (*step != STEP_TAKEN)
            return false;
    }
}

static void print_word(const struct tree_node *node, struct buf *out)
{
    char shown[32];
    word_show(node, shown, sizeof shown);
    buf_printf(out, "  %-16s %s\n", shown, node->help ? node->help : word_help(node));
}

static void print_words(const struct tree_node *node, const char *beginning, struct buf *out)
{
    size_t len = strlen(beginning);
    for (size_t i = 0; i < node->n_children; i++) {
        const struct tree_node *child = node->children[i];
        if (child->kind == WORD_LITERAL ? is_prefix(beginning, len, child->text) : len == 0)
            print_word(child, out);
    }
}

static bool has_word(const struct tree_node *node, const char *beginning)
{
    for (size_t i = 0; i < node->n_children; i++)
        if (node->children[i]->kind == WORD_LITERAL &&
            is_prefix(beginning, strlen(beginning), node->children[i]->text))
            return true;
    return false;
}

static bool help_in(const struct platform *platform, int mode, const char *line, size_t at,
                    struct buf *out)
{
    struct parsed parsed = {0};
    struct walk walk = {.parsed = &parsed};
    size_t last = 0;
    enum step step = STEP_TAKEN;
    bool known = walk_to_last(platform, mode, line, at, &walk, &last, &step);
    if (known && line[last] && !has_word(walk.node, line + last)) {
        // `sh?` asks for words; `10?` asks about a value that is being typed.
        known = match_argument(&walk, line + last, word_len(line + last)) == STEP_TAKEN;
        if (known)
            buf_puts(out, "  <cr>\n");
    } else if (known) {
        print_words(walk.node, line + last, out);
        if (!line[last] && walk.node->command)
            buf_puts(out, "  <cr>\n");
    } else if (step == STEP_AMBIGUOUS) {
        known = true;
        buf_printf(out, "%% Ambiguous command:  \"%s\"\n", line);
    }
    parsed_fini(&parsed);
    return known;
}

void parser_help(const struct platform *platform, int mode, const char *line, struct buf *out)
{
    bool negated = false;
    bool done = false;
    size_t at = strip_prefix(platform, &mode, line, &negated, &done);
    for (; mode >= 0; mode = platform->modes[mode].fallback)
        if (help_in(platform, mode, line, at, out))
            return;
    buf_puts(out, "% Unrecognized command\n");
}

static bool complete_in(const struct platform *platform, int mode, const char *line, size_t at,
                        struct buf *added)
{
    struct parsed parsed = {0};
    struct walk walk = {.parsed = &parsed};
    size_t last = 0;
    enum step step;
    bool completed = false;
    if (walk_to_last(platform, mode, line, at, &walk, &last, &step) && line[last]) {
        size_t typed = strlen(line + last);
        completed = match_literal(&walk, line + last, typed) == STEP_TAKEN;
        if (completed)
            buf_printf(added, "%s ", walk.node->text + typed);
    }
    parsed_fini(&parsed);
    return completed;
}

bool parser_complete(const struct platform *platform, int mode, const char *line, struct buf *added)
{
    bool negated = false;
    bool done = false;
    size_t at = strip_prefix(platform, &mode, line, &negated, &done);
    for (; mode >= 0; mode = platform->modes[mode].fallback)
        if (complete_in(platform, mode, line, at, added))
            return true;
    return false;
}
