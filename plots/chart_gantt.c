// The sessions of one run of each strategy over its workers, phase by phase; with a timeline also
// which worker held the lock.
#include "base/alloc.h"
#include "base/units.h"
#include "plots/charts.h"
#include "plots/choice.h"
#include "plots/timeline.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FROM, TO, WORKER, PHASE, DEVICE, WIDTH };
enum { SESSIONS_SHOWN = 400, PIXELS_ACROSS = 1000 };

// The phases in the order of session_row's times; the last is what a failed session waited for.
static const char *const phases[] = {"connect",  "handshake", "login", "prompt",
                                     "commands", "logout",    "failed"};
enum { PHASES = sizeof phases / sizeof *phases, FAILED = PHASES - 1, HOLDS = PHASES };

static const char holds_name[] = "holds the lock";

struct panel {
    const struct chosen *chosen;
    double shown_s; // end of the last session that is drawn
    double end_s;   // of the last session
};

struct gantt {
    struct choice choice;
    struct timeline *timelines; // of the folders; empty where none is named
    struct panel panels[FIGURE_PANELS_MAX];
};

static void add_interval(struct figure *figure, size_t panel, double from, double to,
                         const struct session_row *session, size_t phase)
{
    const double row[WIDTH] = {from, to, (double)session->worker + 1, (double)phase + 1,
                               session->device};
    if (to > from)
        figure_add(figure, panel, figure_series(figure, phases[phase], (int)phase + 51), row);
}

static void add_session(struct figure *figure, size_t panel, const struct session_row *session)
{
    const uint64_t ends[] = {session->connected_ns, session->secured_ns, session->login_ns,
                             session->ready_ns,     session->worked_ns,  0};
    double from = (double)session->start_ns / 1e9;
    double end = (double)session->end_ns / 1e9;
    for (size_t phase = 0; phase < FAILED && ends[phase]; phase++) {
        double to = (double)ends[phase] / 1e9;
        add_interval(figure, panel, from, to, session, phase);
        from = fmax(from, to);
    }
    add_interval(figure, panel, from, end, session, session->end == JOB_OK ? FAILED - 1 : FAILED);
}

static int compare_start(const void *a, const void *b)
{
    uint64_t x = (*(const struct session_row *const *)a)->start_ns;
    uint64_t y = (*(const struct session_row *const *)b)->start_ns;
    return (x > y) - (x < y);
}

// The sessions of the first repeat by their start; the caller frees.
static const struct session_row **sessions_of(const struct dataset *dataset,
                                              const struct group *group, size_t *count)
{
    const struct folder *folder = &dataset->folders[group->folder];
    const struct session_row **found = alloc_zero(folder->n_sessions, sizeof *found);
    *count = 0;
    for (size_t i = 0; i < folder->n_sessions; i++)
        if (folder->sessions[i].run == group->runs[0])
            found[(*count)++] = &folder->sessions[i];
    qsort(found, *count, sizeof *found, compare_start);
    return found;
}

// A strip for each stretch of moments in which that worker held the lock.
static void add_holds(struct figure *figure, size_t panel, const struct timeline_run *run,
                      size_t worker, double end_s)
{
    double moment_s = run->end_s / TIMELINE_MOMENTS;
    size_t series = figure_series(figure, holds_name, HOLDS + 51);
    size_t start = TIMELINE_MOMENTS;
    for (size_t moment = 0; moment <= TIMELINE_MOMENTS; moment++) {
        bool holds = moment < TIMELINE_MOMENTS && (double)moment * moment_s < end_s &&
                     timeline_worker_holds(run, worker, moment);
        if (holds && start == TIMELINE_MOMENTS)
            start = moment;
        if (holds || start == TIMELINE_MOMENTS)
            continue;
        const double row[WIDTH] = {(double)start * moment_s, fmin((double)moment * moment_s, end_s),
                                   (double)worker + 1, HOLDS + 1, NAN};
        figure_add(figure, panel, series, row);
        start = TIMELINE_MOMENTS;
    }
}

static const struct timeline_run *timeline_of(const struct gantt *gantt,
                                              const struct chosen *chosen)
{
    const struct group *group = chosen->group;
    return timeline_find(&gantt->timelines[group->folder], (uint32_t)group->runs[0]);
}

