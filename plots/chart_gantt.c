// The sessions of one run of each strategy over its workers, phase by phase; with a timeline also
// which worker held the lock.
#include "base/alloc.h"
#include "plots/charts.h"
#include "plots/roles.h"
#include "plots/timeline.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FROM, TO, WORKER, PHASE, DEVICE, WIDTH };
enum { SESSIONS_SHOWN = 400, ROUNDS = 4, ROWS_AT_LEAST = 6, ROWS_READABLE = 24 };

// The phases in the order of session_row's times; the last is what a failed session waited for.
static const char *const phases[] = {"connect",  "handshake", "login", "prompt",
                                     "commands", "logout",    "failed"};
enum { PHASES = sizeof phases / sizeof *phases, FAILED = PHASES - 1, HOLDS = PHASES };

struct chosen {
    const struct group *group;
    char *where; // what tells its column from the others
    char *title;
    double end_s; // of its last session
};

struct choice {
    struct chosen *items;
    size_t len;
    struct timeline *timelines; // of the folders; empty where none is named
};

static bool is_sequential(const struct group *group)
{
    return !strcmp(group->row->strategy, strategy_names[STRATEGY_SEQUENTIAL]);
}

// Few enough workers that each has some sessions to do and that the rows can be told apart: the
// most that leave ROUNDS for each, else the fewest.
static bool better(const struct group *a, const struct group *b)
{
    double limit = fmax(1, fmin(ROWS_READABLE, a->row->devices / ROUNDS));
    bool a_fits = a->row->workers <= limit;
    bool b_fits = b->row->workers <= limit;
    if (a_fits != b_fits)
        return a_fits;
    return a_fits ? a->row->workers > b->row->workers : a->row->workers < b->row->workers;
}

static void choose(const struct dataset *dataset, const struct roles *roles, struct choice *choice)
{
    for (size_t g = 0; g < dataset->n_groups; g++) {
        const struct group *group = &dataset->groups[g];
        size_t i = 0;
        while (i < choice->len && !(choice->items[i].group->folder == group->folder &&
                                    dim_same(choice->items[i].group->row, group->row,
                                             roles->panel | roles->curve | DIM_BIT(DIM_STRATEGY))))
            i++;
        if (i == choice->len) {
            choice->items = alloc_resize(choice->items, choice->len + 1, sizeof *choice->items);
            choice->items[choice->len++] = (struct chosen){.group = group};
        } else if (better(group, choice->items[i].group)) {
            choice->items[i].group = group;
        }
    }
}

static void name_chosen(const struct dataset *dataset, const struct roles *roles,
                        struct chosen *chosen)
{
    const struct run_row *row = chosen->group->row;
    const unsigned strategy =
        DIM_BIT(DIM_STRATEGY) | DIM_BIT(DIM_PROCESSES) | DIM_BIT(DIM_START) | DIM_BIT(DIM_LENS);
    const char *label = dataset->folders[chosen->group->folder].label;
    char *where = dim_join(row, (roles->panel | roles->curve) & ~strategy);
    char *who = dim_join(row, (roles->curve & strategy) | DIM_BIT(DIM_STRATEGY));
    char workers[64] = "";
    if (!is_sequential(chosen->group))
        snprintf(workers, sizeof workers, ", %g %s", row->workers,
                 row->workers == 1 ? "worker" : "workers");
    chosen->title = alloc_printf("%s%s%s%s%s%s", who, workers, *label ? ", " : "", label,
                                 *where ? " | " : "", where);
    chosen->where = where;
    free(who);
}

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
    size_t series = figure_series(figure, "holds the lock", HOLDS + 51);
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

static void add_holders(const struct choice *choice, const struct chosen *chosen, size_t panel,
                        double end_s, struct figure *figure)
{
    const struct timeline_run *run =
        timeline_find(&choice->timelines[chosen->group->folder], (uint32_t)chosen->group->runs[0]);
    for (size_t worker = 0; run && worker < run->n_workers; worker++)
        add_holds(figure, panel, run, worker, end_s);
}

static void tell_cut(struct chosen *chosen)
{
    char *title = alloc_printf("%s (the first %d sessions)", chosen->title, SESSIONS_SHOWN);
    free(chosen->title);
    chosen->title = title;
}

