// Text for HTML pages.
#ifndef PLOTS_HTML_H
#define PLOTS_HTML_H

#include "base/buf.h"

// Adds the text with & < > " ' as entities; control characters other than newline and tab, and
// bytes that are not UTF-8, become question marks.
void html_text(struct buf *out, const char *text);
// "<TAG>text</TAG>\n"; tag may have attributes: "p class=\"note\"".
void html_element(struct buf *out, const char *tag, const char *text);
// Adds an SVG file as gnuplot writes it, to stand in the middle of a page: without its XML
// declaration, with title instead of gnuplot's, and with prefix in front of its ids, so that
// several of them do not mix up each other's symbols.
void html_svg(struct buf *out, const char *svg, const char *title, const char *prefix);

#endif
