// One look at a running emulator, as --stats shows it: everything until now, and what the last
// second brought.
#ifndef EMULATOR_GLANCE_H
#define EMULATOR_GLANCE_H

#include "base/buf.h"
#include "emulator/counts.h"

#include <stddef.h>

struct glance {
    struct counts now;
    struct counts since; // what the time of gap_s brought
    double seconds;      // since the beginning
    double gap_s;
};

// A line for a terminal of that width. What matters most comes first; what does not fit is left
// out, for a line that wraps cannot be overwritten.
void glance_line(const struct glance *glance, size_t columns, struct buf *line);
// A line of JSON for programs, with its newline: the keys of `netbaton ctl counters`, but
// late_us is of the last second, and per_s.
void glance_json(const struct glance *glance, struct buf *line);

#endif
