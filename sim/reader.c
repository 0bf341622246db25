#include "sim/reader.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "sim/cores.h"
#include "sim/engine.h"
#include "sim/gil.h"
#include "sim/world.h"

#include <assert.h>
#include <stdlib.h>

// Of a wait for an event (2.7): its limit, its first and its longest sleep.
#define EVENT_LIMIT_NS (100 * CLOCK_NS_PER_MS)
#define EVENT_SLEEP_NS CLOCK_NS_PER_MS
#define EVENT_SLEEP_MAX_NS (50 * CLOCK_NS_PER_MS)

static struct world *world_of(const struct engine *engine)
{
    return engine->world;
}

static uint32_t number_of(const struct world *world, const struct thread *thread)
{
    return (uint32_t)(thread->worker - world->workers);
}

static struct reader *reader_of(const struct engine *engine, const struct thread *thread)
{
    struct world *world = engine->world;
    return &world->readers[number_of(world, thread)];
}

static enum verdict stretch_step(struct engine *engine, struct thread *thread,
                                 struct stretch *stretch)
{
    if (!stretch->in_call) {
        uint64_t ns = stretch->ns / (stretch->calls + 1);
        stretch->ns -= ns;
        stretch->in_call = true;
        return thread_run(thread, ns);
    }
    if (!stretch->calls)
        return STEP_EXIT;
    stretch->calls--;
    stretch->in_call = false;
    return thread_call_sleep(thread, engine->costs.syscall_ns, 0, TASK_IDLE);
}

// The lock is dropped for it and taken back.
static enum verdict send(struct thread *thread, uint64_t cpu_ns,
                         void (*asks)(struct engine *engine, struct thread *thread))
{
    thread_call_sleep(thread, cpu_ns, 0, TASK_IDLE);
    thread->call.in_user = true;
    thread->call.asks = asks;
    return STEP_NEXT;
}

static void ask(struct engine *engine, struct thread *thread)
{
    struct world *world = engine->world;
    if (world->peer.thread)
        peer_ask(engine, thread, number_of(world, thread));
    else
        channel_post(engine, &reader_of(engine, thread)->answered, thread);
}

// A thread that there is already waits for it at the channel.
static void start(struct engine *engine, struct thread *thread, struct channel *channel,
                  struct thread *by)
{
    if (thread->state != TASK_UNBORN) {
        channel_post(engine, channel, by);
        return;
    }
    by->debt_ns += engine->costs.wake_cpu_ns;
    cores_wake(engine, thread, WAKE_NEW);
}

void reader_answer(struct engine *engine, struct world *world, uint32_t worker, struct thread *by)
{
    channel_post(engine, &world->readers[worker].answered, by);
}

// --- the worker

enum question_place {
    QUESTION_NEW,
    QUESTION_COMPUTE,
    QUESTION_ASK,
    QUESTION_START,
    QUESTION_STARTED,
    QUESTION_WAIT,
    QUESTION_LOOK,
    QUESTION_ANSWERED,
};

// Of 2.7: looks, sleeps, looks.
static enum verdict look_for_answer(struct thread *thread, struct reader *reader)
{
    struct worker *worker = thread->worker;
    if (worker->answer.tokens) {
        worker->answer.tokens--;
        reader->place = QUESTION_ANSWERED;
        return STEP_NEXT;
    }
    uint64_t limit_ns = worker->session.row.ready_ns ? UINT64_MAX : EVENT_LIMIT_NS;
    if (reader->slept_ns >= limit_ns)
        reader->slept_ns = reader->delay_ns = 0;
    uint64_t ns = reader->delay_ns ? 2 * reader->delay_ns : EVENT_SLEEP_NS;
    if (ns > EVENT_SLEEP_MAX_NS)
        ns = EVENT_SLEEP_MAX_NS;
    if (ns > limit_ns - reader->slept_ns)
        ns = limit_ns - reader->slept_ns;
    reader->delay_ns = ns;
    reader->slept_ns += ns;
    return thread_call_sleep(thread, 0, ns, TASK_DEVICE);
}

