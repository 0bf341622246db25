#include "base/interpreter.h"

#include "base/units.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// work_factor of free-threaded builds on one thread: about 40 % in 3.13 (the free-threading HOWTO
// of 3.13), 5 to 10 % in 3.14 (What's New in Python 3.14).
static const struct interpreter interpreters[] = {
    {"native", GIL_NONE, 0, 0, 1.0},
    {"subinterpreters", GIL_PER_WORKER, 3, 14, 1.0},
    {"free-threaded", GIL_NONE, 3, 14, 1.08},
    {"free-threaded-3.13", GIL_NONE, 3, 13, 1.40},
    {"free-threaded-3.14", GIL_NONE, 3, 14, 1.08},
};
enum { N_INTERPRETERS = sizeof interpreters / sizeof *interpreters };

static int parse_cpython(const char *text, struct interpreter *interpreter, struct err *err)
{
    int used = 0;
    int major = 0;
    int minor = 0;
    if (sscanf(text, "cpython-%1d.%2d%n", &major, &minor, &used) != 2 || text[used])
        return err_input(err, "'%s' names no version; write it like cpython-2.7 or cpython-3.11",
                         text);
    if (!(major == 2 && minor == 7) && !(major == 3 && minor >= 2 && minor <= 14))
        return err_input(
            err, "no rules for '%s'; there are cpython-2.7 and cpython-3.2 to cpython-3.14", text);
    interpreter->gil = major == 2 ? GIL_TICKS : GIL_TIMED;
    interpreter->major = major;
    interpreter->minor = minor;
    interpreter->work_factor = 1.0;
    return 0;
}

static const struct interpreter *find_interpreter(const char *name)
{
    for (size_t i = 0; i < N_INTERPRETERS; i++)
        if (!strcmp(name, interpreters[i].name))
            return &interpreters[i];
    return NULL;
}

// The version behind what people write before it.
static const char *version_in(const char *text)
{
    static const char *const prefixes[] = {"cpython-", "cpython", "python-", "python", "py"};
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
        if (!strncmp(text, prefixes[i], strlen(prefixes[i])))
            return text + strlen(prefixes[i]);
    return text;
}

// What people call them: 3.11, python3.11, cpython-3.13t; python3, /usr/bin/python3. NULL: that is
// none. meant holds the name.
static const char *meant_by(const char *text, char *meant, size_t len)
{
    const char *version = version_in(text);
    struct interpreter ignored;
    struct err err;
    int major = 0;
    int minor = 0;
    int used = 0;
    if (sscanf(version, "%1d.%2d%n", &major, &minor, &used) == 2 && !version[used]) {
        snprintf(meant, len, "cpython-%d.%d", major, minor);
        return parse_cpython(meant, &ignored, &err) == 0 ? meant : NULL;
    }
    if (used && !strcmp(version + used, "t")) { // CPython's mark of a free-threaded build
        snprintf(meant, len, "free-threaded-%d.%d", major, minor);
        return find_interpreter(meant) ? meant : NULL;
    }
    if (!used && (strchr(text, '/') || !strncmp(text, "python", 6))) {
        snprintf(meant, len, "python:%s", text);
        return meant;
    }
    return NULL;
}

static const char *nearest_to(const char *text)
{
    const char *names[N_INTERPRETERS + 3] = {"cpython-3.11", "cpython-2.7"};
    for (size_t i = 0; i < N_INTERPRETERS; i++)
        names[i + 2] = interpreters[i].name;
    return units_nearest_word(text, names);
}

int interpreter_parse(const char *text, struct interpreter *interpreter, struct err *err)
{
    *interpreter = (struct interpreter){.work_factor = 1.0};
    const struct interpreter *known = find_interpreter(text);
    if (known) {
        *interpreter = *known;
        return 0;
    }
    if (snprintf(interpreter->name, sizeof interpreter->name, "%s", text) >=
        (int)sizeof interpreter->name)
        return err_input(err, "'%.40s...' is too long for an interpreter", text);
    if (!strncmp(text, "python:", 7) && text[7]) {
        interpreter->gil = GIL_REAL;
        return 0;
    }
    char meant[sizeof interpreter->name + sizeof "python:"];
    const char *near = meant_by(text, meant, sizeof meant);
    if (!strncmp(text, "cpython", 7) && (!near || !strcmp(near, text)))
        return parse_cpython(text, interpreter, err);
    if (!near)
        near = nearest_to(text);
    return err_input(
        err, "unknown interpreter '%s'; %s%s%s", text,
        near ? "did you mean '"
             : "there are "
               "native, cpython-2.7, cpython-3.2 to cpython-3.14, subinterpreters, free-threaded, "
               "python:PATH",
        near ? near : "", near ? "'?" : "");
}

const char *interpreter_python_path(const struct interpreter *interpreter)
{
    return interpreter->gil == GIL_REAL ? interpreter->name + strlen("python:") : NULL;
}
