// How many bytes devices send to answer the commands of the work: what a slow line takes its time
// for.
#ifndef BASE_ANSWER_SIZES_H
#define BASE_ANSWER_SIZES_H

#include "base/experiment.h"

struct answer_sizes {
    struct u64_list *of; // [0]: a device without a name; [n]: the named device n. A size a command
    size_t len;
};

void answer_sizes_fini(struct answer_sizes *sizes);

// The answer to a device's command, counted from 0, with the prompt behind it; where it is not
// known, 1000.
uint64_t answer_sizes_get(const struct answer_sizes *sizes, uint32_t device, size_t command);

// Finds them out from whoever knows the devices. -1: a device cannot be made as the experiment
// wants it. The caller calls answer_sizes_fini, also after -1.
typedef int (*answer_sizes_fn)(const struct experiment *experiment, struct answer_sizes *sizes,
                               struct err *err);

#endif
