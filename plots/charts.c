#include "plots/charts.h"

#include "plots/caption.h"

static const char *const spread_columns[] = {"x", "median", "lowest", "highest", "failed", NULL};

const struct chart charts[] = {
    {"wall-by-workers", "Wall time against workers", spread_columns, prepare_wall_by_workers},
    {"wall-by-devices", "Wall time against devices", spread_columns, prepare_wall_by_devices},
    {"speedup", "Speed-up against workers", spread_columns, prepare_speedup},
    {"efficiency", "Efficiency against workers", spread_columns, prepare_efficiency},
    {0},
};

const char *chart_figure(const struct chart *chart, const struct dataset *dataset,
                         struct figure *figure)
{
    figure_init(figure, chart->name, chart->columns);
    figure->title = caption_title(chart->title, dataset);
    figure->subtitle = caption_subtitle(dataset);
    const char *why_not = chart->prepare(dataset, figure);
    if (!why_not)
        figure_sort(figure);
    return why_not;
}
