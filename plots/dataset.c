#include "plots/dataset.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/run_name.h"
#include "base/units.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// A real Python is named by the rules it lives under, "cpython-3.11", so that its runs stand beside
// those of the same rules in C and in the model; DIM_LENS tells them apart. "3.14.0t" has no lock,
// "3.14.0t+gil" has one after all.
static void interpreter_text(const struct run_row *row, char *text, size_t len)
{
    int major;
    int minor;
    int used = 0;
    snprintf(text, len, "%s", row->interpreter);
    if (strncmp(row->interpreter, "python:", 7) != 0 ||
        sscanf(row->source, "python %d.%d.%*d%n", &major, &minor, &used) != 2 || !used)
        return;
    snprintf(text, len, "%s-%d.%d", strcmp(&row->source[used], "t") ? "cpython" : "free-threaded",
             major, minor);
}

static const char *lens_text(const struct run_row *row)
{
    if (!strcmp(row->kind, "predicted"))
        return "predicted";
    return !strncmp(row->source, "python", 6) ? "real Python" : "in C";
}

static void number_text(double value, const char *before, const char *after, char *text, size_t len)
{
    *text = '\0';
    if (!isnan(value))
        snprintf(text, len, "%s%.6g%s", before, value, after);
}

static void switch_text(const struct run_row *row, char *text, size_t len)
{
    char human[32];
    *text = '\0';
    if (!isnan(row->switch_interval_s) && row->switch_interval_s > 0)
        snprintf(text, len, "switch interval %s",
                 units_format_duration(units_ns(row->switch_interval_s), human, sizeof human));
}

static void background_text(const struct run_row *row, char *text, size_t len)
{
    if (row->background == 0)
        snprintf(text, len, "no computing thread");
    else
        number_text(row->background, "",
                    row->background == 1 ? " computing thread" : " computing threads", text, len);
}

// A hybrid of fewer workers than processes runs with that many processes; it still belongs to the
// curve of the wanted number, so it has no text of its own.
static void processes_text(const struct run_row *row, char *text, size_t len)
{
    *text = '\0';
    if (!strcmp(row->strategy, strategy_names[STRATEGY_HYBRID]) && row->processes < row->workers)
        number_text(row->processes, "", " processes", text, len);
}

char *folder_name(const struct folder *folder)
{
    if (!strcmp(folder->label, folder->dir))
        return alloc_strdup(folder->label);
    return alloc_printf("%s (%s)", folder->label, folder->dir);
}

void dim_text(const struct run_row *row, enum dim dim, char *text, size_t len)
{
    *text = '\0';
    switch (dim) {
    case DIM_STRATEGY:
        snprintf(text, len, "%s", row->strategy);
        break;
    case DIM_PROCESSES:
        processes_text(row, text, len);
        break;
    case DIM_START:
        snprintf(text, len, "%s", row->start_method);
        break;
    case DIM_LENS:
        snprintf(text, len, "%s", lens_text(row));
        break;
    case DIM_INTERPRETER:
        interpreter_text(row, text, len);
        break;
    case DIM_TRANSPORT:
        snprintf(text, len, "%s", row->transport);
        break;
    case DIM_DEVICES:
        number_text(row->devices, "", row->devices == 1 ? " device" : " devices", text, len);
        break;
    case DIM_BACKGROUND:
        background_text(row, text, len);
        break;
    case DIM_SWITCH:
        switch_text(row, text, len);
        break;
    case DIM_CHECK:
        number_text(row->check_interval, "check interval ", "", text, len);
        break;
    case DIM_WORKERS:
        number_text(row->workers, "", row->workers == 1 ? " worker" : " workers", text, len);
        break;
    case DIMS:
        break;
    }
}

char *dim_join(const struct run_row *row, unsigned dims)
{
    struct buf joined = {0};
    char text[320];
    for (int dim = 0; dim < DIMS; dim++) {
        if (!(dims & DIM_BIT(dim)))
            continue;
        dim_text(row, (enum dim)dim, text, sizeof text);
        if (*text)
            buf_printf(&joined, "%s%s", joined.len ? ", " : "", text);
    }
    return buf_take(&joined);
}

enum dim_relation { DIM_EQUAL, DIM_ONE_HAS_NONE, DIM_DIFFERS };

static enum dim_relation relation(const struct run_row *a, const struct run_row *b, enum dim dim)
{
    char text_a[320];
    char text_b[320];
    dim_text(a, dim, text_a, sizeof text_a);
    dim_text(b, dim, text_b, sizeof text_b);
    if (!strcmp(text_a, text_b))
        return DIM_EQUAL;
    return *text_a && *text_b ? DIM_DIFFERS : DIM_ONE_HAS_NONE;
}

