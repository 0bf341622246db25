// Options and messages of a subcommand, the same for all: popt reads them, one table makes parsing
// and --help.
//
//     struct cli_common common = {0};
//     int port = 0;
//     struct poptOption options[] = {
//         {"port", 'p', POPT_ARG_INT, &port, 0, "listen on PORT", "PORT"},
//         CLI_COMMON_OPTIONS(&common),
//         POPT_TABLEEND,
//     };
//     struct cli cli;
//     if (cli_parse(&cli, command, argc, argv, options) != CLI_GO)
//         return cli_done(&cli);
//     ... cli.n_arguments, cli.arguments ...
//     cli_free(&cli, &common);
#ifndef BASE_CLI_H
#define BASE_CLI_H

#include "base/command.h"
#include "base/err.h"

#include <popt.h>
#include <stdbool.h>
#include <stdio.h>

struct cli_common {
    char *seed;    // NULL: the file's; cli_overrides makes it the override --seed=...
    char **sets;   // KEY=VALUE, ended by NULL; may be NULL
    char *out_dir; // -o; NULL: the default
    int quiet;
    int verbose;
    int no_color;
};

#define CLI_COMMON_OPTIONS(common) CLI_OPTIONS_OF_ALL(common, 0)
// For commands that read results: what has no effect there is taken all the same, but not shown.
#define CLI_READER_OPTIONS(common) CLI_OPTIONS_OF_ALL(common, POPT_ARGFLAG_DOC_HIDDEN)
// flags: of those that tell how an experiment is read.
#define CLI_OPTIONS_OF_ALL(common, flags)                                                          \
    {                                                                                              \
        "seed", 's', POPT_ARG_STRING | (flags), &(common)->seed, 0, "seed of all random numbers",  \
        "N"},                                                                                      \
        {"set",           0, POPT_ARG_ARGV | (flags),                                              \
         &(common)->sets, 0, "override a key of the file, e.g. --set runs.workers='[1, 10]'",      \
         "KEY=VALUE"},                                                                             \
        {"output", 'o', POPT_ARG_STRING, &(common)->out_dir, 0, "folder to write to", "DIR"},      \
        {"quiet", 'q', POPT_ARG_NONE, &(common)->quiet, 0, "print results and errors only", NULL}, \
        {"verbose", 'v', POPT_ARG_NONE | (flags), &(common)->verbose, 0, "print more", NULL},      \
    {                                                                                              \
        "no-color", 0, POPT_ARG_NONE, &(common)->no_color, 0,                                      \
            "no colours (NO_COLOR does the same)", NULL                                            \
    }

enum cli_result {
    CLI_GO,
    CLI_HELPED, // --help was printed: exit 0
    CLI_WRONG,  // the message was printed: exit 2
};

struct cli {
    const struct command *command;
    poptContext context;
    struct poptOption table[3]; // the command's options and --help; the context points into it
    enum cli_result result;
    const char **arguments; // what is left after the options, ended by NULL; lives until cli_free
    int n_arguments;
};

// options is ended by POPT_TABLEEND and must live until cli_free; -h, --help are added to it. The
// cli must not be moved.
enum cli_result cli_parse(struct cli *cli, const struct command *command, int argc, char **argv,
                          struct poptOption *options);
// Frees and returns the exit code, for a parse that did not end in CLI_GO.
int cli_done(struct cli *cli);
void cli_free(struct cli *cli, struct cli_common *common); // common may be NULL

// The overrides for experiment_load: --seed and every --set. The caller frees with
// cli_overrides_free.
char **cli_overrides(const struct cli_common *common);
void cli_overrides_free(char **overrides);

// Prints "netbaton NAME: TEXT" to stderr and returns the exit code of the error.
int cli_fail(const struct command *command, const struct err *err);
// The same for a wrong call, adding the way to the help; returns 2.
int cli_usage(const struct command *command, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

// May a line of `out` be written over? A terminal, and TERM is not dumb: that of an editor's
// window.
bool cli_is_live(FILE *out);
// May `out` be coloured? As above, and neither --no-color nor NO_COLOR.
bool cli_color(const struct cli_common *common, FILE *out);

#endif
