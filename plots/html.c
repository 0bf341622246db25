#include "plots/html.h"

#include "plots/gp_text.h"

#include <stdbool.h>
#include <string.h>

void html_text(struct buf *out, const char *text)
{
    while (*text) {
        size_t len = gp_sequence_bytes(text);
        if (*text == '&')
            buf_puts(out, "&amp;");
        else if (*text == '<')
            buf_puts(out, "&lt;");
        else if (*text == '>')
            buf_puts(out, "&gt;");
        else if (*text == '"')
            buf_puts(out, "&quot;");
        else if (*text == '\'')
            buf_puts(out, "&#39;");
        else if (!len || ((unsigned char)*text < 0x20 && *text != '\n' && *text != '\t'))
            buf_putc(out, '?');
        else
            buf_add(out, text, len);
        text += len ? len : 1;
    }
}

void html_element(struct buf *out, const char *tag, const char *text)
{
    buf_printf(out, "<%s>", tag);
    html_text(out, text);
    buf_printf(out, "</%.*s>\n", (int)strcspn(tag, " "), tag);
}

// The length of the id or reference that begins here, up to where its own name begins; 0: none.
static size_t reference_bytes(const char *at)
{
    static const char *const starts[] = {"id='", "id=\"", "href='#", "href=\"#", "url(#"};
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        if (!strncmp(at, starts[i], strlen(starts[i])))
            return strlen(starts[i]);
    return 0;
}

void html_svg(struct buf *out, const char *svg, const char *title, const char *prefix)
{
    static const char own_title[] = "<title>Gnuplot</title>";
    const char *at = strstr(svg, "<svg");
    bool in_tag = false;
    while (at && *at) {
        size_t len = in_tag ? reference_bytes(at) : 0;
        if (!in_tag && !strncmp(at, own_title, sizeof own_title - 1)) {
            html_element(out, "title", title);
            at += sizeof own_title - 1;
        } else if (len) {
            buf_add(out, at, len);
            buf_printf(out, "%s-", prefix);
            at += len;
        } else {
            in_tag = *at == '<' || (in_tag && *at != '>');
            buf_putc(out, *at++);
        }
    }
}
