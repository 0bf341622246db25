#include "base/results.h"

#include "base/alloc.h"
#include "base/folder.h"
#include "base/results_columns.h"
#include "base/units.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct results {
    char *dir;
    FILE *runs;
    FILE *sessions;
};

void run_row_init(struct run_row *row, const struct run_spec *spec)
{
    memset(row, 0, sizeof *row);
    columns_set_unknown(run_columns, row);
    snprintf(row->strategy, sizeof row->strategy, "%s", strategy_names[spec->strategy]);
    snprintf(row->interpreter, sizeof row->interpreter, "%s", spec->interpreter->name);
    snprintf(row->transport, sizeof row->transport, "%s", transport_names[spec->transport]);
    if (spec->strategy == STRATEGY_PROCESSES || spec->strategy == STRATEGY_HYBRID)
        snprintf(row->start_method, sizeof row->start_method, "%s",
                 start_method_names[spec->start_method]);
    row->devices = spec->devices;
    row->workers = spec->workers;
    row->processes = spec->processes;
    row->background = spec->background;
    if (spec->switch_interval_ns)
        row->switch_interval_s = (double)spec->switch_interval_ns / 1e9;
    if (spec->check_interval)
        row->check_interval = spec->check_interval;
    row->repeat = spec->repeat;
}

