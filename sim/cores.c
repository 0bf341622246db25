#include "sim/cores.h"

#include "base/alloc.h"
#include "sim/engine.h"
#include "sim/gil.h"

#include <assert.h>
#include <stdlib.h>

enum { NOBODY = UINT32_MAX };

void cores_init(struct cores *cores, uint32_t count, uint32_t threads)
{
    *cores = (struct cores){.count = count};
    cores->items = alloc_zero(count, sizeof *cores->items);
    for (uint32_t i = 0; i < count; i++) {
        cores->items[i].last_thread = NOBODY;
        cores->items[i].queue = alloc_zero(threads + 1, sizeof(struct thread *));
    }
}

void cores_fini(struct cores *cores)
{
    for (uint32_t i = 0; i < cores->count; i++)
        free(cores->items[i].queue);
    free(cores->items);
    *cores = (struct cores){0};
}

// --- ready queues

static bool goes_before(const struct thread *a, const struct thread *b)
{
    return a->vruntime_ns != b->vruntime_ns ? a->vruntime_ns < b->vruntime_ns : a->order < b->order;
}

static void queue_push(struct cores *cores, struct core *core, struct thread *thread)
{
    thread->order = cores->entries++;
    uint32_t place = core->queue_len++;
    while (place > 0 && goes_before(thread, core->queue[(place - 1) / 2])) {
        core->queue[place] = core->queue[(place - 1) / 2];
        place = (place - 1) / 2;
    }
    core->queue[place] = thread;
}

