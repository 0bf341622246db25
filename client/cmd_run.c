// `netbaton run EXPERIMENT`: measures every run of an experiment's matrix.
#include "client/cmd_run.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/cli.h"
#include "base/machine.h"
#include "client/affinity.h"
#include "client/emulator_child.h"
#include "client/lock_log.h"
#include "client/measure.h"
#include "client/python_check.h"
#include "client/summary.h"
#include "client/targets.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { EXIT_FAILURES = 3, EXIT_INTERRUPTED = 130, SPARE_FILES = 64 };

static volatile sig_atomic_t stop; // the signal that ends the program; 0: none

static void on_signal(int number)
{
    stop = number;
}

static void catch_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal}; // no SA_RESTART: poll is to come back
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); // a file that may not grow is told by write
}

// Raises the soft limit to the hard one, for this program and what it starts, and refuses what
// would not fit. The emulator holds a descriptor a session in one process, whatever the strategy.
static int check_files(const struct run_spec *specs, size_t count, struct err *err)
{
    struct rlimit limit;
    uint64_t needed = 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t sessions =
            specs[i].workers < specs[i].devices ? specs[i].workers : specs[i].devices;
        bool holds = specs[i].transport != TRANSPORT_SLEEP || specs[i].strategy == STRATEGY_ASYNC;
        if (holds && sessions > needed)
            needed = sessions;
    }
    if (!needed || getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return 0;
    needed += SPARE_FILES;
    if (limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    if (needed <= limit.rlim_cur)
        return 0;
    return err_input(
        err,
        "%llu sessions at once need %llu file descriptors, the limit is %llu; raise "
        "it with `ulimit -n %llu` (as root where the hard limit is lower) or use fewer "
        "workers",
        (unsigned long long)(needed - SPARE_FILES), (unsigned long long)needed,
        (unsigned long long)limit.rlim_cur, (unsigned long long)needed);
}

// Names are looked up again for each run; here so that a wrong one is told before there is a
// folder.
static int check_addresses(const struct experiment *experiment, struct err *err)
{
    const struct u32_list *transports = &experiment->devices.transport;
    if (!experiment->devices.addresses.len)
        return 0;
    for (size_t i = 0; i < transports->len; i++) {
        struct targets targets;
        if (targets_from_addresses(&targets, &experiment->devices.addresses,
                                   (enum transport)transports->items[i], err) < 0)
            return -1;
        targets_fini(&targets);
    }
    return 0;
}

// Does no device before the named one i have its platform?
static bool is_first_of_platform(const struct experiment *experiment, size_t i)
{
    const char *platform = experiment->devices.named.items[i].settings->platform;
    for (size_t k = 0; k <= i; k++) // 0: those without a name
        if (!strcmp(experiment_device_settings(experiment, (uint32_t)k)->platform, platform))
            return false;
    return true;
}

// A wrong platform is the emulator's to tell, before there is a folder.
static int check_platform(const struct experiment *experiment, const char *program, struct err *err)
{
    const struct u32_list *transports = &experiment->devices.transport;
    bool emulated = false;
    for (size_t i = 0; i < transports->len; i++)
        emulated |= transports->items[i] != TRANSPORT_SLEEP;
    if (!emulated || experiment->devices.addresses.len)
        return 0;
    if (emulator_child_check(program, experiment->devices.settings.platform, err) < 0)
        return -1;
    for (size_t i = 0; i < experiment->devices.named.len; i++) {
        const struct named_device *device = &experiment->devices.named.items[i];
        const char *platform = device->settings->platform;
        if (!is_first_of_platform(experiment, i))
            continue;
        if (emulator_child_check(program, platform, err) < 0)
            return err_prefix(err, "%s", device->where ? device->where : "");
    }
    return 0;
}

static int check_runs(const struct experiment *experiment, const char *program,
                      struct run_spec *specs, size_t *count, struct err *err)
{
    for (size_t i = 0; i < *count; i++) {
        const struct run_spec *spec = &specs[i];
        if (spec->start_method == START_FORKSERVER && spec->interpreter->gil != GIL_REAL)
            return err_input(err,
                             "start method forkserver is CPython's own; interpreter '%s' has fork "
                             "and spawn",
                             spec->interpreter->name);
    }
    if (check_addresses(experiment, err) < 0 ||
        python_check_runs(experiment, specs, count, stderr, err) < 0)
        return -1;
    if (check_files(specs, *count, err) < 0)
        return -1;
    return check_platform(experiment, program, err);
}

static bool computes(const struct experiment *experiment, const struct run_spec *specs,
                     size_t count)
{
    bool any = false; // a lock's rules come with what that Python's own code computes
    for (size_t i = 0; i < count; i++)
        any |= specs[i].background > 0 || specs[i].interpreter->major > 0;
    return any || !latency_is_zero(&experiment->work.cpu_login) ||
           !latency_is_zero(&experiment->work.cpu_command);
}

// A prediction has as many as it is told; these runs may have others, as their rows say.
static void tell_cores(const struct experiment *experiment)
{
    uint32_t wanted = experiment->machine.cores;
    uint32_t have = affinity_cores(wanted);
    if (!wanted || wanted == have)
        return;
    fprintf(stderr, "netbaton run: machine.cores asks for %u, the runs have %u: %s\n", wanted, have,
            wanted > have ? "there are no more"
                          : "this system does not let a program choose its cores");
}

struct options {
    struct cli_common common;
    char *machine;
    char *trace;
    char **pythons; // ended by NULL; may be NULL
};

// --python is short for --set runs.interpreter='[python:PATH, ...]'.
static void add_pythons(struct options *options)
{
    struct buf value = {0};
    size_t len = 0;
    if (!options->pythons)
        return;
    for (size_t i = 0; options->pythons[i]; i++) {
        buf_puts(&value, i ? ", \"python:" : "runs.interpreter=[\"python:");
        for (const char *p = options->pythons[i]; *p; p++)
            buf_printf(&value, *p == '"' || *p == '\\' ? "\\%c" : "%c", *p);
        buf_putc(&value, '"');
    }
    buf_putc(&value, ']');
    while (options->common.sets && options->common.sets[len])
        len++;
    options->common.sets = alloc_resize(options->common.sets, len + 2, sizeof(char *));
    options->common.sets[len] = buf_take(&value);
    options->common.sets[len + 1] = NULL;
}

// Measures all runs. -1 with err: the ones before are in the results, *done says how many.
static int measure_all(struct measure *measure, const struct run_spec *specs, size_t count,
                       struct run_row *rows, size_t *done, struct err *err)
{
    for (*done = 0; *done < count; ++*done) {
        int result = stop ? err_set(err, "interrupted")
                          : measure_run(measure, &specs[*done], (uint32_t)*done, &rows[*done], err);
        if (result < 0) {
            progress_clear(&measure->progress);
            return -1;
        }
    }
    return 0;
}

static int exit_code(const struct experiment *experiment, const struct run_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (rows[i].sessions_failed > experiment->runs.allowed_failures * rows[i].devices)
            return EXIT_FAILURES;
    return 0;
}

// Measures into the folder and prints what came out.
static int measure_and_report(const struct command *command, struct options *options,
                              const struct experiment *experiment, struct measure *measure,
                              const struct run_spec *specs, size_t count)
{
    struct err err;
    size_t done;
    struct run_row *rows = alloc_zero(count, sizeof *rows);
    const char *dir = results_dir(measure->results);
    int result = measure_all(measure, specs, count, rows, &done, &err);
    if (done) {
        summary_print(stdout, rows, done, cli_color(&options->common, stdout));
        printf("\nresults in %s\n", dir);
        fflush(stdout);
    }
    int code = result < 0 ? err_exit_code(&err) : exit_code(experiment, rows, done);
    if (stop) {
        fprintf(stderr, "netbaton run: interrupted by signal %d; %zu of %zu runs are in '%s'\n",
                (int)stop, done, count, dir);
        code = EXIT_INTERRUPTED;
    } else if (result < 0) {
        code = cli_fail(command, &err);
        if (done)
            fprintf(stderr, "netbaton run: %zu of %zu runs are in '%s'\n", done, count, dir);
    } else if (code == EXIT_FAILURES) {
        fprintf(stderr, "netbaton run: more sessions failed than runs.allowed_failures allows\n");
    }
    free(rows);
    return code;
}

static int open_timeline(struct measure *measure, const char *path, const struct run_spec *specs,
                         size_t count, struct err *err)
{
    bool possible = false;
    if (!path)
        return 0;
    for (size_t i = 0; i < count; i++)
        possible |= lock_log_is_possible(&specs[i]);
    if (!possible)
        return err_input(err, "--trace writes who held the lock, and no run has a lock that can be "
                              "seen: a native or free-threaded interpreter has none, real pythons "
                              "and spawned processes do not show theirs; "
                              "--set runs.interpreter=cpython-3.11 has one");
    const char *ending = strrchr(path, '.');
    if (ending && !strcmp(ending, ".json"))
        return err_input(err, "--trace of `netbaton run` writes CSV, not '%s': name it FILE.csv",
                         path);
    measure->timeline = timeline_file_new(path, err);
    return measure->timeline ? 0 : -1;
}

// Also says what is not in it.
static int close_timeline(struct measure *measure, struct err *err)
{
    if (measure->unseen_runs)
        fprintf(stderr,
                "netbaton run: the timeline has nothing of %u %s: no lock, or one in a real python "
                "or a spawned process\n",
                measure->unseen_runs, measure->unseen_runs == 1 ? "run" : "runs");
    if (measure->joined_runs)
        fprintf(stderr,
                "netbaton run: the timeline of %u %s has pieces too short to be seen joined, each "
                "with its share\n",
                measure->joined_runs, measure->joined_runs == 1 ? "run" : "runs");
    return timeline_file_close(measure->timeline, err);
}

static int run_experiment(const struct command *command, struct options *options,
                          const struct experiment *experiment, const struct costs *costs)
{
    struct err err;
    size_t count;
    struct run_spec *specs = experiment_runs(experiment, &count);
    catch_signals();
    struct measure measure = {.experiment = experiment, .costs = costs, .stop = &stop};
    char *program = machine_own_path();
    char *machine = machine_to_json();
    int code = 0;
    if (check_runs(experiment, program, specs, &count, &err) == 0 &&
        open_timeline(&measure, options->trace, specs, count, &err) == 0)
        measure.results = results_create(options->common.out_dir, experiment, machine, &err);
    if (measure.results) {
        tell_cores(experiment);
        measure.program = program;
        measure.experiment_path = alloc_printf("%s/experiment.yaml", results_dir(measure.results));
        if (computes(experiment, specs, count))
            burn_calibrate(&measure.burner);
        progress_init(&measure.progress, stderr, count, options->common.quiet,
                      options->common.verbose);
        code = measure_and_report(command, options, experiment, &measure, specs, count);
    } else {
        code = cli_fail(command, &err);
    }
    results_close(measure.results);
    if (close_timeline(&measure, &err) < 0 && code == 0)
        code = cli_fail(command, &err);
    free(measure.experiment_path);
    free(machine);
    free(program);
    free(specs);
    return code;
}

static int load_and_run(const struct command *command, struct options *options, const char *path)
{
    struct err err;
    struct costs costs;
    add_pythons(options);
    char **overrides = cli_overrides(&options->common);
    struct experiment *experiment = experiment_load(path, (const char *const *)overrides, &err);
    cli_overrides_free(overrides);
    if (!experiment)
        return cli_fail(command, &err);
    int code;
    if (costs_load(options->machine, &costs, &err) < 0) {
        code = cli_fail(command, &err);
    } else {
        costs_set_work_factors(&costs, experiment->runs.interpreter.items,
                               experiment->runs.interpreter.len);
        code = run_experiment(command, options, experiment, &costs);
        costs_fini(&costs);
    }
    experiment_free(experiment);
    return code;
}

static int cmd_run(const struct command *command, int argc, char **argv)
{
    struct options options = {0};
    struct poptOption table[] = {
        {"machine", 'm', POPT_ARG_STRING, &options.machine, 0,
         "costs of this machine, from `netbaton calibrate`", "FILE"},
        {"python", 'p', POPT_ARG_ARGV, &options.pythons, 0,
         "let this real python do the runs; may be given several times", "PATH"},
        {"trace", 't', POPT_ARG_STRING, &options.trace, 0,
         "write who held the lock and who waited for it, as CSV", "FILE"},
        CLI_COMMON_OPTIONS(&options.common),
        POPT_TABLEEND,
    };
    struct cli cli;
    if (cli_parse(&cli, command, argc, argv, table) != CLI_GO)
        return cli_done(&cli);
    int code = cli.n_arguments == 1
                   ? load_and_run(command, &options, cli.arguments[0])
                   : cli_usage(command, "give one experiment file, like experiments/demo.yaml");
    free(options.machine);
    free(options.trace);
    cli_overrides_free(options.pythons);
    cli_free(&cli, &options.common);
    return code;
}

const struct command command_run = {
    .name = "run",
    .summary = "measure: log in to the devices by every strategy, write a results folder",
    .arguments = "EXPERIMENT",
    .example =
        "  netbaton run experiments/demo.yaml\n"
        "  netbaton run experiments/demo.yaml --set runs.workers='[1, 10, 40]' -o results/mine\n",
    .run = cmd_run,
};
