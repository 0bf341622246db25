// The work of an experiment done on its devices with nobody watching: no socket, no time passes.
#ifndef EMULATOR_REHEARSAL_H
#define EMULATOR_REHEARSAL_H

#include "base/answer_sizes.h"

// See answer_sizes_fn. Devices without a name are all taken for the one in the middle,
// which has neighbours on both sides.
int rehearsal_answer_sizes(const struct experiment *experiment, struct answer_sizes *sizes,
                           struct err *err);

#endif
