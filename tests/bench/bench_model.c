// Holds the simulator against measurements of real CPythons: lines CASE, measured, predicted,
// error, separated by tabs, and after each table its median and worst error. The cases, the
// machines they were measured on and where they come from: data/model/README.md. Nothing is fitted
// per case.
#include "base/alloc.h"
#include "base/costs.h"
#include "base/experiment.h"
#include "sim/predict.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS_MAX = 16, BURNT = 10, LINE_MAX_LEN = 512, CASES_MAX = 256, OVERRIDES_MAX = 20 };

struct one {
    char name[128];
    const char *interpreter;
    const char *mode; // sequential, threads, processes, fork (bare processes), async, echo
    const char *start_method;
    double sessions;
    double workers;
    double rounds;
    double wait_s;
    double cpu_s;
    double background;
    double interval_s; // 0: the default
    double cores;
    double tick_ns; // 0: the machine's
};

struct errors {
    double items[CASES_MAX];
    size_t len;
};

static const char *folder;

static void stop(const char *what, const char *why)
{
    fprintf(stderr, "bench_model: %s: %s\n", what, why);
    exit(1);
}

// --- one prediction

static void load_machine(const char *name, struct costs *costs)
{
    struct err err;
    char *path = alloc_printf("%s/machine-%s.yaml", folder, name);
    if (costs_load(path, costs, &err) < 0)
        stop(path, err.text);
    free(path);
}

static char *repeat_command(double rounds)
{
    char *text = alloc_strdup("work.commands=[");
    for (int i = 0; i < (int)rounds; i++) {
        char *longer = alloc_printf("%s%sshow clock", text, i ? ", " : "");
        free(text);
        text = longer;
    }
    char *closed = alloc_printf("%s]", text);
    free(text);
    return closed;
}

static struct experiment *experiment_of(const struct one *one)
{
    struct err err;
    char *texts[OVERRIDES_MAX] = {0};
    size_t n = 0;
    bool echo = !strcmp(one->mode, "echo");
    bool bare = !strcmp(one->mode, "fork");
    texts[n++] = alloc_strdup("devices.transport=sleep");
    texts[n++] = alloc_strdup("devices.latency.connect=0");
    texts[n++] = alloc_strdup("devices.latency.login=0");
    texts[n++] = alloc_strdup("work.cpu.login=0");
    texts[n++] = alloc_printf("devices.count=%.0f", one->sessions);
    texts[n++] = alloc_printf("devices.latency.command=%.0fus", one->wait_s * 1e6);
    texts[n++] = alloc_printf("work.cpu.command=%.0fus", one->cpu_s * 1e6);
    texts[n++] = repeat_command(one->rounds);
    texts[n++] = alloc_printf("runs.strategy=%s", echo ? "threads" : bare ? "hybrid" : one->mode);
    if (one->start_method)
        texts[n++] = alloc_printf("runs.start_method=%s", one->start_method);
    texts[n++] = alloc_printf("runs.workers=%.0f", one->workers);
    texts[n++] = alloc_printf("runs.processes=%.0f", one->workers);
    texts[n++] = alloc_printf("runs.interpreter=%s", one->interpreter);
    texts[n++] = alloc_printf("runs.background=%.0f", one->background);
    texts[n++] = alloc_printf("machine.cores=%.0f", one->cores);
    if (one->interval_s > 0)
        texts[n++] = alloc_printf("runs.switch_interval=%.0fus", one->interval_s * 1e6);
    if (echo)
        texts[n++] = alloc_strdup("work.echo=4s");
    struct experiment *experiment = experiment_load(NULL, (const char *const *)texts, &err);
    if (!experiment)
        stop(one->name, err.text);
    for (size_t i = 0; i < n; i++)
        free(texts[i]);
    return experiment;
}

static double predict(const struct one *one, struct costs *costs)
{
    struct err err;
    struct prediction prediction;
    size_t count;
    struct experiment *experiment = experiment_of(one);
    struct run_spec *specs = experiment_runs(experiment, &count);
    for (size_t i = 0; one->tick_ns > 0 && i < costs->n_pythons; i++)
        costs->pythons[i].tick.median = one->tick_ns;
    struct predict_options options = {.costs = costs, .cores = costs->cores};
    if (predict_run(experiment, &specs[0], &options, &prediction, &err) < 0)
        stop(one->name, err.text);
    double result =
        strcmp(one->mode, "echo") ? prediction.row.wall_s : prediction.row.answers_per_s;
    free(prediction.sessions);
    free(specs);
    experiment_free(experiment);
    return result;
}

static void report(struct errors *errors, const char *name, double measured, double predicted)
{
    double error = predicted / measured - 1;
    printf("%s\t%.4f\t%.4f\t%+.1f%%\n", name, measured, predicted, error * 100);
    fflush(stdout);
    if (errors->len < CASES_MAX)
        errors->items[errors->len++] = fabs(error);
}

