// A configuration shown otherwise than line by line: with braces and as `set` commands, as Junos
// does, and what two configurations differ in. `path` is where the lines stand: headings with '\n'
// between, "" the top.
#ifndef EMULATOR_CONFIG_FORMS_H
#define EMULATOR_CONFIG_FORMS_H

#include "emulator/config.h"

// What is below `in`: "heading {", lines with ";", "}".
void config_write_braces(const struct config_line *in, size_t depth, struct buf *out);
// What is below `in`: a "set PATH ..." for each line.
void config_write_set(const struct config_line *in, const char *path, struct buf *out);

bool config_same(const struct config_line *a, const struct config_line *b);
// "[edit PATH]" and the lines below it that went (-) or came (+).
void config_compare_braces(const struct config_line *before, const struct config_line *after,
                           const char *path, struct buf *out);
// The same under their headings, each with its sign in front.
void config_compare_signs(const struct config_line *before, const struct config_line *after,
                          const struct platform *platform, size_t depth, struct buf *out);
// The same as IOS shows it: each line with its sign behind its indentation.
void config_compare_contextual(const struct config_line *before, const struct config_line *after,
                               const struct platform *platform, size_t depth, struct buf *out);
// The lines that would make one the other; `no` in front of what goes.
void config_compare_lines(const struct config_line *before, const struct config_line *after,
                          const struct platform *platform, const char *no, size_t depth,
                          struct buf *out);

#endif
