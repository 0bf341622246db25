// `netbaton simulate EXPERIMENT`: the same file as `run`, predicted.
#include "sim/cmd_simulate.h"

#include "base/cli.h"
#include "base/clock.h"
#include "base/costs.h"
#include "base/experiment.h"
#include "base/machine.h"
#include "base/results.h"
#include "base/units.h"
#include "sim/interpreter_rules.h"
#include "sim/predict.h"
#include "sim/prediction_table.h"
#include "sim/trace.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

enum { EXIT_FAILURES = 3, EXIT_INTERRUPTED = 130, SESSION_ROWS_MAX = 100000 };

static volatile sig_atomic_t stop; // the signal flag

struct options {
    struct cli_common common;
    char *machine;
    char *trace;
    int ideal;
    int all_sessions;
};

struct job {
    const struct experiment *experiment;
    const struct run_spec *specs;
    size_t count;
    struct results *results;
    struct prediction_table table;
    struct predict_options predict;
    bool all_sessions;
    uint64_t events;
    uint64_t spent_ns;
    uint32_t grain;  // the coarsest of all runs
    uint32_t cohort; // the largest
    bool shows_progress;
    bool failures; // a run had more failed sessions than allowed
};

static void on_signal(int number)
{
    (void)number;
    stop = 1;
}

// Which run is under way and how long the rest will take if runs take as long as those so far; at
// a terminal only, in a line that the table overwrites.
static void show_progress(const struct job *job, size_t i)
{
    char left[32];
    if (!job->shows_progress)
        return;
    fprintf(stderr, "\r\033[Krun %zu of %zu", i + 1, job->count);
    if (i) {
        units_human_duration(job->spent_ns / i * (job->count - i), left, sizeof left);
        fprintf(stderr, ", about %s left", left);
    }
    fflush(stderr);
}

static void hide_progress(const struct job *job)
{
    if (job->shows_progress)
        fputs("\r\033[K", stderr);
}

static int predict_one(struct job *job, size_t i, struct err *err)
{
    struct prediction prediction;
    const struct run_spec *spec = &job->specs[i];
    job->predict.run = (uint32_t)i;
    job->predict.sessions = job->all_sessions || spec->devices <= SESSION_ROWS_MAX;
    uint64_t start = clock_now_ns();
    show_progress(job, i);
    int result = predict_run(job->experiment, spec, &job->predict, &prediction, err);
    hide_progress(job);
    if (result < 0)
        return -1;
    job->spent_ns += clock_now_ns() - start;
    job->events += prediction.events;
    if (prediction.grain > job->grain)
        job->grain = prediction.grain;
    if (prediction.cohort > job->cohort)
        job->cohort = prediction.cohort;
    for (uint32_t n = 0; n < prediction.n_sessions; n++)
        prediction.sessions[n].run = (uint32_t)i;
    if (job->results && prediction.sessions)
        result =
            results_add_sessions(job->results, prediction.sessions, prediction.n_sessions, err);
    if (job->results && result == 0)
        result = results_add_run(job->results, &prediction.row, err);
    free(prediction.sessions);
    if (result < 0)
        return -1;
    prediction_table_row(&job->table, &prediction.row);
    job->failures |= prediction.row.sessions_failed >
                     job->experiment->runs.allowed_failures * prediction.row.devices;
    return 0;
}

// How many runs are predicted. Less than all: interrupted, or *err says why.
static size_t predict_runs(struct job *job, struct err *err)
{
    size_t i = 0;
    while (i < job->count && !stop &&
           predict_one(job, i, err) == 0) // a short run ignores the signal
        i++;
    return i;
}

static bool gets_lock(const struct job *job, const struct interpreter *interpreter)
{
    for (size_t i = 0; i < job->count; i++)
        if (job->specs[i].interpreter == interpreter &&
            interpreter_gets_lock(interpreter, job->specs[i].transport, job->predict.costs))
            return true;
    return false;
}

