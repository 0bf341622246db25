// A pool of processes: multiprocessing.Pool, which client/python/worker.py uses too.
//
// The parent has four threads under its own lock (Lib/multiprocessing/pool.py): the caller starts
// the processes and the others, hands the jobs over as one, and takes the results in; the task
// handler pickles the jobs one by one into the pipe of the workers; the result handler unpickles
// what comes back; the worker handler looks after the processes, before 3.8 every 0.1 s, since then
// when a process ends or a result lies in the pipe. A fifth is the worker script's: it looks every
// 0.25 s whether a process has died. Each wait gives the lock up, each return wants it back: beside
// threads that compute that is a switch interval.
//
// A worker process has a lock of its own. fork: the caller starts all workers. spawn: the same, and
// each then starts an interpreter and imports. forkserver: the server is started first and forks
// them.
#include "base/alloc.h"
#include "base/clock.h"
#include "sim/cores.h"
#include "sim/gil.h"
#include "sim/world.h"

#include <stdlib.h>

enum thread_ids { CALLER, WORKER_HANDLER, TASK_HANDLER, RESULT_HANDLER, WATCHER, FIRST_WORKER };
enum { HELPERS = FIRST_WORKER - WORKER_HANDLER, HANDLERS = WATCHER - WORKER_HANDLER };
enum { JOBS_IN_PIPE = 256 }; // 64 kB of them, some 250 bytes each
#define WATCH_NS (250 * CLOCK_NS_PER_MS)

// Calls of the parent that give the lock up.
enum call_kind {
    CALL_ASK_CHILD,
    CALL_PIPE,
    CALL_CLOSE,
    CALL_READ,
    CALL_WRITE,
    CALL_LOOK,
    CALL_KINDS
};

struct pool {
    struct channel submitted;    // to the task handler: the jobs, the end
    struct channel room;         // in the pipe
    struct channel news;         // to the worker handler
    struct channel finished;     // results, from the result handler to the caller
    struct channel left;         // worker processes that have ended
    uint32_t taken;              // jobs read by workers
    uint32_t unread;             // results that are in the pipe, with their last bytes at least
    uint64_t did_ns[CALL_KINDS]; // when last
    uint32_t calls;              // of the caller for the process that it starts next
    bool closed;
};

static struct world *world_of(const struct engine *engine)
{
    return engine->world;
}

static struct pool *pool_of(struct world *world)
{
    return world->own;
}

// --- the parent

// The longer ago the last such call, the colder the caches.
static uint64_t call_ns(const struct engine *engine, enum call_kind kind)
{
    uint64_t now_ns = engine->queue.now_ns;
    uint64_t ago_ns = now_ns - pool_of(engine->world)->did_ns[kind];
    pool_of(engine->world)->did_ns[kind] = now_ns;
    if (ago_ns > COLD_NS)
        ago_ns = COLD_NS;
    return engine->costs.socket_poll_ns + engine->costs.poll_cold_ns * ago_ns / COLD_NS;
}

// A short system call: the lock is dropped for it. asks: what it does to others.
static enum verdict short_call(struct engine *engine, struct thread *thread, enum call_kind kind,
                               void (*asks)(struct engine *engine, struct thread *thread))
{
    thread_call_sleep(thread, call_ns(engine, kind), 0, TASK_IDLE);
    thread->call.asks = asks;
    return STEP_NEXT;
}

// Computing for a message with so many short calls beside it.
static enum verdict handle_message(struct engine *engine, struct thread *thread, uint64_t calls)
{
    uint64_t in_calls = calls * engine->costs.syscall_ns;
    uint64_t ns = engine->costs.message_ns;
    return thread_run(thread, ns > in_calls ? ns - in_calls : 0);
}

// It looks once for all that came since, and on and on while the result handler has not read to the
// end: it waits for the pipe, and what is there stays there until that thread has the lock back.
static void tell_worker_handler(struct engine *engine, struct world *world, struct thread *by)
{
    struct channel *news = &pool_of(world)->news;
    if (!world->pool_poll_ns && !news->tokens)
        channel_post(engine, news, by);
}

