#include "plots/draw.h"

#include "base/alloc.h"
#include "base/folder.h"
#include "plots/gnuplot.h"
#include "plots/gp_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

int draw_write_file(const char *dir, const char *name, const char *text, size_t len,
                    struct err *err)
{
    char *path = alloc_printf("%s/%s", dir, name);
    FILE *file = fopen(path, "w");
    int result = 0;
    if (!file)
        result = err_input(err, "cannot write '%s': %s (choose another folder with -o DIR)", path,
                           strerror(errno));
    else {
        bool wrong = fwrite(text, 1, len, file) != len;
        if (fclose(file) != 0 || wrong)
            result = err_set(err, "cannot write '%s': %s", path, strerror(errno));
    }
    free(path);
    return result;
}

void draw_terminal_size(struct draw *draw)
{
    struct winsize size = {0};
    draw->text_width = 80;
    draw->text_height = 23;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 40 && size.ws_row >= 12) {
        draw->text_width = size.ws_col;
        draw->text_height = size.ws_row - 1;
    }
}

int draw_begin(const struct draw *draw, struct err *err)
{
    const struct asset *style = asset_find(plots_assets, "style.gp");
    if (folder_make(draw->dir, err) < 0)
        return -1;
    return draw_write_file(draw->dir, style->path, style->data, style->len, err);
}

static int write_figure(const struct draw *draw, const struct figure *figure, struct err *err)
{
    struct buf gp = {0};
    struct buf dat = {0};
    char *gp_name = alloc_printf("%s.gp", figure->name);
    char *dat_name = alloc_printf("%s.dat", figure->name);
    figure_write_gp(figure, asset_find(plots_assets, gp_name)->data, &gp);
    figure_write_dat(figure, &dat);
    int result = draw_write_file(draw->dir, gp_name, buf_text(&gp), gp.len, err);
    if (result == 0)
        result = draw_write_file(draw->dir, dat_name, buf_text(&dat), dat.len, err);
    free(gp_name);
    free(dat_name);
    buf_fini(&gp);
    buf_fini(&dat);
    return result;
}

static void print_lines(const char *text, size_t width, FILE *out)
{
    while (*text) {
        size_t bytes = gp_line_bytes(text, width);
        fprintf(out, "%.*s\n", (int)gp_without_separator(text, bytes), text);
        text += bytes;
    }
}

static int run_gnuplot(const struct draw *draw, const struct figure *figure, struct err *err)
{
    struct buf text = {0};
    char *script = alloc_printf("%s.gp", figure->name);
    const struct gnuplot_job job = {
        .dir = draw->dir,
        .script = script,
        .formats = draw->formats,
        .text_width = draw->text_width,
        .text_height = draw->text_height,
        .text_color = draw->text_color,
    };
    int result = gnuplot_run(&job, &text, err);
    if (result == 0 && text.len) {
        print_lines(figure->subtitle, (size_t)draw->text_width, draw->out);
        fputc('\n', draw->out);
        for (size_t i = 0; i < text.len; i++)
            if (text.data[i] != '\f') // which the terminal dumb puts before each chart
                fputc(text.data[i], draw->out);
        fputc('\n', draw->out);
    }
    buf_fini(&text);
    free(script);
    return result;
}

int draw_chart(const struct draw *draw, const struct chart *chart, const struct dataset *dataset,
               const char **why_not, size_t *left_out, struct err *err)
{
    struct figure figure;
    *why_not = chart_figure(chart, dataset, &figure);
    *left_out = figure.n_left_out;
    int result = 0;
    if (!*why_not)
        result = write_figure(draw, &figure, err);
    if (!*why_not && result == 0)
        result = run_gnuplot(draw, &figure, err);
    figure_fini(&figure);
    return result;
}
