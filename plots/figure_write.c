// The text of a figure's two files.
#include "plots/figure.h"
#include "plots/gp_text.h"

#include <math.h>
#include <string.h>

// Pixels, the same for all charts; style.gp places the panels with them.
enum {
    MARGIN_LEFT = 78,
    MARGIN_RIGHT = 22,
    TITLE_HEIGHT = 38,
    LINE_HEIGHT = 16, // of a line of the subtitle
    PANEL_TITLE = 26,
    AXIS_HEIGHT = 58, // tick labels and the axis' name
    LEGEND_LINE = 20,
    GAP_X = 26,
    GAP_Y = 34,
    CHARACTER_WIDTH = 7, // of the subtitle and the legend, on average
    LEGEND_SAMPLE = 58,
    GRID_COLUMNS_MAX = 3,
};

struct layout {
    size_t columns;
    size_t rows;
    int panel_width;
    int panel_height;
    int width;
    int height;
    int row_tops[FIGURE_PANELS_MAX];
    int row_heights[FIGURE_PANELS_MAX];
    int top;    // above the first panel
    int bottom; // below the last
    size_t subtitle_lines;
    int gap_x;
    int gap_y;
    int axis_height;
    size_t legend_columns;
    size_t legend_rows;
};

static size_t longest_name(const struct figure *figure)
{
    size_t longest = figure->legend_characters > 12 ? figure->legend_characters : 12;
    for (size_t i = 0; i < figure->n_series; i++) {
        size_t len = gp_characters(figure->series[i].name);
        longest = len > longest ? len : longest;
    }
    return longest;
}

static size_t count_lines(const char *text, size_t width)
{
    size_t lines = 0;
    for (; *text; lines++)
        text += gp_line_bytes(text, width);
    return lines;
}

static size_t subtitle_width(const struct layout *layout)
{
    return (size_t)(layout->width - 2 * MARGIN_RIGHT) / CHARACTER_WIDTH;
}

static void choose_panels(const struct figure *figure, struct layout *layout)
{
    size_t n = figure->n_panels ? figure->n_panels : 1;
    layout->columns = figure->grid_columns;
    if (!layout->columns)
        layout->columns = n == 4 ? 2 : n < GRID_COLUMNS_MAX ? n : GRID_COLUMNS_MAX;
    if (layout->columns > n)
        layout->columns = n;
    layout->rows = (n + layout->columns - 1) / layout->columns;
    bool single = layout->columns == 1;
    layout->panel_width = single ? 620 : layout->columns == 2 ? 430 : 350;
    layout->panel_height = single && layout->rows == 1 ? 380 : 280;
    if (figure->panel_width)
        layout->panel_width = figure->panel_width;
    if (figure->panel_height)
        layout->panel_height = figure->panel_height;
}

static void lay_out(const struct figure *figure, struct layout *layout)
{
    choose_panels(figure, layout);
    int columns = (int)layout->columns;
    layout->gap_y = PANEL_TITLE + (figure->axis_height ? figure->axis_height : GAP_Y);
    layout->gap_x = figure->gap_x ? figure->gap_x : GAP_X;
    layout->width =
        MARGIN_LEFT + columns * layout->panel_width + (columns - 1) * layout->gap_x + MARGIN_RIGHT;
    layout->subtitle_lines = count_lines(figure->subtitle, subtitle_width(layout));
    size_t entry = longest_name(figure) * CHARACTER_WIDTH + LEGEND_SAMPLE;
    size_t fitting = (size_t)layout->width / entry;
    size_t entries = figure->no_legend ? 0 : figure->n_series + figure->legend_extra;
    layout->legend_columns = fitting ? fitting : 1;
    layout->legend_rows = (entries + layout->legend_columns - 1) / layout->legend_columns;
    layout->top = TITLE_HEIGHT + (int)layout->subtitle_lines * LINE_HEIGHT + PANEL_TITLE;
    layout->axis_height = figure->axis_height ? figure->axis_height : AXIS_HEIGHT;
    layout->bottom = layout->axis_height + (int)layout->legend_rows * LEGEND_LINE + 8;
    int top = layout->top;
    for (size_t row = 0; row < layout->rows; row++) {
        layout->row_tops[row] = top;
        layout->row_heights[row] =
            figure->row_heights[row] ? figure->row_heights[row] : layout->panel_height;
        top += layout->row_heights[row] + layout->gap_y;
    }
    layout->height = top - layout->gap_y + layout->bottom;
}