static int compare_u64(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a;
    uint64_t y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

// The nearest-rank percentile of a sorted array.
static double rank_s(const uint64_t *sorted, size_t len, double share)
{
    size_t rank = (size_t)ceil(share * (double)len);
    return (double)sorted[rank ? rank - 1 : 0] / 1e9;
}

void run_row_percentiles(struct run_row *row, uint64_t *session_ns, size_t len)
{
    if (!len)
        return;
    qsort(session_ns, len, sizeof *session_ns, compare_u64);
    row->p50_s = rank_s(session_ns, len, 0.50);
    row->p90_s = rank_s(session_ns, len, 0.90);
    row->p99_s = rank_s(session_ns, len, 0.99);
    row->max_s = rank_s(session_ns, len, 1.0);
}

static int check_empty(const char *dir, struct err *err)
{
    DIR *entries = opendir(dir);
    if (!entries)
        return err_input(err, "cannot open the folder '%s': %s (choose another with -o DIR)", dir,
                         strerror(errno));
    bool empty = true;
    for (struct dirent *entry = readdir(entries); entry; entry = readdir(entries))
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            empty = false;
    closedir(entries);
    if (!empty)
        return err_input(
            err,
            "the folder '%s' is not empty; nothing is overwritten (choose another with -o DIR)",
            dir);
    return 0;
}

static FILE *create_file(const struct results *results, const char *name, struct err *err)
{
    char *path = alloc_printf("%s/%s", results->dir, name);
    FILE *file = fopen(path, "w");
    if (!file)
        err_input(err, "cannot write '%s': %s (choose another folder with -o DIR)", path,
                  strerror(errno));
    free(path);
    return file;
}

static char *default_dir(const char *name)
{
    char stamp[32];
    time_t now = time(NULL);
    struct tm local;
    localtime_r(&now, &local);
    strftime(stamp, sizeof stamp, "%Y%m%d-%H%M%S", &local);
    char *dir = alloc_printf("results/%s-%s", name, stamp);
    for (int i = 2; access(dir, F_OK) == 0 && i < 1000; i++) {
        free(dir);
        dir = alloc_printf("results/%s-%s-%d", name, stamp, i);
    }
    return dir;
}

static int write_text(const struct results *results, const char *name, const char *text,
                      struct err *err)
{
    FILE *file = create_file(results, name, err);
    if (!file)
        return -1;
    int failed = fputs(text, file) == EOF;
    if (fclose(file) != 0 || failed)
        return err_set(err, "cannot write '%s/%s': %s", results->dir, name, strerror(errno));
    return 0;
}

static int write_experiment(const struct results *results, const struct experiment *experiment,
                            struct err *err)
{
    FILE *file = create_file(results, "experiment.yaml", err);
    if (!file)
        return -1;
    int failed = experiment_write(experiment, file, err);
    int reason = errno;
    if (fclose(file) != 0 && !failed) {
        failed = 1;
        reason = errno;
    }
    if (failed)
        return err_set(err, "cannot write '%s/experiment.yaml': %s", results->dir,
                       strerror(reason));
    return 0;
}

struct results *results_create(const char *dir, const struct experiment *experiment,
                               const char *machine_json, struct err *err)
{
    struct results *results = alloc_zero(1, sizeof *results);
    results->dir = dir ? alloc_strdup(dir) : default_dir(experiment->name);
    if (folder_make(results->dir, err) < 0 || check_empty(results->dir, err) < 0)
        goto fail;
    if (write_experiment(results, experiment, err) < 0 ||
        write_text(results, "machine.json", machine_json, err) < 0)
        goto fail;
    results->runs = create_file(results, "runs.csv", err);
    results->sessions = results->runs ? create_file(results, "sessions.csv", err) : NULL;
    if (!results->sessions)
        goto fail;
    columns_write_header(run_columns, results->runs);
    columns_write_header(session_columns, results->sessions);
    if (fflush(results->runs) != 0 || fflush(results->sessions) != 0) {
        err_set(err, "cannot write to '%s': %s", results->dir, strerror(errno));
        goto fail;
    }
    return results;
fail:
    results_close(results);
    return NULL;
}

const char *results_dir(const struct results *results)
{
    return results->dir;
}

// A half-written row would make the file unreadable for everybody else: cut it off.
static int flush_or_cut(const struct results *results, FILE *file, long whole, struct err *err)
{
    if (fflush(file) == 0 && !ferror(file))
        return 0;
    int reason = errno;
    clearerr(file);
    if (ftruncate(fileno(file), whole) == 0)
        fseek(file, whole, SEEK_SET);
    return err_set(err, "cannot write to '%s': %s (the finished runs are kept)", results->dir,
                   strerror(reason));
}

int results_add_sessions(struct results *results, const struct session_row *rows, size_t count,
                         struct err *err)
{
    long whole = ftell(results->sessions);
    for (size_t i = 0; i < count; i++)
        columns_write_row(session_columns, &rows[i], results->sessions);
    return flush_or_cut(results, results->sessions, whole, err);
}

int results_add_run(struct results *results, const struct run_row *row, struct err *err)
{
    long whole = ftell(results->runs);
    columns_write_row(run_columns, row, results->runs);
    return flush_or_cut(results, results->runs, whole, err);
}

void results_close(struct results *results)
{
    if (!results)
        return;
    if (results->runs)
        fclose(results->runs);
    if (results->sessions)
        fclose(results->sessions);
    free(results->dir);
    free(results);
}

struct run_row *results_read_runs(const char *dir, size_t *count, struct err *err)
{
    char *path = alloc_printf("%s/runs.csv", dir);
    struct run_row *rows = columns_read(run_columns, sizeof *rows, path, count, err);
    free(path);
    return rows;
}

struct session_row *results_read_sessions(const char *dir, size_t *count, struct err *err)
{
    char *path = alloc_printf("%s/sessions.csv", dir);
    struct session_row *rows = columns_read(session_columns, sizeof *rows, path, count, err);
    free(path);
    return rows;
}

static int unknown_column(const char *name, struct err *err)
{
    const char *names[128] = {0};
    for (size_t n = 0; run_columns[n].name; n++)
        names[n] = run_columns[n].name;
    const char *near = units_nearest_word(name, names);
    return err_input(err, "runs.csv has no column '%s'%s%s%s", name, near ? "; did you mean '" : "",
                     near ? near : "", near ? "'?" : "");
}

int results_run_cell(const struct run_row *row, const char *column, const char **text,
                     double *number, struct err *err)
{
    const struct column *found = run_columns;
    while (found->name && strcmp(found->name, column) != 0)
        found++;
    if (!found->name)
        return unknown_column(column, err);
    const char *place = (const char *)row + found->offset;
    *text = found->type == COLUMN_TEXT ? place : NULL;
    if (!*text)
        *number = *(const double *)place;
    return 0;
}
