#include "sim/gil.h"

#include "sim/cohort.h"
#include "sim/cores.h"
#include "sim/engine.h"

#include <assert.h>

enum gil_phase {
    PHASE_NONE,
    PHASE_TAKE,
    PHASE_LOOK,
    PHASE_WOKEN,
    PHASE_DROP,
    PHASE_SIGNALLED,
    PHASE_PARKED,
    PHASE_SWITCHED
};

static void begin_wait(const struct engine *engine, struct thread *thread)
{
    thread->asked_ns = engine->queue.now_ns;
    thread->asked_ready_ns = thread->spent_ns[TASK_READY];
}

static void end_wait(const struct engine *engine, struct thread *thread)
{
    thread->gil_waited_ns += engine->queue.now_ns - thread->asked_ns;
    thread->gil_ready_ns += thread->spent_ns[TASK_READY] - thread->asked_ready_ns;
}

static void ask(const struct engine *engine, struct thread *thread)
{
    begin_wait(engine, thread);
    thread->gil_phase = PHASE_TAKE;
}

enum verdict sim_gil_take(const struct engine *engine, struct thread *thread)
{
    if (thread->gil) {
        assert(!thread->holds);
        ask(engine, thread);
    }
    return STEP_NEXT;
}

bool sim_gil_wanted(const struct thread *thread)
{
    switch ((enum gil_phase)thread->gil_phase) {
    case PHASE_TAKE:
    case PHASE_LOOK:
    case PHASE_WOKEN:
    case PHASE_PARKED:
        return true;
    default:
        return false;
    }
}

enum verdict sim_gil_drop(struct thread *thread)
{
    if (thread->gil) {
        assert(thread->holds);
        thread->gil_phase = PHASE_DROP;
    }
    return STEP_NEXT;
}

void sim_gil_check(const struct engine *engine, struct thread *thread)
{
    struct gil *gil = thread->gil;
    if (gil->kind == GIL_TICKS)
        gil->ticker_ns = 0;
    else if (gil->asked != thread)
        return; // the request was for another, or is served
    else
        gil->forced++;
    thread->retake = true;
    thread->rounds = engine->costs.grain;
    thread->gil_phase = PHASE_DROP;
}

// --- the queue of those asleep

// The lock's timer is that of its first waiter. A thread that went to sleep on a busy core may be a
// little late in the queue, never early.
static void set_timer(struct engine *engine, const struct gil *gil)
{
    uint64_t now_ns = engine->queue.now_ns;
    if (gil->kind != GIL_TIMED)
        return;
    if (!gil->asleep.count) {
        engine_cancel_gil_timer(engine, gil);
        return;
    }
    uint64_t due_ns = wait_queue_first(&gil->asleep.queue)->deadline_ns;
    engine_set_gil_timer(engine, gil, due_ns > now_ns ? due_ns : now_ns);
}

// --- check points

uint32_t sim_gil_share(uint64_t loop_ns, uint64_t ns)
{
    uint64_t share = ns > loop_ns ? loop_ns * TICK_SHARE_LOOP / ns : TICK_SHARE_LOOP;
    return share ? (uint32_t)share : 1;
}

// What the old lock counts of ns that the thread computes, and when it will have counted so much.
static uint64_t counted(const struct thread *thread, uint64_t ns)
{
    return ns * thread->tick_share / TICK_SHARE_LOOP;
}

static uint64_t until_counted(const struct thread *thread, uint64_t ticks_ns)
{
    return ticks_ns * TICK_SHARE_LOOP / thread->tick_share;
}

// Where the holder must look up from its work, as far as it is known now.
static uint64_t next_check_ns(const struct engine *engine, const struct thread *thread)
{
    const struct gil *gil = thread->gil;
    if (thread->gil_phase) // it is about to drop the lock anyway
        return UINT64_MAX;
    if (gil->kind == GIL_TIMED)
        return gil->asked == thread ? gil->seen_ns : UINT64_MAX;
    if (!gil->waiters || !gil->check_ns)
        return UINT64_MAX;
    uint64_t done = cores_unaccounted(engine, thread);
    if (done < thread->cold_ns)
        return thread->cold_ns - done + until_counted(thread, gil->check_ns - gil->ticker_ns);
    uint64_t ticker_ns = gil->ticker_ns + counted(thread, done - thread->cold_ns);
    return until_counted(thread, gil->check_ns - ticker_ns % gil->check_ns);
}

