#include "sim/prediction_table.h"

#include "base/alloc.h"
#include "base/units.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_WIDTH = 12, INTERPRETER_WIDTH = 18 };

static int wider(int width, const char *text)
{
    int len = (int)strlen(text);
    return len > width ? len : width;
}

void prediction_table_init(struct prediction_table *table, const struct run_spec *specs,
                           size_t count)
{
    struct run_row *rows = alloc_zero(count + 1, sizeof *rows);
    for (size_t i = 0; i < count; i++)
        run_row_init(&rows[i], &specs[i]);
    *table = (struct prediction_table){.differences = run_differences(rows, count),
                                       .name_width = NAME_WIDTH,
                                       .interpreter_width = INTERPRETER_WIDTH};
    for (size_t i = 0; i < count; i++) {
        char name[RUN_NAME_MAX];
        run_name(&rows[i], &table->differences, name);
        table->name_width = wider(table->name_width, name);
        table->interpreter_width = wider(table->interpreter_width, rows[i].interpreter);
    }
    free(rows);
}

// The columns that say which run it is; texts to the left, numbers to the right.
static void print_run(const struct prediction_table *table, const char *name,
                      const char *interpreter, const char *transport, const char *devices,
                      const char *workers)
{
    printf("%-*s %-*s ", table->name_width, name, table->interpreter_width, interpreter);
    if (table->differences.transport)
        printf("%-9s ", transport);
    printf("%7s %8s", devices, workers);
}

void prediction_table_head(const struct prediction_table *table)
{
    print_run(table, "strategy", "interpreter", "transport", "devices", "workers");
    printf(" %10s %9s %9s %9s %9s %9s\n", "wall", "run", "lock", "core", "device", "idle");
}

static void print_time(double s, int width)
{
    char text[32] = "-";
    if (!isnan(s))
        units_human_duration(units_ns(s), text, sizeof text);
    printf(" %*s", width, text);
}

void prediction_table_row(const struct prediction_table *table, const struct run_row *row)
{
    char name[RUN_NAME_MAX];
    char devices[32];
    char workers[32];
    run_name(row, &table->differences, name);
    snprintf(devices, sizeof devices, "%.0f", row->devices);
    snprintf(workers, sizeof workers, "%.0f", row->workers);
    print_run(table, name, row->interpreter, row->transport, devices, workers);
    print_time(row->wall_s, 10);
    for (int i = 0; i < STATES; i++)
        print_time(row->state_s[i], 9);
    if (!isnan(row->answers_per_s))
        printf("  %.1f answers/s", row->answers_per_s);
    if (row->sessions_failed > 0)
        printf("  %.0f failed", row->sessions_failed);
    putchar('\n');
    fflush(stdout);
}
