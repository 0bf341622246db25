#include "client/worker.h"

#include "client/job.h"

void worker_run(struct worker *worker, struct queue *queue)
{
    uint32_t number;
    while (queue->next(queue, &number)) {
        struct job_result result;
        job_run(worker, number, &result);
        queue->done(queue, &result);
    }
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