bool dim_same(const struct run_row *a, const struct run_row *b, unsigned dims)
{
    for (int dim = 0; dim < DIMS; dim++)
        if ((dims & DIM_BIT(dim)) && relation(a, b, (enum dim)dim) != DIM_EQUAL)
            return false;
    return true;
}

bool dim_compatible(const struct run_row *a, const struct run_row *b, unsigned dims)
{
    for (int dim = 0; dim < DIMS; dim++)
        if ((dims & DIM_BIT(dim)) && relation(a, b, (enum dim)dim) == DIM_DIFFERS)
            return false;
    return true;
}

static struct group *group_for(struct dataset *dataset, size_t folder, const struct run_row *row)
{
    for (size_t i = dataset->n_groups; i-- > 0;)
        if (dataset->groups[i].folder == folder && run_same(dataset->groups[i].row, row))
            return &dataset->groups[i];
    dataset->groups = alloc_resize(dataset->groups, dataset->n_groups + 1, sizeof *dataset->groups);
    struct group *group = &dataset->groups[dataset->n_groups++];
    *group = (struct group){.folder = folder, .row = row};
    return group;
}

// Groups come folder by folder.
static size_t lens_of(const struct dataset *dataset, size_t g)
{
    const struct group *group = &dataset->groups[g];
    size_t lenses = 0;
    for (size_t i = 0; i < g; i++) {
        const struct group *other = &dataset->groups[i];
        if (other->folder == group->folder && dim_same(other->row, group->row, DIM_BIT(DIM_LENS)))
            return other->lens;
        lenses = other->lens + 1 > lenses ? other->lens + 1 : lenses;
    }
    return lenses;
}

static void gather(struct dataset *dataset)
{
    for (size_t f = 0; f < dataset->n_folders; f++)
        for (size_t r = 0; r < dataset->folders[f].n_runs; r++) {
            const struct run_row *row = &dataset->folders[f].runs[r];
            struct group *group = group_for(dataset, f, row);
            group->runs = alloc_resize(group->runs, group->n_runs + 1, sizeof *group->runs);
            group->runs[group->n_runs++] = r;
            if (!isnan(row->sessions_failed))
                group->failed += row->sessions_failed;
        }
    for (size_t g = 0; g < dataset->n_groups; g++)
        dataset->groups[g].lens = lens_of(dataset, g);
}

static bool varies(const struct folder *folder, enum dim dim)
{
    char first[320] = "";
    char text[320];
    for (size_t r = 0; r < folder->n_runs; r++) {
        dim_text(&folder->runs[r], dim, text, sizeof text);
        if (*text && !*first)
            memcpy(first, text, sizeof first);
        else if (*text && strcmp(text, first) != 0)
            return true;
    }
    return false;
}

static bool has_wall_times(const struct folder *folder)
{
    for (size_t r = 0; r < folder->n_runs; r++)
        if (!isnan(folder->runs[r].wall_s))
            return true;
    return false;
}

// A chart without sessions or with a shorter title is still a chart; folders of other programs may
// have neither file.
static char *why_unread(const char *path, const struct err *err)
{
    return access(path, F_OK) == 0 ? alloc_strdup(err->text) : NULL;
}

static void load_experiment(struct folder *folder)
{
    struct err err;
    char *path = alloc_printf("%s/experiment.yaml", folder->dir);
    folder->experiment = experiment_load(path, NULL, &err);
    if (!folder->experiment)
        folder->unread[0] = why_unread(path, &err);
    free(path);
}

static void load_sessions(struct folder *folder)
{
    struct err err;
    char *path = alloc_printf("%s/sessions.csv", folder->dir);
    folder->sessions = results_read_sessions(folder->dir, &folder->n_sessions, &err);
    if (!folder->sessions)
        folder->unread[1] = why_unread(path, &err);
    free(path);
}

static int load_folder(struct folder *folder, const char *dir, struct err *err)
{
    folder->dir = alloc_strdup(dir);
    folder->runs = results_read_runs(dir, &folder->n_runs, err);
    if (!folder->runs)
        return -1;
    if (!folder->n_runs)
        return err_input(err, "'%s/runs.csv' has no finished run yet", dir);
    if (!has_wall_times(folder))
        return err_input(err,
                         "'%s/runs.csv' has no wall times (column wall_s); is it of `netbaton run` "
                         "or `netbaton simulate`?",
                         dir);
    load_experiment(folder);
    load_sessions(folder);
    return 0;
}

// The last part of the path, e.g. "demo-20261123-0700"; the caller frees.
static char *base_name(const char *dir)
{
    size_t end = strlen(dir);
    while (end > 1 && dir[end - 1] == '/')
        end--;
    size_t start = end;
    while (start > 0 && dir[start - 1] != '/')
        start--;
    return alloc_strndup(dir + start, end - start);
}

