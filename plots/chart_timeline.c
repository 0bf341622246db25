// What the threads of a run did, and which of them held the lock.
#include "base/alloc.h"
#include "plots/charts.h"
#include "plots/timeline.h"

#include <math.h>
#include <stdlib.h>

enum { FROM, TO, THREAD, STATE, WIDTH };
enum { HOLDER = TIMELINE_STATES, NOTHING = TIMELINE_IDLE };

// In the order of enum timeline_state, then the holder.
static const char *const names[] = {
    "idle", "waits for the device", "waits for the lock", "waits for a core",
    "runs", "holds the lock"};

static int holder_or_nothing(const struct timeline_run *run, size_t thread, size_t moment)
{
    return timeline_holds(run, thread, moment) ? (int)HOLDER : (int)NOTHING;
}

static int state_of(const struct timeline_run *run, size_t thread, size_t moment)
{
    return (int)timeline_state(run, thread, moment);
}

// A row for each stretch of moments in which it is the same.
static void add_stretches(const struct timeline_run *run, size_t thread,
                          int (*what)(const struct timeline_run *, size_t, size_t), size_t panel,
                          struct figure *figure)
{
    double moment_s = run->end_s / TIMELINE_MOMENTS;
    size_t start = 0;
    for (size_t moment = 1; moment <= TIMELINE_MOMENTS; moment++) {
        int state = what(run, thread, start);
        if (moment < TIMELINE_MOMENTS && what(run, thread, moment) == state)
            continue;
        const double row[WIDTH] = {(double)start * moment_s, (double)moment * moment_s,
                                   (double)thread, state};
        if (state != NOTHING)
            figure_add(figure, panel, figure_series(figure, names[state], 70 + state), row);
        start = moment;
    }
}

static void add_run(const struct dataset *dataset, const struct folder *folder,
                    const struct timeline_run *run, struct figure *figure)
{
    unsigned dims = dataset->varying | DIM_BIT(DIM_STRATEGY) | DIM_BIT(DIM_WORKERS);
    const struct run_row *row = &folder->runs[run->run];
    char *name = dim_join(row, dims & ~DIM_BIT(DIM_LENS));
    char *title = run->last_s < 0.95 * row->wall_s ? alloc_printf("%s (the first %.2g s of %.3g s)",
                                                                  name, run->last_s, row->wall_s)
                                                   : alloc_strdup(name);
    size_t panel = figure_panel(figure, title);
    for (size_t thread = 0; thread < run->n_threads; thread++) {
        add_stretches(run, thread, state_of, panel, figure);
        add_stretches(run, thread, holder_or_nothing, panel, figure);
    }
    free(title);
    free(name);
}

static void finish(const struct timeline *timeline, struct figure *figure)
{
    double end = 0;
    size_t threads = 1;
    for (size_t i = 0; i < timeline->n_runs; i++) {
        end = fmax(end, timeline->runs[i].end_s);
        threads = timeline->runs[i].n_threads > threads ? timeline->runs[i].n_threads : threads;
    }
    double scale = end >= 1 ? 1 : 1000;
    figure_number(figure, "x_scale", scale);
    figure_number(figure, "x_max", end * scale);
    figure_text(figure, "x_unit", end >= 1 ? "s" : "ms");
    figure_number(figure, "threads", (double)threads);
    figure->grid_columns = 1;
    figure->panel_width = 860;
    figure->panel_height = (int)threads * 17 + 20;
}

const char *prepare_timeline(const struct dataset *dataset, struct figure *figure)
{
    const struct folder *folder = &dataset->folders[0];
    struct timeline timeline;
    struct err ignored;
    if (!folder->timeline)
        return "no timeline is named (plot --timeline FILE.csv of --trace)";
    if (timeline_read(folder->timeline, &timeline, &ignored) < 0)
        return "the timeline cannot be read";
    for (int state = TIMELINE_DEVICE; state <= HOLDER; state++)
        figure_series(figure, names[state], 70 + state);
    for (size_t i = 0; i < timeline.n_runs; i++)
        if (timeline.runs[i].run < folder->n_runs)
            add_run(dataset, folder, &timeline.runs[i], figure);
    finish(&timeline, figure);
    timeline_fini(&timeline);
    return figure->n_blocks ? NULL : "the timeline is not of these runs";
}