// A timeline has room for so many intervals: without strips nobody may seem to hold the lock.
static void tell_cut_timeline(const struct choice *choice, struct chosen *chosen, double shown_s)
{
    const struct timeline_run *run =
        timeline_find(&choice->timelines[chosen->group->folder], (uint32_t)chosen->group->runs[0]);
    if (!run || !run->n_workers || run->last_s >= 0.95 * shown_s)
        return;
    char *title = alloc_printf("%s (lock: first %.2g s)", chosen->title, run->last_s);
    free(chosen->title);
    chosen->title = title;
}

static void add_panel(const struct dataset *dataset, const struct choice *choice,
                      struct chosen *chosen, struct figure *figure)
{
    size_t count;
    const struct session_row **sessions = sessions_of(dataset, chosen->group, &count);
    if (count) {
        if (count > SESSIONS_SHOWN && !is_sequential(chosen->group))
            tell_cut(chosen);
        double shown_s = 0;
        for (size_t i = 0; i < count && i < SESSIONS_SHOWN; i++)
            shown_s = fmax(shown_s, (double)sessions[i]->end_ns / 1e9);
        tell_cut_timeline(choice, chosen, shown_s);
        size_t panel = figure_panel(figure, chosen->title);
        for (size_t i = 0; i < count && i < SESSIONS_SHOWN; i++)
            add_session(figure, panel, sessions[i]);
        add_holders(choice, chosen, panel, shown_s, figure);
        for (size_t i = 0; i < count; i++)
            chosen->end_s = fmax(chosen->end_s, (double)sessions[i]->end_ns / 1e9);
    }
    free(sessions);
}

// The time axis ends with the last session shown of those strategies that do several at once; a
// sequential run would squeeze them into its first tenth.
static double time_shown(const struct figure *figure, const struct choice *choice)
{
    double shown = 0;
    double all = 0;
    for (size_t b = 0; b < figure->n_blocks; b++) {
        const struct figure_block *block = &figure->blocks[b];
        const struct group *group = NULL;
        for (size_t i = 0; i < choice->len; i++)
            if (!strcmp(choice->items[i].title, figure->panels[block->panel]))
                group = choice->items[i].group;
        for (size_t r = 0; r < block->n_rows; r++) {
            double to = block->rows[r * WIDTH + TO];
            all = fmax(all, to);
            if (group && !is_sequential(group))
                shown = fmax(shown, to);
        }
    }
    return shown > 0 ? shown : all;
}

static double write_panels(struct figure *figure, const struct choice *choice, double shown)
{
    buf_printf(&figure->values, "array note[%zu]\narray workers[%zu]\n", figure->n_panels,
               figure->n_panels);
    double most = 1;
    for (size_t p = 0; p < figure->n_panels; p++) {
        const struct chosen *chosen = choice->items;
        while (strcmp(chosen->title, figure->panels[p]) != 0)
            chosen++;
        char name[64];
        char note[128] = "";
        snprintf(name, sizeof name, "note[%zu]", p + 1);
        if (is_sequential(chosen->group) && chosen->end_s > shown * 1.001)
            snprintf(note, sizeof note, "goes on until %.3g s", chosen->end_s);
        figure_text(figure, name, note);
        snprintf(name, sizeof name, "workers[%zu]", p + 1);
        figure_number(figure, name, chosen->group->row->workers);
        most = fmax(most, chosen->group->row->workers);
    }
    figure_number(figure, "last_worker", most);
    most = fmax(most, ROWS_AT_LEAST);
    figure_number(figure, "most_workers", most);
    return most;
}

static bool first_with_strategy(const struct choice *choice, size_t i)
{
    for (size_t j = 0; j < i; j++)
        if (!strcmp(choice->items[i].group->row->strategy, choice->items[j].group->row->strategy))
            return false;
    return true;
}

static bool first_with_where(const struct choice *choice, size_t i)
{
    for (size_t j = 0; j < i; j++)
        if (!strcmp(choice->items[i].where, choice->items[j].where))
            return false;
    return true;
}