size_t figure_labels_across(const struct figure *figure, size_t characters)
{
    struct layout layout = {0};
    choose_panels(figure, &layout);
    return (size_t)layout.panel_width / (characters * CHARACTER_WIDTH + 8);
}

static void write_layout(const struct layout *layout, struct buf *out)
{
    const struct {
        const char *name;
        int value;
    } values[] = {
        {"width", layout->width},
        {"height", layout->height},
        {"grid_columns", (int)layout->columns},
        {"panel_width", layout->panel_width},
        {"margin_left", MARGIN_LEFT},
        {"gap_x", layout->gap_x},
        {"legend_columns", (int)layout->legend_columns},
        {"legend_height", (int)layout->legend_rows * LEGEND_LINE},
    };
    buf_puts(out, "\n# Layout, in pixels\n");
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        buf_printf(out, "%s = %d\n", values[i].name, values[i].value);
    buf_printf(out, "array row_top[%zu]\narray row_height[%zu]\n", layout->rows, layout->rows);
    for (size_t row = 0; row < layout->rows; row++)
        buf_printf(out, "row_top[%zu] = %d; row_height[%zu] = %d\n", row + 1, layout->row_tops[row],
                   row + 1, layout->row_heights[row]);
}

static void write_subtitle(const struct figure *figure, const struct layout *layout,
                           struct buf *out)
{
    struct buf line = {0};
    const char *rest = figure->subtitle;
    buf_printf(out, "subtitles = %zu\narray subtitle[%zu]\n", layout->subtitle_lines,
               layout->subtitle_lines ? layout->subtitle_lines : 1);
    for (size_t i = 1; i <= layout->subtitle_lines; i++) {
        size_t bytes = gp_line_bytes(rest, subtitle_width(layout));
        buf_clear(&line);
        buf_add(&line, rest, gp_without_separator(rest, bytes));
        buf_printf(out, "subtitle[%zu] = ", i);
        gp_quote(out, buf_text(&line));
        buf_putc(out, '\n');
        rest += bytes;
    }
    buf_fini(&line);
}

static void write_panels(const struct figure *figure, struct buf *out)
{
    size_t n = figure->n_panels ? figure->n_panels : 1;
    buf_printf(
        out,
        "\n# Panel p shows the blocks first_block[p] to last_block[p] of the data file\n"
        "panels = %zu\narray panel_title[%zu]\narray first_block[%zu]\narray last_block[%zu]\n",
        n, n, n, n);
    for (size_t p = 0; p < figure->n_panels; p++) {
        size_t first = 0;
        while (first < figure->n_blocks && figure->blocks[first].panel < p)
            first++;
        size_t last = first;
        while (last < figure->n_blocks && figure->blocks[last].panel == p)
            last++;
        buf_printf(out, "panel_title[%zu] = ", p + 1);
        gp_quote(out, figure->panels[p]);
        buf_printf(out, "\nfirst_block[%zu] = %zu\nlast_block[%zu] = %zu\n", p + 1, first + 1,
                   p + 1, last);
    }
}

// Curves of the same colour (of several folders) share a slot.
static size_t slot_of(const struct figure *figure, size_t series, size_t *n_slots)
{
    size_t slot = 0;
    *n_slots = 0;
    for (size_t s = 0; s < figure->n_series; s++) {
        size_t first = 0;
        while (figure->series[first].style % 10 != figure->series[s].style % 10)
            first++;
        *n_slots += first == s;
        if (figure->series[s].style % 10 == figure->series[series].style % 10 && first == s)
            slot = *n_slots;
    }
    return slot;
}

