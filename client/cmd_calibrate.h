#ifndef CLIENT_CMD_CALIBRATE_H
#define CLIENT_CMD_CALIBRATE_H

#include "base/command.h"

extern const struct command command_calibrate;

#endif
