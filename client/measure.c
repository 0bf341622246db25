#include "client/measure.h"

#include "base/alloc.h"
#include "client/affinity.h"
#include "client/emulator_child.h"
#include "client/lock_log.h"
#include "client/plan.h"
#include "client/python_runner.h"
#include "client/runner.h"
#include "client/strategy.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

enum { REFRESH_MS = 100 };

static double seconds(uint64_t ns)
{
    return (double)ns / 1e9;
}

static void fill_lock(struct run_row *row, const struct run_spec *spec,
                      const struct gil_thread *lock)
{
    if (spec->interpreter->gil == GIL_NONE)
        return;
    row->gil_held_s = seconds(lock->held_ns);
    row->gil_wait_s = seconds(lock->wait_ns);
    row->gil_switches = (double)lock->switches;
    row->gil_forced = (double)lock->forced;
    row->gil_requests = (double)lock->requests;
}

// Sessions without a result were in the hands of a worker that died.
static void fill_lost(const struct plan *plan, struct board *board)
{
    for (uint32_t i = 0; i < board->n_rows; i++)
        if (!board->rows[i].device) {
            struct job_result lost;
            job_result_lost(&lost, plan, i, 0, board->wall_ns);
            board_add(board, &lost);
        }
}

static void fill_sessions(struct run_row *row, struct board *board, uint32_t number)
{
    uint64_t *took_ns = alloc_zero(board->n_rows, sizeof *took_ns);
    size_t ok = 0;
    for (int end = 0; end < JOB_ENDS; end++)
        row->failed[end] = 0;
    for (uint32_t i = 0; i < board->n_rows; i++) {
        struct session_row *session = &board->rows[i];
        session->run = number;
        row->failed[session->end]++;
        if (session->end == JOB_OK)
            took_ns[ok++] = session->end_ns - session->start_ns;
    }
    row->sessions_ok = row->failed[JOB_OK];
    row->sessions_failed = board->n_rows - row->sessions_ok;
    run_row_percentiles(row, took_ns, ok);
    free(took_ns);
}

static void fill_row(struct run_row *row, const struct measure *measure,
                     const struct run_spec *spec, struct board *board, const struct usage *client)
{
    run_row_init(row, spec);
    strcpy(row->source, "netbaton");
    strcpy(row->kind, "measured");
    row->wall_s = seconds(board->wall_ns);
    row->cpu_user_s = client->user_s;
    row->cpu_sys_s = client->sys_s;
    row->ctx_voluntary = client->ctx_voluntary;
    row->ctx_involuntary = client->ctx_involuntary;
    row->peak_rss_kb = client->peak_kb + (double)board->workers_peak_kb;
    row->cores = affinity_cores(measure->experiment->machine.cores);
    fill_lock(row, spec, &board->lock);
    if (measure->experiment->work.echo_ns)
        row->answers_per_s = board->answers_per_s;
}

// Whoever stopped it may have forgotten: the run waits for it.
static void tell_stopped(const struct measure *measure, struct board *board)
{
    int pid = atomic_exchange(&board->stopped, 0);
    if (!pid)
        return;
    progress_clear(&measure->progress);
    fprintf(
        measure->progress.out,
        "netbaton run: a worker process was stopped by a signal; `kill -CONT %d` lets it go on, "
        "`kill -KILL %d` gives its session up\n",
        pid, pid);
}

// Waits for the run's process, showing how far it is. -1 when it was stopped.
static int watch(struct measure *measure, struct runner *runner, struct board *board,
                 struct usage *usage, int *status, struct err *err)
{
    bool ended = false;
    while (!ended && !*measure->stop) {
        ended = runner_wait(runner, REFRESH_MS);
        tell_stopped(measure, board);
        progress_show(&measure->progress, atomic_load(&board->done), atomic_load(&board->failed));
    }
    *status = runner_end(runner, usage);
    return *measure->stop ? err_set(err, "interrupted") : 0;
}

static int check_end(const struct board *board, int status, struct err *err)
{
    if (board->refused) {
        *err = board->err;
        return -1;
    }
    if (!board->finished && !WIFSIGNALED(status))
        return err_set(err, "the run's process ended with exit code %d", WEXITSTATUS(status));
    return 0;
}

// The run's process died and left no time: the end of its last session is what is known.
static void guess_wall(struct board *board)
{
    for (uint32_t i = 0; i < board->n_rows; i++)
        if (board->rows[i].end_ns > board->wall_ns)
            board->wall_ns = board->rows[i].end_ns;
}

static void add_python_session(void *data, const struct session_row *row, const char *reason)
{
    struct job_result result = {.job = row->device - 1, .row = *row};
    snprintf(result.reason, sizeof result.reason, "%.*s", JOB_REASON_MAX - 1, reason);
    board_add(data, &result);
}