enum verdict reader_question(struct engine *engine, struct thread *thread)
{
    struct worker *worker = thread->worker;
    const struct action *action = &worker->action;
    struct reader *reader = reader_of(engine, thread);
    enum verdict verdict;
    switch ((enum question_place)reader->place) {
    case QUESTION_NEW:
        reader->question = (struct stretch){.ns = action->held_ns, .calls = action->calls};
        reader->slept_ns = reader->delay_ns = 0;
        reader->place = QUESTION_COMPUTE;
        return STEP_NEXT;
    case QUESTION_COMPUTE:
        verdict = stretch_step(engine, thread, &reader->question);
        if (verdict != STEP_EXIT)
            return verdict;
        reader->place = QUESTION_ASK;
        return STEP_NEXT;
    case QUESTION_ASK:
        reader->place = action->begins ? QUESTION_START : QUESTION_WAIT;
        return send(thread, action->cpu_ns, action->begins ? NULL : ask);
    case QUESTION_START:
        reader->place = QUESTION_STARTED;
        return thread_run(thread, engine->costs.thread_start_ns / 2);
    case QUESTION_STARTED:
        reader->place = QUESTION_WAIT;
        reader->begins = true;
        start(engine, reader->thread, &reader->answered, thread);
        return thread_call_channel(thread, 0, &reader->started, TASK_DEVICE);
    case QUESTION_WAIT:
        reader->place = engine->costs.event_polls ? QUESTION_LOOK : QUESTION_ANSWERED;
        if (engine->costs.event_polls)
            return STEP_NEXT;
        return thread_call_channel(thread, 0, &worker->answer, TASK_DEVICE);
    case QUESTION_LOOK:
        return look_for_answer(thread, reader);
    case QUESTION_ANSWERED:
        break;
    }
    reader->place = QUESTION_NEW;
    return STEP_EXIT;
}

// --- the reader

enum reader_pc {
    READER_TAKE,
    READER_BOOT,
    READER_STARTED,
    READER_ASK,
    READER_DROP,
    READER_WAIT,
    READER_HEARD,
    READER_RETAKE,
    READER_TIMER,
    READER_TIMER_STARTED,
    READER_COMPUTE,
    READER_READ,
    READER_ANSWER,
};

// The question that comes next is its own, or the worker gets the answer.
static enum verdict hand_on(struct engine *engine, struct thread *thread, struct reader *reader)
{
    struct world *world = world_of(engine);
    struct worker *worker = thread->worker;
    if (worker->action.begins)
        channel_post(engine, &reader->cancelled, thread);
    if (!worker->action.reader.asks_on || worker->session.doom != JOB_OK) {
        thread->pc = READER_DROP;
        channel_post(engine, &worker->answer, thread);
        return STEP_NEXT;
    }
    worker->action = workload_next(world->workload, &worker->session, engine->queue.now_ns);
    assert(worker->action.kind == ACTION_WAIT);
    thread->pc = READER_ASK;
    return STEP_NEXT;
}

static enum verdict begin_session(struct engine *engine, struct thread *thread,
                                  struct reader *reader)
{
    switch (thread->pc++) {
    case READER_TAKE:
        reader->begins = false;
        return sim_gil_take(engine, thread);
    case READER_BOOT:
        return thread_run(thread, engine->costs.thread_start_ns / 2);
    default:
        channel_post(engine, &reader->started, thread);
        return STEP_NEXT;
    }
}

static enum verdict wait_for_news(struct engine *engine, struct thread *thread,
                                  struct reader *reader)
{
    struct world *world = world_of(engine);
    switch (thread->pc) {
    case READER_DROP:
        thread->pc = READER_WAIT;
        return sim_gil_drop(thread);
    case READER_WAIT:
        thread->pc = READER_HEARD;
        return thread_call_channel(thread, 0, &reader->answered, TASK_DEVICE);
    default:
        thread->pc = reader->begins ? READER_TAKE : READER_RETAKE;
        if (reader->begins || world->peer.thread)
            return STEP_NEXT;
        return thread_call_sleep(thread, 0, thread->worker->action.ns, TASK_DEVICE);
    }
}