static int compare_double(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static void summary(const char *table, struct errors *errors)
{
    if (!errors->len)
        return;
    qsort(errors->items, errors->len, sizeof *errors->items, compare_double);
    printf("%s median error\t%.1f\t%%\n", table, errors->items[errors->len / 2] * 100);
    printf("%s worst error\t%.1f\t%%\n", table, errors->items[errors->len - 1] * 100);
}

// --- the files

static FILE *open_data(const char *name)
{
    char *path = alloc_printf("%s/%s", folder, name);
    FILE *file = fopen(path, "re");
    if (!file)
        stop(path, "cannot read");
    free(path);
    return file;
}

// Cuts a line at its commas; false at the end. Comments are passed over.
static bool next_row(FILE *file, char *line, char **cells)
{
    do {
        if (!fgets(line, LINE_MAX_LEN, file))
            return false;
    } while (*line == '#');
    line[strcspn(line, "\r\n")] = 0;
    for (size_t i = 0; i < COLUMNS_MAX; i++) {
        cells[i] = line;
        size_t len = strcspn(line, ",");
        line += len + (line[len] == ',');
        cells[i][len] = 0;
    }
    return true;
}

static double number(const char *text)
{
    return strtod(text, NULL);
}

// truth/measure.py computes so many passes of a loop, as a nominal second takes at the python's
// best of nine; what that takes on the whole is told by the file's sequential row: that which only
// computes, if there is one.
static double speed(const char *name, const struct costs *costs)
{
    char line[LINE_MAX_LEN];
    char *cells[COLUMNS_MAX];
    FILE *file = open_data(name);
    double factor = 1;
    bool only_computes = false;
    while (next_row(file, line, cells)) {
        double rounds = number(cells[2]) * number(cells[4]);
        double wait_s = number(cells[5]);
        if (strcmp(cells[1], "sequential") != 0 || number(cells[6]) == 0 || only_computes)
            continue;
        only_computes = wait_s == 0;
        if (!only_computes)
            wait_s += costs->timer_slack.median / 1e9;
        factor = (number(cells[7]) / rounds - wait_s) / number(cells[6]);
    }
    fclose(file);
    return factor;
}

struct groups {
    struct errors walls;
    struct errors pools;
    struct errors echoes;
};

// python,mode,sessions,workers,rounds,wait_s,cpu_s,wall_s_median,wall_s_min,wall_s_max[,burnt_s]
static struct one one_of(char **cells, const char *interpreter, double factor)
{
    bool echo = strstr(cells[1], "echo") != NULL;
    bool computing = !strcmp(cells[1], "cpu-threads");
    bool started = !strcmp(cells[1], "spawn") || !strcmp(cells[1], "forkserver");
    struct one one = {.interpreter = interpreter,
                      .mode = echo        ? "echo"
                              : computing ? "threads"
                              : started   ? "processes"
                                          : cells[1],
                      .start_method = started ? cells[1] : NULL,
                      .sessions = number(cells[2]),
                      .workers = echo ? 1 : number(cells[3]),
                      .rounds = echo ? 1 : number(cells[4]),
                      .wait_s = number(cells[5]),
                      .cpu_s = number(cells[6]) * factor,
                      .background = echo ? number(cells[3]) : 0,
                      .cores = 2};
    if (number(cells[BURNT]) > 0)
        one.cpu_s = number(cells[BURNT]) / one.sessions / one.rounds;
    return one;
}

static void measured(const char *name, const char *interpreter, const char *label,
                     const struct costs *machine, struct groups *groups)
{
    char line[LINE_MAX_LEN];
    char *cells[COLUMNS_MAX];
    struct costs costs = *machine;
    double factor = speed(name, &costs);
    FILE *file = open_data(name);
    next_row(file, line, cells);
    while (next_row(file, line, cells)) {
        struct one one = one_of(cells, interpreter, factor);
        bool echo = !strcmp(one.mode, "echo");
        snprintf(one.name, sizeof one.name, "%s %s %s %s/%s x%s %s+%s", label, interpreter,
                 cells[1], cells[2], cells[3], cells[4], cells[5], cells[6]);
        struct errors *errors = echo                             ? &groups->echoes
                                : !strcmp(one.mode, "processes") ? &groups->pools
                                                                 : &groups->walls;
        bool is_text = !strcmp(cells[7], "rps");
        report(errors, one.name, number(cells[is_text ? 8 : 7]), predict(&one, &costs));
    }
    fclose(file);
}

static void measured_files(const char *label, const char *machine, const char *interpreter,
                           const char *const *names)
{
    struct groups groups = {0};
    struct costs costs;
    char title[80];
    load_machine(machine, &costs);
    for (; *names; names++)
        measured(*names, interpreter, label, &costs, &groups);
    costs_fini(&costs);
    snprintf(title, sizeof title, "%s %s", label, interpreter);
    summary(title, &groups.walls);
    snprintf(title, sizeof title, "%s %s processes", label, interpreter);
    summary(title, &groups.pools);
    snprintf(title, sizeof title, "%s %s echo", label, interpreter);
    summary(title, &groups.echoes);
}

static void tables(const char *table, const char *machine)
{
    char line[LINE_MAX_LEN];
    char *cells[COLUMNS_MAX];
    struct errors errors = {0};
    struct costs costs;
    load_machine(machine, &costs);
    FILE *file = open_data("tables.csv");
    next_row(file, line, cells);
    while (next_row(file, line, cells)) {
        if (strcmp(cells[0], table) != 0)
            continue;
        struct one one = {.interpreter = cells[2],
                          .mode = cells[3],
                          .sessions = number(cells[4]),
                          .workers = number(cells[5]),
                          .rounds = 1,
                          .cores = number(cells[6]),
                          .cpu_s = number(cells[7]),
                          .tick_ns = number(cells[8]),
                          .background = number(cells[9]),
                          .interval_s = number(cells[10])};
        snprintf(one.name, sizeof one.name, "%s %s", table, cells[1]);
        report(&errors, one.name, number(cells[11]), predict(&one, &costs));
    }
    fclose(file);
    costs_fini(&costs);
    summary(table, &errors);
}

// The course's fleets: of each, the first row gives the wait and the last calibrating row the cpu.
static void course(double devices, double cpu_s, double wait_s)
{
    char line[LINE_MAX_LEN];
    char *cells[COLUMNS_MAX];
    struct errors errors = {0};
    struct costs costs;
    load_machine("course", &costs);
    FILE *file = open_data("course.csv");
    while (next_row(file, line, cells)) {
        if (number(cells[0]) != devices)
            continue;
        struct one one = {.interpreter = "cpython-3.8",
                          .mode = number(cells[2]) > 1 ? "threads" : "sequential",
                          .sessions = devices,
                          .workers = number(cells[2]),
                          .rounds = 1,
                          .wait_s = wait_s,
                          .cpu_s = cpu_s,
                          .cores = 4};
        snprintf(one.name, sizeof one.name, "course %s devices %s workers", cells[0], cells[2]);
        report(&errors, one.name, number(cells[3]), predict(&one, &costs));
    }
    fclose(file);
    costs_fini(&costs);
    char label[64];
    snprintf(label, sizeof label, "course %.0f", devices);
    summary(label, &errors);
}

// Measured by measure_holdout.py: of each round, what its computing really took.
static void later_holdouts(void)
{
    static const char *const versions[] = {"3.8", "3.11", "3.12", "3.13"};
    for (int number = 3; number <= 4; number++) {
        for (size_t i = 0; i < sizeof versions / sizeof *versions; i++) {
            char *label = alloc_printf("holdout %d", number);
            char *machine = alloc_printf("holdout-%d", number);
            char *interpreter = alloc_printf("cpython-%s", versions[i]);
            char *file = alloc_printf("holdout-%s-%d.csv", versions[i], number);
            const char *const names[] = {file, NULL};
            measured_files(label, machine, interpreter, names);
            free(label);
            free(machine);
            free(interpreter);
            free(file);
        }
    }
}

int main(int argc, char **argv)
{
    folder = argc > 1 ? argv[1] : NETBATON_SOURCE "/tests/bench/data/model";
    static const char *const truth_3[] = {"truth-3.11.csv", NULL};
    static const char *const truth_2[] = {"truth-2.7.csv", NULL};
    static const char *const holdout_3[] = {"holdout-3.11-1.csv", "holdout-3.11-2.csv", NULL};
    static const char *const holdout_2[] = {"holdout-2.7-1.csv", NULL};
    static const char *const slow_2[] = {"holdout-2.7-2.csv", NULL};
    measured_files("truth", "truth", "cpython-3.11", truth_3);
    measured_files("truth", "truth", "cpython-2.7", truth_2);
    measured_files("holdout", "holdout", "cpython-3.11", holdout_3);
    measured_files("holdout", "holdout", "cpython-2.7", holdout_2);
    measured_files("holdout at half speed", "holdout-slow", "cpython-2.7", slow_2);
    later_holdouts();
    tables("V1", "v1");
    tables("V3", "v3");
    tables("V4", "v4");
    tables("V5", "v5");
    // 40 devices: one by one 303.25 s = 40 (wait + cpu); 40 at once 15.56 s = wait + 40 cpu.
    double cpu = (15.56 - 303.25 / 40) / 39;
    course(40, cpu, 303.25 / 40 - cpu);
    // 5460 devices: another fleet, limited by the cpu from 30 workers on: any wait below 30 times
    // the cpu is the same.
    course(5460, 557.19 / 5460, 29 * 557.19 / 5460);
    return 0;
}
