// What `?` and TAB say of a line that is being typed.
#include "emulator/parser_walk.h"

#include "emulator/word.h"

#include "base/alloc.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN_MAX = 32, HELP_WIDTH_MIN = 16, SCREEN_WIDTH = 79, COLUMNS_MAX = 5, WORDS_A_STEP = 64 };

// The argument behind a node that is a path; NULL: none is.
static const struct tree_node *path_behind(const struct tree_node *node)
{
    for (size_t i = 0; i < node->n_children; i++)
        if (node->children[i]->kind == WORD_PATH)
            return node->children[i];
    return NULL;
}

// A word of the line. The parser takes a path as a whole; here it may be unfinished, so its words
// are taken one by one and *path is the argument they belong to.
static enum step take_word(struct walk *walk, size_t len, const struct tree_node **path)
{
    enum step step = parser_match_literal(walk, walk->line + walk->at, len);
    const struct tree_node *behind = path_behind(walk->node);
    if (step != STEP_INVALID)
        return step;
    if (!behind || !parser_statements(walk->platform))
        return parser_match_argument(walk, walk->line + walk->at, len);
    *path = behind;
    walk->node = parser_statements(walk->platform);
    return parser_take_word(walk);
}

// Walks all words but the last, unfinished one, whose offset is returned in *last. False when a
// word before it is wrong.
static bool walk_to_last(const struct platform *platform, int mode, const char *line, size_t at,
                         struct walk *walk, size_t *last, enum step *step,
                         const struct tree_node **path)
{
    *path = NULL;
    *walk = (struct walk){platform, line, at, platform->modes[mode].root, walk->parsed};
    for (;;) {
        walk->at = parser_skip_spaces(line, walk->at);
        size_t len = parser_word_len(line + walk->at);
        if (!line[walk->at + len]) {
            *last = walk->at;
            return true;
        }
        *step = take_word(walk, len, path);
        if (*step != STEP_TAKEN)
            return false;
    }
}

// Words in the order they are listed, each with its help.
struct listing {
    struct listed {
        char word[SHOWN_MAX];
        const char *help;
    } * words;
    size_t n;
};

static void list_word(struct listing *listing, const char *word, const char *help)
{
    if (listing->n % WORDS_A_STEP == 0)
        listing->words =
            alloc_resize(listing->words, listing->n + WORDS_A_STEP, sizeof *listing->words);
    struct listed *listed = &listing->words[listing->n++];
    size_t len = strlen(word);
    len = len < SHOWN_MAX ? len : SHOWN_MAX - 1;
    memcpy(listed->word, word, len);
    listed->word[len] = '\0';
    listed->help = help;
}

static void list_node(struct listing *listing, const struct tree_node *node)
{
    char shown[SHOWN_MAX];
    list_word(listing, word_show(node, shown, sizeof shown),
              node->help ? node->help : word_help(node));
}

// An interface is listed as the kinds there are.
static void list_interfaces(struct listing *listing, const struct platform *platform,
                            const char *beginning)
{
    size_t len = strlen(beginning);
    for (size_t i = 0; i < platform->n_interfaces; i++)
        if (parser_is_prefix(beginning, len, platform->interfaces[i].name))
            list_word(listing, platform->interfaces[i].name, "Interface, with its number behind");
}

static void list_words(struct listing *listing, const struct platform *platform,
                       const struct tree_node *node, const char *beginning)
{
    size_t len = strlen(beginning);
    for (size_t i = 0; node && i < node->n_children; i++) {
        const struct tree_node *child = node->children[i];
        if (child->kind == WORD_INTERFACE && platform->n_interfaces)
            list_interfaces(listing, platform, beginning);
        else if (child->kind == WORD_SUBINTERFACE && platform->n_interfaces)
            continue; // beside one that is whole
        else if (child->kind == WORD_PATH)
            list_words(listing, platform, parser_statements(platform), beginning);
        else if (child->kind == WORD_LITERAL ? parser_is_prefix(beginning, len, child->text)
                                             : len == 0)
            list_node(listing, child);
    }
}

