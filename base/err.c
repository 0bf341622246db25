#include "base/err.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void set_text(struct err *err, enum err_kind kind, const char *fmt, va_list ap)
    __attribute__((format(printf, 3, 0)));

static void set_text(struct err *err, enum err_kind kind, const char *fmt, va_list ap)
{
    char text[sizeof err->text]; // the arguments may point into err->text
    vsnprintf(text, sizeof text, fmt, ap);
    // What is quoted from a file or an option must not act on the terminal, nor end the line. The
    // lines of a list begin with two spaces.
    for (char *c = text; *c; c++)
        if (iscntrl((unsigned char)*c) && strncmp(c, "\n  ", 3) != 0)
            *c = '?';
    memcpy(err->text, text, sizeof text);
    err->kind = kind;
}

int(err_set)(struct err *err, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    set_text(err, ERR_MACHINE, fmt, ap);
    va_end(ap);
    return -1;
}

int(err_input)(struct err *err, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    set_text(err, ERR_INPUT, fmt, ap);
    va_end(ap);
    return -1;
}

int(err_prefix)(struct err *err, const char *fmt, ...)
{
    char place[256];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(place, sizeof place, fmt, ap);
    va_end(ap);
    size_t used = strlen(place);
    size_t kept = strlen(err->text);
    if (used + kept >= sizeof err->text)
        kept = sizeof err->text - used - 1;
    memmove(err->text + used, err->text, kept);
    memcpy(err->text, place, used);
    err->text[used + kept] = '\0';
    return -1;
}

int err_exit_code(const struct err *err)
{
    return err->kind == ERR_INPUT ? 2 : 1;
}
