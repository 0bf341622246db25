#include "plots/report_tables.h"

#include "base/alloc.h"
#include "base/units.h"
#include "plots/baseline.h"
#include "plots/html.h"

#include <jansson.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void write_number(double value, int digits, const char *unit, struct buf *out)
{
    char text[64] = "";
    if (!isnan(value))
        snprintf(text, sizeof text, "%.*f%s", digits, value, unit);
    html_element(out, "td", text);
}

static void write_seconds(double seconds, struct buf *out)
{
    char text[32] = "";
    if (!isnan(seconds))
        units_human_duration(units_ns(seconds), text, sizeof text);
    html_element(out, "td", text);
}

static void write_wall(const struct dataset *dataset, const struct group *group, struct buf *out)
{
    struct spread wall = group_spread(dataset, group, offsetof(struct run_row, wall_s));
    write_seconds(wall.median, out);
    char low[32];
    char high[32];
    char text[80] = "";
    if (wall.count > 1)
        snprintf(text, sizeof text, "%s – %s",
                 units_human_duration(units_ns(wall.min), low, sizeof low),
                 units_human_duration(units_ns(wall.max), high, sizeof high));
    html_element(out, "td", text);
}

static void write_speedup(const struct dataset *dataset, const struct group *group, struct buf *out)
{
    const struct group *one = baseline_of(dataset, group);
    double speedup = NAN;
    if (one)
        speedup = group_median(dataset, one, offsetof(struct run_row, wall_s)) /
                  group_median(dataset, group, offsetof(struct run_row, wall_s));
    write_number(speedup, 2, "", out);
    write_number(100 * speedup / group->row->workers, 0, " %", out);
}

// "3: 2 timeout, 1 connect" over all repeats; "" when none failed.
static void write_failures(const struct dataset *dataset, const struct group *group,
                           struct buf *out)
{
    struct buf text = {0};
    if (group->failed > 0)
        buf_printf(&text, "%.0f", group->failed);
    for (int phase = JOB_CONNECT; phase < JOB_ENDS; phase++) {
        double count = 0;
        for (size_t i = 0; i < group->n_runs; i++) {
            const struct run_row *row = &dataset->folders[group->folder].runs[group->runs[i]];
            count += isnan(row->failed[phase]) ? 0 : row->failed[phase];
        }
        if (count > 0)
            buf_printf(&text, " %.0f %s", count, job_end_names[phase]);
    }
    html_element(out, "td", buf_text(&text));
    buf_fini(&text);
}

static void write_group(const struct dataset *dataset, const struct group *group, struct buf *out)
{
    char *name =
        dim_join(group->row, (dataset->varying & ~DIM_BIT(DIM_WORKERS)) | DIM_BIT(DIM_STRATEGY));
    buf_puts(out, "<tr>");
    html_element(out, "th", name);
    write_number(group->row->workers, 0, "", out);
    write_wall(dataset, group, out);
    write_speedup(dataset, group, out);
    write_seconds(group_median(dataset, group, offsetof(struct run_row, p50_s)), out);
    write_seconds(group_median(dataset, group, offsetof(struct run_row, p99_s)), out);
    write_failures(dataset, group, out);
    write_seconds(group_median(dataset, group, offsetof(struct run_row, cpu_user_s)) +
                      group_median(dataset, group, offsetof(struct run_row, cpu_sys_s)),
                  out);
    write_number(group_median(dataset, group, offsetof(struct run_row, peak_rss_kb)) / 1024, 1,
                 " MiB", out);
    buf_puts(out, "</tr>\n");
    free(name);
}

static void write_heading(const struct dataset *dataset, size_t folder, const char *what,
                          struct buf *out)
{
    const char *label = dataset->folders[folder].label;
    char *text = alloc_printf("%s%s%s", what, *label ? ": " : "", label);
    html_element(out, "h2", text);
    free(text);
}

void report_runs(const struct dataset *dataset, size_t folder, struct buf *out)
{
    write_heading(dataset, folder, "Runs", out);
    buf_puts(out, "<table class=\"runs\">\n<thead><tr><th>run</th><th>workers</th><th>wall</th>"
                  "<th>lowest – highest</th><th>speed-up</th><th>efficiency</th>"
                  "<th>session p50</th><th>p99</th><th>failed</th><th>CPU</th><th>memory</th>"
                  "</tr></thead>\n<tbody>\n");
    for (size_t g = 0; g < dataset->n_groups; g++)
        if (dataset->groups[g].folder == folder)
            write_group(dataset, &dataset->groups[g], out);
    buf_puts(out, "</tbody>\n</table>\n");
}

static void write_pair(const char *name, const json_t *value, struct buf *out)
{
    char *text = json_is_string(value) ? alloc_strdup(json_string_value(value)) : NULL;
    if (!text && json_is_number(value))
        text = alloc_printf("%.15g", json_number_value(value));
    if (text) {
        buf_puts(out, "<tr>");
        html_element(out, "th", name);
        html_element(out, "td", text);
        buf_puts(out, "</tr>\n");
    }
    free(text);
}

static void write_unread(const char *why, struct buf *out)
{
    char *text = alloc_printf("left out, as it cannot be read: %s", why);
    html_element(out, "p class=\"note\"", text);
    free(text);
}

static void write_machine(const char *dir, struct buf *out)
{
    char *path = alloc_printf("%s/machine.json", dir);
    json_error_t why = {0};
    json_t *machine = json_load_file(path, 0, &why);
    if (!machine && json_error_code(&why) != json_error_cannot_open_file) {
        char *text = alloc_printf("%s:%d:%d: %s", path, why.line, why.column, why.text);
        write_unread(text, out);
        free(text);
    }
    free(path);
    if (!json_is_object(machine)) {
        json_decref(machine);
        return;
    }
    const char *name;
    json_t *value;
    buf_puts(out, "<table class=\"machine\">\n<tbody>\n");
    json_object_foreach(machine, name, value) write_pair(name, value, out);
    buf_puts(out, "</tbody>\n</table>\n");
    json_decref(machine);
}

static void write_experiment(const struct experiment *experiment, struct buf *out)
{
    char *text = NULL;
    size_t len = 0;
    struct err ignored;
    FILE *memory = open_memstream(&text, &len);
    if (!memory)
        return;
    int result = experiment_write(experiment, memory, &ignored);
    fclose(memory);
    if (result == 0)
        html_element(out, "pre", text);
    free(text);
}

void report_parameters(const struct dataset *dataset, size_t folder, struct buf *out)
{
    write_heading(dataset, folder, "Machine and experiment", out);
    write_machine(dataset->folders[folder].dir, out);
    for (size_t i = 0; i < 2; i++)
        if (dataset->folders[folder].unread[i])
            write_unread(dataset->folders[folder].unread[i], out);
    if (dataset->folders[folder].experiment)
        write_experiment(dataset->folders[folder].experiment, out);
}
