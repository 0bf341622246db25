// What things cost on a machine and in a CPython: `calibrate` measures and writes them to a machine
// file, `run` and `simulate` read it. A machine file is YAML; a key left out keeps its default.
//
// All times are nanoseconds of wall time of one core unless the field says CPU; memory is kB.
// Figures are doubles because some are below one nanosecond; a user that orders events by them
// rounds first.
#ifndef BASE_COSTS_H
#define BASE_COSTS_H

#include "base/err.h"
#include "base/interpreter.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

// How sure a figure is. min <= median <= max.
struct cost {
    double min;
    double median;
    double max;
};

// Of one python. Those that a version has not (forkserver in 2.7) keep the default.
struct python_costs {
    char path[256];         // "built-in" for a default
    char version[32];       // "3.11.7"; "3.13.0t" for a free-threaded build, "3.13.0t+gil" with
                            // its lock on
    uint32_t major;         // of version
    uint32_t minor;         // of version
    uint32_t has_lock;      // 0: free-threaded, else 1
    uint32_t ssh_has_lock;  // the same once paramiko is imported: a module of it that is not made
                            // for a free-threaded build turns the lock on
    struct cost loop;       // one pass of `while n > 0: n -= 1`
    struct cost tick;       // one tick of the old lock's counter in that loop
    struct cost code_tick;  // the same in code of libraries, the calls it makes included
    struct cost check_gap;  // work between two places where a drop request is seen (3.2 and later)
    struct cost check_free; // one check of the old lock that nobody waits for
    struct cost check_contended; // one check of the old lock beside another computing thread, what
                                 // it costs the holder (2.7)
    struct cost reacquire_gap;   // old lock: from release to the retake that follows it
    struct cost thread_start;    // start and join of a thread that does nothing
    struct cost job;             // taking a job from a pool's queue and noting its end: lock held
    struct cost telnet_session;  // CPU of a Telnet session without commands
    struct cost telnet_command;  // CPU of one command in it
    struct cost telnet_first;    // what the first session of a process takes beyond that
    struct cost async_session;   // the same of a Telnet session in an event loop
    struct cost async_command;
    struct cost ssh_session; // by paramiko, its own thread included
    struct cost ssh_command;
    struct cost ssh_worker_session; // of ssh_session, what the thread that asks for it computes
    struct cost ssh_worker_command;
    struct cost ssh_first;
    struct cost io_call;       // lock held around one blocking call (wrapper, arguments, result)
    struct cost datagram;      // the same for sending or receiving a datagram (address, bytes)
    struct cost datagram_cold; // more for it if it was last done COLD_NS ago
    struct cost pool;          // start, end and join of a process pool beside its workers' start
    struct cost fork;          // each worker: start and end of a process, seen by its parent
    struct cost spawn;
    struct cost forkserver;       // each worker, the server running
    struct cost forkserver_first; // starting the server
    struct cost interpreter;      // starting and ending a sub-interpreter with its own lock
    struct cost pickle;           // a small job to bytes or back, one end
    struct cost pickle_byte;      // more for each byte
    struct cost pipe;             // one message through a pool's pipe, one end, apart from pickling
    struct cost loop_step;        // one step of asyncio's loop: a task woken and put to sleep again
    struct cost memory;           // bare interpreter, resident
    struct cost thread_memory;    // each thread
    struct cost fork_memory;      // each worker process, its own pages
    struct cost spawn_memory;     // each worker process
    struct cost interpreter_memory; // each sub-interpreter
    struct cost core_pass;          // as the machine's, while this python was measured
};

// What CPython 2's lock is made of (Python/thread_pthread.h, USE_SEMAPHORES), and what a release
// that finds nobody asleep costs.
enum tick_lock_kind {
    TICK_LOCK_SEMAPHORE, // POSIX, Linux: a system call while a waiter is asleep or on its way back
    TICK_LOCK_CONDVAR,   // mutex and condition variable: a call only if somebody is asleep
    // The same over the Libc of Mac OS X 10.5 and 10.6 (pthread_cond.c): pthread_cond_signal calls
    // Mach until the last waiter has come back from its wait and said so.
    TICK_LOCK_MACH_CONDVAR,
};

enum scheduler {
    SCHEDULER_FAIR, // Linux since 6.6 (EEVDF)
    // Mach's of Mac OS X (osfmk/kern/sched_prim.c), between threads of one priority: first come,
    // first served, a slice is os_quantum; who is woken takes the core only from one that has had
    // it.
    SCHEDULER_TIMESHARE,
};

// After that pause the caches have gone to others. After a shorter one what was there is partly
// there: measured, the loss grows in proportion.
enum { COLD_NS = 5000000 };

