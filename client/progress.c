#include "client/progress.h"

#include "base/buf.h"
#include "base/cli.h"
#include "base/clock.h"
#include "base/units.h"

#include <math.h>
#include <string.h>
#include <sys/ioctl.h>

enum { BAR_WIDTH = 20, WIDTH_UNKNOWN = 80 };

void progress_init(struct progress *progress, FILE *out, size_t n_runs, bool quiet, bool verbose)
{
    *progress = (struct progress){
        .out = out,
        .live = !quiet && cli_is_live(out),
        .quiet = quiet,
        .verbose = verbose,
        .n_runs = n_runs,
    };
}

char *progress_describe(const struct run_spec *spec, char *buf, size_t len)
{
    struct buf text = {0};
    buf_puts(&text, strategy_names[spec->strategy]);
    if (spec->start_method != START_FORK)
        buf_printf(&text, " (%s)", start_method_names[spec->start_method]);
    if (spec->strategy != STRATEGY_SEQUENTIAL)
        buf_printf(&text, ", %u worker%s", spec->workers, spec->workers == 1 ? "" : "s");
    if (spec->strategy == STRATEGY_HYBRID)
        buf_printf(&text, " in %u process%s", spec->processes, spec->processes == 1 ? "" : "es");
    buf_printf(&text, ", %s, %u device%s", transport_names[spec->transport], spec->devices,
               spec->devices == 1 ? "" : "s");
    if (spec->interpreter->gil != GIL_NONE || strcmp(spec->interpreter->name, "native") != 0)
        buf_printf(&text, ", %s", spec->interpreter->name);
    if (spec->background)
        buf_printf(&text, ", %u in the background", spec->background);
    snprintf(buf, len, "%s", buf_text(&text));
    buf_fini(&text);
    return buf;
}

void progress_start(struct progress *progress, const struct run_spec *spec)
{
    progress->spec = spec;
    progress->run++;
    progress->started_ns = clock_now_ns();
    progress_show(progress, 0, 0);
}

static size_t terminal_width(FILE *out)
{
    struct winsize size;
    return ioctl(fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col
                                                                         : WIDTH_UNKNOWN;
}

static void add_bar(struct buf *line, uint32_t done, uint32_t all)
{
    uint32_t full = (uint32_t)((uint64_t)done * BAR_WIDTH / all);
    buf_puts(line, " [");
    for (uint32_t i = 0; i < BAR_WIDTH; i++)
        buf_putc(line, i < full ? '#' : '.');
    buf_puts(line, "] ");
}

static void add_rate(struct buf *line, uint32_t done, uint32_t all, double took_s)
{
    if (!done || took_s <= 0)
        return;
    double rate = done / took_s;
    buf_printf(line, rate < 10 ? ", %.1f/s" : ", %.0f/s", rate);
    double left_s = (all - done) / rate;
    if (left_s >= 60)
        buf_printf(line, ", %.0f min %02.0f s left", floor(left_s / 60), fmod(left_s, 60));
    else if (done < all)
        buf_printf(line, left_s < 10 ? ", %.1f s left" : ", %.0f s left", left_s);
}

// What changes comes first, so that a narrow terminal cuts off what does not.
void progress_show(const struct progress *progress, uint32_t done, uint32_t failed)
{
    if (!progress->live)
        return;
    const struct run_spec *spec = progress->spec;
    struct buf line = {0};
    char text[512];
    double took_s = (double)(clock_now_ns() - progress->started_ns) / 1e9;
    buf_printf(&line, "run %zu/%zu", progress->run, progress->n_runs);
    add_bar(&line, done, spec->devices);
    buf_printf(&line, "%u/%u", done, spec->devices);
    if (failed)
        buf_printf(&line, ", %u failed", failed);
    add_rate(&line, done, spec->devices, took_s);
    buf_printf(&line, "  %s", progress_describe(spec, text, sizeof text));
    int width = (int)terminal_width(progress->out) - 1;
    fprintf(progress->out, "\r%.*s\033[K", width, buf_text(&line));
    fflush(progress->out);
    buf_fini(&line);
}

void progress_clear(const struct progress *progress)
{
    if (progress->live) {
        fputs("\r\033[K", progress->out);
        fflush(progress->out);
    }
}

static void print_run(const struct progress *progress, const struct run_row *row)
{
    char text[512];
    char wall[32];
    fprintf(progress->out, "run %zu of %zu: %s: %s, %.0f ok", progress->run, progress->n_runs,
            progress_describe(progress->spec, text, sizeof text),
            units_human_duration(units_ns(row->wall_s), wall, sizeof wall), row->sessions_ok);
    if (row->sessions_failed > 0)
        fprintf(progress->out, ", %.0f failed", row->sessions_failed);
    if (!isnan(row->answers_per_s))
        fprintf(progress->out, ", %.0f answers/s", row->answers_per_s);
    fputc('\n', progress->out);
}

static void print_failures(const struct progress *progress, const struct run_row *row,
                           const struct board *board)
{
    char text[512];
    if (progress->quiet || (progress->live && !progress->verbose))
        fprintf(progress->out, "run %zu of %zu: %s\n", progress->run, progress->n_runs,
                progress_describe(progress->spec, text, sizeof text));
    for (int end = JOB_OK + 1; end < JOB_ENDS; end++)
        if (row->failed[end] > 0)
            fprintf(progress->out, "  %.0f of %.0f sessions failed: %s (%s)\n", row->failed[end],
                    row->devices, job_end_names[end],
                    board->has_reason[end] ? board->reason[end] : "no result came back");
}

void progress_end(const struct progress *progress, const struct run_row *row,
                  const struct board *board)
{
    progress_clear(progress);
    if (!progress->quiet && (!progress->live || progress->verbose))
        print_run(progress, row);
    if (row->sessions_failed > 0)
        print_failures(progress, row, board);
    fflush(progress->out);
}
