// The matrix: experiment_runs of experiment.h.
#include "base/alloc.h"
#include "base/experiment.h"

#include <string.h>

static bool has_processes(enum strategy strategy)
{
    return strategy == STRATEGY_PROCESSES || strategy == STRATEGY_HYBRID;
}

// Sets what has no meaning for this run to one fixed value, so that runs which would be the same
// become equal.
static void normalise(struct run_spec *spec)
{
    if (spec->strategy == STRATEGY_SEQUENTIAL)
        spec->workers = 1;
    if (!has_processes(spec->strategy))
        spec->start_method = START_FORK;
    if (!has_processes(spec->strategy))
        spec->processes = 1;
    else if (spec->strategy == STRATEGY_PROCESSES || spec->processes > spec->workers)
        spec->processes = spec->workers;
    enum gil_kind gil = spec->interpreter->gil;
    if (gil == GIL_NONE || gil == GIL_TICKS)
        spec->switch_interval_ns = 0;
    if (gil != GIL_TICKS && gil != GIL_REAL)
        spec->check_interval = 0;
}

static bool same_run(const struct run_spec *a, const struct run_spec *b)
{
    return a->devices == b->devices && a->transport == b->transport &&
           a->interpreter == b->interpreter && a->strategy == b->strategy &&
           a->start_method == b->start_method && a->workers == b->workers &&
           a->processes == b->processes && a->background == b->background &&
           a->switch_interval_ns == b->switch_interval_ns &&
           a->check_interval == b->check_interval && a->repeat == b->repeat;
}

struct run_list {
    struct run_spec *items;
    size_t len;
    size_t group; // where the runs of the present devices, transport and interpreter begin
};

static void add(struct run_list *list, struct run_spec spec)
{
    normalise(&spec);
    for (size_t i = list->group; i < list->len; i++)
        if (same_run(&list->items[i], &spec))
            return;
    if ((list->len & (list->len - 1)) == 0)
        list->items = alloc_resize(list->items, list->len ? list->len * 2 : 1, sizeof *list->items);
    list->items[list->len++] = spec;
}

static void add_locks(struct run_list *list, const struct experiment *e, struct run_spec spec)
{
    for (size_t b = 0; b < e->runs.background.len; b++)
        for (size_t s = 0; s < e->runs.switch_interval_ns.len; s++)
            for (size_t c = 0; c < e->runs.check_interval.len; c++)
                for (uint32_t r = 0; r < e->runs.repeat; r++) {
                    spec.background = e->runs.background.items[b];
                    spec.switch_interval_ns = e->runs.switch_interval_ns.items[s];
                    spec.check_interval = e->runs.check_interval.items[c];
                    spec.repeat = r;
                    add(list, spec);
                }
}

static void add_strategies(struct run_list *list, const struct experiment *e, struct run_spec spec)
{
    list->group = list->len;
    for (size_t s = 0; s < e->runs.strategy.len; s++)
        for (size_t w = 0; w < e->runs.workers.len; w++)
            for (size_t p = 0; p < e->runs.processes.len; p++)
                for (size_t m = 0; m < e->runs.start_method.len; m++) {
                    spec.strategy = (enum strategy)e->runs.strategy.items[s];
                    spec.workers = e->runs.workers.items[w];
                    spec.processes = e->runs.processes.items[p];
                    spec.start_method = (enum start_method)e->runs.start_method.items[m];
                    add_locks(list, e, spec);
                }
}

void experiment_runs_of_version(struct run_spec *specs, size_t *count,
                                const struct interpreter *interpreter, int major)
{
    size_t kept = 0;
    for (size_t i = 0; i < *count; i++) {
        struct run_spec spec = specs[i];
        bool known = false;
        if (spec.interpreter == interpreter && major == 2)
            spec.switch_interval_ns = 0;
        else if (spec.interpreter == interpreter)
            spec.check_interval = 0;
        for (size_t k = 0; k < kept && spec.interpreter == interpreter; k++)
            known |= same_run(&specs[k], &spec);
        if (!known)
            specs[kept++] = spec;
    }
    *count = kept;
}

struct run_spec *experiment_runs(const struct experiment *e, size_t *count)
{
    struct run_list list = {0};
    for (size_t d = 0; d < e->devices.count.len; d++)
        for (size_t t = 0; t < e->devices.transport.len; t++)
            for (size_t i = 0; i < e->runs.interpreter.len; i++) {
                struct run_spec spec = {
                    .devices = experiment_devices(e, e->devices.count.items[d]),
                    .transport = (enum transport)e->devices.transport.items[t],
                    .interpreter = &e->runs.interpreter.items[i],
                };
                add_strategies(&list, e, spec);
            }
    *count = list.len;
    return list.items;
}
