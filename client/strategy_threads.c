#include "client/strategy_threads.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "client/python_burn.h"
#include "client/strategy_background.h"
#include "client/tick_lock.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

// Enough for libssh with OpenSSL's big numbers several times over; the usual 8 MB of address space
// each would make thousands of threads fail where memory is not overcommitted.
enum { STACK_BYTES = 512 * 1024 };

struct pool_thread {
    pthread_t thread;
    struct worker worker;
    struct queue *queue;
    struct tick_lock *begun; // to be released when it has begun; NULL: nobody waits for that
    const struct python_work *python_work;
};

static void *thread_main(void *data)
{
    struct pool_thread *self = data;
    struct worker *worker = &self->worker;
    gil_take(worker->gil, &worker->lock);
    python_burn_start(worker, self->python_work->thread_ns / 2);
    if (self->begun)
        tick_lock_release(self->begun);
    python_burn_start(worker, self->python_work->interpreter_ns);
    worker_run(worker, self->queue);
    return NULL;
}

// CPython's Thread.start holds the lock and waits for the new thread to say, under the lock, that
// it has begun (Lib/threading.py, _bootstrap_inner). So where threads share a lock those that
// compute already keep back the start of the next ones. It waits by a lock that the thread
// releases, as Event does.
struct starter {
    struct gil *gil; // NULL: threads are started without waiting for them
    const struct burner *burner;
    uint64_t start_ns; // its own part of a Python's start of a thread
    struct gil_thread lock;
    struct tick_lock *begun; // held while nobody has begun
};

static void starter_init(struct starter *starter, const struct run *run, struct gil *gil)
{
    enum gil_kind kind = run->spec->interpreter->gil;
    *starter = (struct starter){
        .gil = kind == GIL_TICKS || kind == GIL_TIMED ? gil : NULL,
        .burner = &run->burner,
        .start_ns = run->python_work.thread_ns / 2,
    };
    starter->begun = tick_lock_new();
    tick_lock_acquire(starter->begun);
    gil_thread_init(starter->gil, &starter->lock);
    // Not in one of several processes: their main threads would share a list.
    if (run->spec->strategy != STRATEGY_HYBRID)
        starter->lock.spans = lock_log_thread(run->lock_log, LOCK_LOG_MAIN, 0);
    gil_take(starter->gil, &starter->lock);
}

static void starter_wait(struct starter *starter)
{
    if (!starter->gil)
        return;
    gil_drop(starter->gil, &starter->lock);
    tick_lock_acquire(starter->begun);
    gil_take(starter->gil, &starter->lock);
}

static void starter_end(struct starter *starter)
{
    gil_drop(starter->gil, &starter->lock);
    gil_thread_fini(&starter->lock);
}

static uint32_t start_threads(struct starter *starter, struct pool_thread *threads, uint32_t n,
                              int *code)
{
    pthread_attr_t attributes;
    uint32_t started = 0;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    for (*code = 0; started < n; started++) {
        struct pool_thread *self = &threads[started];
        self->begun = starter->gil ? starter->begun : NULL;
        if (starter->start_ns)
            burn(starter->burner, starter->gil, &starter->lock, starter->start_ns);
        *code = pthread_create(&self->thread, &attributes, thread_main, self);
        if (*code != 0)
            break;
        starter_wait(starter);
    }
    pthread_attr_destroy(&attributes);
    return started;
}

int thread_pool_run(const struct run *run, struct queue *queue, struct gil *gil, uint32_t first_id,
                    uint32_t n, struct gil_thread *lock, struct err *err)
{
    struct pool_thread *threads = alloc_zero(n, sizeof *threads);
    for (uint32_t i = 0; i < n; i++) {
        run_worker_init(run, &threads[i].worker, first_id + i, gil);
        threads[i].queue = queue;
        threads[i].python_work = &run->python_work;
    }
    int code;
    struct starter starter;
    starter_init(&starter, run, gil);
    uint32_t started = start_threads(&starter, threads, n, &code);
    starter_end(&starter);
    for (uint32_t i = 0; i < started; i++) {
        pthread_join(threads[i].thread, NULL);
        worker_add_lock(lock, &threads[i].worker.lock);
    }
    for (uint32_t i = started; i < n; i++)
        gil_thread_fini(&threads[i].worker.lock);
    tick_lock_free(starter.begun); // the last one to begin may have been releasing it until now
    free(threads);
    if (code != 0)
        return err_set(err,
                       "cannot start thread %u of %u: %s (`ulimit -u` shows how many may run, "
                       "`ulimit -v` how much memory they may have)",
                       started + 1, n, strerror(code));
    return 0;
}

int strategy_threads(struct run *run, struct err *err)
{
    struct gil *gil = run_new_gil(run);
    struct background *background = background_start(run, gil, err);
    if (!background) {
        gil_free(gil);
        return -1;
    }
    struct board_queue queue;
    board_queue_init(&queue, run->board);
    run->zero_ns = clock_now_ns();
    int result =
        thread_pool_run(run, &queue.queue, gil, 0, run_workers(run), &run->board->lock, err);
    run->board->wall_ns = clock_now_ns() - run->zero_ns;
    background_stop(background);
    gil_free(gil);
    return result;
}
