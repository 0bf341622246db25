// netbaton report: results as one HTML page.
#ifndef PLOTS_CMD_REPORT_H
#define PLOTS_CMD_REPORT_H

#include "base/command.h"

extern const struct command command_report;

#endif
