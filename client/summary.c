#include "client/summary.h"

#include "base/alloc.h"
#include "base/run_name.h"
#include "base/spread.h"
#include "base/units.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum column {
    NAME,
    INTERPRETER,
    WORKERS,
    WALL,
    LOWEST,
    HIGHEST,
    SPEEDUP,
    EFFICIENCY,
    P50,
    P99,
    FAILED,
    ANSWERS,
    COLUMNS
};
enum { CELL = RUN_NAME_MAX };

struct line {
    const struct run_row *row; // the first of its repeats
    struct spread wall_s;
    double p50_s; // medians of the repeats
    double p99_s;
    double failed; // all of them
    double answers_per_s;
    double speedup;
};

static bool same_group(const struct run_row *a, const struct run_row *b)
{
    return a->devices == b->devices && !strcmp(a->transport, b->transport);
}

static bool seen_before(const struct run_row *rows, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (run_same(&rows[k], &rows[i]))
            return true;
    return false;
}

static struct line make_line(const struct run_row *rows, size_t count, size_t first)
{
    struct line line = {.row = &rows[first], .speedup = NAN};
    double *values = alloc_zero(4 * count, sizeof *values);
    size_t n = 0;
    for (size_t i = first; i < count; i++)
        if (run_same(&rows[first], &rows[i])) {
            values[n] = rows[i].wall_s;
            values[count + n] = rows[i].p50_s;
            values[2 * count + n] = rows[i].p99_s;
            values[3 * count + n] = rows[i].answers_per_s;
            line.failed += rows[i].sessions_failed;
            n++;
        }
    line.wall_s = spread_of(values, n);
    line.p50_s = spread_of(values + count, n).median;
    line.p99_s = spread_of(values + 2 * count, n).median;
    line.answers_per_s = spread_of(values + 3 * count, n).median;
    free(values);
    return line;
}

static bool is_sequential(const struct run_row *row)
{
    return !strcmp(row->strategy, "sequential");
}

static void set_speedups(struct line *lines, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < count; k++)
            if (is_sequential(lines[k].row) && same_group(lines[k].row, lines[i].row) &&
                lines[k].row->background == lines[i].row->background &&
                !strcmp(lines[k].row->interpreter, lines[i].row->interpreter) &&
                isnan(lines[i].speedup) && lines[i].wall_s.median > 0)
                lines[i].speedup = lines[k].wall_s.median / lines[i].wall_s.median;
}

static void time_cell(double seconds, char *cell)
{
    if (isnan(seconds))
        snprintf(cell, CELL, "-");
    else
        units_human_duration(units_ns(seconds), cell, CELL);
}

static void fill(char cells[COLUMNS][CELL], const struct line *line,
                 const struct run_differences *differences)
{
    run_name(line->row, differences, cells[NAME]);
    snprintf(cells[INTERPRETER], CELL, "%.*s", CELL - 1, line->row->interpreter);
    snprintf(cells[WORKERS], CELL, "%.0f", line->row->workers);
    time_cell(line->wall_s.median, cells[WALL]);
    time_cell(line->wall_s.min, cells[LOWEST]);
    time_cell(line->wall_s.max, cells[HIGHEST]);
    snprintf(cells[SPEEDUP], CELL, isnan(line->speedup) ? "-" : "%.2f x", line->speedup);
    snprintf(cells[EFFICIENCY], CELL, isnan(line->speedup) ? "-" : "%.0f %%",
             line->speedup / line->row->workers * 100);
    time_cell(line->p50_s, cells[P50]);
    time_cell(line->p99_s, cells[P99]);
    cells[FAILED][0] = '\0';
    if (line->failed > 0)
        snprintf(cells[FAILED], CELL, "%.0f", line->failed);
    cells[ANSWERS][0] = '\0';
    if (!isnan(line->answers_per_s))
        snprintf(cells[ANSWERS], CELL, "%.0f", line->answers_per_s);
}

struct table {
    FILE *out;
    bool color;
    bool hidden[COLUMNS];
    size_t width[COLUMNS];
};

// Texts to the left, numbers to the right.
static void print_cells(const struct table *table, char cells[COLUMNS][CELL], const char *style)
{
    if (table->color)
        fputs(style, table->out);
    for (int i = 0; i < COLUMNS; i++)
        if (!table->hidden[i])
            fprintf(table->out, i < WORKERS ? "%s%-*s" : "%s%*s", i ? "  " : "",
                    (int)table->width[i], cells[i]);
    fputs(table->color ? "\033[0m\n" : "\n", table->out);
}

static char header[COLUMNS][CELL] = {"strategy", "interpreter", "workers",  "wall",
                                     "lowest",   "highest",     "speed-up", "efficiency",
                                     "p50",      "p99",         "failed",   "answers/s"};

static void measure(struct table *table, const struct line *lines, size_t count,
                    const struct run_differences *differences)
{
    char cells[COLUMNS][CELL];
    bool repeats = false;
    bool failed = false;
    bool echoes = false;
    for (int c = 0; c < COLUMNS; c++)
        table->width[c] = strlen(header[c]);
    for (size_t i = 0; i < count; i++) {
        fill(cells, &lines[i], differences);
        repeats |= lines[i].wall_s.count > 1;
        failed |= lines[i].failed > 0;
        echoes |= !isnan(lines[i].answers_per_s);
        for (int c = 0; c < COLUMNS; c++)
            if (strlen(cells[c]) > table->width[c])
                table->width[c] = strlen(cells[c]);
    }
    table->hidden[INTERPRETER] = !differences->interpreter;
    table->hidden[LOWEST] = table->hidden[HIGHEST] = !repeats;
    table->hidden[FAILED] = !failed;
    table->hidden[ANSWERS] = !echoes;
}

static void print_group(const struct table *table, const struct line *lines, size_t count,
                        size_t first, const struct run_differences *differences)
{
    const struct run_row *group = lines[first].row;
    size_t best = first;
    for (size_t i = first; i < count; i++)
        if (same_group(group, lines[i].row) && lines[i].wall_s.median < lines[best].wall_s.median)
            best = i;
    fprintf(table->out, "\n%.0f device%s, %s\n", group->devices, group->devices == 1 ? "" : "s",
            group->transport);
    print_cells(table, header, "\033[1m");
    for (size_t i = first; i < count; i++) {
        char cells[COLUMNS][CELL];
        if (!same_group(group, lines[i].row))
            continue;
        fill(cells, &lines[i], differences);
        const char *style = i == best ? "\033[32m" : "";
        print_cells(table, cells, lines[i].failed > 0 ? "\033[31m" : style);
    }
}

void summary_print(FILE *out, const struct run_row *rows, size_t count, bool color)
{
    struct line *lines = alloc_zero(count + 1, sizeof *lines);
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        if (!seen_before(rows, i))
            lines[n++] = make_line(rows, count, i);
    set_speedups(lines, n);
    struct run_differences differences = run_differences(rows, count);
    struct table table = {.out = out, .color = color};
    measure(&table, lines, n, &differences);
    for (size_t i = 0; i < n; i++) {
        bool first = true;
        for (size_t k = 0; k < i; k++)
            first &= !same_group(lines[k].row, lines[i].row);
        if (first)
            print_group(&table, lines, n, i, &differences);
    }
    free(lines);
}
