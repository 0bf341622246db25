// The inside of the parser, for parser.c and parser_help.c: a line's walk down a tree of commands.
#ifndef EMULATOR_PARSER_WALK_H
#define EMULATOR_PARSER_WALK_H

#include "emulator/parser.h"

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

// What stands in front of a command.
struct prefix {
    int mode; // the one the command is to be looked up in
    bool negated, restored, done;
    size_t at; // where the command's words begin
};

size_t parser_skip_spaces(const char *line, size_t at);
size_t parser_word_len(const char *text); // a text in quotes is one word
bool parser_is_prefix(const char *word, size_t len, const char *literal);
struct prefix parser_strip_prefix(const struct platform *platform, int mode, const char *line);
// One step: the word at walk->at, of len bytes.
enum step parser_match_literal(struct walk *walk, const char *word, size_t len);
enum step parser_match_argument(struct walk *walk, const char *word, size_t len);
enum step parser_take_word(struct walk *walk);
// What the words of a path are taken from; NULL: the platform has no paths.
const struct tree_node *parser_statements(const struct platform *platform);

#endif
