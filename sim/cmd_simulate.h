// `netbaton simulate EXPERIMENT`: predicts what `netbaton run` would measure, in virtual time.
#ifndef SIM_CMD_SIMULATE_H
#define SIM_CMD_SIMULATE_H

#include "base/answer_sizes.h"
#include "base/command.h"

extern const struct command command_simulate;

// Who knows how long the answers of the devices are: main.c says it, as the model knows no devices.
extern const answer_sizes_fn simulate_answer_sizes;

#endif
