// A thread of the model: a state machine that the cores drive.
//
// Every nanosecond of its life it is in exactly one state; cores.c alone changes the state, and
// adds up the time. What a thread does comes in three layers, asked in this order each time it is
// on a core with nothing left to compute: an unfinished step of the lock (gil.c), an unfinished
// call (thread_call below), then its program.
#ifndef SIM_THREAD_H
#define SIM_THREAD_H

#include <stdbool.h>
#include <stdint.h>

struct engine;
struct gil;
struct thread;
struct worker;
struct thread_group;

enum task_state {
    TASK_UNBORN,
    TASK_READY,    // wants a core
    TASK_RUNNING,  // on a core
    TASK_DEVICE,   // waits for a device
    TASK_WAIT_GIL, // in the queue of the lock
    TASK_PARKED,   // gave the lock up under a drop request, waits until another has taken it
    TASK_IDLE,     // waits for work, for a start, for the others' end
    TASK_DONE,
    TASK_STATES,
};

// What a step of a thread came to.
enum verdict {
    STEP_NEXT,  // took no time: go on
    STEP_RUN,   // left_ns is set: computes that long
    STEP_BLOCK, // the thread was put to sleep
    STEP_EXIT,
};

// Tokens, and the threads that wait for one: a semaphore, a queue of jobs, an event, a pipe.
struct channel {
    uint64_t tokens;
    struct thread *first; // waiting threads, oldest first
    struct thread *last;
};

enum call_wait { CALL_NOTHING, CALL_SLEEP, CALL_CHANNEL };

// A call that gives the lock up around it.
struct call {
    uint8_t phase; // 0: none under way
    uint8_t wait;
    uint8_t state;     // TASK_DEVICE or TASK_IDLE while it waits
    bool no_lock;      // the thread does not hold the lock and must not take it
    bool in_user;      // cpu_ns is not spent in the kernel: it can be preempted
    uint64_t cpu_ns;   // in the kernel, lock not held
    uint64_t wait_ns;  // CALL_SLEEP
    uint64_t after_ns; // in the kernel after the wait, lock not yet taken back; 0 unless set
    struct channel *channel;
    void (*asks)(struct engine *engine, struct thread *thread); // before the wait; NULL: nothing
};

typedef enum verdict (*thread_program)(struct engine *engine, struct thread *thread);

// What a timeout that changes nothing touches comes first: of a thousand waiters that is most of
// all work.
struct thread {
    uint32_t id;
    // cores.c
    uint32_t core; // where it ran last
    enum task_state state;
    bool in_kernel; // the present segment cannot be preempted
    // gil.c
    bool holds;
    bool timed_out;
    bool retake;  // the drop under way is followed by a take
    bool waiting; // old lock: counted among the semaphore's waiters
    uint8_t gil_phase;
    uint32_t rounds;  // of the contest for the lock that its present step stands for (sim/grain.h)
    uint32_t members; // of the cohort that it leads (sim/cohort.h), itself included
    // cores.c
    uint64_t since_ns;   // when its state began
    int64_t vruntime_ns; // comparable on one core only
    int64_t lag_ns;      // behind the core's average when it went to sleep
    uint64_t ran_ns;     // when it was last on a core
    uint64_t voluntary;  // switches because it went to sleep
    uint64_t spent_ns[TASK_STATES];
    uint64_t left_ns;     // of the present segment
    uint64_t involuntary; // switches because it was preempted
    // gil.c
    struct gil *gil;         // NULL: none
    uint64_t saved_switch;   // the lock's switch_number when the timed wait began
    uint64_t wait_number;    // of that wait
    uint64_t due_ns;         // when it should end
    uint64_t rest_ns;        // of the segment, after the next check point
    uint64_t debt_ns;        // work that the next segment carries: a hand-off, a wake
    uint64_t cold_ns;        // old lock: of debt_ns or left_ns, slower ticks after a hand-off
    uint32_t tick_share;     // old lock: its ticks in a nanosecond, 1024 are those of a loop
    uint64_t asleep_ns;      // until then a signal finds it before those who sleep
    uint64_t taken_ns;       // when it took the lock
    uint64_t asked_ns;       // when it began to wait for it
    uint64_t asked_ready_ns; // what it had waited for cores then
    uint64_t gil_waited_ns;  // all its waits, from asking to having, whatever state it was in
    uint64_t gil_ready_ns;   // of them, waits for a core to look at the lock
    struct thread *next;     // in a channel's queue, or in its cohort
    // Of the cohort that it leads (sim/cohort.h).
    struct thread *cohort_last;
    uint64_t ahead_ns; // those have still to compute who look after the present segment
    uint64_t off_ns;   // of what they compute: their way back to sleep
    // calls and programs
    uint64_t dozed_ns; // when it last went to sleep for a time of its own choice, not a device's
    struct call call;
    thread_program program;
    uint32_t pc; // the program's own
    uint32_t number;
    struct worker *worker;      // what it works at; not owned
    struct thread_group *group; // of its process; not owned
};

// The thread computes for ns: code of libraries, whose ticks of the old lock are long.
enum verdict thread_run(struct thread *thread, uint64_t ns);
// The same of a loop that only counts.
enum verdict thread_run_loop(struct thread *thread, uint64_t ns);
// The same of calls that take so many ticks.
enum verdict thread_run_calls(const struct engine *engine, struct thread *thread, uint64_t ns,
                              uint32_t ticks);
// Computes cpu_ns with the lock dropped, then sleeps wait_ns, then takes the lock back.
enum verdict thread_call_sleep(struct thread *thread, uint64_t cpu_ns, uint64_t wait_ns,
                               enum task_state state);
// The same, waiting for a token of the channel.
enum verdict thread_call_channel(struct thread *thread, uint64_t cpu_ns, struct channel *channel,
                                 enum task_state state);

// Computes cpu_ns with the lock dropped, asks, and waits for a token of the channel.
enum verdict thread_call_ask(struct thread *thread, uint64_t cpu_ns,
                             void (*asks)(struct engine *engine, struct thread *thread),
                             struct channel *channel);

// Adds a token; wakes the oldest waiter. by: who does it and pays for the wake; NULL for the world.
void channel_post(struct engine *engine, struct channel *channel, struct thread *by);

// Drives a thread that is on a core with nothing left to compute.
enum verdict thread_advance(struct engine *engine, struct thread *thread);

#endif
