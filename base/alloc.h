// Memory that is never NULL: out of memory stops the program with a message (load is bounded by
// limits, not by NULL checks). Freed with free().
#ifndef BASE_ALLOC_H
#define BASE_ALLOC_H

#include <stddef.h>

void *alloc_zero(size_t count, size_t size); // zeroed; stops on overflow of count * size too
void *alloc_resize(void *old, size_t count, size_t size);
char *alloc_strdup(const char *text);
char *alloc_strndup(const char *text, size_t limit);
char *alloc_printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
