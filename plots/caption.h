// What a chart's title says of the experiment.
#ifndef PLOTS_CAPTION_H
#define PLOTS_CAPTION_H

#include "plots/dataset.h"

// "Wall time against workers: how-many-threads"; the caller frees.
char *caption_title(const char *chart_title, const struct dataset *dataset);
// Devices, transport, interpreter, latency, cpu, repeats and which of them are shown; the caller
// frees.
char *caption_subtitle(const struct dataset *dataset, const char *repeats_shown);

#endif
