#include "plots/cmd_compare.h"

#include "base/alloc.h"
#include "base/cli.h"
#include "plots/chart_option.h"
#include "plots/compare_text.h"
#include "plots/draw.h"
#include "plots/timeline.h"
#include "plots/verdict_print.h"

#include <stdlib.h>
#include <string.h>

static const char *const compared[] = {
    "wall-by-workers", "wall-by-devices", "speedup", "scalability", "scatter", "gantt", NULL};

static bool is_compared(const struct chart *chart)
{
    for (int i = 0; compared[i]; i++)
        if (!strcmp(compared[i], chart->name))
            return true;
    return false;
}

static int draw_charts(const struct draw *draw, const struct dataset *dataset, bool quiet,
                       struct err *err)
{
    for (const struct chart *chart = charts; chart->name; chart++) {
        const char *why_not;
        size_t left_out;
        if (!is_compared(chart))
            continue;
        if (draw_chart(draw, chart, dataset, &why_not, &left_out, err) < 0)
            return -1;
        for (int i = 0; !why_not && !quiet && draw->formats[i]; i++)
            if (strcmp(draw->formats[i], "text") != 0)
                printf("%s/%s.%s\n", draw->dir, chart->name, draw->formats[i]);
    }
    return 0;
}

static int write_csv(const struct draw *draw, const struct dataset *dataset,
                     const struct pairs *pairs, struct err *err)
{
    struct buf csv = {0};
    compare_csv(dataset, pairs, &csv);
    int result = draw_write_file(draw->dir, "compare.csv", buf_text(&csv), csv.len, err);
    buf_fini(&csv);
    return result;
}

static int compare(const struct draw *draw, const struct dataset *dataset, bool quiet,
                   struct err *err)
{
    struct pairs pairs;
    struct buf table = {0};
    pairs_of(dataset, &pairs);
    int result = -1;
    if (!pairs.len) {
        err_input(err,
                  "'%s' and '%s' have no run in common (same devices, transport, strategy, "
                  "workers)",
                  dataset->folders[0].dir, dataset->folders[1].dir);
        goto out;
    }
    compare_table(dataset, &pairs, &table);
    fputs(buf_text(&table), stdout);
    putchar('\n');
    verdict_print(dataset);
    putchar('\n');
    fflush(stdout);
    if (draw_begin(draw, err) == 0 && write_csv(draw, dataset, &pairs, err) == 0)
        result = draw_charts(draw, dataset, quiet, err);
out:
    buf_fini(&table);
    pairs_fini(&pairs);
    return result;
}

// timelines: of the folders in their order, ended by NULL; may be NULL.
static int add_timelines(struct dataset *dataset, char *const *timelines, struct err *err)
{
    for (size_t f = 0; timelines && timelines[f]; f++) {
        if (f == dataset->n_folders)
            return err_input(err, "more timelines than folders; give one for each, in their order");
        if (timeline_check(timelines[f], err) < 0)
            return -1;
        dataset->folders[f].timeline = alloc_strdup(timelines[f]);
    }
    return 0;
}

static int compare_folders(const struct cli *cli, const struct cli_common *common,
                           const char *const *formats, char *const *timelines, struct err *err)
{
    struct dataset *dataset = dataset_load(cli->arguments, 2, err);
    if (!dataset)
        return -1;
    dataset_print_unread(dataset, cli->command);
    if (add_timelines(dataset, timelines, err) < 0) {
        dataset_free(dataset);
        return -1;
    }
    char *dir = common->out_dir ? alloc_strdup(common->out_dir)
                                : alloc_printf("%s/charts-compared", cli->arguments[0]);
    struct draw draw = {
        .dir = dir, .formats = formats, .out = stdout, .text_color = cli_color(common, stdout)};
    draw_terminal_size(&draw);
    int result = compare(&draw, dataset, common->quiet, err);
    free(dir);
    dataset_free(dataset);
    return result;
}

static int run(const struct command *command, int argc, char **argv)
{
    struct cli_common common = {0};
    char *format_option = NULL;
    char **timelines = NULL;
    const char *formats[CHART_WORDS_MAX + 1];
    struct poptOption options[] = {
        {"format", 'f', POPT_ARG_STRING, &format_option, 0,
         "svg, png, pdf, text (in the terminal); several with commas; default svg,png", "FORMAT"},
        {"timeline", 't', POPT_ARG_ARGV, &timelines, 0,
         "who held the lock: FILE.csv of simulate or run; once for each folder, in order", "FILE"},
        CLI_READER_OPTIONS(&common),
        POPT_TABLEEND,
    };
    struct cli cli;
    struct err err;
    int code = 0;
    if (cli_parse(&cli, command, argc, argv, options) != CLI_GO)
        return cli_done(&cli);
    if (cli.n_arguments != 2)
        code = cli_usage(command, "two results folders are compared, not %d%s", cli.n_arguments,
                         cli.n_arguments == 1 ? "; `netbaton report` says what one means" : "");
    else if (chart_formats(format_option, formats, &err) < 0 ||
             compare_folders(&cli, &common, formats, timelines, &err) < 0)
        code = cli_fail(command, &err);
    free(format_option);
    cli_overrides_free(timelines);
    cli_free(&cli, &common);
    return code;
}

const struct command command_compare = {
    .name = "compare",
    .summary = "two results run by run: prediction and measurement, two pythons, two machines",
    .arguments = "DIR DIR",
    .example =
        "  netbaton compare results/predicted results/measured\n\n"
        "Prints each run's wall times, their ratio and the error, the worst first; then what "
        "each\nresult says in words. Draws both in the same charts, and one against the "
        "other.\n",
    .run = run,
};
