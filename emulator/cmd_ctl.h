// netbaton ctl: asks a running emulator over its control channel, or tells it.
#ifndef EMULATOR_CMD_CTL_H
#define EMULATOR_CMD_CTL_H

#include "base/command.h"

extern const struct command command_ctl;

#endif
