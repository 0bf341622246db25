#include "sim/cores.h"

#include "base/alloc.h"
#include "sim/engine.h"
#include "sim/gil.h"

#include <assert.h>
#include <stdlib.h>

enum { NOBODY = UINT32_MAX };
enum { STEAL_MAX = 32 }; // so many are looked at
enum { JITTER_ONE = 1024 };

void cores_init(struct cores *cores, uint32_t count, uint32_t threads)
{
    *cores = (struct cores){.count = count};
    cores->items = alloc_zero(count, sizeof *cores->items);
    for (uint32_t i = 0; i < count; i++) {
        cores->items[i].last_thread = NOBODY;
        ready_queue_init(&cores->items[i].queue, threads);
    }
}

void cores_fini(struct cores *cores)
{
    for (uint32_t i = 0; i < cores->count; i++)
        ready_queue_fini(&cores->items[i].queue);
    free(cores->items);
    *cores = (struct cores){0};
}

// --- fairness: virtual run time, its average on a core, and how far a thread lags behind it

static uint32_t load(const struct core *core)
{
    return core->queue.threads + (core->running ? core->running->members : 0);
}

static int64_t average(const struct core *core)
{
    uint32_t count = load(core);
    if (!count)
        return core->empty_vruntime_ns;
    const struct thread *running = core->running;
    int64_t sum = core->queue.sum_ns;
    sum += running ? running->vruntime_ns * running->members : 0;
    return count == 1 ? sum : sum / (int64_t)count;
}

// Puts the thread where it lags by lag_ns behind the core's average once it is counted in.
static void place(struct thread *thread, const struct core *core, int64_t lag_ns)
{
    uint32_t count = load(core);
    thread->vruntime_ns = average(core);
    if (count)
        thread->vruntime_ns -= lag_ns * (int64_t)(count + thread->members) / (int64_t)count;
}

// What it lagged when it went to sleep, it still lags; what it was ahead, it is until the average
// has caught up: of that the average of the others is told, so it is not counted in.
static int64_t lag_on_wake(const struct thread *thread, const struct core *last)
{
    if (thread->lag_ns > 0)
        return thread->lag_ns;
    int64_t lag_ns = average(last) - thread->vruntime_ns;
    int64_t count = load(last);
    if (lag_ns >= 0)
        return 0;
    return count ? lag_ns * count / (count + thread->members) : lag_ns;
}

// A timesharing system counts no virtual time: all are equal, the order is that of coming.
static int64_t charge(const struct engine *engine, const struct thread *thread, uint64_t ns)
{
    if (engine->costs.timeshare)
        return 0;
    return (int64_t)(thread->members == 1 ? ns : ns / thread->members);
}

// --- books

static void enter_state(struct engine *engine, struct thread *thread, enum task_state state,
                        uint64_t at_ns)
{
    if (at_ns < thread->since_ns) // a brief wake has put it a little ahead
        at_ns = thread->since_ns;
    if (engine->trace)
        engine_trace_state(engine, thread, at_ns);
    thread->spent_ns[thread->state] += at_ns - thread->since_ns;
    if (thread->state == TASK_RUNNING)
        thread->ran_ns = at_ns;
    thread->state = state;
    thread->since_ns = at_ns;
}

static uint64_t later(uint64_t a_ns, uint64_t b_ns)
{
    return a_ns > b_ns ? a_ns : b_ns;
}

// The same for a sleeper that is ready from ready_ns, on a core from run_ns, asleep from sleep_ns.
static void pass_brief_wake(struct thread *thread, uint64_t ready_ns, uint64_t run_ns,
                            uint64_t sleep_ns)
{
    ready_ns = later(ready_ns, thread->since_ns);
    run_ns = later(run_ns, ready_ns);
    sleep_ns = later(sleep_ns, run_ns);
    thread->spent_ns[thread->state] += ready_ns - thread->since_ns;
    thread->spent_ns[TASK_READY] += run_ns - ready_ns;
    thread->spent_ns[TASK_RUNNING] += sleep_ns - run_ns;
    thread->since_ns = thread->ran_ns = sleep_ns;
}

