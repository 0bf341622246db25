// What two configurations differ in as `diff -u` tells it: hunks of lines that went (-) and came
// (+) with three lines around them.
//
// Lines of one section are compared with lines of the same section of the other: the longest run of
// lines that are in both in the same order stays. The time grows with the number of lines and a
// little more.
#ifndef EMULATOR_CONFIG_DIFF_H
#define EMULATOR_CONFIG_DIFF_H

#include "base/buf.h"
#include "emulator/config.h"

// indent: of a line below another. Nothing when they are the same.
void config_diff(const struct config *before, const struct config *after, const char *indent,
                 struct buf *out);

#endif
