// The line editor: keys in, echo out, whole lines to the caller. Immediate echo, as clients wait
// for it.
//
// Enter is CR, LF, CR LF or CR NUL, each one Enter. Keys as IOS has them: arrows and Ctrl-P, Ctrl-N
// for the history, Ctrl-A E B F to move, Ctrl-D K U W X and backspace to delete, Ctrl-Y to have it
// back, Ctrl-T to swap two letters, Esc B F D C L U for words, Ctrl-R to show the line again,
// Ctrl-C and Ctrl-Z to the caller. An idle line without history owns no memory.
#ifndef EMULATOR_LINE_H
#define EMULATOR_LINE_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LINE_MAX_BYTES = 4096 }; // more is dropped

enum line_event {
    LINE_NOTHING,
    LINE_ENTER,
    LINE_HELP, // `?`
    LINE_TAB,
    LINE_CANCEL, // Ctrl-C
    LINE_END,    // Ctrl-Z
    LINE_LEAVE,  // Ctrl-D on an empty line
    LINE_REDRAW, // Ctrl-R, Ctrl-L: the caller paints the prompt, then line_paint
};

struct line {
    struct buf text;    // what is typed so far
    struct buf history; // lines, each ended by NUL, the oldest first
    struct buf killed;  // what was deleted last, for Ctrl-Y
    uint16_t cursor;
    uint16_t back;     // how many lines up the history we are
    uint8_t escape;    // inside an escape sequence
    uint8_t parameter; // its number: ESC [ 3 ~
    bool after_cr;
    bool quoted; // Ctrl-V: the next key is text
};

void line_fini(struct line *line);
// One key. echo: false for a password; then no key but Enter and deleting has a meaning. For
// LINE_ENTER the text stays until line_clear; the newline has been echoed.
enum line_event line_key(struct line *line, unsigned char key, bool echo, struct buf *out);
void line_clear(struct line *line); // forgets the text and frees it
void line_insert(struct line *line, const char *text, struct buf *out); // as if typed
void line_paint(const struct line *line, struct buf *out); // the text, the cursor at its place
void line_forget(struct line *line, size_t depth);         // drops what is beyond that many lines
// Keeps a line in the history; empty ones and repetitions are not kept. depth: how many lines are.
void line_remember(struct line *line, const char *text, size_t depth);

#endif
