// `netbaton lab`: lists the labs, shows one, runs it and checks the student's predictions.
#ifndef LABS_CMD_LAB_H
#define LABS_CMD_LAB_H

#include "base/command.h"

extern const struct command command_lab;

#endif