static void tell_locks(const struct job *job)
{
    for (size_t i = 0; i < job->experiment->runs.interpreter.len; i++) {
        const struct interpreter *interpreter = &job->experiment->runs.interpreter.items[i];
        if (gets_lock(job, interpreter))
            fprintf(stderr,
                    "netbaton simulate: interpreter '%s': over SSH its lock is on: calibrate found "
                    "that paramiko turns it on\n",
                    interpreter->name);
    }
}

static void tell_results(const struct options *options, const struct job *job)
{
    if (options->common.verbose)
        printf("\nevents\t%llu\nevents_per_s\t%.3g\n", (unsigned long long)job->events,
               (double)job->events * 1e9 / (double)(job->spent_ns ? job->spent_ns : 1));
    printf("\nresults in %s\n", results_dir(job->results));
    const struct trace *trace = job->predict.trace;
    if (trace)
        printf("timeline in %s and %s\n", trace_json_path(trace), trace_csv_path(trace));
    if (job->grain > 1)
        fprintf(stderr,
                "netbaton simulate: so many checks of the old lock are simulated up to %u at once, "
                "within 3 %% (sim/README.md)\n",
                job->grain);
    if (job->cohort)
        fprintf(stderr,
                "netbaton simulate: of so many waiters for one lock up to %u are simulated as one, "
                "within 5 %% (sim/README.md)\n",
                job->cohort);
    tell_locks(job);
    uint32_t joined = trace ? trace_joined_runs(trace) : 0;
    if (joined)
        fprintf(stderr,
                "netbaton simulate: the timeline of %u %s has pieces too short to be seen joined, "
                "each with its share\n",
                joined, joined == 1 ? "run" : "runs");
}

// Returns the exit code.
static int predict_all(const struct command *command, const struct options *options,
                       struct job *job)
{
    struct err err;
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    prediction_table_head(&job->table);
    size_t done = predict_runs(job, &err);
    prediction_table_end(&job->table);
    if (done == job->count) {
        tell_results(options, job);
        return job->failures ? EXIT_FAILURES : 0;
    }
    if (!stop)
        return cli_fail(command, &err);
    fprintf(stderr, "netbaton simulate: interrupted; %zu of %zu runs are in '%s'\n", done,
            job->count, results_dir(job->results));
    return EXIT_INTERRUPTED;
}

static int open_outputs(const struct options *options, struct job *job, struct err *err)
{
    if (options->trace) {
        job->predict.trace = trace_open(options->trace, err);
        if (!job->predict.trace)
            return -1;
    }
    char *machine = machine_to_json();
    job->results = results_create(options->common.out_dir, job->experiment, machine, err);
    free(machine);
    return job->results ? 0 : -1;
}

// Refuses what cannot be predicted before anything is written.
static int check(const struct job *job, struct err *err)
{
    for (size_t i = 0; i < job->count; i++)
        if (predict_check(job->experiment, &job->specs[i], &job->predict, err) < 0)
            return -1;
    return 0;
}

static bool has_emulated_devices(const struct experiment *experiment)
{
    const struct u32_list *transports = &experiment->devices.transport;
    bool talks = false;
    for (size_t i = 0; i < transports->len; i++)
        talks |= transports->items[i] != TRANSPORT_SLEEP;
    return talks && !experiment->devices.addresses.len;
}

// Only a line of limited bandwidth takes time for an answer's bytes.
static bool has_slow_lines(const struct experiment *experiment)
{
    for (uint32_t i = 0; i <= experiment->devices.named.len; i++)
        if (experiment_device_settings(experiment, i)->latency.bandwidth_bytes_per_s)
            return true;
    return false;
}

