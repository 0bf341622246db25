#include "client/summary.h"

#include "base/alloc.h"
#include "base/run_name.h"
#include "base/units.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 10, CELL = RUN_NAME_MAX };

struct line {
    const struct run_row *row; // the first of its repeats
    double wall_s;             // medians of the repeats
    double p50_s;
    double p99_s;
    double failed; // all of them
    double answers_per_s;
    double speedup;
};

static bool same_number(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

static bool same_group(const struct run_row *a, const struct run_row *b)
{
    return a->devices == b->devices && !strcmp(a->transport, b->transport);
}

static bool same_run(const struct run_row *a, const struct run_row *b)
{
    return same_group(a, b) && !strcmp(a->strategy, b->strategy) &&
           !strcmp(a->interpreter, b->interpreter) && !strcmp(a->start_method, b->start_method) &&
           a->workers == b->workers && a->processes == b->processes &&
           a->background == b->background &&
           same_number(a->switch_interval_s, b->switch_interval_s) &&
           same_number(a->check_interval, b->check_interval);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

// Of the numbers that are known; NAN when none is.
static double median(double *values, size_t count)
{
    size_t known = 0;
    for (size_t i = 0; i < count; i++)
        if (!isnan(values[i]))
            values[known++] = values[i];
    if (!known)
        return NAN;
    qsort(values, known, sizeof *values, compare);
    return known % 2 ? values[known / 2] : (values[known / 2 - 1] + values[known / 2]) / 2;
}

static bool seen_before(const struct run_row *rows, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (same_run(&rows[k], &rows[i]))
            return true;
    return false;
}

static struct line make_line(const struct run_row *rows, size_t count, size_t first)
{
    struct line line = {.row = &rows[first], .speedup = NAN};
    double *values = alloc_zero(4 * count, sizeof *values);
    size_t n = 0;
    for (size_t i = first; i < count; i++)
        if (same_run(&rows[first], &rows[i])) {
            values[n] = rows[i].wall_s;
            values[count + n] = rows[i].p50_s;
            values[2 * count + n] = rows[i].p99_s;
            values[3 * count + n] = rows[i].answers_per_s;
            line.failed += rows[i].sessions_failed;
            n++;
        }
    line.wall_s = median(values, n);
    line.p50_s = median(values + count, n);
    line.p99_s = median(values + 2 * count, n);
    line.answers_per_s = median(values + 3 * count, n);
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
                isnan(lines[i].speedup) && lines[i].wall_s > 0)
                lines[i].speedup = lines[k].wall_s / lines[i].wall_s;
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
    run_name(line->row, differences, cells[0]);
    snprintf(cells[1], CELL, "%.*s", CELL - 1, line->row->interpreter);
    snprintf(cells[2], CELL, "%.0f", line->row->workers);
    time_cell(line->wall_s, cells[3]);
    snprintf(cells[4], CELL, isnan(line->speedup) ? "-" : "%.2f x", line->speedup);
    snprintf(cells[5], CELL, isnan(line->speedup) ? "-" : "%.0f %%",
             line->speedup / line->row->workers * 100);
    time_cell(line->p50_s, cells[6]);
    time_cell(line->p99_s, cells[7]);
    cells[8][0] = '\0';
    if (line->failed > 0)
        snprintf(cells[8], CELL, "%.0f", line->failed);
    cells[9][0] = '\0';
    if (!isnan(line->answers_per_s))
        snprintf(cells[9], CELL, "%.0f", line->answers_per_s);
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
            fprintf(table->out, i < 2 ? "%s%-*s" : "%s%*s", i ? "  " : "", (int)table->width[i],
                    cells[i]);
    fputs(table->color ? "\033[0m\n" : "\n", table->out);
}

static char header[COLUMNS][CELL] = {"strategy",   "interpreter", "workers", "wall",   "speed-up",
                                     "efficiency", "p50",         "p99",     "failed", "answers/s"};

static void measure(struct table *table, const struct line *lines, size_t count,
                    const struct run_differences *differences)
{
    char cells[COLUMNS][CELL];
    bool failed = false;
    bool echoes = false;
    for (int c = 0; c < COLUMNS; c++)
        table->width[c] = strlen(header[c]);
    for (size_t i = 0; i < count; i++) {
        fill(cells, &lines[i], differences);
        failed |= lines[i].failed > 0;
        echoes |= !isnan(lines[i].answers_per_s);
        for (int c = 0; c < COLUMNS; c++)
            if (strlen(cells[c]) > table->width[c])
                table->width[c] = strlen(cells[c]);
    }
    table->hidden[1] = !differences->interpreter;
    table->hidden[8] = !failed;
    table->hidden[9] = !echoes;
}

static void print_group(const struct table *table, const struct line *lines, size_t count,
                        size_t first, const struct run_differences *differences)
{
    const struct run_row *group = lines[first].row;
    size_t best = first;
    for (size_t i = first; i < count; i++)
        if (same_group(group, lines[i].row) && lines[i].wall_s < lines[best].wall_s)
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
