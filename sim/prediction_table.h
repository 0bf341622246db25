// The table that `simulate` prints: a line a run, as runs are predicted; its repeats taken together
// as in the table of `run`.
#ifndef SIM_PREDICTION_TABLE_H
#define SIM_PREDICTION_TABLE_H

#include "base/experiment.h"
#include "base/results.h"
#include "base/run_name.h"

#include <stddef.h>
#include <stdio.h>

struct prediction_table {
    FILE *out;
    struct run_differences differences;
    int name_width;
    int interpreter_width;
    size_t repeats;       // of each run
    struct run_row *rows; // of the run in hand
    size_t len;
};

// Measures the columns for all runs that will come.
void prediction_table_init(struct prediction_table *table, FILE *out, const struct run_spec *specs,
                           size_t count);
void prediction_table_head(const struct prediction_table *table);
// Prints the run when all its repeats are there.
void prediction_table_row(struct prediction_table *table, const struct run_row *row);
// Prints what repeats there are of the last run, and frees.
void prediction_table_end(struct prediction_table *table);

#endif
