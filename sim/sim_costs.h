// What one run of the model pays for: base/costs.h in whole nanoseconds, for one interpreter.
// With all but the quantum zeroed it is the ideal machine, on which nothing takes time but the
// devices and the work.
#ifndef SIM_SIM_COSTS_H
#define SIM_SIM_COSTS_H

#include "base/costs.h"
#include "base/experiment.h"

#include <stdbool.h>
#include <stdint.h>

struct sim_costs {
    // the machine
    enum tick_lock_kind tick_lock;
    bool timeshare;      // its scheduler, else Linux's
    uint64_t quantum_ns; // between two ticks of the clock; 0: a thread never has to share its core
    uint64_t slice_ns;   // a tick leaves the core to a thread that has run for less
    uint64_t cache_hot_ns;    // who ran less than that ago is not moved to an idle core
    uint64_t wake_latency_ns; // a signalled thread reaches an idle core
    uint64_t wake_soon_ns;    // one that has been idle for less than idle_moment_ns
    uint64_t idle_moment_ns;
    uint64_t wake_cpu_ns;      // in the thread that wakes another one, on an idle core
    uint64_t wake_busy_ns;     // the same on a core that goes on with its thread
    uint64_t wake_own_ns;      // the same on its own
    uint64_t syscall_ns;       // a short system call: a wake that finds nobody asleep
    uint64_t sleep_entry_ns;   // who begins to wait takes a signal for that long
    uint64_t datagram_ns;      // sending or receiving a small datagram, apart from the wake
    uint64_t datagram_cold_ns; // more for sending one, COLD_NS after the last
    uint64_t socket_poll_ns;   // asking whether a socket is ready
    uint64_t poll_cold_ns;     // more for that or for receiving, COLD_NS after the last time
    uint64_t timer_slack_ns;   // a timed wait ends that late
    uint64_t timer_cpu_ns;     // of a timed wait, for arming its timer
    uint64_t timer_irq_ns;     // of the core on which it was armed, when it fires
    uint64_t ctx_switch_ns;
    uint64_t handoff_ns;    // extra work of a lock's new holder
    uint64_t waiter_cpu_ns; // of a waiter, for one wake that was in vain
    uint32_t grain;         // rounds of a contest that one stands for (sim/grain.h)
    uint32_t cohort;        // most waiters that are simulated as one (sim/cohort.h)
    // the interpreter
    uint64_t tick_ns_x1000;    // thousandths of a nanosecond
    uint32_t code_share;       // ticks in other code than a loop (sim/gil.h)
    uint64_t check_gap_ns;     // until the holder sees a drop request
    uint64_t reacquire_gap_ns; // old lock: from release to retake when no call is made
    uint64_t thread_start_ns;
    uint64_t job_ns; // taking a session from the queue
    uint64_t io_call_ns;
    uint64_t held_datagram_ns; // lock held around sending or receiving a datagram
    uint64_t held_cold_ns;     // more for it, COLD_NS after the last time
    uint64_t pool_ns;
    uint64_t process_start_ns; // a worker process, in its parent
    uint64_t process_ready_ns; // then until it works, in the worker itself
    uint64_t server_start_ns;  // forkserver: the server
    uint64_t interpreter_start_ns;
    uint64_t message_ns;       // a pickled message through a pipe, one end
    uint64_t loop_step_ns;     // of an event loop
    uint64_t session_cpu_ns;   // of the transport, lock not held
    uint64_t command_cpu_ns;   // the same for each command
    uint64_t first_session_ns; // more in the first session of a process
    uint64_t held_session_ns;  // a Python's library computes beside that, lock held
    uint64_t held_command_ns;  // the same for each command
    bool reader;               // a second thread reads (paramiko): what it computes, lock held
    uint64_t reader_session_ns;
    uint64_t reader_command_ns;
    bool event_polls; // a wait with a limit for another thread looks again and again (2.7)
    bool emulator;    // the devices are pretended on these cores
    uint64_t device_session_ns; // CPU of the emulator for a session, its commands apart
    uint64_t device_command_ns; // for a command
    uint64_t device_first_ns;   // more for the emulator's first session
    double memory_kb;           // before the first worker
    double worker_memory_kb;    // each thread, process, interpreter
    double session_memory_kb;   // each open session
};

// reader: SSH is paramiko's, with a second thread.
void sim_costs_set(struct sim_costs *out, const struct costs *costs, const struct run_spec *spec,
                   bool reader);

#endif
