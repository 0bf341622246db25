// What the threads of a run did, and which of them held the lock.
#include "base/buf.h"
#include "plots/charts.h"
#include "plots/choice.h"
#include "plots/timeline.h"

#include <math.h>

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

static void add_run(const struct chosen *chosen, const struct timeline_run *run,
                    struct figure *figure)
{
    const struct run_row *row = chosen->group->row;
    struct buf title = {0};
    buf_puts(&title, chosen->title);
    if (run->last_s < 0.95 * row->wall_s)
        buf_printf(&title, " (the first %.2g s of %.3g s)", run->last_s, row->wall_s);
    if (run->has_more)
        buf_printf(&title, " (the first %zu threads)", run->n_threads);
    size_t panel = figure_panel(figure, buf_text(&title));
    for (size_t thread = 0; thread < run->n_threads; thread++) {
        add_stretches(run, thread, state_of, panel, figure);
        add_stretches(run, thread, holder_or_nothing, panel, figure);
    }
    buf_fini(&title);
}

static void finish(double end_s, const size_t *threads, struct figure *figure)
{
    static const struct figure_rows look = {.least = 2, .pixels = 17, .frame = 20};
    double scale = end_s >= 1 ? 1 : 1000;
    figure_number(figure, "x_scale", scale);
    figure_number(figure, "x_max", end_s * scale);
    figure_text(figure, "x_unit", end_s >= 1 ? "s" : "ms");
    figure->panel_width = figure->grid_columns == 1 ? 860 : 520;
    buf_printf(&figure->values, "array threads[%zu]\n", figure->n_panels);
    for (size_t p = 0; p < figure->n_panels; p++)
        buf_printf(&figure->values, "threads[%zu] = %zu\n", p + 1, threads[p]);
    figure_set_rows(figure, threads, &look);
}

// Of the chosen runs.
static int read_timeline(const struct folder *folder, const struct choice *choice,
                         struct timeline *timeline)
{
    struct err ignored; // it was read before the charts were begun
    struct timeline_wanted wanted[TIMELINE_RUNS_MAX];
    size_t n = 0;
    for (size_t i = 0; i < choice->len && n < TIMELINE_RUNS_MAX; i++)
        if (choice->items[i].group->folder == 0)
            wanted[n++] = (struct timeline_wanted){(uint32_t)choice->items[i].group->runs[0], NAN};
    return timeline_read_runs(folder->timeline, wanted, n, timeline, &ignored);
}

const char *prepare_timeline(const struct dataset *dataset, struct figure *figure)
{
    const struct folder *folder = &dataset->folders[0];
    struct timeline timeline;
    struct choice choice;
    size_t threads[FIGURE_PANELS_MAX] = {0};
    double end_s = 0;
    if (!folder->timeline)
        return "no timeline is named (plot --timeline FILE.csv of --trace)";
    choice_of(dataset, &choice);
    if (read_timeline(folder, &choice, &timeline) < 0) {
        choice_fini(&choice);
        return "the timeline cannot be read";
    }
    for (int state = TIMELINE_DEVICE; state <= HOLDER; state++)
        figure_series(figure, names[state], 70 + state);
    for (size_t i = 0; i < choice.len; i++) {
        const struct group *group = choice.items[i].group;
        const struct timeline_run *run = timeline_find(&timeline, (uint32_t)group->runs[0]);
        if (group->folder != 0 || !run)
            continue;
        threads[figure->n_panels] = run->n_threads;
        end_s = fmax(end_s, run->end_s);
        add_run(&choice.items[i], run, figure);
    }
    figure->grid_columns = choice.columns == 2 ? 2 : 1;
    finish(end_s, threads, figure);
    timeline_fini(&timeline);
    choice_fini(&choice);
    return figure->n_blocks ? NULL : "the timeline is not of these runs";
}
