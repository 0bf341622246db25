#include "plots/cmd_report.h"

#include "base/alloc.h"
#include "base/cli.h"
#include "plots/draw.h"
#include "plots/report.h"
#include "plots/verdict_print.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int read_svg(const char *dir, const char *name, char **svg, struct err *err)
{
    struct buf text = {0};
    char chunk[8192];
    char *path = alloc_printf("%s/%s.svg", dir, name);
    FILE *file = fopen(path, "r");
    int result = 0;
    for (size_t got = 1; file && got; buf_add(&text, chunk, got))
        got = fread(chunk, 1, sizeof chunk, file);
    if (!file || ferror(file))
        result = err_set(err, "cannot read '%s': %s", path, strerror(errno));
    if (file)
        fclose(file);
    *svg = buf_take(&text);
    free(path);
    return result;
}

static int draw_charts(const struct draw *draw, const struct dataset *dataset,
                       struct report_chart *drawn, size_t *n_drawn, struct err *err)
{
    for (const struct chart *chart = charts; chart->name; chart++) {
        size_t left_out;
        if (!chart_fits(chart, dataset))
            continue;
        struct report_chart *entry = &drawn[(*n_drawn)++];
        *entry = (struct report_chart){.chart = chart};
        if (draw_chart(draw, chart, dataset, &entry->why_not, &left_out, err) < 0)
            return -1;
        if (!entry->why_not && read_svg(draw->dir, chart->name, &entry->svg, err) < 0)
            return -1;
    }
    return 0;
}

static size_t count_charts(void)
{
    size_t count = 0;
    while (charts[count].name)
        count++;
    return count;
}

// The page goes to dir, the charts it is made of to a folder in it, as `plot` leaves them.
static int write_page(const char *dir, const struct dataset *dataset, bool quiet, struct err *err)
{
    static const char *const formats[] = {"svg", NULL};
    char *charts_dir =
        alloc_printf("%s/%s", dir, dataset->n_folders > 1 ? "charts-overlaid" : "charts");
    struct draw draw = {.dir = charts_dir, .formats = formats, .out = stdout};
    struct report_chart *drawn = alloc_zero(count_charts(), sizeof *drawn);
    struct buf page = {0};
    size_t n_drawn = 0;
    int result = -1;
    if (draw_begin(&draw, err) == 0 && draw_charts(&draw, dataset, drawn, &n_drawn, err) == 0) {
        report_write(dataset, drawn, n_drawn, &page);
        result = draw_write_file(dir, "report.html", buf_text(&page), page.len, err);
    }
    if (result == 0 && !quiet) {
        verdict_print(dataset);
        printf("\n%s/report.html\n", dir);
    }
    for (size_t i = 0; i < n_drawn; i++)
        free(drawn[i].svg);
    free(drawn);
    free(charts_dir);
    buf_fini(&page);
    return result;
}

static int report(const struct cli *cli, const struct cli_common *common, struct err *err)
{
    struct dataset *dataset = dataset_load(cli->arguments, (size_t)cli->n_arguments, err);
    if (!dataset)
        return -1;
    dataset_print_unread(dataset, cli->command);
    int result = write_page(common->out_dir ? common->out_dir : cli->arguments[0], dataset,
                            common->quiet, err);
    dataset_free(dataset);
    return result;
}

static int run(const struct command *command, int argc, char **argv)
{
    struct cli_common common = {0};
    struct poptOption options[] = {
        CLI_READER_OPTIONS(&common),
        POPT_TABLEEND,
    };
    struct cli cli;
    struct err err;
    int code = 0;
    if (cli_parse(&cli, command, argc, argv, options) != CLI_GO)
        return cli_done(&cli);
    if (!cli.n_arguments)
        code = cli_usage(command, "no results folder is named");
    else if (report(&cli, &common, &err) < 0)
        code = cli_fail(command, &err);
    cli_free(&cli, &common);
    return code;
}

const struct command command_report = {
    .name = "report",
    .summary = "one HTML page of results: parameters, sentences, charts, tables",
    .arguments = "DIR...",
    .example =
        "  netbaton report results/demo-20260101-120000\n\n"
        "Prints which strategy wins, how many workers help, and what limits, and writes it with "
        "charts\nand tables to report.html in the folder. The page needs no other file and no "
        "network.\n",
    .run = run,
};
