#include "base/answer_sizes.h"

#include <stdlib.h>

enum { UNKNOWN_BYTES = 1000 };

void answer_sizes_fini(struct answer_sizes *sizes)
{
    for (size_t i = 0; i < sizes->len; i++)
        free(sizes->of[i].items);
    free(sizes->of);
    *sizes = (struct answer_sizes){0};
}

uint64_t answer_sizes_get(const struct answer_sizes *sizes, uint32_t device, size_t command)
{
    size_t kind = device < sizes->len ? device : 0;
    return kind < sizes->len && command < sizes->of[kind].len ? sizes->of[kind].items[command]
                                                              : UNKNOWN_BYTES;
}
