#include "plots/cmd_plot.h"

#include "base/alloc.h"
#include "base/cli.h"
#include "base/folder.h"
#include "plots/chart_option.h"
#include "plots/draw.h"
#include "plots/timeline.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct plot {
    struct cli_common common;
    char *format_option;
    char *chart_option;
    char *timeline;
    const char *formats[CHART_WORDS_MAX + 1];
    const char *charts[CHART_WORDS_MAX + 1]; // [0] NULL: all
};

static bool text_only(const struct plot *plot)
{
    for (int i = 0; plot->formats[i]; i++)
        if (strcmp(plot->formats[i], "text") != 0)
            return false;
    return true;
}

static bool wanted(const struct plot *plot, const struct chart *chart,
                   const struct dataset *dataset)
{
    for (int i = 0; plot->charts[i]; i++)
        if (!strcmp(plot->charts[i], chart->name))
            return true;
    return !plot->charts[0] && chart_fits(chart, dataset);
}

static void tell(const struct plot *plot, const struct draw *draw, const struct chart *chart,
                 size_t left_out)
{
    for (int i = 0; plot->formats[i]; i++)
        if (strcmp(plot->formats[i], "text") != 0)
            printf("%s/%s.%s\n", draw->dir, chart->name, plot->formats[i]);
    if (left_out)
        fprintf(stderr, "netbaton plot: %s: %zu rows did not fit into %d panels and are left out\n",
                chart->name, left_out, FIGURE_PANELS_MAX);
}

static int draw_all(const struct plot *plot, const struct draw *draw, const struct dataset *dataset,
                    struct err *err)
{
    if (draw_begin(draw, err) < 0)
        return -1;
    for (int i = 0; charts[i].name; i++) {
        const char *why_not;
        size_t left_out;
        if (!wanted(plot, &charts[i], dataset))
            continue;
        if (draw_chart(draw, &charts[i], dataset, &why_not, &left_out, err) < 0)
            return -1;
        if (why_not && plot->charts[0])
            return err_input(err, "no chart '%s' of these results: %s", charts[i].name, why_not);
        if (!why_not)
            tell(plot, draw, &charts[i], left_out);
        else if (!plot->common.quiet)
            printf("%s left out: %s\n", charts[i].name, why_not);
    }
    return 0;
}

// Removes the folder of a text-only run with the few flat files in it.
static void remove_folder(const char *dir)
{
    DIR *entries = opendir(dir);
    for (struct dirent *entry; entries && (entry = readdir(entries));)
        unlinkat(dirfd(entries), entry->d_name, 0);
    if (entries)
        closedir(entries);
    rmdir(dir);
}

// Text alone leaves no files behind, so that a folder that may not be written can still be looked
// at.
static int draw_text(const struct plot *plot, struct draw *draw, const struct dataset *dataset,
                     struct err *err)
{
    char *dir = folder_temporary("plot");
    int result;
    if (!mkdtemp(dir))
        result = err_set(err, "cannot make the folder '%s': %s", dir, strerror(errno));
    else {
        draw->dir = dir;
        result = draw_all(plot, draw, dataset, err);
        remove_folder(dir);
    }
    free(dir);
    return result;
}

static int plot_folders(const struct plot *plot, const struct cli *cli, struct err *err)
{
    struct dataset *dataset = dataset_load(cli->arguments, (size_t)cli->n_arguments, err);
    if (!dataset)
        return -1;
    dataset_print_unread(dataset, cli->command);
    if (plot->timeline && timeline_check(plot->timeline, err) < 0) {
        dataset_free(dataset);
        return -1;
    }
    dataset->folders[0].timeline = plot->timeline ? alloc_strdup(plot->timeline) : NULL;
    struct draw draw = {
        .formats = plot->formats,
        .out = stdout,
        .text_color = cli_color(&plot->common, stdout),
    };
    draw_terminal_size(&draw);
    char *dir = plot->common.out_dir
                    ? alloc_strdup(plot->common.out_dir)
                    : alloc_printf("%s/%s", cli->arguments[0],
                                   cli->n_arguments > 1 ? "charts-overlaid" : "charts");
    draw.dir = dir;
    int result = text_only(plot) && !plot->common.out_dir ? draw_text(plot, &draw, dataset, err)
                                                          : draw_all(plot, &draw, dataset, err);
    free(dir);
    dataset_free(dataset);
    return result;
}

static int run(const struct command *command, int argc, char **argv)
{
    struct plot plot = {0};
    struct poptOption options[] = {
        {"format", 'f', POPT_ARG_STRING, &plot.format_option, 0,
         "svg, png, pdf, text (in the terminal); several with commas; default svg,png", "FORMAT"},
        {"chart", 'c', POPT_ARG_STRING, &plot.chart_option, 0,
         "draw only these charts; several with commas", "NAME"},
        {"timeline", 't', POPT_ARG_STRING, &plot.timeline, 0,
         "draw the timeline of the first folder, FILE.csv of simulate or run", "FILE"},
        CLI_READER_OPTIONS(&plot.common),
        POPT_TABLEEND,
    };
    struct cli cli;
    struct err err;
    int code = 0;
    if (cli_parse(&cli, command, argc, argv, options) != CLI_GO)
        return cli_done(&cli);
    if (!cli.n_arguments)
        code = cli_usage(command, "no results folder is named");
    else if (chart_formats(plot.format_option, plot.formats, &err) < 0 ||
             chart_names(plot.chart_option, plot.charts, &err) < 0 ||
             plot_folders(&plot, &cli, &err) < 0)
        code = cli_fail(command, &err);
    free(plot.format_option);
    free(plot.chart_option);
    free(plot.timeline);
    cli_free(&cli, &plot.common);
    return code;
}

const struct command command_plot = {
    .name = "plot",
    .summary = "draw charts of one or more results folders",
    .arguments = "DIR...",
    .example = "  netbaton plot results/demo-20260101-120000\n"
               "  netbaton plot --format text --chart wall-by-workers results/demo-*\n"
               "  netbaton plot results/predicted results/measured -o charts   (one over the "
               "other)\n\n"
               "Charts: wall-by-workers, wall-by-devices, speedup, efficiency, scalability, "
               "percentiles,\ngantt, cost; of two folders also scatter; with a timeline also "
               "timeline.\nEach is written with its "
               "numbers (.dat) and its gnuplot script (.gp), so "
               "that\n`gnuplot charts/NAME.gp` draws it again.\n",
    .run = run,
};
