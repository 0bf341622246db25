#include "plots/verdict_print.h"

#include "plots/draw.h"
#include "plots/gp_text.h"
#include "plots/pairs.h"
#include "plots/verdict.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void print_folded(const char *line, size_t width)
{
    while (*line) {
        size_t bytes = gp_line_bytes(line, width);
        printf("%.*s\n", (int)bytes, line);
        line += bytes;
    }
}

// Takes the lines. A paragraph a line.
static void print_paragraphs(struct buf *lines)
{
    struct draw terminal;
    draw_terminal_size(&terminal);
    size_t width = isatty(STDOUT_FILENO) ? (size_t)terminal.text_width : SIZE_MAX;
    char *rest = lines->data;
    for (char *line = strsep(&rest, "\n"); line; line = strsep(&rest, "\n"))
        print_folded(line, width);
    buf_fini(lines);
}

static void print_agreement(const struct dataset *dataset)
{
    struct pairs pairs;
    struct buf text = {0};
    pairs_of(dataset, &pairs);
    verdict_write_agreement(dataset, &pairs, &text);
    if (text.len)
        putchar('\n');
    print_paragraphs(&text);
    pairs_fini(&pairs);
}

void verdict_print(const struct dataset *dataset)
{
    for (size_t f = 0; f < dataset->n_folders; f++) {
        struct buf text = {0};
        if (dataset->n_folders > 1) {
            char *name = folder_name(&dataset->folders[f]);
            printf("%s%s\n", f ? "\n" : "", name);
            free(name);
        }
        verdict_write(dataset, f, &text);
        print_paragraphs(&text);
    }
    if (dataset->n_folders == 2)
        print_agreement(dataset);
}