// Even where world_start_threads is a part.
enum caller_pc {
    CALLER_TAKE = 0,
    CALLER_SERVER,
    CALLER_START,
    CALLER_CALL,
    CALLER_WAKE,
    CALLER_HELPERS = 6,
    CALLER_SUBMIT = 8,
    CALLER_WAIT,
    CALLER_RESULT,
    CALLER_CLOSE,
    CALLER_JOIN,
    CALLER_JOIN_WORKERS,
    CALLER_END,
    CALLER_EXIT,
};

// Process.start gives the lock up again and again: a waitpid for each process that is there
// (multiprocessing.process._cleanup), since 3.8 two pipes and two ends closed
// (popen_fork._launch). fork itself keeps it.
static uint32_t calls_of_start(const struct world *world, uint32_t number)
{
    if (!world->handshake)
        return 0;
    return world->pool_poll_ns ? number : number + 4;
}

// By how many of them are left: two pipes, then two ends are closed. (The closing comes after the
// fork.)
static enum call_kind kind_of_start(const struct world *world, uint32_t left)
{
    if (left > 4 || world->pool_poll_ns)
        return CALL_ASK_CHILD;
    return left > 2 ? CALL_PIPE : CALL_CLOSE;
}

// Those calls are in what calibrate measures of a process.
static uint64_t rest_of_start_ns(const struct engine *engine, uint32_t calls)
{
    uint64_t in_calls = calls * (engine->costs.io_call_ns + engine->costs.syscall_ns);
    uint64_t ns = engine->costs.process_start_ns;
    return ns > in_calls ? ns - in_calls : 0;
}

static enum verdict caller_start(struct engine *engine, struct thread *thread, uint32_t processes)
{
    struct world *world = engine->world;
    struct pool *pool = pool_of(world);
    uint32_t calls = calls_of_start(world, thread->number);
    switch (thread->pc) {
    case CALLER_START:
        if (thread->number == processes) {
            thread->number = 0;
            thread->pc = CALLER_HELPERS;
            return STEP_NEXT;
        }
        thread->pc = pool->calls < calls ? CALLER_CALL : CALLER_WAKE;
        return thread_run(thread, pool->calls < calls ? engine->costs.io_call_ns
                                                      : rest_of_start_ns(engine, calls));
    case CALLER_CALL:
        thread->pc = CALLER_START;
        return short_call(engine, thread, kind_of_start(world, calls - pool->calls++), NULL);
    default:
        pool->calls = 0;
        thread->pc = CALLER_START;
        cores_wake(engine, &engine->threads[FIRST_WORKER + thread->number++], WAKE_NEW);
        return STEP_NEXT;
    }
}

// Without a handshake it is no Python: its pool has no such threads to pay for.
static enum verdict caller_helpers(struct engine *engine, struct thread *thread)
{
    if (world_of(engine)->handshake)
        return world_start_threads(engine, thread, WORKER_HANDLER, HELPERS);
    for (uint32_t i = 0; i < HELPERS; i++)
        cores_wake(engine, &engine->threads[WORKER_HANDLER + i], WAKE_NEW);
    return STEP_EXIT;
}

// The results that are there are taken without a call.
static enum verdict caller_results(struct engine *engine, struct thread *thread)
{
    struct pool *pool = pool_of(engine->world);
    if (thread->pc == CALLER_RESULT) {
        thread->number++;
        thread->pc = CALLER_WAIT;
        return thread_run(thread, engine->costs.job_ns);
    }
    if (thread->number == world_of(engine)->spec->devices) {
        thread->number = 0;
        thread->pc = CALLER_CLOSE;
        return STEP_NEXT;
    }
    thread->pc = CALLER_RESULT;
    if (!pool->finished.tokens)
        return thread_call_channel(thread, 0, &pool->finished, TASK_IDLE);
    pool->finished.tokens--;
    return STEP_NEXT;
}

