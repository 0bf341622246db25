#include "sim/prediction_table.h"

#include "base/alloc.h"
#include "base/spread.h"
#include "base/units.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_WIDTH = 12, INTERPRETER_WIDTH = 18 };

static int wider(int width, const char *text)
{
    int len = (int)strlen(text);
    return len > width ? len : width;
}

void prediction_table_init(struct prediction_table *table, FILE *out, const struct run_spec *specs,
                           size_t count)
{
    struct run_row *rows = alloc_zero(count + 1, sizeof *rows);
    for (size_t i = 0; i < count; i++)
        run_row_init(&rows[i], &specs[i]);
    *table = (struct prediction_table){.out = out,
                                       .differences = run_differences(rows, count),
                                       .name_width = NAME_WIDTH,
                                       .interpreter_width = INTERPRETER_WIDTH};
    for (size_t i = 0; i < count; i++) {
        char name[RUN_NAME_MAX];
        run_name(&rows[i], &table->differences, name);
        table->name_width = wider(table->name_width, name);
        table->interpreter_width = wider(table->interpreter_width, rows[i].interpreter);
        if (specs[i].repeat >= table->repeats)
            table->repeats = specs[i].repeat + (size_t)1;
    }
    table->rows = alloc_zero(table->repeats, sizeof *table->rows);
    free(rows);
}

// The columns that say which run it is; texts to the left, numbers to the right.
static void print_run(const struct prediction_table *table, const char *name,
                      const char *interpreter, const char *transport, const char *devices,
                      const char *workers)
{
    fprintf(table->out, "%-*s %-*s ", table->name_width, name, table->interpreter_width,
            interpreter);
    if (table->differences.transport)
        fprintf(table->out, "%-9s ", transport);
    fprintf(table->out, "%7s %8s", devices, workers);
}

void prediction_table_head(const struct prediction_table *table)
{
    print_run(table, "strategy", "interpreter", "transport", "devices", "workers");
    fprintf(table->out, " %10s", "wall");
    if (table->repeats > 1)
        fprintf(table->out, " %9s %9s", "lowest", "highest");
    fprintf(table->out, " %9s %9s %9s %9s %9s\n", "run", "lock", "core", "device", "idle");
}

static void print_time(const struct prediction_table *table, double s, int width)
{
    char text[32] = "-";
    if (!isnan(s))
        units_human_duration(units_ns(s), text, sizeof text);
    fprintf(table->out, " %*s", width, text);
}

// Of a column (offsetof) over the repeats.
static struct spread spread_of_column(const struct prediction_table *table, size_t offset)
{
    double *values = alloc_zero(table->len, sizeof *values);
    for (size_t i = 0; i < table->len; i++)
        values[i] = *(const double *)((const char *)&table->rows[i] + offset);
    struct spread spread = spread_of(values, table->len);
    free(values);
    return spread;
}

static void print_times(const struct prediction_table *table)
{
    struct spread wall = spread_of_column(table, offsetof(struct run_row, wall_s));
    print_time(table, wall.median, 10);
    if (table->repeats > 1) {
        print_time(table, wall.min, 9);
        print_time(table, wall.max, 9);
    }
    for (size_t i = 0; i < STATES; i++) {
        size_t offset = offsetof(struct run_row, state_s) + i * sizeof(double);
        print_time(table, spread_of_column(table, offset).median, 9);
    }
}

static void print_repeats(struct prediction_table *table)
{
    const struct run_row *row = table->rows;
    char name[RUN_NAME_MAX];
    char devices[32];
    char workers[32];
    double failed = 0;
    run_name(row, &table->differences, name);
    snprintf(devices, sizeof devices, "%.0f", row->devices);
    snprintf(workers, sizeof workers, "%.0f", row->workers);
    print_run(table, name, row->interpreter, row->transport, devices, workers);
    print_times(table);
    if (!isnan(row->answers_per_s))
        fprintf(table->out, "  %.1f answers/s",
                spread_of_column(table, offsetof(struct run_row, answers_per_s)).median);
    for (size_t i = 0; i < table->len; i++)
        failed += table->rows[i].sessions_failed;
    if (failed > 0)
        fprintf(table->out, "  %.0f failed", failed);
    fputc('\n', table->out);
    fflush(table->out);
    table->len = 0;
}

void prediction_table_row(struct prediction_table *table, const struct run_row *row)
{
    table->rows[table->len++] = *row;
    if (table->len == table->repeats)
        print_repeats(table);
}

void prediction_table_end(struct prediction_table *table)
{
    if (table->len)
        print_repeats(table);
    free(table->rows);
    table->rows = NULL;
}
