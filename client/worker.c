#include "client/worker.h"

#include "client/job.h"

static void outside(struct worker *worker, const struct queue *queue)
{
    if (queue->blocks)
        gil_drop(worker->gil, &worker->lock);
}

static void inside(struct worker *worker, const struct queue *queue)
{
    if (queue->blocks)
        gil_take(worker->gil, &worker->lock);
}

static bool next_job(struct worker *worker, struct queue *queue, uint32_t *number)
{
    outside(worker, queue);
    bool has_one = queue->next(queue, number);
    inside(worker, queue);
    return has_one;
}

static void give_back(struct worker *worker, struct queue *queue, const struct job_result *result)
{
    outside(worker, queue);
    queue->done(queue, result);
    inside(worker, queue);
}

void worker_run(struct worker *worker, struct queue *queue)
{
    uint32_t number;
    while (next_job(worker, queue, &number)) {
        struct job_result result;
        job_run(worker, number, &result);
        give_back(worker, queue, &result);
    }
    gil_drop(worker->gil, &worker->lock);
    gil_thread_fini(&worker->lock);
}

void worker_add_lock(struct gil_thread *sum, const struct gil_thread *lock)
{
    sum->held_ns += lock->held_ns;
    sum->wait_ns += lock->wait_ns;
    sum->switches += lock->switches;
    sum->forced += lock->forced;
    sum->requests += lock->requests;
    sum->checks += lock->checks;
}
