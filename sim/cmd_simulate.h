// `netbaton simulate EXPERIMENT`: predicts what `netbaton run` would measure, in virtual time.
#ifndef SIM_CMD_SIMULATE_H
#define SIM_CMD_SIMULATE_H

#include "base/command.h"

extern const struct command command_simulate;

#endif
