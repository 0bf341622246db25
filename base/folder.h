// Folders to write to.
#ifndef BASE_FOLDER_H
#define BASE_FOLDER_H

#include "base/err.h"

// Makes the folder with its parents; one that is there is fine. Input error when it cannot be made.
int folder_make(const char *dir, struct err *err);

// Where temporary files lie: TMPDIR, or /tmp.
const char *folder_of_temporaries(void);
// What mkstemp and mkdtemp want: "netbaton-PURPOSE-XXXXXX" there. The caller frees.
char *folder_temporary(const char *purpose);

#endif
