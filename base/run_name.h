// What a run is called in a table that people read, and which columns tell its runs apart.
#ifndef BASE_RUN_NAME_H
#define BASE_RUN_NAME_H

#include "base/results.h"

#include <stdbool.h>
#include <stddef.h>

enum { RUN_NAME_MAX = 64 };

// What differs among the runs of a table: a column or a word for it tells something.
struct run_differences {
    bool interpreter;
    bool transport;
    bool switch_interval;
    bool check_interval;
};

// Equal but for the repeat.
bool run_same(const struct run_row *a, const struct run_row *b);

struct run_differences run_differences(const struct run_row *rows, size_t count);

// "processes, spawn", "hybrid of 2 processes", "threads + 1 computing, switch 1ms". name has
// RUN_NAME_MAX bytes; what does not fit is cut.
void run_name(const struct run_row *row, const struct run_differences *differences, char *name);

#endif
