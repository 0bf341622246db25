#include "plots/gp_text.h"

#include <stdbool.h>
#include <string.h>

size_t gp_sequence_bytes(const char *text)
{
    unsigned char first = (unsigned char)*text;
    size_t len = first < 0x80                    ? 1
                 : first >= 0xc2 && first < 0xe0 ? 2
                 : first >= 0xe0 && first < 0xf0 ? 3
                 : first >= 0xf0 && first < 0xf5 ? 4
                                                 : 0;
    for (size_t i = 1; i < len; i++)
        if (((unsigned char)text[i] & 0xc0) != 0x80)
            return 0;
    return len;
}

void gp_quote(struct buf *out, const char *text)
{
    buf_putc(out, '\'');
    while (*text) {
        size_t len = gp_sequence_bytes(text);
        if (!len)
            buf_putc(out, '?');
        else if ((unsigned char)*text < 0x20 || *text == 0x7f)
            buf_putc(out, ' ');
        else if (*text == '\'')
            buf_puts(out, "''");
        else
            buf_add(out, text, len);
        text += len ? len : 1;
    }
    buf_putc(out, '\'');
}

size_t gp_characters(const char *text)
{
    size_t count = 0;
    for (; *text; text++)
        count += ((unsigned char)*text & 0xc0) != 0x80;
    return count;
}

size_t gp_line_bytes(const char *text, size_t width)
{
    const size_t separator = strlen(GP_SEPARATOR);
    size_t count = 0;
    size_t after_space = 0;
    size_t after_separator = 0;
    size_t i = 0;
    for (; text[i]; i++) {
        count += ((unsigned char)text[i] & 0xc0) != 0x80;
        if (count > width)
            return after_separator ? after_separator : after_space ? after_space : i ? i : 1;
        if (text[i] == ' ')
            after_space = i + 1;
        if (i + 1 >= separator && !memcmp(text + i + 1 - separator, GP_SEPARATOR, separator))
            after_separator = i + 1;
    }
    return i;
}

size_t gp_without_separator(const char *text, size_t bytes)
{
    size_t len = strlen(GP_SEPARATOR);
    bool at_end = bytes > len && !memcmp(text + bytes - len, GP_SEPARATOR, len);
    return at_end ? bytes - len : bytes;
}
