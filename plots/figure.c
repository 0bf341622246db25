#include "plots/figure.h"

#include "base/alloc.h"
#include "plots/gp_text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void figure_init(struct figure *figure, const char *name, const char *const *columns)
{
    *figure = (struct figure){.name = name, .columns = columns};
    while (columns[figure->n_columns])
        figure->n_columns++;
}

void figure_fini(struct figure *figure)
{
    for (size_t i = 0; i < figure->n_panels; i++)
        free(figure->panels[i]);
    for (size_t i = 0; i < figure->n_series; i++)
        free(figure->series[i].name);
    for (size_t i = 0; i < figure->n_blocks; i++)
        free(figure->blocks[i].rows);
    free(figure->panels);
    free(figure->series);
    free(figure->blocks);
    free(figure->title);
    free(figure->subtitle);
    buf_fini(&figure->values);
    *figure = (struct figure){0};
}

size_t figure_panel(struct figure *figure, const char *title)
{
    for (size_t i = 0; i < figure->n_panels; i++)
        if (!strcmp(figure->panels[i], title))
            return i;
    if (figure->n_panels == FIGURE_PANELS_MAX) {
        figure->n_left_out++;
        return FIGURE_NO_PANEL;
    }
    figure->panels = alloc_resize(figure->panels, figure->n_panels + 1, sizeof *figure->panels);
    figure->panels[figure->n_panels] = alloc_strdup(title);
    return figure->n_panels++;
}

size_t figure_series(struct figure *figure, const char *name, int style)
{
    for (size_t i = 0; i < figure->n_series; i++)
        if (!strcmp(figure->series[i].name, name))
            return i;
    figure->series = alloc_resize(figure->series, figure->n_series + 1, sizeof *figure->series);
    figure->series[figure->n_series] = (struct figure_series){alloc_strdup(name), style};
    return figure->n_series++;
}

static struct figure_block *block_for(struct figure *figure, size_t panel, size_t series)
{
    for (size_t i = 0; i < figure->n_blocks; i++)
        if (figure->blocks[i].panel == panel && figure->blocks[i].series == series)
            return &figure->blocks[i];
    figure->blocks = alloc_resize(figure->blocks, figure->n_blocks + 1, sizeof *figure->blocks);
    struct figure_block *block = &figure->blocks[figure->n_blocks++];
    *block = (struct figure_block){.panel = panel, .series = series};
    return block;
}

void figure_add(struct figure *figure, size_t panel, size_t series, const double *row)
{
    if (panel == FIGURE_NO_PANEL)
        return;
    struct figure_block *block = block_for(figure, panel, series);
    size_t width = figure->n_columns;
    if ((block->n_rows & (block->n_rows - 1)) == 0)
        block->rows = alloc_resize(block->rows, block->n_rows ? block->n_rows * 2 : 1,
                                   width * sizeof *block->rows);
    memcpy(block->rows + block->n_rows++ * width, row, width * sizeof *row);
}

static int compare_blocks(const void *a, const void *b)
{
    const struct figure_block *x = a;
    const struct figure_block *y = b;
    if (x->panel != y->panel)
        return x->panel < y->panel ? -1 : 1;
    return (x->series > y->series) - (x->series < y->series);
}

