#ifndef CLIENT_CMD_RUN_H
#define CLIENT_CMD_RUN_H

#include "base/command.h"

extern const struct command command_run;

#endif