// What calibrate measures of a pool of one worker has the starts of the handlers in it.
static uint64_t rest_of_pool_ns(const struct engine *engine)
{
    uint64_t known = HANDLERS * engine->costs.thread_start_ns;
    return engine->costs.pool_ns > known ? engine->costs.pool_ns - known : 0;
}

static enum verdict caller_end(struct engine *engine, struct thread *thread)
{
    struct world *world = engine->world;
    struct pool *pool = pool_of(world);
    enum verdict verdict;
    switch (thread->pc) {
    case CALLER_CLOSE:
        pool->closed = true;
        tell_worker_handler(engine, world, thread);
        thread->pc = CALLER_JOIN;
        return STEP_NEXT;
    case CALLER_JOIN:
        verdict = world_collect(thread, &world->group.done, HANDLERS);
        break;
    case CALLER_JOIN_WORKERS:
        verdict = world_collect(thread, &pool->left, world->spec->workers);
        break;
    case CALLER_END:
        thread->pc = CALLER_EXIT;
        return thread_call_sleep(thread, 0, rest_of_pool_ns(engine), TASK_IDLE);
    case CALLER_EXIT:
        thread->pc++;
        return sim_gil_drop(thread);
    default:
        return STEP_EXIT;
    }
    if (verdict == STEP_EXIT)
        thread->pc++;
    return verdict == STEP_EXIT ? STEP_NEXT : verdict;
}

static enum verdict run_caller(struct engine *engine, struct thread *thread)
{
    struct world *world = engine->world;
    enum verdict verdict;
    switch (thread->pc) {
    case CALLER_TAKE:
        thread->pc = CALLER_SERVER;
        return sim_gil_take(engine, thread);
    case CALLER_SERVER:
        world_wake_background(engine);
        thread->pc = CALLER_START;
        return thread_call_sleep(thread, 0, engine->costs.server_start_ns, TASK_IDLE);
    case CALLER_START:
    case CALLER_CALL:
    case CALLER_WAKE:
        return caller_start(engine, thread, world->spec->workers);
    case CALLER_HELPERS:
    case CALLER_HELPERS + 1:
        verdict = caller_helpers(engine, thread);
        if (verdict != STEP_EXIT)
            return verdict;
        thread->pc = CALLER_SUBMIT;
        return STEP_NEXT;
    case CALLER_SUBMIT:
        thread->pc = CALLER_WAIT;
        channel_post(engine, &pool_of(world)->submitted, thread);
        return STEP_NEXT;
    case CALLER_WAIT:
    case CALLER_RESULT:
        return caller_results(engine, thread);
    default:
        return caller_end(engine, thread);
    }
}

// Each helper begins as threading.Thread does; its own part comes after.
enum helper_pc { HELPER_TAKE, HELPER_BOOT, HELPER_BEGUN, HELPER_OWN };

static enum verdict begin_helper(struct engine *engine, struct thread *thread)
{
    bool handshake = world_of(engine)->handshake;
    switch (thread->pc++) {
    case HELPER_TAKE:
        return sim_gil_take(engine, thread);
    case HELPER_BOOT:
        return thread_run(thread, handshake ? engine->costs.thread_start_ns / 2 : 0);
    default:
        if (handshake)
            channel_post(engine, &thread->group->started, thread);
        return STEP_NEXT;
    }
}

static enum verdict end_helper(struct engine *engine, struct thread *thread, uint32_t exit_pc)
{
    thread->pc = exit_pc;
    channel_post(engine, &thread->group->done, thread);
    return sim_gil_drop(thread);
}

enum worker_handler_pc { LOOK = HELPER_OWN, ASK, LOOKED, HANDLER_EXIT };

// waitpid for each process, the lock given up for it, then a wait for all of them and for the pipe:
// some calls each.
static enum verdict look_after_workers(struct engine *engine, struct thread *thread)
{
    if (thread->number == world_of(engine)->spec->workers) {
        thread->number = 0;
        thread->pc = LOOKED;
        return thread_run(thread, 4 * engine->costs.io_call_ns);
    }
    thread->number++;
    thread->pc = ASK;
    return thread_run(thread, 2 * engine->costs.io_call_ns);
}