static int compare_rows(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

void figure_drop_rows(struct figure *figure, size_t series)
{
    size_t kept = 0;
    for (size_t i = 0; i < figure->n_blocks; i++)
        if (figure->blocks[i].series == series)
            free(figure->blocks[i].rows);
        else
            figure->blocks[kept++] = figure->blocks[i];
    figure->n_blocks = kept;
}

static bool has_rows(const struct figure *figure, size_t series)
{
    for (size_t i = 0; i < figure->n_blocks; i++)
        if (figure->blocks[i].series == series)
            return true;
    return false;
}

// The first series of its colour: that of the first folder.
static size_t first_of_colour(const struct figure *figure, size_t series)
{
    size_t first = 0;
    while (figure->series[first].style % 10 != figure->series[series].style % 10)
        first++;
    return first;
}

void figure_arrange_series(struct figure *figure)
{
    struct figure_series *arranged = alloc_zero(figure->n_series, sizeof *arranged);
    size_t *new_index = alloc_zero(figure->n_series, sizeof *new_index);
    size_t len = 0;
    for (size_t colour = 0; colour < figure->n_series; colour++)
        for (size_t s = 0; s < figure->n_series; s++) {
            if (first_of_colour(figure, s) != colour)
                continue;
            new_index[s] = len;
            if (has_rows(figure, s))
                arranged[len++] = figure->series[s];
            else
                free(figure->series[s].name);
        }
    for (size_t i = 0; i < figure->n_blocks; i++)
        figure->blocks[i].series = new_index[figure->blocks[i].series];
    free(new_index);
    free(figure->series);
    figure->series = arranged;
    figure->n_series = len;
}

void figure_sort(struct figure *figure)
{
    figure_arrange_series(figure);
    if (figure->n_blocks)
        qsort(figure->blocks, figure->n_blocks, sizeof *figure->blocks, compare_blocks);
    for (size_t i = 0; i < figure->n_blocks; i++)
        qsort(figure->blocks[i].rows, figure->blocks[i].n_rows, figure->n_columns * sizeof(double),
              compare_rows);
}

// All values of a column; the caller frees.
static double *column_values(const struct figure *figure, size_t column, size_t *len)
{
    size_t count = 0;
    for (size_t i = 0; i < figure->n_blocks; i++)
        count += figure->blocks[i].n_rows;
    double *values = alloc_zero(count, sizeof *values);
    *len = 0;
    for (size_t i = 0; i < figure->n_blocks; i++)
        for (size_t r = 0; r < figure->blocks[i].n_rows; r++) {
            double value = figure->blocks[i].rows[r * figure->n_columns + column];
            if (!isnan(value))
                values[(*len)++] = value;
        }
    return values;
}

bool figure_range(const struct figure *figure, size_t column, double *low, double *high)
{
    size_t len;
    double *values = column_values(figure, column, &len);
    *low = INFINITY;
    *high = -INFINITY;
    for (size_t i = 0; i < len; i++) {
        *low = fmin(*low, values[i]);
        *high = fmax(*high, values[i]);
    }
    free(values);
    return len > 0;
}

void figure_set_rows(struct figure *figure, const size_t *rows, const struct figure_rows *look)
{
    size_t columns = figure->grid_columns ? figure->grid_columns : 1;
    buf_printf(&figure->values, "array rows[%zu]\n", figure->n_panels);
    for (size_t first = 0; first < figure->n_panels; first += columns) {
        size_t most = look->least;
        size_t end = first + columns < figure->n_panels ? first + columns : figure->n_panels;
        for (size_t p = first; p < end; p++)
            most = rows[p] > most ? rows[p] : most;
        int height = (int)most * look->pixels;
        if (look->most && height > look->most)
            height = look->most;
        figure->row_heights[first / columns] = height + look->frame;
        for (size_t p = first; p < end; p++)
            buf_printf(&figure->values, "rows[%zu] = %zu\n", p + 1, most);
    }
}

void figure_mark_failed(struct figure *figure, size_t column)
{
    double low;
    double high;
    bool any = figure_range(figure, column, &low, &high) && high > 0;
    figure_number(figure, "any_failed", any);
    figure->legend_extra += any;
    figure->legend_characters = any ? sizeof "sessions failed" : 0;
}

void figure_number(struct figure *figure, const char *name, double value)
{
    buf_printf(&figure->values, "%s = %.9g\n", name, value);
}

void figure_text(struct figure *figure, const char *name, const char *text)
{
    buf_printf(&figure->values, "%s = ", name);
    gp_quote(&figure->values, text);
    buf_putc(&figure->values, '\n');
}

double *figure_points_axis(struct figure *figure, size_t column, struct axis *axis, size_t *len)
{
    enum { TICK_CHARACTERS = 3 };
    double *values = column_values(figure, column, len);
    *axis = axis_of_points(values, *len, figure_labels_across(figure, TICK_CHARACTERS));
    figure_axis(figure, "x", axis);
    return values;
}

void figure_axis(struct figure *figure, const char *prefix, const struct axis *axis)
{
    buf_printf(&figure->values, "%s_log = %d\n", prefix, axis->log ? 1 : 0);
    buf_printf(&figure->values, "%s_min = %.9g\n%s_max = %.9g\n", prefix, axis->min, prefix,
               axis->max);
    buf_printf(&figure->values, "%s_ticks = '%s'\n", prefix, axis->ticks);
    buf_printf(&figure->values, "%s_unit = '%s'\n%s_scale = %.9g\n", prefix, axis->unit, prefix,
               axis->scale);
}
