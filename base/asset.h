// A data file compiled into the program by cmake/embed.cmake. A table of them ends with an entry
// whose path is NULL.
#ifndef BASE_ASSET_H
#define BASE_ASSET_H

#include <stddef.h>

struct asset {
    const char *path; // below the folder that embeds it, e.g. "platforms/cisco_ios/platform.yaml"
    const char *data; // followed by a NUL that is not counted
    size_t len;
};

// NULL when the table has no such path.
const struct asset *asset_find(const struct asset *table, const char *path);

#endif
