// Which runs the pythons of an experiment can do, asked of them before anything is measured.
#ifndef CLIENT_PYTHON_CHECK_H
#define CLIENT_PYTHON_CHECK_H

#include "base/err.h"
#include "base/experiment.h"

#include <stddef.h>
#include <stdio.h>

// Takes out of specs the runs that their python cannot do (a strategy, a start method, SSH without
// paramiko), and tells on notes which and why. Input error when a python cannot be started, or when
// no run is left.
int python_check_runs(const struct experiment *experiment, struct run_spec *specs, size_t *count,
                      FILE *notes, struct err *err);

#endif
