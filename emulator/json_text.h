// Texts as JSON, for the outputs that a command has behind `| json`.
#ifndef EMULATOR_JSON_TEXT_H
#define EMULATOR_JSON_TEXT_H

#include "base/buf.h"

// The text as a JSON string, with its quotes.
void json_text_quote(const char *text, struct buf *out);

// Arranges what a template made as a device prints it: indented, and without the commas that stand
// behind the last item of a list, so that a loop may put one behind every item. What is no JSON
// even then stays as it is.
void json_text_arrange(struct buf *text);

#endif
