// A lab: a folder labs/NN-topic, compiled into the program, with README.md (what the student
// reads), experiment.yaml and questions.yaml:
//
//   command: run                     or simulate: what answers the questions
//   questions:
//     - ask: How many seconds do 40 devices take one by one?
//       take: wall_s                 a column of runs.csv; the median of the repeats counts
//       of: {strategy: sequential}   the cells of the row that is meant
//       over: {strategy: threads}    optional: the answer is the first divided by this one
#ifndef LABS_LAB_H
#define LABS_LAB_H

#include "base/err.h"

#include <stddef.h>

enum { LAB_CELLS_MAX = 8 };

// A row of runs.csv, named by some of its cells; ended by a NULL column.
struct lab_row {
    char *columns[LAB_CELLS_MAX + 1];
    char *values[LAB_CELLS_MAX + 1];
};

struct lab_question {
    char *ask;
    char *take;
    struct lab_row of;
    struct lab_row over; // no cell: nothing is divided
};

struct lab {
    unsigned number; // 1 for 01-one-by-one-or-threads
    char *topic;     // the folder's name
    char *title;     // the README's first line
    const char *text;
    const char *experiment;
    char *command; // "run" or "simulate"
    struct lab_question *questions;
    size_t n_questions;
};

// How many labs there are; their numbers are 1 to that.
unsigned lab_count(void);
// NULL when there is no such lab (input error). The caller frees with lab_free.
struct lab *lab_load(unsigned number, struct err *err);
void lab_free(struct lab *lab);

#endif
