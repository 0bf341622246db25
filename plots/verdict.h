// What the results say, in sentences: which strategy wins, from how many workers on more of them
// stop helping, and what limits. Everything is computed from the rows; what they do not tell is not
// said.
#ifndef PLOTS_VERDICT_H
#define PLOTS_VERDICT_H

#include "base/buf.h"
#include "plots/dataset.h"
#include "plots/pairs.h"

// One paragraph a line for each transport, interpreter, number of devices ... of the folder.
void verdict_write(const struct dataset *dataset, size_t folder, struct buf *out);

// The same lines for two folders: what it costs to do in the one that is held to be right what is
// fastest in the other.
void verdict_write_agreement(const struct dataset *dataset, const struct pairs *pairs,
                             struct buf *out);

#endif
