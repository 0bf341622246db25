// Running gnuplot on a chart's .gp file.
#ifndef PLOTS_GNUPLOT_H
#define PLOTS_GNUPLOT_H

#include "base/buf.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

struct gnuplot_job {
    const char *dir;            // where the .gp lies and the pictures go
    const char *script;         // its name in dir, "speedup.gp"
    const char *const *formats; // "svg", "png", "pdf", "text"; ended by NULL
    int text_width;             // characters, of the format text
    int text_height;
    bool text_color;
};

// Runs gnuplot (no shell) and waits for it; what it prints to stdout is appended to out. Fails
// when there is no gnuplot and when it exits with an error; its warnings are passed over.
int gnuplot_run(const struct gnuplot_job *job, struct buf *out, struct err *err);

#endif
