// The table that `simulate` prints: a line a run, as runs are predicted.
#ifndef SIM_PREDICTION_TABLE_H
#define SIM_PREDICTION_TABLE_H

#include "base/experiment.h"
#include "base/results.h"
#include "base/run_name.h"

#include <stddef.h>

struct prediction_table {
    struct run_differences differences;
    int name_width;
    int interpreter_width;
};

// Measures the columns for all runs that will come.
void prediction_table_init(struct prediction_table *table, const struct run_spec *specs,
                           size_t count);
// On standard output.
void prediction_table_head(const struct prediction_table *table);
void prediction_table_row(const struct prediction_table *table, const struct run_row *row);

#endif
