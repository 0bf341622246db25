// From a typed line to a command of the platform's tree: abbreviations, arguments, `no`, `do`,
// errors with their place, help and completion. Knows nothing of devices: whether an interface
// exists is the shell's business.
#ifndef EMULATOR_PARSER_H
#define EMULATOR_PARSER_H

#include "base/buf.h"
#include "emulator/platform_data.h"

enum parse_result {
    PARSE_OK,
    PARSE_EMPTY, // nothing but spaces, or a comment ("!")
    PARSE_INVALID,
    PARSE_INCOMPLETE,
    PARSE_AMBIGUOUS,
};

enum { PARSE_ARGUMENTS_MAX = 16 };

struct parsed_argument {
    const char *name; // of the tree
    enum word_kind kind;
    size_t at, len; // in `text`
    size_t column;  // in the line as typed
};

struct parsed {
    enum parse_result result;
    const struct platform_command *command; // when OK
    int mode;        // the one that knew it: the current, its fallback, or that of `do`
    bool done;       // `do X`
    bool negated;    // `no X`, which may stop before X is complete
    bool restored;   // `default X`: negated too
    size_t bad_at;   // INVALID: the first bad character; AMBIGUOUS: the word; INCOMPLETE: the end
    size_t n_words;  // INVALID: how many words the line has, at most 2
    size_t pipe_at;  // what follows the first `|`; 0: none
    struct buf text; // the line with its words spelt out, without `no` and `do`
    size_t literal_len; // the part of `text` before its first argument
    struct parsed_argument arguments[PARSE_ARGUMENTS_MAX];
    size_t n_arguments;
};

// Fills *parsed, which is zeroed or of an earlier call; parsed_fini frees it.
void parser_parse(const struct platform *platform, int mode, const char *line,
                  struct parsed *parsed);
void parsed_fini(struct parsed *parsed);
// NULL when the line had no such argument; not ended by NUL.
const struct parsed_argument *parsed_argument(const struct parsed *parsed, const char *name);
// Its text, "" when the line has none of that name; to be freed.
char *parsed_text(const struct parsed *parsed, const char *name);

// What `?` prints after the line: words with their help, or "<cr>", or an error; lines end with \n.
void parser_help(const struct platform *platform, int mode, const char *line, struct buf *out);
// What TAB adds to the line; false when the last word is no unique beginning.
bool parser_complete(const struct platform *platform, int mode, const char *line,
                     struct buf *added);

// Reads an interface's name as typed ("g0/1", "gi 0/1", "lo7") and appends it in full; the number
// of bytes read, 0 when it is none.
size_t parser_interface(const struct platform *platform, const char *text, struct buf *full);

#endif
