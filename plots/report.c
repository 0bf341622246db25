#include "plots/report.h"

#include "base/alloc.h"
#include "plots/caption.h"
#include "plots/compare_text.h"
#include "plots/html.h"
#include "plots/report_tables.h"
#include "plots/verdict.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void write_head(const char *title, struct buf *out)
{
    buf_puts(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                  "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                  "style-src 'unsafe-inline'\">\n"
                  "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    html_element(out, "title", title);
    buf_printf(out, "<style>\n%s</style>\n</head>\n<body>\n",
               asset_find(plots_assets, "report.css")->data);
}

// Takes the lines.
static void write_paragraphs(struct buf *lines, struct buf *out)
{
    char *rest = lines->data;
    for (char *line = strsep(&rest, "\n"); line; line = strsep(&rest, "\n"))
        if (*line)
            html_element(out, "p", line);
    buf_fini(lines);
}

static void write_agreement(const struct dataset *dataset, struct buf *out)
{
    struct pairs pairs;
    struct buf text = {0};
    pairs_of(dataset, &pairs);
    verdict_write_agreement(dataset, &pairs, &text);
    if (text.len)
        html_element(out, "h3", "beside each other");
    write_paragraphs(&text, out);
    pairs_fini(&pairs);
}

static void write_verdicts(const struct dataset *dataset, struct buf *out)
{
    html_element(out, "h2", "What it says");
    for (size_t f = 0; f < dataset->n_folders; f++) {
        struct buf text = {0};
        verdict_write(dataset, f, &text);
        if (dataset->n_folders > 1)
            html_element(out, "h3", dataset->folders[f].label);
        write_paragraphs(&text, out);
    }
    if (dataset->n_folders == 2)
        write_agreement(dataset, out);
}

static void write_charts(const struct report_chart *drawn, size_t n_drawn, struct buf *out)
{
    html_element(out, "h2", "Charts");
    for (size_t i = 0; i < n_drawn; i++) {
        if (!drawn[i].svg)
            continue;
        buf_puts(out, "<figure>\n");
        html_svg(out, drawn[i].svg, drawn[i].chart->title, drawn[i].chart->name);
        buf_puts(out, "</figure>\n");
    }
    for (size_t i = 0; i < n_drawn; i++)
        if (!drawn[i].svg && drawn[i].why_not) {
            char *text =
                alloc_printf("%s: left out, because %s.", drawn[i].chart->title, drawn[i].why_not);
            html_element(out, "p class=\"note\"", text);
            free(text);
        }
}

static void write_comparison(const struct dataset *dataset, struct buf *out)
{
    struct pairs pairs;
    struct buf table = {0};
    if (dataset->n_folders != 2)
        return;
    pairs_of(dataset, &pairs);
    if (pairs.len) {
        compare_table(dataset, &pairs, &table);
        html_element(out, "h2", "Run by run, the worst error first");
        html_element(out, "pre", buf_text(&table));
    }
    buf_fini(&table);
    pairs_fini(&pairs);
}

void report_write(const struct dataset *dataset, const struct report_chart *drawn, size_t n_drawn,
                  struct buf *out)
{
    char *title = caption_title("netbaton report", dataset);
    char *subtitle = caption_subtitle(dataset, "median, lowest to highest");
    write_head(title, out);
    html_element(out, "h1", title);
    html_element(out, "p class=\"subtitle\"", subtitle);
    write_verdicts(dataset, out);
    write_charts(drawn, n_drawn, out);
    for (size_t f = 0; f < dataset->n_folders; f++)
        report_runs(dataset, f, out);
    write_comparison(dataset, out);
    for (size_t f = 0; f < dataset->n_folders; f++)
        report_parameters(dataset, f, out);
    buf_puts(out, "<footer>netbaton " NETBATON_VERSION "</footer>\n</body>\n</html>\n");
    free(title);
    free(subtitle);
}
