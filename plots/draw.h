// Charts onto disk and paper: writes each chart's .gp and .dat with style.gp into a folder and lets
// gnuplot draw them.
#ifndef PLOTS_DRAW_H
#define PLOTS_DRAW_H

#include "base/err.h"
#include "plots/charts.h"
#include "plots/dataset.h"

#include <stdbool.h>
#include <stdio.h>

struct draw {
    const char *dir;            // made with its parents; what is there is written over
    const char *const *formats; // ended by NULL; "text" goes to `out`
    FILE *out;                  // where text charts go
    int text_width;
    int text_height;
    bool text_color;
};

// Sets text_width and text_height: those of the terminal on stdout, else 80 by 23.
void draw_terminal_size(struct draw *draw);
// Makes dir and writes style.gp. Call it once before draw_chart.
int draw_begin(const struct draw *draw, struct err *err);
// Draws one chart. *why_not is set and nothing is drawn when the results cannot be drawn this way,
// else it is NULL. *left_out: panels that did not fit.
int draw_chart(const struct draw *draw, const struct chart *chart, const struct dataset *dataset,
               const char **why_not, size_t *left_out, struct err *err);

// A text file of the folder; used for what belongs to the charts.
int draw_write_file(const char *dir, const char *name, const char *text, size_t len,
                    struct err *err);

#endif