// A word that is no command takes its place in the order of the others, which are sorted.
static void list_more(struct listing *listing, const struct mode *mode)
{
    for (size_t i = 0; i < mode->n_more; i++) {
        list_word(listing, mode->more[i].word, mode->more[i].help);
        struct listed *words = listing->words;
        for (size_t at = listing->n - 1; at > 0; at--) {
            bool is_word = islower((unsigned char)*words[at - 1].word);
            if (is_word && strcmp(words[at - 1].word, words[at].word) <= 0)
                break;
            struct listed other = words[at];
            words[at] = words[at - 1];
            words[at - 1] = other;
        }
    }
}

static size_t widest(const struct listing *listing)
{
    size_t width = 0;
    for (size_t i = 0; i < listing->n; i++) {
        size_t len = strlen(listing->words[i].word);
        width = len > width ? len : width;
    }
    return width;
}

// A line each, with the help.
static void print_lines(const struct listing *listing, struct buf *out)
{
    size_t width = widest(listing);
    width = width > HELP_WIDTH_MIN ? width : HELP_WIDTH_MIN;
    for (size_t i = 0; i < listing->n; i++)
        buf_printf(out, "  %-*s %s\n", (int)width, listing->words[i].word, listing->words[i].help);
}

// Side by side, without the help.
static void print_columns(const struct listing *listing, struct buf *out)
{
    size_t width = widest(listing) + 2;
    size_t columns = width < SCREEN_WIDTH ? SCREEN_WIDTH / width : 1;
    columns = columns < COLUMNS_MAX ? columns : COLUMNS_MAX;
    for (size_t i = 0; i < listing->n; i++) {
        bool ends = (i + 1) % columns == 0 || i + 1 == listing->n;
        buf_printf(out, "%-*s%s", (int)width, listing->words[i].word, ends ? "\n" : "");
    }
}

static bool has_interface(const struct platform *platform, const char *beginning)
{
    for (size_t i = 0; i < platform->n_interfaces; i++)
        if (parser_is_prefix(beginning, strlen(beginning), platform->interfaces[i].name))
            return true;
    return false;
}

static bool has_word(const struct platform *platform, const struct tree_node *node,
                     const char *beginning)
{
    for (size_t i = 0; node && i < node->n_children; i++) {
        const struct tree_node *child = node->children[i];
        bool begins = child->kind == WORD_LITERAL &&
                      parser_is_prefix(beginning, strlen(beginning), child->text);
        if (begins || (child->kind == WORD_INTERFACE && has_interface(platform, beginning)) ||
            (child->kind == WORD_PATH &&
             has_word(platform, parser_statements(platform), beginning)))
            return true;
    }
    return false;
}

// Everything that may follow the reached node, with what the line could end in.
static void help_next(const struct walk *walk, const struct tree_node *path,
                      const struct mode *mode, bool first, struct buf *out)
{
    struct listing listing = {0};
    if (first && mode->heading)
        buf_printf(out, "%s\n", mode->heading);
    list_words(&listing, walk->platform, walk->node, "");
    if (first)
        list_more(&listing, mode);
    const struct platform_command *command = path ? path->command : walk->node->command;
    if (command && command->output && walk->platform->n_pipes && !mode->configures)
        list_word(&listing, "|", "Output modifiers");
    if (command)
        list_word(&listing, "<cr>", "");
    print_lines(&listing, out);
    free(listing.words);
}

static void help_word(const struct walk *walk, const char *beginning, struct buf *out)
{
    struct listing listing = {0};
    list_words(&listing, walk->platform, walk->node, beginning);
    if (!strcmp(walk->platform->partial_help, "words"))
        print_columns(&listing, out);
    else
        print_lines(&listing, out);
    free(listing.words);
}

