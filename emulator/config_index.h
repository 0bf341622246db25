// Finds lines among many beside each other by the words they begin with, so that a configuration of
// a hundred thousand lines is entered, merged and compared in time that grows with its length.
//
// The index knows how many lines begin with the first word, the first two, and so on, and where
// there is but one, which it is. Of several it does not know the first: then the caller looks at
// one line after the other.
#ifndef EMULATOR_CONFIG_INDEX_H
#define EMULATOR_CONFIG_INDEX_H

#include <stdbool.h>
#include <stddef.h>

struct config_line;
struct config_index;

struct config_index *config_index_new(void);
void config_index_free(struct config_index *index);

// A line with this text has come, is about to go. Borrows the line until then.
void config_index_add(struct config_index *index, struct config_line *line);
void config_index_remove(struct config_index *index, const struct config_line *line);

// The line that begins with the words (config_begins); NULL when none does. *known is false when
// the index cannot tell.
struct config_line *config_index_find(const struct config_index *index, const char *words,
                                      bool *known);

#endif
