#include "base/folder.h"

#include "base/alloc.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int folder_make(const char *dir, struct err *err)
{
    char *path = alloc_strdup(dir);
    int result = 0;
    for (char *p = path + 1; result == 0; p++) {
        if (*p != '/' && *p)
            continue;
        char kept = *p;
        *p = '\0';
        if (mkdir(path, 0777) < 0 && errno != EEXIST)
            result = err_input(err, "cannot make the folder '%s': %s (choose another with -o DIR)",
                               path, strerror(errno));
        *p = kept;
        if (!kept)
            break;
    }
    free(path);
    return result;
}

const char *folder_of_temporaries(void)
{
    const char *dir = getenv("TMPDIR");
    return dir && *dir ? dir : "/tmp";
}

char *folder_temporary(const char *purpose)
{
    return alloc_printf("%s/netbaton-%s-XXXXXX", folder_of_temporaries(), purpose);
}