static bool help_in(const struct platform *platform, int mode, const char *line, size_t at,
                    struct buf *out)
{
    struct parsed parsed = {0};
    struct walk walk = {.parsed = &parsed};
    size_t last = 0;
    enum step step = STEP_TAKEN;
    const struct tree_node *path;
    bool known = walk_to_last(platform, mode, line, at, &walk, &last, &step, &path);
    const char *word = line + last;
    if (known && *word && has_word(platform, walk.node, word))
        help_word(&walk, word, out);
    else if (known && *word) { // `10?` asks about a value that is being typed
        known = parser_match_argument(&walk, word, parser_word_len(word)) == STEP_TAKEN;
        if (known)
            buf_puts(out, "  <cr>\n");
    } else if (known)
        help_next(&walk, path, &platform->modes[mode], last == at, out);
    else if (step == STEP_AMBIGUOUS) {
        known = true;
        buf_printf(out, "%% Ambiguous command:  \"%s\"\n", line);
    }
    parsed_fini(&parsed);
    return known;
}

// Behind a command's `|`: the words of pipes that begin so.
static bool help_pipe(const struct platform *platform, const char *line, struct buf *out)
{
    static const char *const helps[] = {
        [FILTER_INCLUDE] = "Include lines that match",
        [FILTER_EXCLUDE] = "Exclude lines that match",
        [FILTER_BEGIN] = "Begin with the line that matches",
        [FILTER_SECTION] = "Filter a section of output",
        [FILTER_COUNT] = "Count number of lines which match regexp",
        [FILTER_LAST] = "Only the last lines",
        [FILTER_NOTHING] = "",
        [FILTER_DISPLAY_SET] = "As commands",
        [FILTER_JSON] = "Produce JSON format output",
        [FILTER_REDIRECT] = "Redirect output to URL",
        [FILTER_APPEND] = "Append redirected output to URL (URLs supporting append operation only)",
        [FILTER_TEE] = "Copy output to URL",
    };
    const char *bar = strrchr(line, '|');
    const char *word = bar ? bar + 1 + strspn(bar + 1, " ") : "";
    if (!bar || !platform->n_pipes || word[strcspn(word, " ")])
        return false;
    struct listing listing = {0};
    for (size_t i = 0; i < platform->n_pipes; i++)
        if (parser_is_prefix(word, strlen(word), platform->pipes[i].word))
            list_word(&listing, platform->pipes[i].word, helps[platform->pipes[i].kind]);
    bool any = listing.n > 0;
    print_lines(&listing, out);
    free(listing.words);
    return any;
}

void parser_help(const struct platform *platform, int mode, const char *line, struct buf *out)
{
    struct prefix prefix = parser_strip_prefix(platform, mode, line);
    if (help_pipe(platform, line, out))
        return;
    for (int at = prefix.mode; at >= 0; at = platform->modes[at].fallback)
        if (help_in(platform, at, line, prefix.at, out))
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
    const struct tree_node *path;
    bool completed = false;
    if (walk_to_last(platform, mode, line, at, &walk, &last, &step, &path) && line[last]) {
        size_t typed = strlen(line + last);
        step = parser_match_literal(&walk, line + last, typed);
        if (step == STEP_INVALID && path_behind(walk.node)) {
            walk.node = parser_statements(platform);
            step = parser_match_literal(&walk, line + last, typed);
        }
        completed = step == STEP_TAKEN;
        if (completed)
            buf_printf(added, "%s ", walk.node->text + typed);
    }
    parsed_fini(&parsed);
    return completed;
}

// The word behind a command's `|`.
static bool complete_pipe(const struct platform *platform, const char *line, struct buf *added)
{
    const char *bar = strrchr(line, '|');
    const char *word = bar ? bar + 1 + strspn(bar + 1, " ") : "";
    const char *found = NULL;
    if (!*word || word[strcspn(word, " ")])
        return false;
    for (size_t i = 0; i < platform->n_pipes; i++) {
        if (!parser_is_prefix(word, strlen(word), platform->pipes[i].word))
            continue;
        if (found)
            return false;
        found = platform->pipes[i].word;
    }
    if (found)
        buf_printf(added, "%s ", found + strlen(word));
    return found != NULL;
}

bool parser_complete(const struct platform *platform, int mode, const char *line, struct buf *added)
{
    struct prefix prefix = parser_strip_prefix(platform, mode, line);
    if (complete_pipe(platform, line, added))
        return true;
    for (int at = prefix.mode; at >= 0; at = platform->modes[at].fallback)
        if (complete_in(platform, at, line, prefix.at, added))
            return true;
    return false;
}
