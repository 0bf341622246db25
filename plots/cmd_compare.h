// netbaton compare: two results side by side.
#ifndef PLOTS_CMD_COMPARE_H
#define PLOTS_CMD_COMPARE_H

#include "base/command.h"

extern const struct command command_compare;

#endif
