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

// A paragraph a line.
static void print_paragraphs(const char *text)
{
    struct draw terminal;
    draw_terminal_size(&terminal);
    size_t width = isatty(STDOUT_FILENO) ? (size_t)terminal.text_width : SIZE_MAX;
    while (*text) {
        size_t line = strcspn(text, "\n");
        size_t bytes = gp_line_bytes(text, width);
        printf("%.*s\n", (int)(bytes < line ? bytes : line), text);
        text += bytes < line ? bytes : line + 1;
    }
}

static void print_agreement(const struct dataset *dataset)
{
    struct pairs pairs;
    struct buf text = {0};
    pairs_of(dataset, &pairs);
    verdict_write_agreement(dataset, &pairs, &text);
    if (text.len)
        putchar('\n');
    print_paragraphs(buf_text(&text));
    buf_fini(&text);
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
        print_paragraphs(buf_text(&text));
        buf_fini(&text);
    }
    if (dataset->n_folders == 2)
        print_agreement(dataset);
}
