// The timeline of runs, written while they happen: FILE in the Chrome trace-event format (open it
// in https://ui.perfetto.dev or chrome://tracing), and beside it the same intervals as CSV for a
// Gantt chart. Rows: the threads by state, the cores by thread, the holder of each lock.
//
// Of each run only the first TRACE_INTERVALS_MAX intervals are written: a run under the lock of 2.7
// has millions, which no viewer opens.
//
// CSV columns: run,row,number,name,from_s,to_s; row is thread, core or lock; name is the state, the
// thread on the core, or the thread that holds the lock.
#ifndef SIM_TRACE_H
#define SIM_TRACE_H

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

struct trace;

enum { TRACE_INTERVALS_MAX = 200000 };

// path ends in .json, or gets it; the CSV's name is path with .csv instead.
struct trace *trace_open(const char *path, struct err *err);
// A full disk and the like show here.
int trace_close(struct trace *trace, struct err *err);
// How many runs have more intervals than were written.
uint32_t trace_cut_runs(const struct trace *trace);

// A new group of rows; label: "threads, 10 workers, cpython-3.11".
void trace_run(struct trace *trace, uint32_t run, const char *label);
void trace_name_thread(struct trace *trace, uint32_t thread, const char *name);
// state is an enum task_state. Intervals of length 0 are left out.
void trace_state(struct trace *trace, uint32_t thread, uint32_t core, unsigned state, bool holds,
                 uint64_t from_ns, uint64_t to_ns);
void trace_holder(struct trace *trace, uint32_t lock, uint32_t thread, uint64_t from_ns,
                  uint64_t to_ns);

#endif