static void add_holders(const struct timeline_run *run, size_t panel, double end_s,
                        struct figure *figure)
{
    for (size_t worker = 0; run && worker < run->n_workers; worker++)
        if (run->worker_thread[worker] < run->n_threads)
            add_holds(figure, panel, run, worker, end_s);
}

static size_t workers_with_strip(const struct timeline_run *run)
{
    size_t count = 0;
    for (size_t worker = 0; run && worker < run->n_workers; worker++)
        count += run->worker_thread[worker] < run->n_threads;
    return count;
}

// What is cut is told. A timeline has room for so many intervals: without strips nobody may seem to
// hold the lock.
static char *title_of(const struct chosen *chosen, size_t sessions, const struct timeline_run *run,
                      double shown_s)
{
    struct buf title = {0};
    buf_puts(&title, chosen->title);
    if (sessions > SESSIONS_SHOWN && !chosen_is_sequential(chosen))
        buf_printf(&title, " (the first %d sessions)", SESSIONS_SHOWN);
    if (run && run->n_workers && run->last_s < 0.95 * shown_s)
        buf_printf(&title, " (lock: first %.2g s)", run->last_s);
    size_t strips = workers_with_strip(run);
    if (strips && chosen->group->row->workers > TIMELINE_THREADS_MAX)
        buf_printf(&title, " (lock: first %zu workers)", strips);
    return buf_take(&title);
}

static double last_end(const struct session_row *const *sessions, size_t count)
{
    double end_s = 0;
    for (size_t i = 0; i < count; i++)
        end_s = fmax(end_s, (double)sessions[i]->end_ns / 1e9);
    return end_s;
}

static void add_panel(const struct dataset *dataset, struct gantt *gantt,
                      const struct chosen *chosen, struct figure *figure)
{
    size_t count;
    const struct session_row **sessions = sessions_of(dataset, chosen->group, &count);
    size_t shown = count < SESSIONS_SHOWN ? count : SESSIONS_SHOWN;
    const struct timeline_run *run = timeline_of(gantt, chosen);
    struct panel added = {chosen, last_end(sessions, shown), last_end(sessions, count)};
    char *title = title_of(chosen, count, run, added.shown_s);
    size_t panel = count ? figure_panel(figure, title) : FIGURE_NO_PANEL;
    if (panel != FIGURE_NO_PANEL) {
        gantt->panels[panel] = added;
        for (size_t i = 0; i < shown; i++)
            add_session(figure, panel, sessions[i]);
        add_holders(run, panel, added.shown_s, figure);
    }
    free(title);
    free(sessions);
}

// The time axis ends with the last session shown of those strategies that do several at once; a
// sequential run would squeeze them into its first tenth.
static double time_shown(const struct gantt *gantt, size_t n_panels)
{
    double shown = 0;
    double all = 0;
    for (size_t p = 0; p < n_panels; p++) {
        all = fmax(all, gantt->panels[p].shown_s);
        if (!chosen_is_sequential(gantt->panels[p].chosen))
            shown = fmax(shown, gantt->panels[p].shown_s);
    }
    return shown > 0 ? shown : all;
}

// One, where the table has no number.
static double workers_of(const struct panel *panel)
{
    return fmax(1, panel->chosen->group->row->workers); // of NAN and a number: the number
}

static void write_panels(const struct gantt *gantt, double shown, struct figure *figure)
{
    buf_printf(&figure->values, "array note[%zu]\narray workers[%zu]\n", figure->n_panels,
               figure->n_panels);
    for (size_t p = 0; p < figure->n_panels; p++) {
        const struct panel *panel = &gantt->panels[p];
        char name[64];
        char note[128] = "";
        snprintf(name, sizeof name, "note[%zu]", p + 1);
        char end[32];
        if (chosen_is_sequential(panel->chosen) && panel->end_s > shown * 1.001)
            snprintf(note, sizeof note, "goes on until %s",
                     units_human_duration(units_ns(panel->end_s), end, sizeof end));
        figure_text(figure, name, note);
        snprintf(name, sizeof name, "workers[%zu]", p + 1);
        figure_number(figure, name, workers_of(panel));
    }
}

