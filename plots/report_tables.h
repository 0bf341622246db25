// The tables of the report.
#ifndef PLOTS_REPORT_TABLES_H
#define PLOTS_REPORT_TABLES_H

#include "base/buf.h"
#include "plots/dataset.h"

// A line a run of the folder: wall, speed-up, efficiency, session times, failures, costs.
void report_runs(const struct dataset *dataset, size_t folder, struct buf *out);
// Where it ran and the experiment as resolved.
void report_parameters(const struct dataset *dataset, size_t folder, struct buf *out);

#endif
