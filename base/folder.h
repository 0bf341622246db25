// Folders to write to.
#ifndef BASE_FOLDER_H
#define BASE_FOLDER_H

#include "base/err.h"

// Makes the folder with its parents; one that is there is fine. Input error when it cannot be made.
int folder_make(const char *dir, struct err *err);

// What mkstemp and mkdtemp want: "netbaton-PURPOSE-XXXXXX" in TMPDIR, or /tmp. The caller frees.
char *folder_temporary(const char *purpose);

#endif