// The panels of a row: one strategy of one lens, the columns in the same order in every row.
static size_t add_row(const struct dataset *dataset, struct choice *choice, const char *strategy,
                      size_t lens, struct figure *figure)
{
    size_t before = figure->n_panels;
    for (size_t column = 0; column < choice->len; column++)
        for (size_t i = 0; i < choice->len && first_with_where(choice, column); i++) {
            struct chosen *chosen = &choice->items[i];
            if (chosen->group->lens == lens && !strcmp(chosen->group->row->strategy, strategy) &&
                !strcmp(chosen->where, choice->items[column].where))
                add_panel(dataset, choice, chosen, figure);
        }
    return figure->n_panels - before;
}

// Strategies below each other, each with its lenses, what else differs side by side.
static void add_in_grid_order(const struct dataset *dataset, struct choice *choice,
                              struct figure *figure)
{
    size_t widest = 0;
    size_t last_lens = dataset->groups[dataset->n_groups - 1].lens;
    for (size_t i = 0; i < choice->len; i++)
        for (size_t lens = 0; first_with_strategy(choice, i) && lens <= last_lens; lens++) {
            size_t across =
                add_row(dataset, choice, choice->items[i].group->row->strategy, lens, figure);
            widest = across > widest ? across : widest;
        }
    if (widest <= 4)
        figure->grid_columns = widest;
}

// Of the runs that were chosen.
static void read_timelines(const struct dataset *dataset, struct choice *choice)
{
    struct timeline_wanted *runs = alloc_zero(choice->len, sizeof *runs);
    choice->timelines = alloc_zero(dataset->n_folders, sizeof *choice->timelines);
    for (size_t f = 0; f < dataset->n_folders; f++) {
        size_t n_runs = 0;
        struct err ignored; // it was read before the charts were begun
        for (size_t i = 0; i < choice->len; i++)
            if (choice->items[i].group->folder == f)
                runs[n_runs++] = (struct timeline_wanted){(uint32_t)choice->items[i].group->runs[0],
                                                          choice->items[i].group->row->wall_s};
        if (dataset->folders[f].timeline && n_runs)
            timeline_read_runs(dataset->folders[f].timeline, runs, n_runs, &choice->timelines[f],
                               &ignored);
    }
    free(runs);
}

static void choice_fini(struct choice *choice, size_t n_folders)
{
    for (size_t f = 0; f < n_folders; f++)
        timeline_fini(&choice->timelines[f]);
    free(choice->timelines);
    for (size_t i = 0; i < choice->len; i++) {
        free(choice->items[i].where);
        free(choice->items[i].title);
    }
    free(choice->items);
}

// Strips of the lock below the phases need rows of some height.
static int panel_height(const struct figure *figure, double most_workers)
{
    const int plain = 130;
    int with_strips = (int)most_workers * 15 + 20;
    bool strips = figure->n_series > PHASES ||
                  !strcmp(figure->series[figure->n_series - 1].name, "holds the lock");
    return strips && with_strips > plain ? with_strips : plain;
}

const char *prepare_gantt(const struct dataset *dataset, struct figure *figure)
{
    struct roles roles = roles_of(dataset, DIM_BIT(DIM_WORKERS));
    struct choice choice = {0};
    for (size_t phase = 0; phase < FAILED; phase++)
        figure_series(figure, phases[phase], (int)phase + 51);
    choose(dataset, &roles, &choice);
    read_timelines(dataset, &choice);
    for (size_t i = 0; i < choice.len; i++)
        name_chosen(dataset, &roles, &choice.items[i]);
    add_in_grid_order(dataset, &choice, figure);
    const char *why_not = figure->n_blocks ? NULL : "sessions.csv has no session of these runs";
    if (!why_not) {
        double shown = time_shown(figure, &choice);
        double scale = shown >= 1 ? 1 : 1000;
        figure_number(figure, "x_scale", scale);
        figure_number(figure, "x_max", shown * 1.02 * scale);
        figure_text(figure, "x_unit", shown >= 1 ? "s" : "ms");
        double most_workers = write_panels(figure, &choice, shown);
        figure->panel_width = figure->grid_columns > 2    ? 380
                              : figure->grid_columns == 2 ? 470
                                                          : 760;
        figure->panel_height = panel_height(figure, most_workers);
    }
    choice_fini(&choice, dataset->n_folders);
    return why_not;
}
