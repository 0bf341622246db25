// Shows a long output a screen at a time. The output is held until it is shown or refused.
#ifndef EMULATOR_PAGER_H
#define EMULATOR_PAGER_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

struct pager;

// Prints the first screen of text, whose lines end in \n and go out with \r\n. rows: of the screen,
// 0 for no paging. Returns NULL when all is shown; else takes over the text, and the caller frees
// the pager.
struct pager *pager_start(struct buf *text, size_t rows, const char *prompt, struct buf *out);
void pager_free(struct pager *pager);
// One key: space or TAB a screen, Enter a line, any other no more. True: the end was reached.
bool pager_key(struct pager *pager, unsigned char key, size_t rows, const char *prompt,
               const char *erase, struct buf *out);

// Appends lines that end in \n with \r\n.
void pager_print(const char *text, size_t len, struct buf *out);

#endif