static void write_slots(const struct figure *figure, struct buf *out)
{
    size_t n_slots = 0;
    buf_printf(out, "array series_slot[%zu]\n", figure->n_series);
    for (size_t s = 0; s < figure->n_series; s++)
        buf_printf(out, "series_slot[%zu] = %zu\n", s + 1, slot_of(figure, s, &n_slots));
    buf_printf(out, "n_slots = %zu\n", n_slots);
}

static void write_series(const struct figure *figure, struct buf *out)
{
    buf_printf(out,
               "\n# The legend: a name and a line style of style.gp each\n"
               "n_series = %zu\narray series_name[%zu]\narray series_style[%zu]\n",
               figure->n_series, figure->n_series, figure->n_series);
    for (size_t s = 0; s < figure->n_series; s++) {
        buf_printf(out, "series_name[%zu] = ", s + 1);
        gp_quote(out, figure->series[s].name);
        buf_printf(out, "\nseries_style[%zu] = %d\n", s + 1, figure->series[s].style);
    }
    buf_printf(out,
               "\n# The series of each block, and how many rows it has\n"
               "array block_series[%zu]\narray block_rows[%zu]\n",
               figure->n_blocks, figure->n_blocks);
    for (size_t b = 0; b < figure->n_blocks; b++)
        buf_printf(out, "block_series[%zu] = %zu; block_rows[%zu] = %zu\n", b + 1,
                   figure->blocks[b].series + 1, b + 1, figure->blocks[b].n_rows);
}

void figure_write_gp(const struct figure *figure, const char *commands, struct buf *out)
{
    struct layout layout = {0};
    lay_out(figure, &layout);
    buf_printf(out,
               "# Draw this chart again:  gnuplot %s.gp\n"
               "# or in another format:   gnuplot -e \"format='svg'\" %s.gp   (png, svg, pdf, "
               "text)\n"
               "# The numbers are in %s.dat; colours and fonts in style.gp.\n\n",
               figure->name, figure->name, figure->name);
    buf_puts(out, "chart_title = ");
    gp_quote(out, figure->title);
    buf_printf(out, "\nname = '%s'\nhere = ARG0[1:strlen(ARG0) - strlen(name.'.gp')]\n",
               figure->name);
    buf_puts(out, "data = here.name.'.dat'\n");
    buf_puts(out, buf_text(&figure->values));
    write_subtitle(figure, &layout, out);
    write_panels(figure, out);
    write_series(figure, out);
    write_slots(figure, out);
    write_layout(&layout, out);
    buf_puts(out, "\nload here.'style.gp'\n\n");
    buf_puts(out, commands);
}

static void write_row(const double *row, size_t n_columns, struct buf *out)
{
    for (size_t c = 0; c < n_columns; c++) {
        buf_puts(out, c ? " " : "");
        if (isnan(row[c]))
            buf_puts(out, "NaN");
        else
            buf_printf(out, "%.9g", row[c]);
    }
    buf_putc(out, '\n');
}

// A comment must stay one line.
static void write_name(const char *name, struct buf *out)
{
    for (; *name; name++)
        buf_putc(out, (unsigned char)*name < 0x20 ? ' ' : *name);
}

void figure_write_dat(const struct figure *figure, struct buf *out)
{
    for (size_t b = 0; b < figure->n_blocks; b++) {
        const struct figure_block *block = &figure->blocks[b];
        buf_puts(out, b ? "\n\n# " : "# ");
        write_name(figure->series[block->series].name, out);
        if (*figure->panels[block->panel]) {
            buf_puts(out, " | ");
            write_name(figure->panels[block->panel], out);
        }
        buf_puts(out, "\n#");
        for (size_t c = 0; c < figure->n_columns; c++)
            buf_printf(out, " %s", figure->columns[c]);
        buf_putc(out, '\n');
        for (size_t r = 0; r < block->n_rows; r++)
            write_row(block->rows + r * figure->n_columns, figure->n_columns, out);
    }
}
