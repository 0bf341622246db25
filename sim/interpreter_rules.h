// Which CPython's rules a run follows when its interpreter is a real one, named by a path.
#ifndef SIM_INTERPRETER_RULES_H
#define SIM_INTERPRETER_RULES_H

#include "base/costs.h"
#include "base/err.h"
#include "base/experiment.h"

#include <stdbool.h>

// python:PATH becomes the CPython of its version (and its lock): as the machine file says, else as
// the path tells (python3.11, .../3.11.7/bin/python, python3.13t); anything else is left alone. An
// input error when neither tells. costs may be NULL.
int interpreter_rules(struct interpreter *interpreter, enum transport transport,
                      const struct costs *costs, struct err *err);

// Over that transport a free-threaded build works with its lock on, says the machine file: paramiko
// has turned it on.
bool interpreter_gets_lock(const struct interpreter *interpreter, enum transport transport,
                           const struct costs *costs);

#endif
