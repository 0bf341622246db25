// What verdict.h says, on the standard output.
#ifndef PLOTS_VERDICT_PRINT_H
#define PLOTS_VERDICT_PRINT_H

#include "plots/dataset.h"

// Of several folders each has its name above it, and two have the lines of both behind them. Lines
// are broken between words where a terminal ends.
void verdict_print(const struct dataset *dataset);

#endif
