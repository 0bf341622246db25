// netbaton: the table of its commands.
#include "base/cmd_doctor.h"
#include "base/command.h"
#include "base/units.h"
#include "client/cmd_calibrate.h"
#include "client/cmd_run.h"
#include "client/strategy_worker.h"
#include "emulator/cmd_ctl.h"
#include "emulator/cmd_emulate.h"
#include "emulator/cmd_inventory.h"
#include "emulator/rehearsal.h"
#include "labs/cmd_lab.h"
#include "plots/cmd_compare.h"
#include "plots/cmd_plot.h"
#include "plots/cmd_report.h"
#include "sim/cmd_simulate.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

// clang-format off
static const struct command *const commands[] = {
    &command_emulate,
    &command_ctl,
    &command_inventory,
    &command_run,
    &command_calibrate,
    &command_simulate,
    &command_plot,
    &command_compare,
    &command_report,
    &command_lab,
    &command_doctor,
    &command_run_worker,
    NULL,
};
// clang-format on

const answer_sizes_fn simulate_answer_sizes = rehearsal_answer_sizes;

static void print_usage(FILE *out)
{
    fputs("usage: netbaton COMMAND [OPTION...] [ARGUMENT...]\n\n"
          "How should N network devices be logged in to: one by one, by threads, by processes, by "
          "an event\n"
          "loop, and with how many workers? netbaton lets you measure and predict it.\n\n",
          out);
    for (size_t i = 0; commands[i]; i++)
        if (commands[i]->summary)
            fprintf(out, "  %-10s %s\n", commands[i]->name, commands[i]->summary);
    fputs("\n`netbaton COMMAND --help` shows a command's options and an example.\n", out);
}

static int unknown_command(const char *word)
{
    const char *names[sizeof commands / sizeof *commands] = {0};
    size_t n = 0;
    for (size_t i = 0; commands[i]; i++)
        if (commands[i]->summary)
            names[n++] = commands[i]->name;
    const char *near = units_nearest_word(word, names);
    if (near)
        fprintf(stderr, "netbaton: unknown command '%s'; did you mean '%s'?\n", word, near);
    else
        fprintf(stderr, "netbaton: unknown command '%s' (see `netbaton --help`)\n", word);
    return 2;
}

// A table that did not get onto the disk is a failure, too. A reader that has seen enough is none.
static int end(const struct command *command, int code)
{
    errno = 0;
    if ((fflush(stdout) != 0 || ferror(stdout)) && errno != EPIPE && code == 0) {
        fprintf(stderr, "netbaton %s: cannot write to the standard output: %s\n", command->name,
                strerror(errno ? errno : EIO));
        return 1;
    }
    return code;
}

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; commands[i]; i++)
        if (!strcmp(name, commands[i]->name))
            return commands[i];
    return NULL;
}

static int help(int argc, char **argv)
{
    if (argc < 3) {
        print_usage(stdout);
        return 0;
    }
    const struct command *command = find_command(argv[2]);
    char option[] = "--help";
    char *call[] = {argv[2], option, NULL};
    return command && command->summary ? command->run(command, 2, call) : unknown_command(argv[2]);
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        print_usage(stderr);
        return 2;
    }
    if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help"))
        return help(argc, argv);
    if (!strcmp(argv[1], "--version")) {
        puts("netbaton " NETBATON_VERSION);
        return 0;
    }
    const struct command *command = find_command(argv[1]);
    return command ? end(command, command->run(command, argc - 1, argv + 1))
                   : unknown_command(argv[1]);
}
