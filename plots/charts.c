#include "plots/charts.h"

#include "plots/caption.h"

static const char *const spread_columns[] = {"x", "median", "lowest", "highest", "failed", NULL};

static const char *const percentile_columns[] = {"workers", "p50",        "p90", "p99",
                                                 "max",     "sequential", NULL};
static const char *const cost_columns[] = {"strategy", "median",  "lowest",
                                           "highest",  "workers", NULL};
static const char *const gantt_columns[] = {"from", "to", "worker", "phase", "device", NULL};

static const char *const timeline_columns[] = {"from", "to", "thread", "state", NULL};
static const char *const scatter_columns[] = {"reference", "other", "workers", NULL};
static const char bars[] = "median, bar from lowest to highest";

const struct chart charts[] = {
    {"wall-by-workers", "Wall time against workers", spread_columns, bars, prepare_wall_by_workers,
     0, false},
    {"wall-by-devices", "Wall time against devices", spread_columns, bars, prepare_wall_by_devices,
     0, false},
    {"speedup", "Speed-up against workers", spread_columns, bars, prepare_speedup, 0, false},
    {"efficiency", "Efficiency against workers", spread_columns, bars, prepare_efficiency, 0,
     false},
    {"scalability", "Speed-up and the laws fitted to it", spread_columns, "median",
     prepare_scalability, 0, false},
    {"percentiles", "Session times against workers", percentile_columns, "median of each",
     prepare_percentiles, 0, false},
    {"gantt", "Sessions over the workers", gantt_columns, "the first is shown", prepare_gantt, 0,
     false},
    {"timeline", "The threads and the lock", timeline_columns, "the first is shown",
     prepare_timeline, 0, true},
    {"cost", "What each strategy costs", cost_columns, bars, prepare_cost, 0, false},
    {"scatter", "One result against the other", scatter_columns, "median", prepare_scatter, 2,
     false},
    {0},
};

bool chart_fits(const struct chart *chart, const struct dataset *dataset)
{
    return (!chart->n_folders || chart->n_folders == dataset->n_folders) &&
           (!chart->of_timeline || dataset->folders[0].timeline);
}

const char *chart_figure(const struct chart *chart, const struct dataset *dataset,
                         struct figure *figure)
{
    figure_init(figure, chart->name, chart->columns);
    figure->title = caption_title(chart->title, dataset);
    figure->subtitle = caption_subtitle(dataset, chart->repeats);
    const char *why_not = chart->prepare(dataset, figure);
    if (!why_not)
        figure_sort(figure);
    return why_not;
}
