// The charts `plot` can draw: one visible table, one .gp file each.
//
// To add a chart: write NAME.gp (begin with a look at wall-by-workers.gp and style.gp), a prepare
// function, and a line in charts.c; name the .gp file in CMakeLists.txt.
#ifndef PLOTS_CHARTS_H
#define PLOTS_CHARTS_H

#include "base/asset.h"
#include "plots/dataset.h"
#include "plots/figure.h"

struct chart {
    const char *name;           // of its files, and for --chart
    const char *title;          // "Wall time against workers"
    const char *const *columns; // of its .dat, ended by NULL
    const char *repeats;        // what is shown of them: "median"
    // Fills in the figure's panels, series, rows and values. Returns NULL, or why these results
    // cannot be drawn this way ("there is only one number of devices").
    const char *(*prepare)(const struct dataset *dataset, struct figure *figure);
    size_t n_folders; // it is for that many folders only; 0: for any number
    bool of_timeline; // it is only for results with a timeline
};

extern const struct chart charts[]; // ended by an entry whose name is NULL
extern const struct asset plots_assets[];

// Are the results of the kind that the chart is for?
bool chart_fits(const struct chart *chart, const struct dataset *dataset);

// Title and subtitle from the dataset, then the chart's own part, sorted. NULL, or why not; the
// figure must be finished with figure_fini either way.
const char *chart_figure(const struct chart *chart, const struct dataset *dataset,
                         struct figure *figure);

// The prepare functions.
const char *prepare_wall_by_workers(const struct dataset *dataset, struct figure *figure);
const char *prepare_wall_by_devices(const struct dataset *dataset, struct figure *figure);
const char *prepare_speedup(const struct dataset *dataset, struct figure *figure);
const char *prepare_efficiency(const struct dataset *dataset, struct figure *figure);
const char *prepare_percentiles(const struct dataset *dataset, struct figure *figure);
const char *prepare_gantt(const struct dataset *dataset, struct figure *figure);
const char *prepare_scalability(const struct dataset *dataset, struct figure *figure);
const char *prepare_scatter(const struct dataset *dataset, struct figure *figure);
const char *prepare_timeline(const struct dataset *dataset, struct figure *figure);
const char *prepare_cost(const struct dataset *dataset, struct figure *figure);

#endif
