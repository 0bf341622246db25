#include "emulator/json_text.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { INDENT = 4 };

void json_text_quote(const char *text, struct buf *out)
{
    json_t *string = json_string(text);
    char *quoted = string ? json_dumps(string, JSON_ENCODE_ANY) : NULL;
    buf_puts(out, quoted ? quoted : "\"\""); // NULL: the text is no UTF-8
    free(quoted);
    json_decref(string);
}

static bool closes(const char *at)
{
    at += strspn(at, " \t\r\n");
    return *at == '}' || *at == ']';
}

static void drop_last_commas(const char *text, struct buf *out)
{
    bool in_string = false;
    for (const char *p = text; *p; p++) {
        if (in_string && *p == '\\' && p[1]) {
            buf_add(out, p++, 2);
            continue;
        }
        if (*p == '"')
            in_string = !in_string;
        if (in_string || *p != ',' || !closes(p + 1))
            buf_putc(out, *p);
    }
}

void json_text_arrange(struct buf *text)
{
    struct buf strict = {0};
    drop_last_commas(buf_text(text), &strict);
    json_t *value = json_loads(buf_text(&strict), 0, NULL);
    char *dumped = value ? json_dumps(value, JSON_INDENT(INDENT)) : NULL;
    if (dumped) {
        buf_clear(text);
        buf_printf(text, "%s\n", dumped);
    }
    free(dumped);
    json_decref(value);
    buf_fini(&strict);
}