static bool labels_differ(const struct dataset *dataset)
{
    for (size_t a = 0; a < dataset->n_folders; a++) {
        if (!*dataset->folders[a].label)
            return false;
        for (size_t b = a + 1; b < dataset->n_folders; b++)
            if (!strcmp(dataset->folders[a].label, dataset->folders[b].label))
                return false;
    }
    return true;
}

// What a student would call them: predicted and measured, the two interpreters, else the folders.
static void label_folders(struct dataset *dataset)
{
    enum { BY_KIND, BY_LENS, BY_INTERPRETER, BY_NAME, BY_PATH, WAYS };
    for (int way = BY_KIND; way < WAYS; way++) {
        for (size_t f = 0; f < dataset->n_folders; f++) {
            struct folder *folder = &dataset->folders[f];
            char text[320] = "";
            enum dim dim = way == BY_LENS ? DIM_LENS : DIM_INTERPRETER;
            if (!varies(folder, dim))
                dim_text(folder->runs, dim, text, sizeof text);
            free(folder->label);
            folder->label = dataset->n_folders < 2 ? alloc_strdup("")
                            : way == BY_KIND       ? alloc_strdup(folder->runs->kind)
                            : way < BY_NAME        ? alloc_strdup(text)
                            : way == BY_NAME       ? base_name(folder->dir)
                                                   : alloc_strdup(folder->dir);
        }
        if (labels_differ(dataset))
            return;
    }
}

struct dataset *dataset_load(const char *const *dirs, size_t n_dirs, struct err *err)
{
    struct dataset *dataset = alloc_zero(1, sizeof *dataset);
    dataset->folders = alloc_zero(n_dirs, sizeof *dataset->folders);
    for (; dataset->n_folders < n_dirs; dataset->n_folders++)
        if (load_folder(&dataset->folders[dataset->n_folders], dirs[dataset->n_folders], err) < 0) {
            dataset->n_folders++;
            dataset_free(dataset);
            return NULL;
        }
    label_folders(dataset);
    gather(dataset);
    for (int dim = 0; dim < DIMS; dim++)
        for (size_t f = 0; f < dataset->n_folders; f++)
            if (varies(&dataset->folders[f], (enum dim)dim))
                dataset->varying |= DIM_BIT(dim);
    return dataset;
}

void dataset_free(struct dataset *dataset)
{
    if (!dataset)
        return;
    for (size_t g = 0; g < dataset->n_groups; g++)
        free(dataset->groups[g].runs);
    for (size_t f = 0; f < dataset->n_folders; f++) {
        struct folder *folder = &dataset->folders[f];
        free(folder->dir);
        free(folder->label);
        free(folder->runs);
        free(folder->sessions);
        free(folder->timeline);
        experiment_free(folder->experiment);
        free(folder->unread[0]);
        free(folder->unread[1]);
    }
    free(dataset->folders);
    free(dataset->groups);
    free(dataset);
}

void dataset_print_unread(const struct dataset *dataset, const struct command *command)
{
    for (size_t f = 0; f < dataset->n_folders; f++)
        for (size_t i = 0; i < 2; i++)
            if (dataset->folders[f].unread[i])
                fprintf(stderr, "netbaton %s: left out, as it cannot be read: %s\n", command->name,
                        dataset->folders[f].unread[i]);
}

struct spread group_spread(const struct dataset *dataset, const struct group *group,
                           size_t column_offset)
{
    const struct run_row *runs = dataset->folders[group->folder].runs;
    double *values = alloc_zero(group->n_runs, sizeof *values);
    for (size_t i = 0; i < group->n_runs; i++)
        values[i] = *(const double *)((const char *)&runs[group->runs[i]] + column_offset);
    struct spread spread = spread_of(values, group->n_runs);
    free(values);
    return spread;
}

double group_median(const struct dataset *dataset, const struct group *group, size_t column_offset)
{
    return group_spread(dataset, group, column_offset).median;
}

double group_most_workers(const struct dataset *dataset, const struct group *group)
{
    double most = 0;
    for (size_t g = 0; g < dataset->n_groups; g++)
        if (!strcmp(dataset->groups[g].row->strategy, group->row->strategy))
            most = fmax(most, dataset->groups[g].row->workers);
    return most;
}

struct spread group_spread_of(const struct dataset *dataset, const struct group *group,
                              double (*value)(const struct run_row *row))
{
    const struct run_row *runs = dataset->folders[group->folder].runs;
    double *values = alloc_zero(group->n_runs, sizeof *values);
    for (size_t i = 0; i < group->n_runs; i++)
        values[i] = value(&runs[group->runs[i]]);
    struct spread spread = spread_of(values, group->n_runs);
    free(values);
    return spread;
}