static struct thread *queue_pop(struct core *core)
{
    struct thread *first = core->queue[0];
    struct thread *last = core->queue[--core->queue_len];
    uint32_t place = 0;
    for (;;) {
        uint32_t child = place * 2 + 1;
        if (child >= core->queue_len)
            break;
        if (child + 1 < core->queue_len && goes_before(core->queue[child + 1], core->queue[child]))
            child++;
        if (!goes_before(core->queue[child], last))
            break;
        core->queue[place] = core->queue[child];
        place = child;
    }
    core->queue[place] = last;
    return first;
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
    thread->state = state;
    thread->since_ns = at_ns;
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
    thread->vruntime_ns += done;
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

static void plan_event(struct engine *engine, struct core *core)
{
    uint64_t end = core->since_ns + core->running->left_ns;
    if (core->queue_len && engine->costs.quantum_ns && end > core->slice_end_ns)
        end = core->slice_end_ns > core->since_ns ? core->slice_end_ns : core->since_ns;
    event_queue_set(&engine->queue, core_number(engine, core), end);
}

static void dispatch(struct engine *engine, struct core *core, struct thread *thread,
                     uint64_t latency_ns)
{
    uint64_t start = engine->queue.now_ns + latency_ns;
    if (start < core->free_ns)
        start = core->free_ns;
    if (core->last_thread != thread->id)
        start += engine->costs.ctx_switch_ns;
    core->running = thread;
    core->last_thread = thread->id;
    core->since_ns = start;
    core->slice_end_ns = start + engine->costs.quantum_ns;
    core->reschedule = false;
    if (thread->vruntime_ns > core->min_vruntime_ns)
        core->min_vruntime_ns = thread->vruntime_ns;
    thread->core = core_number(engine, core);
    enter_state(engine, thread, TASK_RUNNING, start);
    plan_event(engine, core);
}

// Virtual run time counts from the core's own least.
static void move_to(struct engine *engine, struct thread *thread, struct core *core)
{
    struct core *old = &engine->cores.items[thread->core];
    if (old == core)
        return;
    uint64_t ahead =
        thread->vruntime_ns > old->min_vruntime_ns ? thread->vruntime_ns - old->min_vruntime_ns : 0;
    thread->vruntime_ns = core->min_vruntime_ns + ahead;
    thread->core = core_number(engine, core);
}

static struct core *busiest(struct engine *engine)
{
    struct core *best = NULL;
    for (uint32_t i = 0; i < engine->cores.count; i++) {
        struct core *core = &engine->cores.items[i];
        if (core->queue_len && (!best || core->queue_len > best->queue_len))
            best = core;
    }
    return best;
}

static void run_next(struct engine *engine, struct core *core)
{
    core->running = NULL;
    core->reschedule = false;
    event_queue_cancel(&engine->queue, core_number(engine, core));
    struct core *from = core->queue_len ? core : busiest(engine);
    if (!from)
        return;
    struct thread *thread = queue_pop(from);
    move_to(engine, thread, core);
    dispatch(engine, core, thread, 0);
}

static void preempt(struct engine *engine, struct core *core)
{
    struct thread *thread = core->running;
    enter_state(engine, thread, TASK_READY, engine->queue.now_ns);
    thread->involuntary++;
    struct thread *next = queue_pop(core);
    queue_push(&engine->cores, core, thread);
    dispatch(engine, core, next, 0);
}

static bool deserves(const struct core *core)
{
    return core->queue_len && core->queue[0]->vruntime_ns < core->running->vruntime_ns;
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

static void give_credit(const struct engine *engine, struct thread *thread, const struct core *core)
{
    uint64_t least = core->min_vruntime_ns > engine->costs.quantum_ns
                         ? core->min_vruntime_ns - engine->costs.quantum_ns
                         : 0;
    if (thread->vruntime_ns < least)
        thread->vruntime_ns = least;
}

static uint32_t load(const struct core *core)
{
    return core->queue_len + (core->running ? 1 : 0);
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

void cores_wake(struct engine *engine, struct thread *thread, enum wake_kind kind)
{
    struct cores *cores = &engine->cores;
    enter_state(engine, thread, TASK_READY, engine->queue.now_ns);
    struct core *core = idle_core(engine, thread);
    if (!core)
        core = affine_core(engine, thread, kind);
    move_to(engine, thread, core);
    give_credit(engine, thread, core);
    if (!core->running) {
        uint64_t latency_ns = kind == WAKE_TIMER ? 0 : engine->costs.wake_latency_ns;
        dispatch(engine, core, thread, engine_jitter(engine, latency_ns));
        return;
    }
    queue_push(cores, core, thread);
    call_sleepy_core(engine);
    struct thread *running = core->running;
    if (running == cores->current || engine->queue.now_ns < core->since_ns) {
        core->reschedule = true;
        if (running != cores->current)
            plan_event(engine, core);
        return;
    }
    account(engine, core);
    if (running->in_kernel)
        core->reschedule = true;
    else if (engine->costs.quantum_ns && deserves(core))
        preempt(engine, core);
    else
        plan_event(engine, core);
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
    start += core->last_thread != thread->id ? engine->costs.ctx_switch_ns : 0;
    if (start + look_ns > event_queue_next_ns(&engine->queue))
        return false;
    enum task_state state = thread->state;
    move_to(engine, thread, core);
    core->last_thread = thread->id;
    core->free_ns = *end_ns = start + cpu_ns;
    core->busy_ns += look_ns;
    thread->vruntime_ns += look_ns;
    enter_state(engine, thread, TASK_READY, now);
    enter_state(engine, thread, TASK_RUNNING, start);
    enter_state(engine, thread, state, start + look_ns);
    thread->voluntary++;
    engine->queue.taken++;
    return true;
}

void cores_block(struct engine *engine, struct thread *thread, enum task_state state,
                 uint64_t overhead_ns)
{
    struct core *core = &engine->cores.items[thread->core];
    assert(core->running == thread);
    enter_state(engine, thread, state, engine->queue.now_ns);
    core->free_ns = engine->queue.now_ns + overhead_ns;
    thread->voluntary++;
}

void cores_cut(struct engine *engine, struct thread *thread, uint64_t ns)
{
    struct core *core = &engine->cores.items[thread->core];
    if (core->running == thread)
        account(engine, core);
    if (thread->left_ns <= ns)
        return;
    thread->rest_ns += thread->left_ns - ns;
    thread->left_ns = ns;
    if (core->running == thread && thread != engine->cores.current)
        plan_event(engine, core);
}

static void drive(struct engine *engine, struct core *core)
{
    struct thread *thread = core->running;
    if (thread->rest_ns && !thread->gil_phase)
        sim_gil_check(thread);
    engine->cores.current = thread;
    enum verdict verdict = thread_advance(engine, thread);
    engine->cores.current = NULL;
    switch (verdict) {
    case STEP_RUN:
        if (core->reschedule && !thread->in_kernel) {
            core->reschedule = false;
            if (engine->costs.quantum_ns && deserves(core)) {
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

void cores_event(struct engine *engine, uint32_t number)
{
    struct core *core = &engine->cores.items[number];
    if (!core->running) {
        run_next(engine, core);
        return;
    }
    account(engine, core);
    if (core->running->left_ns) { // the slice is over
        if (deserves(core)) {
            preempt(engine, core);
            return;
        }
        core->slice_end_ns = engine->queue.now_ns + engine->costs.quantum_ns;
        plan_event(engine, core);
        return;
    }
    if (core->reschedule) { // on the way out of the kernel
        core->reschedule = false;
        if (engine->costs.quantum_ns && deserves(core)) {
            preempt(engine, core);
            return;
        }
    }
    drive(engine, core);
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
