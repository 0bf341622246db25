// The timeline of runs, each written when it is over: FILE in the Chrome trace-event format (open
// it in https://ui.perfetto.dev or chrome://tracing), and beside it the same intervals as CSV
// (base/timeline_file.h). Rows: the threads by state, the cores by thread, the holder of each lock;
// of an event loop also when it worked for whom.
//
// A run under the lock of 2.7 has millions of intervals, which no viewer opens: beyond
// TIMELINE_INTERVALS_MAX the shortest ones are joined, each with its share, and a remark says so.
#ifndef SIM_TRACE_H
#define SIM_TRACE_H

#include "base/err.h"
#include "base/timeline_file.h"

#include <stdbool.h>
#include <stdint.h>

struct trace;

// Two files: path with the ending .json and with the ending .csv, whichever it has or neither.
struct trace *trace_open(const char *path, struct err *err);
// A full disk and the like show here.
int trace_close(struct trace *trace, struct err *err);
// Where they are; live as long as the trace.
const char *trace_json_path(const struct trace *trace);
const char *trace_csv_path(const struct trace *trace);
// In how many runs the shortest intervals are joined.
uint32_t trace_joined_runs(const struct trace *trace);

// A new group of rows, for so many threads; label: "threads, 10 workers, cpython-3.11".
void trace_run(struct trace *trace, uint32_t run, uint32_t threads, const char *label);
void trace_name_thread(struct trace *trace, uint32_t thread, const char *name);
// A worker of sessions.csv is that thread.
void trace_worker(struct trace *trace, uint32_t worker, uint32_t thread);
// The loop's workers have no threads: they get rows of their own.
void trace_name_turns(struct trace *trace, uint32_t workers, const char *label);
// That thread, the loop's, worked for a worker of sessions.csv.
void trace_turn(struct trace *trace, uint32_t worker, uint32_t thread, uint64_t from_ns,
                uint64_t to_ns);
// state is an enum task_state. Intervals of length 0 are left out.
void trace_state(struct trace *trace, uint32_t thread, uint32_t core, unsigned state, bool holds,
                 uint64_t from_ns, uint64_t to_ns);
void trace_holder(struct trace *trace, uint32_t lock, uint32_t thread, uint64_t from_ns,
                  uint64_t to_ns);

#endif
