// The platforms of the devices of an experiment, each loaded once.
#ifndef EMULATOR_PLATFORM_SET_H
#define EMULATOR_PLATFORM_SET_H

#include "base/experiment.h"
#include "emulator/platform.h"

struct platform_set;

// overlay: a folder, or NULL. It lies over the platform that has the folder's name if a device is
// one of these, else over the platform of devices.platform. NULL with an input error that names the
// place of a wrong platform.
struct platform_set *platform_set_load(const struct experiment *experiment, const char *overlay,
                                       struct err *err);
void platform_set_free(struct platform_set *set);
// One that a device of the experiment has.
const struct platform *platform_set_find(const struct platform_set *set, const char *name);

#endif
