// `netbaton calibrate`: measures what things cost on this machine and in the given pythons.
#include "client/cmd_calibrate.h"

#include "base/alloc.h"
#include "base/cli.h"
#include "base/costs.h"
#include "base/folder.h"
#include "base/machine.h"
#include "base/units.h"
#include "client/calibrate_machine.h"
#include "client/calibrate_python.h"
#include "client/calibrate_sessions.h"
#include "client/samples.h"
#include "client/tick_lock.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { EXIT_INTERRUPTED = 130 };

static const double SPEEDS_APART = 1.25;

static volatile sig_atomic_t stop; // the signal flag

static void on_signal(int number)
{
    (void)number;
    stop = 1;
}

static void catch_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal}; // no SA_RESTART: poll is to come back
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
}

struct options {
    char **pythons; // ended by NULL; may be NULL
    char *output;
    int quiet;
};

static void say(const struct options *options, const char *what, const char *which)
{
    if (!options->quiet)
        fprintf(stderr, "measuring %s%s\n", what, which);
}

// Figures that were taken at different speeds do not fit together.
static void warn_of_speeds(const struct cost *pass, const char *what)
{
    if (pass->max > SPEEDS_APART * pass->min)
        fprintf(
            stderr,
            "netbaton calibrate: the cores changed their speed by a factor of %.1f while %s was "
            "measured; measure again when the machine does nothing else\n",
            pass->max / pass->min, what);
}

static int measure_pythons(const struct options *options, const char *program, struct costs *costs,
                           struct err *err)
{
    struct samples handoffs = {0};
    int result = 0;
    for (char **python = options->pythons; python && *python && result == 0; python++) {
        say(options, "the python ", *python);
        result = calibrate_python(*python, program, &stop, costs, &handoffs, err);
        if (result == 0)
            warn_of_speeds(&costs->pythons[costs->n_pythons - 1].core_pass, *python);
    }
    samples_take(&handoffs, &costs->handoff_penalty);
    return result;
}

static int measure_all(const struct options *options, struct costs *costs, struct err *err)
{
    char *program = machine_own_path();
    struct samples passes = {0};
    costs->tick_lock = tick_lock_kind;
    say(options, "threads, processes and wake-ups", "");
    int result = calibrate_machine(program, costs, &passes, err);
    if (result == 0 && !stop) {
        say(options, "SSH and Telnet sessions", "");
        if (calibrate_sessions(program, &stop, costs, &passes, err) < 0 && !stop)
            fprintf(stderr, "netbaton calibrate: sessions keep the built-in figures: %s\n",
                    err->text);
    }
    samples_take(&passes, &costs->core_pass);
    warn_of_speeds(&costs->core_pass, "the machine");
    if (result == 0 && !stop)
        result = measure_pythons(options, program, costs, err);
    free(program);
    return stop ? err_set(err, "interrupted; nothing was written") : result;
}

// "wake_latency_ns" is "wake_latency" and a duration; "memory_kb" is "memory" and kB.
static void print_figure(const char *name, const struct cost *cost, const char *meaning)
{
    bool is_time = strstr(name, "_ns") != NULL;
    int len = (int)(strlen(name) - strlen("_ns"));
    const double values[] = {cost->min, cost->median, cost->max};
    printf("  %-18.*s", len, name);
    for (int i = 0; i < 3; i++) {
        char text[32];
        if (is_time && values[i] >= 1000)
            units_human_duration((uint64_t)values[i], text, sizeof text);
        else
            snprintf(text, sizeof text, "%.*f %s", values[i] < 100, values[i],
                     is_time ? "ns" : "kB");
        printf(" %10s", text);
    }
    printf("  %s\n", meaning);
}

static void print_figures(const char *title, const void *object, const struct cost_field *fields)
{
    printf("%-20s %10s %10s %10s\n", title, "min", "median", "max");
    for (; fields->name; fields++)
        if (!cost_is_standard(object, fields))
            print_figure(fields->name,
                         (const struct cost *)(const void *)((const char *)object + fields->offset),
                         fields->meaning);
    putchar('\n');
}

// Where both builds of a version were measured.
static void print_factor(const struct costs *costs, const struct python_costs *python)
{
    struct err err;
    struct interpreter interpreter;
    char *name = alloc_printf("free-threaded-%u.%u", python->major, python->minor);
    if (!python->has_lock && interpreter_parse(name, &interpreter, &err) == 0) {
        double usual = interpreter.work_factor;
        costs_set_work_factors(costs, &interpreter, 1);
        if (interpreter.work_factor != usual)
            printf("under %s work lasts %.2f times as long as with the lock\n\n", name,
                   interpreter.work_factor);
    }
    free(name);
}

static void print_ssh_lock(const struct python_costs *python)
{
    if (python->ssh_has_lock && !python->has_lock)
        puts("over SSH its lock is on: paramiko loads a module that is not made for a "
             "free-threaded build\n");
}

