#include "emulator/pager.h"

#include "emulator/filter.h"

#include "base/alloc.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { CTRL_C = 3, BACKSPACE = 8, DELETE = 127, PATTERN_MAX = 256 };

struct pager {
    struct buf text;
    size_t at; // shown so far
    bool after_cr;
    char looking;       // '/', '+' or '-': a pattern is being typed; 0: none
    struct buf pattern; // so far
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
    buf_fini(&pager->pattern);
    free(pager);
}

// Lets only what the pattern wants of the rest stay.
static void look(struct pager *pager, struct buf *out)
{
    enum filter_kind kind = pager->looking == '/'   ? FILTER_BEGIN
                            : pager->looking == '+' ? FILTER_INCLUDE
                                                    : FILTER_EXCLUDE;
    struct filter *filter = filter_new(kind, buf_text(&pager->pattern));
    buf_puts(out, "\r\n");
    if (filter) {
        buf_drop(&pager->text, pager->at);
        pager->at = 0;
        filter_apply(filter, "", &pager->text);
        buf_puts(out, "filtering...\r\n");
    }
    filter_free(filter);
    pager->looking = 0;
    buf_fini(&pager->pattern);
}

// A key of a pattern. True: it is complete.
static bool type_pattern(struct pager *pager, unsigned char key, struct buf *out)
{
    if (key == '\r' || key == '\n')
        return true;
    if ((key == BACKSPACE || key == DELETE) && pager->pattern.len) {
        pager->pattern.data[--pager->pattern.len] = '\0';
        buf_puts(out, "\b \b");
    } else if (key >= ' ' && key != DELETE && pager->pattern.len < PATTERN_MAX) {
        buf_putc(&pager->pattern, (char)key);
        buf_putc(out, (char)key);
    }
    return false;
}

static bool show_more(struct pager *pager, size_t lines, const char *prompt, struct buf *out)
{
    if (print_lines(pager, lines, out))
        return true;
    buf_puts(out, prompt);
    return false;
}

bool pager_key(struct pager *pager, unsigned char key, size_t rows, const struct pager_style *style,
               struct buf *out)
{
    bool second = pager->after_cr && (key == '\n' || key == '\0');
    pager->after_cr = key == '\r';
    if (second || key == '\0')
        return false;
    size_t screen = rows > 1 ? rows - 1 : 1;
    if (pager->looking && key != CTRL_C) {
        if (!type_pattern(pager, key, out))
            return false;
        look(pager, out);
        return show_more(pager, screen, style->prompt, out);
    }
    bool enter = key == '\r' || key == '\n';
    buf_puts(out, style->erase);
    if (*style->help && (key == '/' || key == '+' || key == '-')) {
        pager->looking = (char)key;
        buf_putc(out, (char)key);
        return false;
    }
    if (*style->help && key == '?') {
        pager_print(style->help, strlen(style->help), out);
        buf_puts(out, style->prompt);
        return false;
    }
    if (!enter && key != ' ' && key != '\t')
        return true;
    return show_more(pager, enter ? 1 : screen, style->prompt, out);
}
