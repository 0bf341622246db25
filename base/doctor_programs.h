// What the doctor asks of other programs: their versions, the Pythons there are, how to install
// one.
#ifndef BASE_DOCTOR_PROGRAMS_H
#define BASE_DOCTOR_PROGRAMS_H

#include "base/buf.h"

#include <stdbool.h>

// Runs a program found on PATH (argv ends with NULL) with no input and gives the first line that it
// printed on either stream; the caller frees. NULL when it cannot be started or its exit code is
// not 0.
char *program_first_line(const char *const *argv);

// Adds a line for each Python on PATH, oldest version first, each program once; returns how many.
size_t program_list_pythons(struct buf *out);

// Adds the command that installs a package with the package manager that is here.
void program_install_command(const char *apt, const char *dnf, const char *brew, struct buf *out);

#endif
