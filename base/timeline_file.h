// The timeline of runs as CSV: what their threads did when, and which of them held the lock.
// `simulate --trace` and `run --trace` write it, `plot` and `compare` draw it.
//
// Columns: run,row,number,name,from_s,to_s. run is the row of runs.csv, from 0. The rows:
//
//   thread  what a thread did: "runs with the lock", "waits for the lock", "waits for the device"
//   core    the thread on a core, "thread 3"
//   lock    the thread that held a lock
//   worker  which thread a worker of sessions.csv is; its times are 0. Of the workers that share an
//           event loop: the loop's thread, for as long as it worked for that one
//   joined  pieces shorter than its name says are joined (base/interval_list.h); its times are 0
#ifndef BASE_TIMELINE_FILE_H
#define BASE_TIMELINE_FILE_H

#include "base/err.h"

#include <stdint.h>

#define TIMELINE_FILE_HEADER "run,row,number,name,from_s,to_s\n"

// A run under the lock of 2.7 has millions of intervals, which no viewer opens: those who write
// join the shortest ones of a run until no more than this are left.
enum { TIMELINE_INTERVALS_MAX = 200000 };

enum timeline_row {
    TIMELINE_THREAD,
    TIMELINE_ON_CORE,
    TIMELINE_HOLDER,
    TIMELINE_WORKER,
    TIMELINE_JOINED
};
extern const char *const timeline_row_names[];

struct timeline_file;

// Written anew. NULL with an input error when it cannot be made.
struct timeline_file *timeline_file_new(const char *path, struct err *err);
// A full disk and the like show here. NULL does nothing.
int timeline_file_close(struct timeline_file *file, struct err *err);

void timeline_file_put(struct timeline_file *file, uint32_t run, enum timeline_row row,
                       uint32_t number, const char *name, uint64_t from_ns, uint64_t to_ns);
// The name is that of a thread.
void timeline_file_put_thread(struct timeline_file *file, uint32_t run, enum timeline_row row,
                              uint32_t number, uint32_t thread, uint64_t from_ns, uint64_t to_ns);

// The remark that pieces of the run shorter than grain_ns are joined; nothing if that is 0.
void timeline_file_put_joined(struct timeline_file *file, uint32_t run, uint64_t grain_ns);

#endif