// Somebody began to wait or to ask: the holder's segment ends at its next check point.
static void interrupt_holder(struct engine *engine, struct gil *gil)
{
    struct thread *holder = gil->holder;
    uint64_t next = holder ? next_check_ns(engine, holder) : UINT64_MAX;
    if (next != UINT64_MAX)
        holder->rest_ns += cores_cut(engine, holder, next);
}

void sim_gil_slice(struct engine *engine, struct thread *thread)
{
    uint64_t next = next_check_ns(engine, thread);
    if (thread->left_ns > next) {
        thread->rest_ns += thread->left_ns - next;
        thread->left_ns = next;
    }
}

void sim_gil_worked(struct thread *thread, uint64_t ns)
{
    struct gil *gil = thread->gil;
    if (gil->kind != GIL_TICKS || !gil->check_ns)
        return;
    uint64_t cold = ns < thread->cold_ns ? ns : thread->cold_ns;
    thread->cold_ns -= cold;
    gil->ticker_ns += counted(thread, ns - cold);
    if (gil->ticker_ns >= gil->check_ns) // dividing takes time
        gil->ticker_ns %= gil->check_ns;
}

// --- take

static void end_hold(struct engine *engine, struct gil *gil, const struct thread *thread)
{
    gil->held_ns += engine->queue.now_ns - thread->taken_ns;
    gil->kept = false;
    if (engine->trace)
        engine_trace_holder(engine, thread);
}

// Who released the lock of 2.7 at a check point has it on until another one does: so the client
// counts, which cannot look at the clock twice a check.
static void begin_hold(struct engine *engine, struct gil *gil, struct thread *thread)
{
    if (gil->kept && gil->last_holder != thread)
        end_hold(engine, gil, gil->last_holder);
    if (!gil->kept)
        thread->taken_ns = engine->queue.now_ns;
    gil->kept = false;
}

static void become_holder(struct engine *engine, struct thread *thread)
{
    struct gil *gil = thread->gil;
    assert(!gil->holder);
    begin_hold(engine, gil, thread);
    end_wait(engine, thread);
    gil->holder = thread;
    thread->holds = true;
    thread->gil_phase = PHASE_NONE;
    if (thread->waiting) {
        thread->waiting = false;
        gil->waiters--;
    }
    if (gil->last_holder != thread) {
        if (gil->last_holder) {
            // Ticks on cold caches take longer, but they are ticks: a holder always gets on.
            thread->cold_ns = engine->costs.handoff_ns * thread->rounds;
            thread->debt_ns += thread->cold_ns;
        }
        gil->last_holder = thread;
        gil->switch_number += thread->rounds;
    }
    thread->rounds = 1;
    gil->asked = NULL;
    if (gil->parked && gil->parked != thread) {
        thread->debt_ns += cores_wake(engine, gil->parked, WAKE_SIGNAL);
        gil->parked = NULL;
    }
}

// What a wait costs the waiter on top of the waiting; half of it on its way back to the test.
static uint64_t wait_cpu_ns(const struct engine *engine, const struct gil *gil)
{
    const struct sim_costs *costs = &engine->costs;
    return costs->waiter_cpu_ns + (gil->kind == GIL_TIMED ? costs->timer_cpu_ns : 0);
}

static void go_to_sleep(struct engine *engine, struct gil *gil, struct thread *thread,
                        uint64_t at_ns)
{
    thread->saved_switch = gil->switch_number;
    thread->due_ns = at_ns + gil->interval_ns;
    sleepers_put(&gil->asleep, thread,
                 thread->due_ns + engine_jitter(engine, engine->costs.timer_slack_ns));
}

static void count_as_waiter(struct engine *engine, struct thread *thread)
{
    if (thread->waiting)
        return;
    thread->waiting = true;
    if (thread->gil->waiters++ == 0)
        interrupt_holder(engine, thread->gil);
}

