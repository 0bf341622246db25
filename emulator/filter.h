// What stands behind `|`: which lines of an output are shown. The expressions are pcre2 with a
// match limit, so a bad one costs a line a millisecond at most, and a long text a fifth of a second
// of CPU time: what is left of it then does not match.
#ifndef EMULATOR_FILTER_H
#define EMULATOR_FILTER_H

#include "base/buf.h"

#include <stdbool.h>

enum filter_kind {
    FILTER_INCLUDE,
    FILTER_EXCLUDE,
    FILTER_BEGIN,
    FILTER_SECTION, // a matching line and what is indented below it
    FILTER_COUNT,
    FILTER_LAST,    // the last N lines
    FILTER_NOTHING, // no-more: the pager is off, all lines stay
    // From here on the shell's business, no filters:
    FILTER_DISPLAY_SET, // Junos: the configuration as `set` lines
    FILTER_JSON,        // the command's `json` in place of its output
    FILTER_REDIRECT,    // into a file
    FILTER_APPEND,      // behind what is in a file
    FILTER_TEE,         // into a file and onto the screen
};

extern const char *const filter_names[]; // "include", ...; ended by NULL; the index is the kind

struct filter;

// NULL when the expression does not compile (or `last` has no number).
struct filter *filter_new(enum filter_kind kind, const char *expression);
void filter_free(struct filter *filter);
// Replaces the text by what passes. counted: what a count prints, with {{count}} in it.
void filter_apply(struct filter *filter, const char *counted, struct buf *text);

#endif