uint64_t cores_unaccounted(const struct engine *engine, const struct thread *thread)
{
    const struct core *core = &engine->cores.items[thread->core];
    uint64_t now = engine->queue.now_ns;
    return core->running == thread && now > core->since_ns ? now - core->since_ns : 0;
}

// Takes what the running thread computed since the last look off its segment.
static void account(struct engine *engine, struct core *core)
{
    struct thread *thread = core->running;
    assert(thread);
    uint64_t done = cores_unaccounted(engine, thread);
    if (!done)
        return;
    assert(done <= thread->left_ns);
    thread->left_ns -= done;
    thread->vruntime_ns += charge(engine, thread, done);
    core->busy_ns += done;
    core->since_ns += done;
    if (thread->holds)
        sim_gil_worked(thread, done);
}

// --- running

static uint32_t core_number(const struct engine *engine, const struct core *core)
{
    return (uint32_t)(core - engine->cores.items);
}

// The first tick of the clock after at_ns.
static uint64_t next_tick_ns(struct engine *engine, uint64_t at_ns)
{
    uint64_t tick_ns = engine->costs.quantum_ns;
    uint64_t known_ns = engine->cores.tick_ns; // most times it is the same tick again
    if (at_ns >= known_ns || at_ns + tick_ns < known_ns)
        engine->cores.tick_ns = at_ns + tick_ns - (at_ns + engine->cores.tick_phase_ns) % tick_ns;
    return engine->cores.tick_ns;
}

// When the running thread must look whether another deserves its core more.
static uint64_t share_end_ns(struct engine *engine, const struct core *core)
{
    uint64_t now = engine->queue.now_ns;
    if (engine->costs.timeshare) // the slice has a timer of its own
        return core->slice_end_ns > now ? core->slice_end_ns : now;
    return next_tick_ns(engine, now > core->since_ns ? now : core->since_ns);
}

// A running thread that is to make way, and was not yet on the core or out of its interrupt when
// that was found, does so as soon as it computes.
static void plan_event(struct engine *engine, struct core *core)
{
    uint64_t now = engine->queue.now_ns;
    uint64_t end = core->since_ns + core->running->left_ns;
    if (core->reschedule) {
        if (!core->running->in_kernel)
            end = core->since_ns > now ? core->since_ns : now;
    } else if (core->queue.len && engine->costs.quantum_ns) {
        uint64_t share_end = share_end_ns(engine, core);
        if (end > share_end)
            end = share_end;
    }
    event_queue_set(&engine->queue, core_number(engine, core), end);
}

static void dispatch(struct engine *engine, struct core *core, struct thread *thread,
                     uint64_t latency_ns)
{
    uint64_t start = engine->queue.now_ns + latency_ns;
    if (start < core->free_ns)
        start = core->free_ns;
    if (core->last_thread != thread->id)
        start += engine->costs.ctx_switch_ns * thread->rounds * thread->members;
    core->running = thread;
    core->last_thread = thread->id;
    core->since_ns = start;
    core->slice_end_ns = start + engine->costs.slice_ns;
    core->reschedule = false;
    thread->core = core_number(engine, core);
    enter_state(engine, thread, TASK_RUNNING, start);
    plan_event(engine, core);
}

// A core that has been idle for a moment only is still about, or its hypervisor still polls for it.
static uint64_t wake_latency(const struct engine *engine, const struct core *core)
{
    const struct sim_costs *costs = &engine->costs;
    bool moment = engine->queue.now_ns < core->free_ns + costs->idle_moment_ns;
    return moment ? costs->wake_soon_ns : costs->wake_latency_ns;
}

static bool is_hot(const struct engine *engine, const struct thread *thread)
{
    return engine->queue.now_ns - thread->ran_ns < engine->costs.cache_hot_ns;
}

static struct core *busiest(struct engine *engine)
{
    struct core *best = NULL;
    for (uint32_t i = 0; i < engine->cores.count; i++) {
        struct core *core = &engine->cores.items[i];
        if (core->queue.len && (!best || core->queue.threads > best->queue.threads))
            best = core;
    }
    return best;
}