static enum verdict run_worker_handler(struct engine *engine, struct thread *thread)
{
    struct world *world = engine->world;
    struct pool *pool = pool_of(world);
    switch (thread->pc) {
    case LOOK:
        if (pool->closed) {
            channel_post(engine, &pool->submitted, thread);
            return end_helper(engine, thread, HANDLER_EXIT);
        }
        return look_after_workers(engine, thread);
    case ASK:
        thread->pc = LOOK;
        return world->handshake ? short_call(engine, thread, CALL_ASK_CHILD, NULL) : STEP_NEXT;
    case LOOKED:
        thread->pc = LOOK;
        if (world->pool_poll_ns)
            return thread_call_sleep(thread, 0, world->pool_poll_ns, TASK_IDLE);
        // Where calls cost nothing no time would pass.
        if (pool->unread && world->handshake && engine->costs.socket_poll_ns)
            return short_call(engine, thread, CALL_LOOK, NULL);
        return thread_call_channel(thread, 0, &pool->news, TASK_IDLE);
    case HANDLER_EXIT:
        return STEP_EXIT;
    default:
        return begin_helper(engine, thread);
    }
}

static void write_job(struct engine *engine, struct thread *thread)
{
    channel_post(engine, &world_of(engine)->jobs, thread);
}

static void write_end(struct engine *engine, struct thread *thread)
{
    channel_post(engine, &world_of(engine)->results, thread);
}

enum task_handler_pc {
    TASK_GET = HELPER_OWN,
    TASK_ROOM,
    TASK_PICKLE,
    TASK_WRITE,
    TASK_END,
    TASK_EXIT
};

// The jobs, then to the result handler and to each worker that there are no more.
static enum verdict run_task_handler(struct engine *engine, struct thread *thread)
{
    struct world *world = engine->world;
    struct pool *pool = pool_of(world);
    const struct run_spec *spec = world->spec;
    switch (thread->pc) {
    case TASK_GET:
        thread->pc = thread->number == spec->devices ? TASK_END : TASK_ROOM;
        return thread_call_channel(thread, 0, &pool->submitted, TASK_IDLE);
    case TASK_ROOM:
        thread->pc = TASK_PICKLE;
        if (!pool->room.tokens)
            return thread_call_channel(thread, 0, &pool->room, TASK_IDLE);
        pool->room.tokens--;
        return STEP_NEXT;
    case TASK_PICKLE:
        thread->pc = TASK_WRITE;
        return handle_message(engine, thread, 1);
    case TASK_WRITE:
        thread->pc = ++thread->number == spec->devices ? TASK_GET : TASK_ROOM;
        return short_call(engine, thread, CALL_WRITE, write_job);
    case TASK_END:
        if (thread->number++ == spec->devices)
            return short_call(engine, thread, CALL_WRITE, write_end);
        if (thread->number <= spec->devices + 1 + spec->workers)
            return short_call(engine, thread, CALL_WRITE, write_job);
        return end_helper(engine, thread, TASK_EXIT);
    case TASK_EXIT:
        return STEP_EXIT;
    default:
        return begin_helper(engine, thread);
    }
}

enum result_handler_pc {
    RESULT_GET = HELPER_OWN,
    RESULT_READ,
    RESULT_UNPICKLE,
    RESULT_SET,
    RESULT_EXIT
};

// Of a result its length is read, then the rest, in a call each.
static enum verdict run_result_handler(struct engine *engine, struct thread *thread)
{
    struct world *world = engine->world;
    switch (thread->pc) {
    case RESULT_GET:
        thread->pc = RESULT_READ;
        return thread_call_channel(thread, 0, &world->results, TASK_IDLE);
    case RESULT_READ:
        if (thread->number++ == world->spec->devices)
            return end_helper(engine, thread, RESULT_EXIT);
        thread->pc = RESULT_UNPICKLE;
        return short_call(engine, thread, CALL_READ, NULL);
    case RESULT_UNPICKLE:
        pool_of(engine->world)->unread--;
        thread->pc = RESULT_SET;
        return handle_message(engine, thread, 2);
    case RESULT_SET:
        thread->pc = RESULT_GET;
        channel_post(engine, &pool_of(world)->finished, thread);
        return STEP_NEXT;
    case RESULT_EXIT:
        return STEP_EXIT;
    default:
        return begin_helper(engine, thread);
    }
}

