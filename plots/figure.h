// One chart's data on the way to gnuplot: panels of curves (blocks of rows), and the values its
// .gp file needs. Written as NAME.dat (blocks apart by two blank lines: gnuplot's `index`) and
// NAME.gp (the values, then the chart's own commands), so that `gnuplot NAME.gp` draws it again.
#ifndef PLOTS_FIGURE_H
#define PLOTS_FIGURE_H

#include "base/buf.h"
#include "plots/axis.h"

#include <stdbool.h>
#include <stddef.h>

enum { FIGURE_PANELS_MAX = 24 };

struct figure_series {
    char *name;
    int style; // line style of style.gp
};

// A curve: the rows of one series in one panel.
struct figure_block {
    size_t panel;
    size_t series;
    double *rows; // n_rows x n_columns
    size_t n_rows;
};

struct figure {
    const char *name; // of the chart and its files
    char *title;
    char *subtitle;             // cut into lines when written
    const char *const *columns; // names of the columns, ended by NULL
    size_t n_columns;
    char **panels; // titles
    size_t n_panels;
    size_t n_left_out; // panels beyond FIGURE_PANELS_MAX
    struct figure_series *series;
    size_t n_series;
    struct figure_block *blocks;
    size_t n_blocks;
    size_t grid_columns; // panels side by side; 0: chosen by their number
    int panel_width;     // pixels; 0: chosen by the grid
    int panel_height;
    int row_heights[FIGURE_PANELS_MAX]; // of the rows of the grid; 0: panel_height
    int gap_x;                          // between panels; 0: no room for tick labels there
    int axis_height;                    // below the last panel; 0: for tick labels that lie flat
    bool no_legend;
    size_t legend_extra;      // entries of the legend besides the series
    size_t legend_characters; // of the longest of those
    struct buf values;        // the chart's own gnuplot assignments
};

// columns is borrowed and lives as long as the figure.
void figure_init(struct figure *figure, const char *name, const char *const *columns);
void figure_fini(struct figure *figure);

// Find or add; the index. Beyond FIGURE_PANELS_MAX a panel is counted as left out: FIGURE_NO_PANEL.
#define FIGURE_NO_PANEL ((size_t)-1)
size_t figure_panel(struct figure *figure, const char *title);
size_t figure_series(struct figure *figure, const char *name, int style);
// A row of n_columns numbers; NAN stays NaN, which gnuplot passes over.
void figure_add(struct figure *figure, size_t panel, size_t series, const double *row);
void figure_drop_rows(struct figure *figure, size_t series); // all of them
// Drops the series without a row, and puts those of the same colour beside each other.
void figure_arrange_series(struct figure *figure);
// Series arranged, blocks by panel and series, rows by their first column. Call it when all rows
// are there.
void figure_sort(struct figure *figure);

// Lowest and highest of a column over all blocks; false when it has no number.
bool figure_range(const struct figure *figure, size_t column, double *low, double *high);
// Panels that are lists of rows (workers, threads), rows[] in each: the height of a row of the grid
// follows from the panel with the most. The .gp file gets them as the array `rows`.
struct figure_rows {
    size_t least;
    int pixels; // of a row
    int frame;  // around them
    int most;   // of all rows of a panel, above which they become thinner; 0: no limit
};
void figure_set_rows(struct figure *figure, const size_t *rows, const struct figure_rows *look);
// Runs with failed sessions (that column above 0) get a mark, and the key an entry for it.
void figure_mark_failed(struct figure *figure, size_t column);

// Assignments for the .gp file.
void figure_number(struct figure *figure, const char *name, double value);
void figure_text(struct figure *figure, const char *name, const char *text);
void figure_axis(struct figure *figure, const char *prefix, const struct axis *axis);

// The x axis with labels at the values of a column, as many as have room. Returns its values, len
// of them; the caller frees them, and *axis by axis_fini.
double *figure_points_axis(struct figure *figure, size_t column, struct axis *axis, size_t *len);

// How many labels of about `characters` fit along the x axis of a panel.
size_t figure_labels_across(const struct figure *figure, size_t characters);

// The contents of the two files, appended; commands is the chart's .gp asset.
void figure_write_dat(const struct figure *figure, struct buf *out);
void figure_write_gp(const struct figure *figure, const char *commands, struct buf *out);

#endif
