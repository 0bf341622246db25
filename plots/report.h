// The page that `report` writes: parameters, sentences, charts and tables of results folders in one
// HTML file that needs nothing else.
#ifndef PLOTS_REPORT_H
#define PLOTS_REPORT_H

#include "plots/charts.h"
#include "plots/dataset.h"

// An SVG as gnuplot wrote it; NULL: left out.
struct report_chart {
    const struct chart *chart;
    char *svg;
    const char *why_not; // when it is left out
};

// Appends the page. charts has n_charts entries in the order of the page.
void report_write(const struct dataset *dataset, const struct report_chart *drawn, size_t n_drawn,
                  struct buf *out);

#endif
