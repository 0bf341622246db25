// What `compare` prints, and the same as compare.csv.
#ifndef PLOTS_COMPARE_TEXT_H
#define PLOTS_COMPARE_TEXT_H

#include "base/buf.h"
#include "plots/pairs.h"

// A line a run, the worst first, then the medians and what could not be compared.
void compare_table(const struct dataset *dataset, const struct pairs *pairs, struct buf *out);
void compare_csv(const struct dataset *dataset, const struct pairs *pairs, struct buf *out);

#endif
