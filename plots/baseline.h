// What a run's speed-up is measured against.
#ifndef PLOTS_BASELINE_H
#define PLOTS_BASELINE_H

#include "plots/dataset.h"

// The sequential run of the same folder, devices, transport and interpreter, else the same
// strategy's run with one worker; NULL when there is neither.
const struct group *baseline_of(const struct dataset *dataset, const struct group *group);

#endif