static int run_python(struct measure *measure, const struct run_spec *spec, const struct plan *plan,
                      struct board *board, struct run_row *row, struct err *err)
{
    const struct python_run run = {
        .plan = plan,
        .spec = spec,
        .cores = measure->experiment->machine.cores,
        .stop = measure->stop,
        .noise = measure->progress.verbose ? measure->progress.out : NULL,
        .session = add_python_session,
        .data = board,
    };
    if (python_run(&run, row, err) < 0)
        return -1;
    board->wall_ns = (uint64_t)(row->wall_s * 1e9);
    fill_lost(plan, board);
    return 0;
}

// Runs the plan and makes the row; the sessions stay in the board.
static int run_plan(struct measure *measure, const struct run_spec *spec, const struct plan *plan,
                    struct board *board, int close_fd, struct run_row *row, struct err *err)
{
    if (spec->interpreter->gil == GIL_REAL)
        return run_python(measure, spec, plan, board, row, err);
    const struct python_costs *python = costs_python(measure->costs, spec->interpreter);
    struct run run = {
        .spec = spec,
        .plan = plan,
        .burner = measure->burner,
        .tick_ns = python->tick.median,
        .board = board,
        .lock_log = board->lock_log,
        .program = measure->program,
        .experiment_path = measure->experiment_path,
    };
    run.burner.code_share = python->tick.median / python->code_tick.median;
    python_work_set(&run.python_work, measure->costs, spec);
    struct runner runner;
    struct usage usage;
    int status;
    if (runner_start(&runner, &run, measure->experiment->machine.cores, close_fd, err) < 0 ||
        watch(measure, &runner, board, &usage, &status, err) < 0 ||
        check_end(board, status, err) < 0)
        return -1;
    if (!board->finished) {
        fprintf(measure->progress.out, "netbaton run: the run's process died of signal %d\n",
                WTERMSIG(status));
        guess_wall(board);
    }
    fill_lost(plan, board);
    fill_row(row, measure, spec, board, &usage);
    return 0;
}

static int find_devices(struct measure *measure, const struct run_spec *spec,
                        struct emulator_child *emulator, struct targets *targets, struct err *err)
{
    const struct text_list *addresses = &measure->experiment->devices.addresses;
    *emulator = (struct emulator_child){.pid = -1, .stdin_fd = -1, .stdout_fd = -1};
    *targets = (struct targets){0};
    if (spec->transport == TRANSPORT_SLEEP || measure->experiment->work.echo_ns)
        return 0;
    if (addresses->len)
        return targets_from_addresses(targets, addresses, spec->transport, err);
    return emulator_child_start(emulator, measure->program, measure->experiment_path, spec->devices,
                                spec->transport, measure->stop, targets, err);
}

static void end_emulator(const struct measure *measure, struct emulator_child *emulator,
                         struct run_row *row)
{
    struct usage usage;
    char died_of[32];
    if (emulator->pid <= 0)
        return;
    if (!emulator_child_stop(emulator, &usage, died_of, sizeof died_of)) {
        progress_clear(&measure->progress);
        fprintf(measure->progress.out, "netbaton run: the emulator died during the run (%s)\n",
                died_of);
    }
    row->emulator_cpu_s = usage.user_s + usage.sys_s;
}

// The board of a run of so many sessions, with the log of its locks when that is asked for.
static struct board *make_board(const struct measure *measure, const struct run_spec *spec,
                                uint32_t jobs, struct err *err)
{
    struct board *board = board_new(jobs, err);
    if (!board || !measure->timeline || !lock_log_is_possible(spec))
        return board;
    board->lock_log = lock_log_new(spec, 0, err);
    if (board->lock_log)
        return board;
    board_free(board);
    return NULL;
}

static void write_timeline(struct measure *measure, const struct board *board, uint32_t number)
{
    if (!measure->timeline)
        return;
    if (!board->lock_log) {
        measure->unseen_runs++;
        return;
    }
    lock_log_write(board->lock_log, number, measure->timeline);
    if (lock_log_grain_ns(board->lock_log))
        measure->joined_runs++;
}

int measure_run(struct measure *measure, const struct run_spec *spec, uint32_t number,
                struct run_row *row, struct err *err)
{
    struct emulator_child emulator;
    struct targets targets;
    uint32_t jobs = measure->experiment->work.echo_ns ? 0 : spec->devices;
    struct board *board = make_board(measure, spec, jobs, err);
    if (!board)
        return -1;
    if (find_devices(measure, spec, &emulator, &targets, err) < 0) {
        board_free(board);
        return -1;
    }
    struct plan *plan = plan_new(measure->experiment, spec->transport, jobs, targets);
    progress_start(&measure->progress, spec);
    int result = plan_make_queue(plan, err);
    if (result == 0)
        result = run_plan(measure, spec, plan, board, emulator.stdin_fd, row, err);
    end_emulator(measure, &emulator, row);
    if (result == 0) {
        fill_sessions(row, board, number);
        progress_end(&measure->progress, row, board);
        result = results_add_sessions(measure->results, board->rows, board->n_rows, err);
    }
    if (result == 0)
        result = results_add_run(measure->results, row, err);
    if (result == 0)
        write_timeline(measure, board, number);
    plan_free(plan);
    board_free(board);
    return result;
}
