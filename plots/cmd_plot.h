// netbaton plot: charts of results folders.
#ifndef PLOTS_CMD_PLOT_H
#define PLOTS_CMD_PLOT_H

#include "base/command.h"

extern const struct command command_plot;

#endif
