// The columns of runs.csv and sessions.csv: one table each, used for writing and for reading. Only
// results.c uses it.
#ifndef BASE_RESULTS_COLUMNS_H
#define BASE_RESULTS_COLUMNS_H

#include "base/err.h"

#include <stddef.h>
#include <stdio.h>

enum column_type {
    COLUMN_TEXT,   // char[size]
    COLUMN_NUMBER, // double; NAN is an empty cell
    COLUMN_U32,
    COLUMN_SECONDS, // uint64_t ns in memory, seconds in the file
    COLUMN_END,     // enum job_end by name
};

struct column {
    const char *name;
    enum column_type type;
    size_t offset;
    size_t size; // of texts
};

extern const struct column run_columns[];     // of struct run_row; both ended by a NULL name
extern const struct column session_columns[]; // of struct session_row

void columns_set_unknown(const struct column *columns, void *row);
void columns_write_header(const struct column *columns, FILE *file);
void columns_write_row(const struct column *columns, const void *row, FILE *file);

// Rows of row_size bytes; the caller frees. An incomplete last line (a crash) is passed over.
void *columns_read(const struct column *columns, size_t row_size, const char *path, size_t *count,
                   struct err *err);

#endif
