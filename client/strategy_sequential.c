// One by one, in one thread.
#include "base/clock.h"
#include "client/strategy.h"
#include "client/strategy_background.h"

int strategy_sequential(struct run *run, struct err *err)
{
    struct gil *gil = run_new_gil(run);
    struct background *background = background_start(run, gil, err);
    if (!background) {
        gil_free(gil);
        return -1;
    }
    struct board_queue queue;
    struct worker worker;
    board_queue_init(&queue, run->board);
    run->zero_ns = clock_now_ns();
    run_worker_init(run, &worker, 0, gil);
    gil_take(gil, &worker.lock);
    worker_run(&worker, &queue.queue);
    run->board->wall_ns = clock_now_ns() - run->zero_ns;
    background_stop(background);
    worker_add_lock(&run->board->lock, &worker.lock);
    gil_free(gil);
    return 0;
}