static void print_table(const struct costs *costs)
{
    printf("%u cores\n\n", costs->cores);
    print_figures("machine", costs, cost_fields);
    for (size_t i = 0; i < costs->n_pythons; i++) {
        const struct python_costs *python = &costs->pythons[i];
        if (!strcmp(python->path, "built-in"))
            continue;
        char *title = alloc_printf("python %s", python->version);
        printf("%s\n", python->path);
        print_figures(title, python, python_cost_fields);
        print_factor(costs, python);
        print_ssh_lock(python);
        free(title);
    }
}

// The folder of a path is made, as the default one is not there at first.
static int make_folder_of(const char *path, struct err *err)
{
    char *dir = alloc_strdup(path);
    char *slash = strrchr(dir, '/');
    int result = 0;
    if (slash && slash != dir) {
        *slash = '\0';
        result = folder_make(dir, err);
    }
    free(dir);
    return result;
}

// The file is written beside the old one, which is replaced whole or not at all. Opened before
// anything is measured: who cannot write is told at once.
struct draft {
    char *path;
    FILE *file;
};

static int draft_open(struct draft *draft, const char *path, struct err *err)
{
    *draft = (struct draft){.path = alloc_printf("%s.new", path)};
    if (make_folder_of(path, err) < 0)
        return -1;
    draft->file = fopen(draft->path, "w");
    if (!draft->file)
        return err_input(err, "cannot write '%s': %s (choose another file with -o FILE)",
                         draft->path, strerror(errno));
    return 0;
}

static int draft_finish(struct draft *draft, const char *path, const struct costs *costs,
                        struct err *err)
{
    int result = costs_write(costs, draft->file, draft->path, err);
    if (fclose(draft->file) != 0 && result == 0)
        result = err_set(err, "cannot write '%s': %s", draft->path, strerror(errno));
    draft->file = NULL;
    if (result == 0 && rename(draft->path, path) != 0)
        result = err_input(err, "cannot write '%s': %s (choose another file with -o FILE)", path,
                           strerror(errno));
    if (result < 0)
        unlink(draft->path);
    return result;
}

static void draft_fini(struct draft *draft)
{
    if (draft->file) {
        fclose(draft->file);
        unlink(draft->path);
    }
    free(draft->path);
}

static int check_pythons(const struct options *options, struct err *err)
{
    for (char **python = options->pythons; python && *python; python++)
        if (calibrate_python_starts(*python, err) < 0)
            return -1;
    return 0;
}

static int calibrate_into(const char *path, const struct options *options, struct costs *costs,
                          struct err *err)
{
    struct draft draft;
    int result = draft_open(&draft, path, err);
    if (result == 0)
        result = check_pythons(options, err);
    if (result == 0)
        result = measure_all(options, costs, err);
    if (result == 0)
        result = draft_finish(&draft, path, costs, err);
    draft_fini(&draft);
    return result;
}

static int calibrate(const struct command *command, const struct options *options)
{
    struct err err;
    struct costs costs;
    char *path = options->output ? alloc_strdup(options->output) : costs_default_path();
    if (!path)
        return cli_usage(command, "there is no home folder; say where to write with -o FILE");
    catch_signals();
    costs_init(&costs);
    int result = calibrate_into(path, options, &costs, &err);
    if (result == 0) {
        print_table(&costs);
        if (!options->pythons)
            puts("no --python was given: what CPython costs is the built-in default\n");
        printf("machine file: %s\n", path);
    }
    costs_fini(&costs);
    free(path);
    int code = result < 0 ? cli_fail(command, &err) : 0;
    return stop ? EXIT_INTERRUPTED : code;
}

static int cmd_calibrate(const struct command *command, int argc, char **argv)
{
    struct options options = {0};
    struct poptOption table[] = {
        {"python", 'p', POPT_ARG_ARGV, &options.pythons, 0,
         "measure this python too; may be given several times", "PATH"},
        {"output", 'o', POPT_ARG_STRING, &options.output, 0,
         "the machine file (else the user's own, which run and simulate read)", "FILE"},
        {"quiet", 'q', POPT_ARG_NONE, &options.quiet, 0, "do not tell what is being measured",
         NULL},
        POPT_TABLEEND,
    };
    struct cli cli;
    if (cli_parse(&cli, command, argc, argv, table) != CLI_GO)
        return cli_done(&cli);
    int code = cli.n_arguments ? cli_usage(command, "unexpected '%s'", cli.arguments[0])
                               : calibrate(command, &options);
    cli_overrides_free(options.pythons);
    free(options.output);
    cli_free(&cli, NULL);
    return code;
}

const struct command command_calibrate = {
    .name = "calibrate",
    .summary = "measure what threads, processes, sessions and pythons cost on this machine",
    .arguments = "",
    .example = "  netbaton calibrate\n"
               "  netbaton calibrate --python python3 --python /usr/bin/python2.7 -o here.yaml\n",
    .run = cmd_calibrate,
};