struct costs {
    uint32_t cores;              // logical, that the program may use
    uint32_t tick_lock;          // enum tick_lock_kind
    uint32_t scheduler;          // enum scheduler
    struct cost os_quantum;      // of a thread when more are ready than cores
    struct cost os_slice;        // who has run for less keeps its core at a tick of the clock
    struct cost cache_hot;       // a waiting thread that ran less than that ago stays on its core
    struct cost wake_latency;    // from waking a sleeping thread until it runs, on a free core
    struct cost wake_soon;       // the same on a core that has been idle for less than idle_moment
    struct cost idle_moment;     // after that an idle core sleeps deeper
    struct cost wake_cpu;        // what the wake costs the one who wakes (the system call)
    struct cost wake_busy;       // the same if the core goes on with what it does
    struct cost wake_own;        // the same if that is the waker's core
    struct cost syscall;         // a short system call: a wake that finds nobody asleep
    struct cost sleep_entry;     // who waits anew takes a signal itself for that long: two calls
    struct cost datagram;        // sending or receiving a small datagram, the wake apart
    struct cost datagram_cold;   // more for sending one if the last was sent COLD_NS ago
    struct cost socket_poll;     // asking whether a socket is ready
    struct cost poll_cold;       // more for asking, or for receiving, COLD_NS after the last time
    struct cost timer_slack;     // how late a timed wait ends
    struct cost timer_cpu;       // CPU of arming a timer and taking its interrupt
    struct cost ctx_switch;      // direct cost of a switch between two threads of a core
    struct cost handoff_penalty; // extra work of a lock's new holder (cold caches)
    struct cost waiter_cpu;      // CPU time of a waiter for one timeout or lost wake
    struct cost thread_start;    // native thread, start and join
    struct cost fork;            // fork, exit and wait of this program
    struct cost spawn;           // the same with a new program image (posix_spawn of netbaton)
    struct cost job;             // harness time of one session with no wait
    struct cost ssh_session;     // CPU of one SSH session without commands in this client
    struct cost ssh_command;     // CPU of one command in it
    struct cost ssh_first;       // what the first SSH session of a process takes beyond that
    struct cost ssh_device;      // CPU of the emulator for an SSH session without commands
    struct cost ssh_device_command;
    struct cost telnet_session;
    struct cost telnet_command;
    struct cost telnet_device;
    struct cost telnet_device_command;
    struct cost memory;         // this client before it starts a worker
    struct cost thread_memory;  // each worker thread, resident
    struct cost process_memory; // each worker process, its own pages
    struct cost ssh_memory;     // each open SSH session
    struct cost telnet_memory;
    struct cost core_pass; // a pass of a bare loop meanwhile: how fast the cores were. 0: not known

    struct python_costs *pythons; // never empty; the default has 2.7 and 3.11
    size_t n_pythons;
};

// Name, unit and meaning of each figure: for reading, writing and tables. Ended by a NULL name.
struct cost_field {
    const char *name;     // key in the file, with its unit: "wake_latency_ns", "memory_kb"
    size_t offset;        // of the struct cost in struct costs or struct python_costs
    struct cost standard; // built-in default
    const char *meaning;
};
extern const struct cost_field cost_fields[];
extern const struct cost_field python_cost_fields[];

void costs_init(struct costs *costs); // the built-in default
void costs_fini(struct costs *costs);

// A machine file over the defaults. path NULL: the user's own machine file if there is one, else
// the default; "builtin": the default. On failure there is nothing to free.
int costs_load(const char *path, struct costs *costs, struct err *err);
// Figures that are still the default are left out. name is what a message calls the file.
int costs_write(const struct costs *costs, FILE *out, const char *name, struct err *err);
// Is the figure of that struct still the default?
bool cost_is_standard(const void *object, const struct cost_field *field);

// Where `calibrate` writes unless told: $XDG_DATA_HOME/netbaton/machine.yaml, or below
// ~/.local/share. NULL when there is no home; the caller frees.
char *costs_default_path(void);

// The python whose figures stand for an interpreter: the one at its path, else the nearest version
// of its kind of lock. For native (no version) the newest with a lock: its tick and gap do not
// matter. Never NULL.
const struct python_costs *costs_python(const struct costs *costs,
                                        const struct interpreter *interpreter);

// How much longer the same code works in a free-threaded build than in one with the lock is set
// anew, by their loops, for each interpreter of whose version both were measured.
void costs_set_work_factors(const struct costs *costs, struct interpreter *interpreters,
                            size_t len);

// A new entry of costs->pythons with the defaults. Earlier pointers into pythons are no longer
// valid.
struct python_costs *costs_add_python(struct costs *costs, uint32_t major, uint32_t minor);

#endif
