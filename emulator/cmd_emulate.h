// `netbaton emulate`: serve pretend devices until told to stop.
#ifndef EMULATOR_CMD_EMULATE_H
#define EMULATOR_CMD_EMULATE_H

#include "base/command.h"

extern const struct command command_emulate;

#endif
