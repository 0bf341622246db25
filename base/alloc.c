#include "base/alloc.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *checked(void *memory)
{
    if (!memory) {
        fputs("netbaton: out of memory\n", stderr);
        abort();
    }
    return memory;
}

void *alloc_zero(size_t count, size_t size)
{
    return checked(calloc(count ? count : 1, size ? size : 1));
}

void *alloc_resize(void *old, size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size)
        checked(NULL);
    size_t bytes = count * size;
    return checked(realloc(old, bytes ? bytes : 1));
}

char *alloc_strdup(const char *text)
{
    return checked(strdup(text));
}

char *alloc_strndup(const char *text, size_t limit)
{
    return checked(strndup(text, limit));
}

char *alloc_printf(const char *fmt, ...)
{
    char *text = NULL;
    va_list ap;
    va_start(ap, fmt);
    if (vasprintf(&text, fmt, ap) < 0)
        text = NULL;
    va_end(ap);
    return checked(text);
}
