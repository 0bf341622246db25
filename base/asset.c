#include "base/asset.h"

#include <string.h>

const struct asset *asset_find(const struct asset *table, const char *path)
{
    for (; table->path; table++)
        if (!strcmp(table->path, path))
            return table;
    return NULL;
}