// Of the first few in the queue, the one that has not run for longest.
static struct thread *steal(struct engine *engine, struct core *from, struct core *to)
{
    uint32_t best = 0;
    for (uint32_t i = 1; i < from->queue.len && i < STEAL_MAX; i++)
        if (from->queue.items[i].thread->ran_ns < from->queue.items[best].thread->ran_ns)
            best = i;
    if (from != to && is_hot(engine, from->queue.items[best].thread))
        return NULL;
    int64_t lag_ns = average(from) - from->queue.items[best].vruntime_ns;
    struct thread *thread = ready_queue_take(&from->queue, best);
    place(thread, to, lag_ns);
    return thread;
}

static void run_next(struct engine *engine, struct core *core)
{
    core->running = NULL;
    core->reschedule = false;
    event_queue_cancel(&engine->queue, core_number(engine, core));
    struct thread *thread = NULL;
    if (core->queue.len) {
        thread = ready_queue_take(&core->queue, 0);
    } else {
        struct core *from = busiest(engine);
        if (from)
            thread = steal(engine, from, core);
    }
    if (thread)
        dispatch(engine, core, thread, 0);
    else if (core->free_ns < engine->queue.now_ns)
        core->free_ns = engine->queue.now_ns;
}

static void preempt(struct engine *engine, struct core *core)
{
    struct thread *thread = core->running;
    enter_state(engine, thread, TASK_READY, engine->queue.now_ns);
    thread->involuntary++;
    struct thread *next = ready_queue_take(&core->queue, 0);
    ready_queue_put(&core->queue, thread, engine->cores.entries++);
    dispatch(engine, core, next, 0);
}

// At the end of a slice.
static bool deserves(const struct engine *engine, const struct core *core)
{
    if (!core->queue.len)
        return false;
    return engine->costs.timeshare || core->queue.items[0].vruntime_ns < core->running->vruntime_ns;
}

// Of a thread just woken: it is the next in turn, and the running one has had more than its share.
static bool preempts(const struct engine *engine, const struct core *core,
                     const struct thread *woken)
{
    if (engine->costs.timeshare)
        return engine->queue.now_ns >= core->slice_end_ns;
    return core->queue.items[0].thread == woken && core->running->vruntime_ns > average(core);
}

// A core on which a thread is still on its way to sleep is not idle.
static bool is_idle(const struct engine *engine, const struct core *core)
{
    return !core->running && core->free_ns <= engine->queue.now_ns;
}

static struct core *idle_core(struct engine *engine, const struct thread *thread)
{
    struct cores *cores = &engine->cores;
    if (is_idle(engine, &cores->items[thread->core]))
        return &cores->items[thread->core];
    for (uint32_t i = 0; i < cores->count; i++)
        if (is_idle(engine, &cores->items[i]))
            return &cores->items[i];
    return NULL;
}

// No core is idle: the thread stays where its data is, unless it is less crowded where the one who
// wakes it runs. Whoever hands over and will sleep next does not count as a crowd.
static struct core *affine_core(struct engine *engine, const struct thread *thread,
                                enum wake_kind kind)
{
    struct cores *cores = &engine->cores;
    struct core *last = &cores->items[thread->core];
    if (!cores->current || (kind != WAKE_SIGNAL && kind != WAKE_HANDOVER))
        return last;
    struct core *here = &cores->items[cores->current->core];
    if (kind == WAKE_HANDOVER)
        return load(here) - 1 < load(last) ? here : last;
    return load(here) + 1 < load(last) ? here : last;
}

// A core whose thread is on its way to sleep looks for work elsewhere when that is done.
static void call_sleepy_core(struct engine *engine)
{
    for (uint32_t i = 0; i < engine->cores.count; i++) {
        struct core *core = &engine->cores.items[i];
        if (!core->running) {
            event_queue_set(&engine->queue, i, core->free_ns);
            return;
        }
    }
}

