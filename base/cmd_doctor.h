// `netbaton doctor`: what this machine lacks or limits, and the command that mends it.
#ifndef BASE_CMD_DOCTOR_H
#define BASE_CMD_DOCTOR_H

#include "base/command.h"

extern const struct command command_doctor;

#endif
