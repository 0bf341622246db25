// The table at the end of `netbaton run`: a line for each run, its repeats taken together.
#ifndef CLIENT_SUMMARY_H
#define CLIENT_SUMMARY_H

#include "base/results.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

// Rows in the order they were measured. Speed-up is against the median of `sequential` with the
// same devices, transport and interpreter; efficiency is speed-up by worker.
void summary_print(FILE *out, const struct run_row *rows, size_t count, bool color);

#endif