// A timer fires on the core where it was armed, whoever runs there, and wakes the thread from
// there.
static void interrupt(struct engine *engine, const struct thread *thread, const struct core *target)
{
    struct core *core = &engine->cores.items[thread->core];
    if (!core->running || core->running == engine->cores.current)
        return;
    uint64_t ns = engine->costs.timer_irq_ns;
    if (core != target)
        ns += target->running ? engine->costs.wake_busy_ns : engine->costs.wake_cpu_ns;
    account(engine, core);
    if (core->since_ns < engine->queue.now_ns)
        core->since_ns = engine->queue.now_ns;
    core->since_ns += ns * thread->members;
    plan_event(engine, core);
}

uint64_t cores_wake(struct engine *engine, struct thread *thread, enum wake_kind kind)
{
    struct cores *cores = &engine->cores;
    enter_state(engine, thread, TASK_READY, engine->queue.now_ns);
    int64_t lag_ns = lag_on_wake(thread, &cores->items[thread->core]);
    struct core *core = idle_core(engine, thread);
    if (!core)
        core = affine_core(engine, thread, kind);
    if (kind == WAKE_TIMER)
        interrupt(engine, thread, core);
    if (core->running && core->running != cores->current)
        account(engine, core);
    place(thread, core, lag_ns);
    thread->core = core_number(engine, core);
    if (!core->running && (kind == WAKE_TIMER || kind == WAKE_AWAKE)) {
        dispatch(engine, core, thread, 0);
        return engine->costs.wake_cpu_ns;
    }
    // One interrupt is in both: a wake that takes long in the call takes long until it is seen. Of
    // the new lock both still vary by themselves.
    bool together = thread->gil && thread->gil->kind == GIL_TICKS;
    uint64_t jitter = together ? engine_jitter(engine, JITTER_ONE) : JITTER_ONE;
    if (!core->running) {
        uint64_t latency_ns = wake_latency(engine, core);
        latency_ns =
            together ? latency_ns * jitter / JITTER_ONE : engine_jitter(engine, latency_ns);
        dispatch(engine, core, thread, latency_ns * thread->rounds);
        return engine->costs.wake_cpu_ns * jitter / JITTER_ONE;
    }
    ready_queue_put(&core->queue, thread, cores->entries++);
    call_sleepy_core(engine);
    struct thread *running = core->running;
    bool better = engine->costs.quantum_ns && preempts(engine, core, thread);
    bool interrupts = better && running != cores->current;
    if (running == cores->current || running->in_kernel || engine->queue.now_ns < core->since_ns) {
        core->reschedule |= better;
        if (running != cores->current)
            plan_event(engine, core);
    } else if (better) {
        preempt(engine, core);
    } else {
        plan_event(engine, core);
    }
    uint64_t cost_ns = interrupts ? engine->costs.wake_cpu_ns : engine->costs.wake_busy_ns;
    return (running == cores->current ? engine->costs.wake_own_ns : cost_ns) * jitter / JITTER_ONE;
}

bool cores_still_awake(const struct engine *engine, const struct thread *thread)
{
    const struct core *core = &engine->cores.items[thread->core];
    return !core->running && core->last_thread == thread->id &&
           core->free_ns > engine->queue.now_ns;
}

bool cores_brief_wake(struct engine *engine, struct thread *thread, uint64_t look_ns,
                      uint64_t cpu_ns, uint64_t *end_ns)
{
    struct core *core = idle_core(engine, thread);
    if (!core || engine->trace)
        return false;
    uint64_t now = engine->queue.now_ns;
    uint64_t start = core->free_ns > now ? core->free_ns : now;
    if (core->last_thread != thread->id)
        start += engine->costs.ctx_switch_ns * thread->members;
    if (start + look_ns > event_queue_next_ns(&engine->queue))
        return false;
    interrupt(engine, thread, core);
    place(thread, core, 0);
    thread->core = core_number(engine, core);
    core->last_thread = thread->id;
    core->free_ns = *end_ns = start + cpu_ns;
    core->busy_ns += look_ns;
    thread->vruntime_ns += charge(engine, thread, look_ns);
    thread->lag_ns = 0;
    core->empty_vruntime_ns = thread->vruntime_ns;
    pass_brief_wake(thread, now, start, start + look_ns);
    thread->voluntary += thread->members;
    return true;
}

