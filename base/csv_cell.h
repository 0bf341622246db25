// A cell of a CSV file that is made as text. (What is written row by row to a file is quoted by
// libcsv, results_columns.c.)
#ifndef BASE_CSV_CELL_H
#define BASE_CSV_CELL_H

#include "base/buf.h"

// Adds the text as RFC 4180 has it: in quotes if it needs them.
void csv_cell(struct buf *out, const char *text);

#endif
