// The results folders that are drawn together: their rows, and the rows gathered into groups, a
// group being the repeats of one run.
//
// Plain data, made once and then only read.
#ifndef PLOTS_DATASET_H
#define PLOTS_DATASET_H

#include "base/command.h"
#include "base/results.h"
#include "base/spread.h"

#include <stdbool.h>

// What can tell two runs apart, besides their folder and repeat.
enum dim {
    DIM_STRATEGY,
    DIM_PROCESSES, // of hybrid only
    DIM_START,     // start method, of what starts processes
    DIM_LENS,      // predicted, measured in C, measured with a real Python
    DIM_INTERPRETER,
    DIM_TRANSPORT,
    DIM_DEVICES,
    DIM_BACKGROUND,
    DIM_SWITCH,
    DIM_CHECK,
    DIM_WORKERS,
    DIMS
};
#define DIM_BIT(dim) (1U << (dim))

struct folder {
    char *dir;
    char *label; // tells it from the other folders; "" when there is only one
    struct run_row *runs;
    size_t n_runs;
    struct session_row *sessions; // NULL: sessions.csv is missing or unread
    size_t n_sessions;
    char *timeline;                // file of --trace, .csv; NULL: none is named
    struct experiment *experiment; // NULL: experiment.yaml is missing or unread
    char *unread[2];               // files that are there and cannot be read, and why; NULL: none
};

struct group {
    size_t folder;
    const struct run_row *row; // its first repeat
    size_t *runs;              // rows of runs.csv in the folder
    size_t n_runs;
    double failed; // sessions, over all repeats
    size_t lens;   // number of its folder and DIM_LENS among those there are, from 0
};

struct dataset {
    struct folder *folders;
    size_t n_folders;
    struct group *groups; // in the order of their first rows
    size_t n_groups;
    unsigned varying; // DIM_BITs that have two values or more within one folder
};

// dirs borrowed. Input error when a folder has no readable runs.csv or no row in it. The caller
// frees with dataset_free.
struct dataset *dataset_load(const char *const *dirs, size_t n_dirs, struct err *err);
void dataset_free(struct dataset *dataset);
// Says on stderr, in a command's name, what of the folders is unread: charts are drawn without it.
void dataset_print_unread(const struct dataset *dataset, const struct command *command);

// Its label, and where it lies unless that is the same; the caller frees.
char *folder_name(const struct folder *folder);

// "ssh", "40 devices", "switch interval 5ms"; "" where it has no meaning for that run.
void dim_text(const struct run_row *row, enum dim dim, char *text, size_t len);
// The texts of those dims (DIM_BITs), joined by ", "; the caller frees.
char *dim_join(const struct run_row *row, unsigned dims);
bool dim_same(const struct run_row *a, const struct run_row *b, unsigned dims);
// The same, but what has no meaning for one of them is no difference: a model has no check
// interval, 2.7 no switch interval.
bool dim_compatible(const struct run_row *a, const struct run_row *b, unsigned dims);

// Of one column over the repeats, e.g. offsetof(struct run_row, wall_s).
struct spread group_spread(const struct dataset *dataset, const struct group *group,
                           size_t column_offset);
double group_median(const struct dataset *dataset, const struct group *group, size_t column_offset);
// The most workers that any run of the group's strategy had.
double group_most_workers(const struct dataset *dataset, const struct group *group);
// Of what a function makes of each row.
struct spread group_spread_of(const struct dataset *dataset, const struct group *group,
                              double (*value)(const struct run_row *row));

#endif