void cores_block(struct engine *engine, struct thread *thread, enum task_state state,
                 uint64_t overhead_ns)
{
    struct core *core = &engine->cores.items[thread->core];
    assert(core->running == thread);
    thread->lag_ns = average(core) - thread->vruntime_ns;
    if (!core->queue.len)
        core->empty_vruntime_ns = thread->vruntime_ns;
    enter_state(engine, thread, state, engine->queue.now_ns);
    core->free_ns = engine->queue.now_ns + overhead_ns;
    thread->voluntary += thread->rounds * thread->members;
}

void cores_take_off(struct engine *engine, struct thread *thread, uint64_t ns)
{
    thread->spent_ns[TASK_RUNNING] -= ns;
    thread->spent_ns[TASK_WAIT_GIL] += ns;
    thread->vruntime_ns -= charge(engine, thread, ns);
    engine->cores.items[thread->core].busy_ns -= ns;
}

uint64_t cores_cut(struct engine *engine, struct thread *thread, uint64_t ns)
{
    struct core *core = &engine->cores.items[thread->core];
    if (core->running == thread)
        account(engine, core);
    if (thread->left_ns <= ns)
        return 0;
    uint64_t beyond_ns = thread->left_ns - ns;
    thread->left_ns = ns;
    if (core->running == thread && thread != engine->cores.current)
        plan_event(engine, core);
    return beyond_ns;
}

static void drive(struct engine *engine, struct core *core)
{
    struct thread *thread = core->running;
    if (thread->rest_ns && !thread->gil_phase)
        sim_gil_check(engine, thread);
    engine->cores.current = thread;
    enum verdict verdict = thread_advance(engine, thread);
    engine->cores.current = NULL;
    switch (verdict) {
    case STEP_RUN:
        if (core->reschedule && !thread->in_kernel) {
            core->reschedule = false;
            if (engine->costs.quantum_ns && deserves(engine, core)) {
                preempt(engine, core);
                return;
            }
        }
        plan_event(engine, core);
        return;
    case STEP_EXIT:
        enter_state(engine, thread, TASK_DONE, engine->queue.now_ns);
        break;
    default:
        break;
    }
    run_next(engine, core);
}

// Of a core with threads that wait: an idle core takes one; the running one may have had its slice.
static void tick(struct engine *engine, struct core *core)
{
    for (uint32_t i = 0; i < engine->cores.count && core->queue.len; i++) {
        struct core *idle = &engine->cores.items[i];
        struct thread *thread = is_idle(engine, idle) ? steal(engine, core, idle) : NULL;
        if (thread)
            dispatch(engine, idle, thread, engine_jitter(engine, wake_latency(engine, idle)));
    }
    bool over = deserves(engine, core) && engine->queue.now_ns >= core->slice_end_ns;
    if (over && !core->running->in_kernel) {
        preempt(engine, core);
        return;
    }
    core->reschedule |= over; // on the way out of the kernel
    plan_event(engine, core);
}

void cores_event(struct engine *engine, uint32_t number)
{
    struct core *core = &engine->cores.items[number];
    if (!core->running) {
        run_next(engine, core);
        return;
    }
    account(engine, core);
    bool leaves = !core->running->left_ns;
    if (!leaves && (!core->reschedule || core->running->in_kernel)) {
        tick(engine, core);
        return;
    }
    if (core->reschedule) {
        core->reschedule = false;
        if (engine->costs.quantum_ns && deserves(engine, core)) {
            preempt(engine, core);
            return;
        }
    }
    if (leaves)
        drive(engine, core);
    else
        plan_event(engine, core);
}

void cores_close(struct engine *engine)
{
    for (uint32_t i = 0; i < engine->cores.count; i++)
        if (engine->cores.items[i].running)
            account(engine, &engine->cores.items[i]);
    for (uint32_t i = 0; i < engine->n_threads; i++) {
        struct thread *thread = &engine->threads[i];
        if (thread->since_ns <= engine->queue.now_ns)
            enter_state(engine, thread, thread->state, engine->queue.now_ns);
    }
}
