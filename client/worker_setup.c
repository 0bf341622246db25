#include "client/worker_setup.h"

#include "base/alloc.h"
#include "client/aaa_queue.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// Followed by the targets that are listed one by one, then the path of the experiment.
struct header {
    struct run_spec spec; // its interpreter is the number below
    size_t interpreter;   // in the experiment's list
    struct burner burner;
    double tick_ns;
    struct python_work python_work;
    uint64_t zero_ns; // CLOCK_MONOTONIC is the same for all processes
    uint32_t jobs;
    uint32_t first_id;
    uint32_t n_workers;
    struct targets targets; // without its list
    uint32_t path_len;
};

void worker_setup_write(const struct run *run, uint32_t first_id, uint32_t n_workers,
                        struct buf *out)
{
    const struct plan *plan = run->plan;
    struct header header = {
        .spec = *run->spec,
        .interpreter = (size_t)(run->spec->interpreter - plan->experiment->runs.interpreter.items),
        .burner = run->burner,
        .tick_ns = run->tick_ns,
        .python_work = run->python_work,
        .zero_ns = run->zero_ns,
        .jobs = plan->n_jobs,
        .first_id = first_id,
        .n_workers = n_workers,
        .targets = plan->targets,
        .path_len = (uint32_t)strlen(run->experiment_path),
    };
    header.spec.interpreter = NULL;
    header.targets.list = NULL;
    buf_add(out, &header, sizeof header);
    buf_add(out, plan->targets.list, plan->targets.len * sizeof *plan->targets.list);
    buf_add(out, run->experiment_path, header.path_len);
}

static int read_whole(int fd, void *place, size_t len, struct err *err)
{
    char *to = place;
    while (len > 0) {
        ssize_t got = read(fd, to, len);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return err_set(err, "a worker process was told too little by its parent");
        to += got;
        len -= (size_t)got;
    }
    return 0;
}

static int read_rest(int fd, const struct header *header, struct targets *targets, char **path,
                     struct err *err)
{
    *targets = header->targets;
    targets->list = targets->len ? alloc_zero(targets->len, sizeof *targets->list) : NULL;
    *path = alloc_zero(header->path_len + 1, 1);
    if (read_whole(fd, targets->list, targets->len * sizeof *targets->list, err) == 0 &&
        read_whole(fd, *path, header->path_len, err) == 0)
        return 0;
    targets_fini(targets);
    free(*path);
    return -1;
}

int worker_setup_read(int fd, struct worker_setup *setup, struct err *err)
{
    struct header header;
    struct targets targets;
    char *path;
    if (read_whole(fd, &header, sizeof header, err) < 0 ||
        read_rest(fd, &header, &targets, &path, err) < 0)
        return -1;
    struct experiment *experiment = experiment_load(path, NULL, err);
    free(path);
    if (!experiment) {
        targets_fini(&targets);
        return -1;
    }
    *setup = (struct worker_setup){
        .experiment = experiment,
        .spec = header.spec,
        .plan = plan_new(experiment, header.spec.transport, header.jobs, targets),
        .first_id = header.first_id,
        .n_workers = header.n_workers,
    };
    if (plan_queues(setup->plan)) {
        setup->plan->aaa = aaa_queue_attach(WORKER_AAA_FD);
        if (!setup->plan->aaa) {
            worker_setup_fini(setup);
            return err_set(err, "a worker process cannot have the queue of limits.aaa_rate");
        }
    }
    setup->spec.interpreter = &experiment->runs.interpreter.items[header.interpreter];
    setup->run = (struct run){
        .spec = &setup->spec,
        .plan = setup->plan,
        .burner = header.burner,
        .tick_ns = header.tick_ns,
        .python_work = header.python_work,
        .zero_ns = header.zero_ns,
    };
    return 0;
}

void worker_setup_fini(struct worker_setup *setup)
{
    plan_free(setup->plan);
    experiment_free(setup->experiment);
}
