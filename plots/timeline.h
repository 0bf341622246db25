// The timeline that `simulate --trace` and `run --trace` write, cut into as many moments as a chart
// has pixels: what each thread did most of each moment, and who held the lock.
#ifndef PLOTS_TIMELINE_H
#define PLOTS_TIMELINE_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TIMELINE_MOMENTS = 600, TIMELINE_RUNS_MAX = 6, TIMELINE_THREADS_MAX = 28 };

enum timeline_state {
    TIMELINE_IDLE,
    TIMELINE_DEVICE, // waits for the device
    TIMELINE_LOCK,   // waits for the lock
    TIMELINE_CORE,   // waits for a core
    TIMELINE_RUNS,
    TIMELINE_STATES
};

struct timeline_run {
    uint32_t run;     // row of runs.csv
    double end_s;     // of the last moment
    double last_s;    // end of the last interval in the file
    size_t n_threads; // shown
    size_t n_workers; // of which the thread is known
    bool has_more;    // threads than are shown
    size_t worker_thread[TIMELINE_THREADS_MAX];
    bool takes_turns; // the workers share an event loop's thread
    double spent_s[TIMELINE_THREADS_MAX][TIMELINE_MOMENTS][TIMELINE_STATES];
    double held_s[TIMELINE_THREADS_MAX][TIMELINE_MOMENTS];
    double turn_s[TIMELINE_THREADS_MAX][TIMELINE_MOMENTS]; // of a worker
};

struct timeline {
    struct timeline_run *runs;
    size_t n_runs;
    size_t limit;
};

// The first TIMELINE_RUNS_MAX runs of the file. Input error when it cannot be read or is no trace.
// The caller frees with timeline_fini.
int timeline_read(const char *path, struct timeline *timeline, struct err *err);
// A run to read, and how long it lasts: a file that has only its beginning is cut into moments of
// that, too. NAN: not known.
struct timeline_wanted {
    uint32_t run;
    double wall_s;
};
// Those of these runs that are in the file.
int timeline_read_runs(const char *path, const struct timeline_wanted *runs, size_t n_runs,
                       struct timeline *timeline, struct err *err);
void timeline_fini(struct timeline *timeline);

int timeline_check(const char *path, struct err *err); // 0 when it can be read
const struct timeline_run *timeline_find(const struct timeline *timeline, uint32_t run); // or NULL

// What the thread did most of that moment, and whether it held the lock for most of it, or longer
// than any other thread.
enum timeline_state timeline_state(const struct timeline_run *run, size_t thread, size_t moment);
int timeline_holds(const struct timeline_run *run, size_t thread, size_t moment);
// The same of a worker: of those of an event loop it is the one that the loop worked for longest.
int timeline_worker_holds(const struct timeline_run *run, size_t worker, size_t moment);

#endif