static void set_rows(const struct gantt *gantt, bool strips, struct figure *figure)
{
    static const struct figure_rows plain = {.least = 2, .pixels = 13, .frame = 14, .most = 200};
    static const struct figure_rows with_strips = {
        .least = 2, .pixels = 15, .frame = 14, .most = 900};
    size_t workers[FIGURE_PANELS_MAX];
    for (size_t p = 0; p < figure->n_panels; p++)
        workers[p] = (size_t)workers_of(&gantt->panels[p]);
    figure_set_rows(figure, workers, strips ? &with_strips : &plain);
}

// Of the runs that were chosen.
static void read_timelines(const struct dataset *dataset, struct gantt *gantt)
{
    const struct choice *choice = &gantt->choice;
    struct timeline_wanted *runs = alloc_zero(choice->len, sizeof *runs);
    gantt->timelines = alloc_zero(dataset->n_folders, sizeof *gantt->timelines);
    for (size_t f = 0; f < dataset->n_folders; f++) {
        size_t n_runs = 0;
        struct err ignored; // it was read before the charts were begun
        for (size_t i = 0; i < choice->len; i++)
            if (choice->items[i].group->folder == f)
                runs[n_runs++] = (struct timeline_wanted){(uint32_t)choice->items[i].group->runs[0],
                                                          choice->items[i].group->row->wall_s};
        if (dataset->folders[f].timeline && n_runs)
            timeline_read_runs(dataset->folders[f].timeline, runs, n_runs, &gantt->timelines[f],
                               &ignored);
    }
    free(runs);
}

static bool has_strips(const struct figure *figure)
{
    for (size_t s = 0; s < figure->n_series; s++)
        if (!strcmp(figure->series[s].name, holds_name))
            return true;
    return false;
}

static double longest_of(const struct figure *figure, size_t series)
{
    double longest = 0;
    for (size_t b = 0; b < figure->n_blocks; b++)
        for (size_t r = 0; figure->blocks[b].series == series && r < figure->blocks[b].n_rows;
             r++) {
            const double *row = figure->blocks[b].rows + r * WIDTH;
            longest = fmax(longest, row[TO] - row[FROM]);
        }
    return longest;
}

// A phase of which nobody would see anything (the logout from no device) is not in the key.
static void drop_invisible(struct figure *figure, double shown)
{
    for (size_t s = 0; s < figure->n_series; s++)
        if (longest_of(figure, s) < shown / PIXELS_ACROSS)
            figure_drop_rows(figure, s);
}

static void finish(const struct gantt *gantt, struct figure *figure)
{
    double shown = time_shown(gantt, figure->n_panels);
    double scale = shown >= 1 ? 1 : 1000;
    drop_invisible(figure, shown);
    figure_number(figure, "x_scale", scale);
    figure_number(figure, "x_max", shown * 1.02 * scale);
    figure_text(figure, "x_unit", shown >= 1 ? "s" : "ms");
    write_panels(gantt, shown, figure);
    figure->grid_columns = gantt->choice.columns <= 4 ? gantt->choice.columns : 3;
    figure->panel_width = figure->grid_columns > 2 ? 380 : figure->grid_columns == 2 ? 470 : 760;
    set_rows(gantt, has_strips(figure), figure);
}

const char *prepare_gantt(const struct dataset *dataset, struct figure *figure)
{
    struct gantt gantt = {0};
    for (size_t phase = 0; phase < FAILED; phase++)
        figure_series(figure, phases[phase], (int)phase + 51);
    choice_of(dataset, &gantt.choice);
    read_timelines(dataset, &gantt);
    for (size_t i = 0; i < gantt.choice.len; i++)
        add_panel(dataset, &gantt, &gantt.choice.items[i], figure);
    const char *why_not = figure->n_blocks ? NULL : "sessions.csv has no session of these runs";
    if (!why_not)
        finish(&gantt, figure);
    for (size_t f = 0; f < dataset->n_folders; f++)
        timeline_fini(&gantt.timelines[f]);
    free(gantt.timelines);
    choice_fini(&gantt.choice);
    return why_not;
}
