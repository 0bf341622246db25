#include "client/strategy.h"

const strategy strategies[] = {
    [STRATEGY_SEQUENTIAL] = strategy_sequential, [STRATEGY_THREADS] = strategy_threads,
    [STRATEGY_PROCESSES] = strategy_processes,   [STRATEGY_HYBRID] = strategy_processes,
    [STRATEGY_ASYNC] = strategy_async,           [STRATEGY_INTERPRETERS] = strategy_threads,
};

uint32_t run_workers(const struct run *run)
{
    uint32_t workers = run->spec->workers;
    return workers < run->plan->n_jobs ? workers : run->plan->n_jobs;
}

struct gil *run_new_gil(const struct run *run)
{
    const struct run_spec *spec = run->spec;
    return gil_new(spec->interpreter, spec->switch_interval_ns, spec->check_interval, run->tick_ns);
}

void run_worker_init(const struct run *run, struct worker *worker, uint32_t id, struct gil *gil)
{
    *worker = (struct worker){
        .id = id,
        .plan = run->plan,
        .burner = &run->burner,
        .gil = gil,
        .zero_ns = run->zero_ns,
        .python_work = &run->python_work,
    };
    gil_thread_init(gil, &worker->lock);
    bool own = run->spec->interpreter->gil == GIL_PER_WORKER;
    worker->lock.spans = lock_log_thread(run->lock_log, lock_log_worker_thread(run->spec, id),
                                         own ? id : run->lock_number);
    lock_log_start(run->lock_log, run->zero_ns);
}

static bool board_next(struct queue *queue, uint32_t *job)
{
    struct board *board = ((struct board_queue *)queue)->board;
    *job = atomic_fetch_add_explicit(&board->next, 1, memory_order_relaxed);
    return *job < board->n_rows;
}

static void board_done(struct queue *queue, const struct job_result *result)
{
    board_add(((struct board_queue *)queue)->board, result);
}

void board_queue_init(struct board_queue *queue, struct board *board)
{
    *queue =
        (struct board_queue){.queue = {.next = board_next, .done = board_done}, .board = board};
}
