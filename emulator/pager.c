#include "emulator/pager.h"

#include "base/alloc.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { CTRL_C = 3, CTRL_Z = 26 };

struct pager {
    struct buf text;
    size_t at; // shown so far
    bool after_cr;
};

void pager_print(const char *text, size_t len, struct buf *out)
{
    const char *end = text + len;
    while (text < end) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        const char *stop = newline ? newline : end;
        buf_add(out, text, (size_t)(stop - text));
        if (newline)
            buf_puts(out, "\r\n");
        text = stop + 1;
    }
}

// Prints that many lines; true when it was the last.
static bool print_lines(struct pager *pager, size_t lines, struct buf *out)
{
    size_t start = pager->at;
    while (lines-- > 0 && pager->at < pager->text.len) {
        const char *rest = pager->text.data + pager->at;
        const char *newline = memchr(rest, '\n', pager->text.len - pager->at);
        pager->at = newline ? (size_t)(newline - pager->text.data) + 1 : pager->text.len;
    }
    pager_print(buf_text(&pager->text) + start, pager->at - start, out);
    return pager->at >= pager->text.len;
}

struct pager *pager_start(struct buf *text, size_t rows, const char *prompt, struct buf *out)
{
    struct pager pager = {.text = *text};
    if (print_lines(&pager, rows ? rows - 1 : SIZE_MAX, out))
        return NULL;
    struct pager *kept = alloc_zero(1, sizeof *kept);
    *kept = pager;
    *text = (struct buf){0};
    buf_puts(out, prompt);
    return kept;
}

void pager_free(struct pager *pager)
{
    if (!pager)
        return;
    buf_fini(&pager->text);
    free(pager);
}

bool pager_key(struct pager *pager, unsigned char key, size_t rows, const char *prompt,
               const char *erase, struct buf *out)
{
    bool second = pager->after_cr && (key == '\n' || key == '\0');
    pager->after_cr = key == '\r';
    if (second || key == '\0')
        return false;
    bool enter = key == '\r' || key == '\n';
    bool more = enter || key == ' ' || key == '\t';
    buf_puts(out, erase);
    if (!more)
        return true;
    if (print_lines(pager, enter ? 1 : rows > 1 ? rows - 1 : 1, out))
        return true;
    buf_puts(out, prompt);
    return false;
}
