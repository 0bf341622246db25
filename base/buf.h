// A growing run of bytes: what is waiting to be sent, an output being built. Always followed by a
// NUL that is not counted, so text in it can be used as a C string.
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdarg.h>
#include <stddef.h>

struct buf {
    char *data; // NULL until the first byte; use buf_text for a C string
    size_t len;
    size_t cap;
};

void buf_fini(struct buf *buf); // frees the bytes; the struct is then an empty buf again
void buf_add(struct buf *buf, const void *bytes, size_t len);
void buf_puts(struct buf *buf, const char *text);
void buf_putc(struct buf *buf, char c);
void buf_printf(struct buf *buf, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *buf, const char *fmt, va_list ap)
    __attribute__((format(printf, 2, 0)));
void buf_drop(struct buf *buf, size_t len);  // forgets the first len bytes; len <= buf->len
void buf_clear(struct buf *buf);             // keeps the memory
const char *buf_text(const struct buf *buf); // never NULL; valid until the next change
char *buf_take(struct buf *buf);             // the caller owns the C string; the buf is empty after

#endif