// Neither who asks nor the holder has made such a call for an interval.
static uint64_t cold_ns(const struct engine *engine, const struct gil *gil)
{
    uint64_t ago_ns = gil->interval_ns < COLD_NS ? gil->interval_ns : COLD_NS;
    return engine->costs.poll_cold_ns * ago_ns / COLD_NS;
}

static enum verdict wait_for_lock(struct engine *engine, struct thread *thread)
{
    struct gil *gil = thread->gil;
    uint64_t half_ns = wait_cpu_ns(engine, gil) / 2 * thread->rounds;
    go_to_sleep(engine, gil, thread, engine->queue.now_ns);
    if (wait_queue_first(&gil->asleep.queue)->thread == thread)
        set_timer(engine, gil);
    thread->gil_phase = PHASE_WOKEN;
    bool again = thread->timed_out; // after a whole interval
    thread->timed_out = false;
    thread->left_ns = half_ns;
    if (gil->kind == GIL_TICKS)
        thread->left_ns = engine_jitter(engine, half_ns);
    thread->in_kernel = true; // on its way back to the test
    cores_take_off(engine, thread, thread->off_ns);
    thread->off_ns = 0;
    cores_block(engine, thread, TASK_WAIT_GIL, half_ns);
    if (gil->kind == GIL_TIMED) {
        // FUTEX_WAIT compares on the way: until then no signal passes it.
        uint64_t entry_ns = engine->costs.sleep_entry_ns + (again ? cold_ns(engine, gil) : 0);
        thread->asleep_ns = engine->queue.now_ns + engine_jitter(engine, entry_ns);
    } else {
        count_as_waiter(engine, thread);
    }
    return STEP_BLOCK;
}

// Only the semaphore has that. sem_wait looks at it, then the kernel does once more before it puts
// the thread to sleep (FUTEX_WAIT compares). If it is free just then, sem_wait is told so, and
// looks anew when it is back from the kernel.
static enum verdict half_a_call(const struct engine *engine, struct thread *thread,
                                enum gil_phase phase)
{
    thread->gil_phase = (uint8_t)phase;
    thread->in_kernel = true;
    thread->left_ns = engine->costs.syscall_ns / 2 * thread->rounds;
    return STEP_RUN;
}

// The lock is free in the middle of a round that stands for many: who comes from a call looks in
// one of those only, and would win them all.
static bool misses_its_chance(struct engine *engine, const struct thread *thread)
{
    const struct thread *dropper = thread->gil->last_holder;
    if (engine->costs.grain == 1 || thread->rounds > 1 || !dropper || dropper == thread ||
        !dropper->retake || dropper->gil_phase != PHASE_SIGNALLED)
        return false;
    return rng_below(&engine->rng, engine->costs.grain) > 0;
}

// The lock is for the leader alone. The others of its cohort have looked, or do so now.
static void leave_behind(struct engine *engine, struct thread *thread)
{
    struct gil *gil = thread->gil;
    struct thread *next = cohort_leave(thread, &engine->rng);
    if (!next)
        return;
    next->left_ns = thread->ahead_ns;
    next->off_ns = thread->ahead_ns / 2;
    cores_take_off(engine, thread, thread->off_ns - next->off_ns);
    thread->off_ns = thread->ahead_ns = 0;
    if (next->left_ns) {
        next->timed_out = true;
        cores_wake(engine, next, WAKE_AWAKE);
        return;
    }
    go_to_sleep(engine, gil, next, engine->queue.now_ns);
    set_timer(engine, gil);
}

static enum verdict step_take(struct engine *engine, struct thread *thread)
{
    if (thread->gil->holder && thread->ahead_ns) { // the rest of its cohort
        thread->left_ns = thread->ahead_ns;
        thread->ahead_ns = 0;
        thread->in_kernel = true;
        return STEP_RUN;
    }
    if (!thread->gil->holder && !misses_its_chance(engine, thread)) {
        leave_behind(engine, thread);
        become_holder(engine, thread);
        return STEP_NEXT;
    }
    if (thread->gil->kind != GIL_TICKS || engine->costs.tick_lock != TICK_LOCK_SEMAPHORE ||
        engine->costs.syscall_ns < 2)
        return wait_for_lock(engine, thread);
    count_as_waiter(engine, thread);
    return half_a_call(engine, thread, PHASE_LOOK);
}

