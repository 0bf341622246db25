// When each thread of a run held the lock and waited for it: what `run --trace` asks for. Nothing
// is recorded unless it is asked for. The workers of an event loop share its thread: of each it is
// recorded when the loop worked for it.
//
// The memory is made before the run and shared with the processes that it forks. Each thread fills
// a list of its own, bounded: where it gets full, the shortest spans are joined.
#ifndef CLIENT_LOCK_LOG_H
#define CLIENT_LOCK_LOG_H

#include "base/err.h"
#include "base/experiment.h"
#include "base/timeline_file.h"

#include <stdbool.h>
#include <stdint.h>

// An uncontended take lasts a tenth of it: shorter waits are not recorded.
enum { LOCK_LOG_WAIT_MIN_NS = 1000 };

// Numbers of threads; a loop is the main thread, and its workers have none. Background threads
// follow.
enum { LOCK_LOG_MAIN, LOCK_LOG_FIRST_WORKER };

struct lock_log;
struct lock_spans; // of a thread, or of a worker of a loop

// Is there a lock that this program can look into? Not in a real python, and not in a worker that
// is started anew (spawn), which shares no memory.
bool lock_log_is_possible(const struct run_spec *spec);

uint32_t lock_log_worker_thread(const struct run_spec *spec, uint32_t worker);
uint32_t lock_log_first_background(const struct run_spec *spec);

// For at most `each` spans of each thread; 0: as many as a timeline takes. The run may have
// spec->workers workers. NULL with an error when there is no memory to share.
struct lock_log *lock_log_new(const struct run_spec *spec, uint32_t each, struct err *err);
void lock_log_free(struct lock_log *log);

// The start of the run: what is before it is not written. These three do nothing with a log NULL.
void lock_log_start(struct lock_log *log, uint64_t zero_ns);
// The list of a thread, before it works. lock: number of its lock, for the reader.
struct lock_spans *lock_log_thread(struct lock_log *log, uint32_t thread, uint32_t lock);
// The list of a worker of a loop. What is added as held is when the loop worked for it.
struct lock_spans *lock_log_turns(struct lock_log *log, uint32_t worker);

// Only by one thread at a time: its own, or the one that holds its lock.
void lock_spans_add(struct lock_spans *spans, bool held, uint64_t from_ns, uint64_t to_ns);

// When the run is over: its intervals. Between two of its own a thread has given the lock up, which
// it does to wait for the device; the clock does not tell whether a holder had its core.
void lock_log_write(const struct lock_log *log, uint32_t run, struct timeline_file *file);
// Spans shorter than that are joined; 0: none.
uint64_t lock_log_grain_ns(const struct lock_log *log);

#endif
