#include "base/cli.h"

#include "base/alloc.h"
#include "base/units.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { OPTION_HELP = 1000, NAMES_MAX = 64 };

int cli_fail(const struct command *command, const struct err *err)
{
    fprintf(stderr, "netbaton %s: %s\n", command->name, err->text);
    return err_exit_code(err);
}

int cli_usage(const struct command *command, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    fprintf(stderr, "netbaton %s: ", command->name);
    vfprintf(stderr, fmt, ap);
    fprintf(stderr, " (see `netbaton %s --help`)\n", command->name);
    va_end(ap);
    return 2;
}

static void print_help(const struct cli *cli)
{
    const struct command *command = cli->command;
    printf("netbaton %s: %s\n\n", command->name, command->summary);
    poptPrintHelp(cli->context, stdout, 0);
    if (*command->example)
        printf("\nExample:\n%s", command->example);
}

static void unknown_option(const struct cli *cli, const struct poptOption *options)
{
    const char *word = poptBadOption(cli->context, POPT_BADOPTION_NOALIAS);
    const char *names[NAMES_MAX + 1] = {0};
    size_t len = 0;
    for (; options->longName && len < NAMES_MAX; options++)
        names[len++] = options->longName;
    const char *near = units_nearest_word(word + strspn(word, "-"), names);
    if (near)
        cli_usage(cli->command, "unknown option '%s'; did you mean '--%s'?", word, near);
    else
        cli_usage(cli->command, "unknown option '%s'", word);
}

enum cli_result cli_parse(struct cli *cli, const struct command *command, int argc, char **argv,
                          struct poptOption *options)
{
    *cli = (struct cli){
        .command = command,
        .table =
            {
                {NULL, 0, POPT_ARG_INCLUDE_TABLE, options, 0, NULL, NULL},
                {"help", 'h', POPT_ARG_NONE, NULL, OPTION_HELP, "show this help", NULL},
                POPT_TABLEEND,
            },
        .result = CLI_GO,
    };
    char *program = alloc_printf("netbaton %s", command->name);
    const char **words = alloc_zero((size_t)argc + 1, sizeof *words);
    for (int i = 1; i < argc; i++)
        words[i] = argv[i];
    words[0] = program;
    cli->context = poptGetContext(NULL, argc, words, cli->table, 0);
    poptSetOtherOptionHelp(cli->context, *command->arguments ? command->arguments : "");
    int code = poptGetNextOpt(cli->context);
    if (code == OPTION_HELP) {
        print_help(cli);
        cli->result = CLI_HELPED;
    } else if (code == POPT_ERROR_BADOPT) {
        unknown_option(cli, options);
        cli->result = CLI_WRONG;
    } else if (code < -1) {
        cli_usage(command, "option '%s': %s", poptBadOption(cli->context, POPT_BADOPTION_NOALIAS),
                  poptStrerror(code));
        cli->result = CLI_WRONG;
    }
    cli->arguments = poptGetArgs(cli->context);
    while (cli->arguments && cli->arguments[cli->n_arguments])
        cli->n_arguments++;
    free(words); // popt keeps a copy
    free(program);
    return cli->result;
}

int cli_done(struct cli *cli)
{
    poptFreeContext(cli->context);
    return cli->result == CLI_WRONG ? 2 : 0;
}

void cli_free(struct cli *cli, struct cli_common *common)
{
    poptFreeContext(cli->context);
    if (!common)
        return;
    free(common->seed);
    free(common->out_dir);
    cli_overrides_free(common->sets);
    *common = (struct cli_common){0};
}

char **cli_overrides(const struct cli_common *common)
{
    size_t len = 0;
    while (common->sets && common->sets[len])
        len++;
    char **overrides = alloc_zero(len + 2, sizeof *overrides);
    size_t n = 0;
    for (; n < len; n++)
        overrides[n] = alloc_strdup(common->sets[n]);
    if (common->seed)
        overrides[n] = alloc_printf("--seed=%s", common->seed);
    return overrides;
}

void cli_overrides_free(char **overrides)
{
    for (size_t i = 0; overrides && overrides[i]; i++)
        free(overrides[i]);
    free(overrides);
}

bool cli_is_live(FILE *out)
{
    const char *term = getenv("TERM");
    return isatty(fileno(out)) && !(term && !strcmp(term, "dumb"));
}

bool cli_color(const struct cli_common *common, FILE *out)
{
    const char *no_color = getenv("NO_COLOR");
    return !common->no_color && !(no_color && *no_color) && cli_is_live(out);
}
