// Shows a long output a screen at a time. The output is held until it is shown or refused.
#ifndef EMULATOR_PAGER_H
#define EMULATOR_PAGER_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pager;

// How a platform's pager looks; all texts are its own.
struct pager_style {
    char *prompt; // " --More-- "
    char *erase;  // wipes it from the screen
    char *help;   // what `?` says there; then / + - look for a pattern. "": they end it
    uint16_t rows, columns;
};

// Prints the first screen of text, whose lines end in \n and go out with \r\n. rows: of the screen,
// 0 for no paging. Returns NULL when all is shown; else takes over the text, and the caller frees
// the pager.
struct pager *pager_start(struct buf *text, size_t rows, const char *prompt, struct buf *out);
void pager_free(struct pager *pager);
// One key: space or TAB a screen, Enter a line, / + - a pattern (from the first line that has it;
// only lines that have it; only those that have not), any other no more. True: the end was reached.
bool pager_key(struct pager *pager, unsigned char key, size_t rows, const struct pager_style *style,
               struct buf *out);

// Appends lines that end in \n with \r\n.
void pager_print(const char *text, size_t len, struct buf *out);

#endif