static enum verdict step_look(struct engine *engine, struct thread *thread)
{
    if (thread->gil->holder)
        return wait_for_lock(engine, thread);
    return half_a_call(engine, thread, PHASE_TAKE);
}

// Most timeouts change nothing: the lock is held, and there was a switch or somebody has asked.
// With many waiters they are most of all events, so they are done on the spot where that is exact.
static bool time_out_in_vain(struct engine *engine, struct gil *gil, struct thread *thread)
{
    uint64_t half_ns = wait_cpu_ns(engine, gil) / 2;
    uint64_t cpu_ns = 2 * half_ns * thread->members;
    uint64_t end_ns;
    if (!gil->holder || !gil->asleep.count ||
        (gil->switch_number == thread->saved_switch && gil->asked != gil->holder))
        return false;
    if (!cores_brief_wake(engine, thread, cpu_ns - half_ns, cpu_ns, &end_ns))
        return false;
    cores_take_off(engine, thread, half_ns * (thread->members - 1));
    go_to_sleep(engine, gil, thread, end_ns - half_ns);
    return true;
}

static void time_out(struct engine *engine, const struct gil *gil, struct thread *thread)
{
    uint64_t half_ns = wait_cpu_ns(engine, gil) / 2;
    thread->timed_out = true;
    thread->off_ns = half_ns * (thread->members - 1);
    thread->left_ns = half_ns * thread->members + thread->off_ns;
    cores_wake(engine, thread, WAKE_TIMER);
}

void sim_gil_timeout(struct engine *engine, struct gil *gil)
{
    struct thread *first;
    while (time_out_in_vain(engine, gil,
                            first = sleepers_time_out(&gil->asleep, engine->queue.now_ns))) {
        uint64_t due_ns = wait_queue_first(&gil->asleep.queue)->deadline_ns;
        uint64_t next_ns = event_queue_next_ns(&engine->queue);
        if (due_ns >= next_ns || next_ns == UINT64_MAX) { // none: the engine sees a standstill
            engine_set_gil_timer(engine, gil, due_ns);
            return;
        }
        if (due_ns > engine->queue.now_ns)
            event_queue_advance(&engine->queue, due_ns);
    }
    uint64_t until_ns = sleepers_served_until_ns(first, engine->queue.now_ns);
    uint32_t core = first->core; // it may be woken on another
    for (struct thread *next = first; next;
         next = sleepers_time_out_also(&gil->asleep, core, until_ns))
        time_out(engine, gil, next);
    set_timer(engine, gil);
}

static enum verdict step_woken(struct engine *engine, struct thread *thread)
{
    struct gil *gil = thread->gil;
    thread->rounds = engine->costs.grain; // the first is over
    if (thread->timed_out && gil->holder && gil->switch_number == thread->saved_switch &&
        gil->asked != gil->holder) {
        // The asker has the lock's mutex until it sleeps: the holder must get that to drop the
        // lock.
        uint64_t call_ns = engine->costs.syscall_ns + cold_ns(engine, gil);
        gil->seen_ns = engine->costs.check_gap_ns + engine_jitter(engine, call_ns);
        gil->asked = gil->holder;
        gil->requests++;
        interrupt_holder(engine, gil);
    }
    return step_take(engine, thread);
}

// --- drop

// Whoever of a cohort looks next sees that the lock is free, not only the last of them.
static void show_free(struct engine *engine, const struct gil *gil)
{
    uint64_t each_ns = wait_cpu_ns(engine, gil) / 2 * 2;
    for (uint32_t i = 0; i < engine->cores.count && engine->costs.cohort > 1 && each_ns; i++) {
        struct thread *thread = engine->cores.items[i].running;
        if (!thread || thread->gil != gil || thread->gil_phase != PHASE_WOKEN ||
            thread->members == 1)
            continue;
        uint64_t left_ns = thread->left_ns - cores_unaccounted(engine, thread);
        thread->ahead_ns += cores_cut(engine, thread, left_ns % each_ns);
    }
}

// Who has just gone to sleep, and has not got there, is found first.
static bool is_found_awake(const struct engine *engine, const struct gil *gil,
                           const struct thread *waiter)
{
    return gil->kind == GIL_TIMED && waiter->wait_number < gil->asleep.group_end &&
           waiter->state == TASK_WAIT_GIL && engine->queue.now_ns < waiter->asleep_ns &&
           cores_still_awake(engine, waiter);
}