// A daemon: nobody waits for its end.
static enum verdict run_watcher(struct engine *engine, struct thread *thread)
{
    if (thread->pc < HELPER_OWN)
        return begin_helper(engine, thread);
    if (!world_of(engine)->handshake)
        return STEP_EXIT;
    return thread_call_sleep(thread, 0, WATCH_NS, TASK_IDLE);
}

// --- a worker process

enum worker_pc {
    WORKER_TAKE,
    WORKER_BOOT,
    WORKER_ASK,
    WORKER_READ,
    WORKER_WORK,
    WORKER_SENT,
    WORKER_LEFT,
    WORKER_EXIT
};

static enum verdict run_worker(struct engine *engine, struct thread *thread)
{
    struct world *world = engine->world;
    struct pool *pool = pool_of(world);
    enum verdict verdict;
    switch ((enum worker_pc)thread->pc) {
    case WORKER_TAKE:
        thread->pc = WORKER_BOOT;
        return sim_gil_take(engine, thread);
    case WORKER_BOOT:
        thread->pc = WORKER_ASK;
        return thread_run(thread, engine->costs.process_ready_ns);
    case WORKER_ASK:
        thread->pc = WORKER_READ;
        return thread_call_channel(thread, 0, &world->jobs, TASK_IDLE);
    case WORKER_READ:
        if (pool->taken++ >= world->spec->devices) {
            thread->pc = WORKER_LEFT;
            return STEP_NEXT;
        }
        thread->pc = WORKER_WORK;
        channel_post(engine, &pool->room, thread);
        return thread_run(thread, engine->costs.message_ns);
    case WORKER_WORK:
        verdict = world_one_session(engine, thread);
        if (verdict != STEP_EXIT)
            return verdict;
        thread->pc = WORKER_SENT;
        return thread_run(thread, engine->costs.message_ns);
    case WORKER_SENT:
        pool->unread++;
        channel_post(engine, &world->results, thread);
        tell_worker_handler(engine, world, thread);
        thread->pc = WORKER_ASK;
        return STEP_NEXT;
    case WORKER_LEFT:
        thread->pc = WORKER_EXIT;
        channel_post(engine, &pool->left, thread);
        return sim_gil_drop(thread);
    default:
        return STEP_EXIT;
    }
}

static uint32_t pool_threads(const struct run_spec *spec)
{
    return FIRST_WORKER + spec->workers;
}

static uint32_t pool_gils(const struct run_spec *spec)
{
    return 1 + spec->workers;
}

static void build_pool(struct world *world)
{
    static const thread_program programs[FIRST_WORKER] = {
        [CALLER] = run_caller,
        [WORKER_HANDLER] = run_worker_handler,
        [TASK_HANDLER] = run_task_handler,
        [RESULT_HANDLER] = run_result_handler,
        [WATCHER] = run_watcher,
    };
    struct pool *pool = alloc_zero(1, sizeof *pool);
    uint32_t workers = world->spec->workers;
    pool->room.tokens = JOBS_IN_PIPE;
    world->own = pool;
    world->first_worker = FIRST_WORKER;
    for (uint32_t i = 0; i < FIRST_WORKER; i++)
        world_thread(world, i, programs[i], world_gil(world, 0))->group = &world->group;
    for (uint32_t i = 0; i < workers; i++) {
        world->workers[i].process = i;
        world_thread(world, FIRST_WORKER + i, run_worker, world_gil(world, 1 + i))->worker =
            &world->workers[i];
    }
    world_background(world, FIRST_WORKER + workers);
}

static void free_own(struct world *world)
{
    free(world->own);
    world->own = NULL;
}

const struct strategy_model model_processes = {pool_threads, pool_gils, build_pool, free_own};
