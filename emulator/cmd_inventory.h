// `netbaton inventory`: the devices of an experiment as the inventory of a client.
#ifndef EMULATOR_CMD_INVENTORY_H
#define EMULATOR_CMD_INVENTORY_H

#include "base/command.h"

extern const struct command command_inventory;

#endif
