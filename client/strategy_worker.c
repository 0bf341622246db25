#include "client/strategy_worker.h"

#include "base/cli.h"
#include "client/orphan.h"
#include "client/strategy_threads.h"
#include "client/worker_setup.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

_Static_assert(sizeof(struct worker_message) <= PIPE_BUF, "messages must be written whole");

struct pipe_queue {
    struct queue queue;
    int jobs_fd;
    int results_fd;
};

static bool pipe_next(struct queue *queue, uint32_t *job)
{
    ssize_t got;
    do
        got = read(((struct pipe_queue *)queue)->jobs_fd, job, sizeof *job);
    while (got < 0 && errno == EINTR);
    return got == sizeof *job;
}

// When the parent is gone nobody wants the message.
static void post(int fd, const struct worker_message *message)
{
    while (write(fd, message, sizeof *message) < 0 && errno == EINTR)
        continue;
}

static void pipe_done(struct queue *queue, const struct job_result *result)
{
    struct worker_message message = {.kind = WORKER_RESULT, .result = *result};
    post(((struct pipe_queue *)queue)->results_fd, &message);
}

int worker_process_run(const struct run *run, uint32_t first_id, uint32_t n_workers, int jobs_fd,
                       int results_fd)
{
    struct pipe_queue queue = {.queue = {.blocks = true, .next = pipe_next, .done = pipe_done},
                               .jobs_fd = jobs_fd,
                               .results_fd = results_fd};
    struct worker_message message = {.kind = WORKER_LOCK};
    struct gil *gil = run_new_gil(run);
    struct err err;
    if (run->python_work.ready_ns)
        burn(&run->burner, NULL, NULL, run->python_work.ready_ns);
    if (n_workers == 1) { // a process of one thread is its own worker
        struct worker worker;
        run_worker_init(run, &worker, first_id, gil);
        gil_take(gil, &worker.lock);
        worker_run(&worker, &queue.queue);
        message.lock = worker.lock;
    } else if (thread_pool_run(run, &queue.queue, gil, first_id, n_workers, &message.lock, &err) <
               0) {
        struct worker_message problem = {.kind = WORKER_PROBLEM};
        snprintf(problem.problem, sizeof problem.problem, "%.*s", JOB_REASON_MAX - 1, err.text);
        post(results_fd, &problem);
    }
    post(results_fd, &message);
    gil_free(gil);
    return 0;
}

static int run_worker(const struct command *command, int argc, char **argv)
{
    struct worker_setup setup;
    struct err err;
    (void)argc;
    (void)argv;
    orphan_ends(getppid());
    signal(SIGPIPE, SIG_IGN);
    if (worker_setup_read(WORKER_SETUP_FD, &setup, &err) < 0)
        return cli_fail(command, &err);
    close(WORKER_SETUP_FD);
    int code = worker_process_run(&setup.run, setup.first_id, setup.n_workers, WORKER_JOBS_FD,
                                  WORKER_RESULTS_FD);
    worker_setup_fini(&setup);
    return code;
}

const struct command command_run_worker = {
    .name = "run-worker",
    .summary = NULL,
    .arguments = "",
    .example = "",
    .run = run_worker,
};
