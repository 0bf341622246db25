// What a results folder answers to the questions of a lab, and how near a student's prediction was.
#ifndef LABS_ANSWER_H
#define LABS_ANSWER_H

#include "labs/lab.h"

#include <stdio.h>

// A prediction as it is typed: "2.5", "2.5s", "250 ms", "8 x". Seconds where a unit of time stands.
// It must be above 0.
int answer_read(const char *text, double *prediction, struct err *err);

// The answers of the folder to each question, into answers[lab->n_questions]. An error when the
// folder has no such row.
int answer_find(const struct lab *lab, const char *dir, double *answers, struct err *err);

// A line for each question: prediction, answer, how far off.
void answer_print(const struct lab *lab, const double *predictions, const double *answers,
                  FILE *out);

#endif
