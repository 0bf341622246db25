#include "sim/interpreter_rules.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static bool supported(unsigned major, unsigned minor)
{
    return (major == 2 && minor == 7) || (major == 3 && minor >= 2 && minor < 100);
}

// The last N.N in the path that can be a python's version. *letter: what follows it.
static bool find_version(const char *path, unsigned *major, unsigned *minor, char *letter)
{
    bool found = false;
    for (const char *p = path; *p; p++) {
        unsigned a;
        unsigned b;
        int used = 0;
        if ((p > path && p[-1] >= '0' && p[-1] <= '9') || (p > path && p[-1] == '.'))
            continue;
        if (sscanf(p, "%1u.%2u%n", &a, &b, &used) == 2 && supported(a, b)) {
            *major = a;
            *minor = b;
            *letter = p[used];
            found = true;
        }
    }
    return found;
}

static const struct python_costs *by_path(const struct costs *costs, const char *path)
{
    for (size_t i = 0; costs && i < costs->n_pythons; i++)
        if (!strcmp(costs->pythons[i].path, path))
            return &costs->pythons[i];
    return NULL;
}

bool interpreter_gets_lock(const struct interpreter *interpreter, enum transport transport,
                           const struct costs *costs)
{
    const char *path = interpreter_python_path(interpreter);
    const struct python_costs *python = path ? by_path(costs, path) : NULL;
    return python && transport == TRANSPORT_SSH && python->ssh_has_lock && !python->has_lock;
}

int interpreter_rules(struct interpreter *interpreter, enum transport transport,
                      const struct costs *costs, struct err *err)
{
    const char *path = interpreter_python_path(interpreter);
    if (!path)
        return 0;
    const struct python_costs *python = by_path(costs, path);
    unsigned major = 0;
    unsigned minor = 0;
    char letter = 0;
    if (python) {
        major = python->major;
        minor = python->minor;
        letter = python->has_lock || interpreter_gets_lock(interpreter, transport, costs) ? 0 : 't';
    } else if (!find_version(path, &major, &minor, &letter)) {
        return err_input(err,
                         "cannot tell the version of '%s' from its name; measure it with "
                         "`netbaton calibrate` or name a path like python3.11",
                         path);
    }
    interpreter->major = (int)major;
    interpreter->minor = (int)minor;
    interpreter->gil = major == 2 ? GIL_TICKS : letter == 't' ? GIL_NONE : GIL_TIMED;
    return 0; // its work_factor is 1: a real Python burns by the speed of its own loop
}