// Asked of the emulator whatever the lines are, so that a platform that is not there is refused.
// What real devices answer is not known.
static int find_answer_sizes(struct job *job, struct err *err)
{
    struct answer_sizes *answers = &job->predict.answers;
    if (!has_emulated_devices(job->experiment))
        return 0;
    if (simulate_answer_sizes(job->experiment, answers, err) < 0)
        return -1;
    if (!has_slow_lines(job->experiment))
        answer_sizes_fini(answers);
    return 0;
}

static int simulate(const struct command *command, const struct options *options,
                    const struct experiment *experiment, const struct costs *costs)
{
    struct err err;
    struct job job = {
        .experiment = experiment,
        .all_sessions = options->all_sessions,
        .predict = {.costs = options->ideal ? NULL : costs, .cores = costs->cores, .stop = &stop}};
    struct run_spec *specs = experiment_runs(experiment, &job.count);
    job.specs = specs;
    job.shows_progress = !options->common.quiet && cli_is_live(stderr);
    prediction_table_init(&job.table, stdout, specs, job.count);
    int code;
    if (check(&job, &err) < 0 || find_answer_sizes(&job, &err) < 0 ||
        open_outputs(options, &job, &err) < 0)
        code = cli_fail(command, &err);
    else
        code = predict_all(command, options, &job);
    prediction_table_end(&job.table);
    results_close(job.results);
    answer_sizes_fini(&job.predict.answers);
    if (job.predict.trace && trace_close(job.predict.trace, &err) < 0 && code == 0)
        code = cli_fail(command, &err);
    free(specs);
    return code;
}

static int run_simulate(const struct command *command, int argc, char **argv)
{
    struct options options = {0};
    struct poptOption table[] = {
        {"machine", 'm', POPT_ARG_STRING, &options.machine, 0,
         "machine file of `netbaton calibrate`, 'builtin' for the built-in one (default: your own "
         "if "
         "there is one, else that)",
         "FILE"},
        {"ideal", 0, POPT_ARG_NONE, &options.ideal, 0,
         "a machine on which switches, wakes, calls and starts cost nothing", NULL},
        {"trace", 't', POPT_ARG_STRING, &options.trace, 0,
         "write the timeline: FILE.json for https://ui.perfetto.dev, FILE.csv for plot", "FILE"},
        {"all-sessions", 0, POPT_ARG_NONE, &options.all_sessions, 0,
         "write sessions.csv for runs of more than 100000 sessions, too", NULL},
        CLI_COMMON_OPTIONS(&options.common),
        POPT_TABLEEND,
    };
    struct cli cli;
    struct err err;
    struct costs costs;
    if (cli_parse(&cli, command, argc, argv, table) != CLI_GO)
        return cli_done(&cli);
    int code;
    char **overrides = cli_overrides(&options.common);
    struct experiment *experiment = NULL;
    if (cli.n_arguments != 1)
        code = cli_usage(command, "give one experiment file");
    else if (costs_load(options.machine, &costs, &err) < 0)
        code = cli_fail(command, &err);
    else {
        experiment = experiment_load(cli.arguments[0], (const char *const *)overrides, &err);
        if (experiment && !options.ideal)
            costs_set_work_factors(&costs, experiment->runs.interpreter.items,
                                   experiment->runs.interpreter.len);
        code =
            experiment ? simulate(command, &options, experiment, &costs) : cli_fail(command, &err);
        costs_fini(&costs);
    }
    experiment_free(experiment);
    cli_overrides_free(overrides);
    free(options.machine);
    free(options.trace);
    cli_free(&cli, &options.common);
    return code;
}

const struct command command_simulate = {
    .name = "simulate",
    .summary = "predict the runs of an experiment, in virtual time",
    .arguments = "EXPERIMENT",
    .example =
        "  netbaton simulate experiments/demo.yaml --set runs.workers='[1, 10, 40]'\n"
        "  netbaton simulate experiments/demo.yaml --trace timeline.json\n"
        "  netbaton simulate experiments/demo.yaml -o predicted && netbaton report predicted\n",
    .run = run_simulate,
};