// What it costs: 0 when nobody waits.
static uint64_t signal_one(struct engine *engine, const struct thread *dropper)
{
    struct gil *gil = dropper->gil;
    struct thread *waiter = gil->asleep.newest;
    enum wake_kind kind = WAKE_AWAKE;
    if (!gil->asleep.count)
        return 0;
    sleepers_group(&gil->asleep);
    if (!is_found_awake(engine, gil, waiter)) {
        waiter = wait_queue_first(&gil->asleep.queue)->thread;
        kind = WAKE_SIGNAL;
    }
    sleepers_leave(&gil->asleep, waiter, &engine->rng);
    if (gil->kind == GIL_TIMED)
        waiter->left_ns = wait_cpu_ns(engine, gil) / 2; // not what its cohort would compute
    if (!dropper->retake) { // a call: no round of a contest, and as often as without a grain
        waiter->left_ns /= waiter->rounds;
        waiter->rounds = 1;
    }
    set_timer(engine, gil);
    return cores_wake(engine, waiter, kind);
}

static enum verdict step_drop(struct engine *engine, struct thread *thread)
{
    struct gil *gil = thread->gil;
    if (thread->debt_ns)
        return thread_run(thread, 0); // what it owes is done while it still holds the lock
    if (gil->kind == GIL_TICKS && thread->retake)
        gil->kept = true;
    else
        end_hold(engine, gil, thread);
    gil->holder = NULL;
    gil->last_holder = thread;
    thread->holds = false;
    thread->gil_phase = PHASE_SIGNALLED;
    uint64_t wake_ns = signal_one(engine, thread);
    show_free(engine, gil);
    uint64_t cost = 0;
    if (gil->kind == GIL_TICKS) {
        cost += thread->retake ? engine->costs.reacquire_gap_ns : 0;
        // A wake has its call in it; a condition variable makes none without, but for Mach's.
        if (!wake_ns && gil->waiters && engine->costs.tick_lock != TICK_LOCK_CONDVAR)
            cost += engine->costs.syscall_ns;
    }
    if (!cost && !wake_ns)
        return STEP_NEXT;
    thread->in_kernel = true;
    if (gil->kind == GIL_TICKS) // cores_wake has let its cost vary
        return thread_run(thread, (wake_ns + engine_jitter(engine, cost)) * thread->rounds);
    return thread_run(thread, engine_jitter(engine, wake_ns));
}

// Only the new lock waits for a switch.
static enum verdict step_signalled(struct engine *engine, struct thread *thread)
{
    struct gil *gil = thread->gil;
    thread->gil_phase = PHASE_SWITCHED;
    if (gil->kind != GIL_TIMED || gil->asked != thread || gil->holder || gil->last_holder != thread)
        return STEP_NEXT;
    gil->asked = NULL;
    gil->parked = thread;
    begin_wait(engine, thread);
    thread->gil_phase = PHASE_PARKED;
    cores_block(engine, thread, TASK_PARKED, engine->costs.waiter_cpu_ns / 2);
    thread->left_ns = engine->costs.waiter_cpu_ns / 2;
    thread->in_kernel = true;
    return STEP_BLOCK;
}

static enum verdict step_switched(const struct engine *engine, struct thread *thread)
{
    thread->gil_phase = PHASE_NONE;
    if (thread->retake) {
        thread->retake = false;
        ask(engine, thread);
    }
    return STEP_NEXT;
}

enum verdict sim_gil_step(struct engine *engine, struct thread *thread)
{
    switch ((enum gil_phase)thread->gil_phase) {
    case PHASE_TAKE:
        return step_take(engine, thread);
    case PHASE_LOOK:
        return step_look(engine, thread);
    case PHASE_WOKEN:
        return step_woken(engine, thread);
    case PHASE_DROP:
        return step_drop(engine, thread);
    case PHASE_SIGNALLED:
        return step_signalled(engine, thread);
    case PHASE_PARKED:
        end_wait(engine, thread);
        return step_switched(engine, thread);
    default:
        return step_switched(engine, thread);
    }
}