static enum verdict read_answer(struct engine *engine, struct thread *thread, struct reader *reader)
{
    const struct action *action = &thread->worker->action;
    enum verdict verdict;
    switch (thread->pc) {
    case READER_RETAKE:
        reader->answer =
            (struct stretch){.ns = action->reader.held_ns, .calls = action->reader.calls};
        thread->pc = action->begins ? READER_TIMER : READER_COMPUTE;
        return sim_gil_take(engine, thread);
    case READER_TIMER:
        thread->pc = READER_TIMER_STARTED;
        return thread_run(thread, engine->costs.thread_start_ns / 2);
    case READER_TIMER_STARTED:
        thread->pc = READER_COMPUTE;
        start(engine, reader->timer, &reader->renewed, thread);
        return thread_call_channel(thread, 0, &reader->started, TASK_IDLE);
    case READER_COMPUTE:
        thread->pc = READER_READ;
        return send(thread, action->reader.cpu_ns, NULL);
    default:
        verdict = stretch_step(engine, thread, &reader->answer);
        if (verdict == STEP_EXIT)
            thread->pc = READER_ANSWER;
        return verdict == STEP_EXIT ? STEP_NEXT : verdict;
    }
}

static enum verdict run_reader(struct engine *engine, struct thread *thread)
{
    struct reader *reader = reader_of(engine, thread);
    switch ((enum reader_pc)thread->pc) {
    case READER_TAKE:
    case READER_BOOT:
    case READER_STARTED:
        return begin_session(engine, thread, reader);
    case READER_ASK:
        thread->pc = READER_DROP;
        return send(thread, engine->costs.syscall_ns, ask);
    case READER_DROP:
    case READER_WAIT:
    case READER_HEARD:
        return wait_for_news(engine, thread, reader);
    case READER_ANSWER:
        return hand_on(engine, thread, reader);
    default:
        return read_answer(engine, thread, reader);
    }
}

// --- the limit of the handshake

enum timer_pc { TIMER_TAKE, TIMER_BOOT, TIMER_STARTED, TIMER_WAIT, TIMER_DROP, TIMER_OVER };

static enum verdict run_timer(struct engine *engine, struct thread *thread)
{
    struct reader *reader = reader_of(engine, thread);
    switch ((enum timer_pc)thread->pc++) {
    case TIMER_TAKE:
        return sim_gil_take(engine, thread);
    case TIMER_BOOT:
        return thread_run(thread, engine->costs.thread_start_ns / 2);
    case TIMER_STARTED:
        channel_post(engine, &reader->started, thread);
        return STEP_NEXT;
    case TIMER_WAIT:
        return thread_call_channel(thread, 0, &reader->cancelled, TASK_IDLE);
    case TIMER_DROP:
        return sim_gil_drop(thread);
    case TIMER_OVER:
        break;
    }
    thread->pc = TIMER_TAKE;
    return thread_call_channel(thread, 0, &reader->renewed, TASK_IDLE);
}

// --- all of them

enum { THREADS = 2 };

uint32_t readers_threads(uint32_t workers)
{
    return THREADS * workers;
}

static void add_reader(struct world *world, const struct thread *worker, uint32_t first)
{
    struct thread *threads = world->engine->threads;
    uint32_t number = number_of(world, worker);
    uint32_t id = first + THREADS * number;
    world_thread(world, id, run_reader, worker->gil)->worker = worker->worker;
    world_thread(world, id + 1, run_timer, worker->gil)->worker = worker->worker;
    world->readers[number].thread = &threads[id];
    world->readers[number].timer = &threads[id + 1];
}

void readers_init(struct world *world, uint32_t first)
{
    world->readers = alloc_zero(world->spec->workers, sizeof *world->readers);
    for (uint32_t i = 0; i < first; i++)
        if (world->engine->threads[i].worker)
            add_reader(world, &world->engine->threads[i], first);
}

void readers_fini(struct world *world)
{
    free(world->readers);
    world->readers = NULL;
}

void reader_add_states(const struct reader *reader, uint64_t *spent_ns)
{
    static const enum task_state busy[] = {TASK_RUNNING, TASK_WAIT_GIL, TASK_PARKED, TASK_READY};
    const uint64_t *own = reader->thread->spent_ns;
    for (size_t i = 0; i < sizeof busy / sizeof *busy; i++) {
        uint64_t ns = own[busy[i]];
        if (ns > spent_ns[TASK_DEVICE])
            ns = spent_ns[TASK_DEVICE];
        spent_ns[TASK_DEVICE] -= ns;
        spent_ns[busy[i]] += ns;
    }
}
