// Text that came from files, made safe for gnuplot.
#ifndef PLOTS_GP_TEXT_H
#define PLOTS_GP_TEXT_H

#include "base/buf.h"

// Adds 'text' in single quotes, in which gnuplot substitutes nothing (no backquotes, no escapes):
// a quote is doubled, control characters become spaces, bytes that are not UTF-8 question marks.
// The terminals run with noenhanced, so _ ^ { } are themselves.
void gp_quote(struct buf *out, const char *text);

// The length of the UTF-8 sequence at the start of the text, 0 when it is not one (RFC 3629).
size_t gp_sequence_bytes(const char *text);

// How many characters (code points) the text has, for laying out.
size_t gp_characters(const char *text);

// Between the parts of a subtitle.
#define GP_SEPARATOR " · "

// How many bytes of the text fit in a line of `width` characters, broken after a separator, else
// after a space.
size_t gp_line_bytes(const char *text, size_t width);
// How many of those to show: without a separator at the end of the line.
size_t gp_without_separator(const char *text, size_t bytes);

#endif
