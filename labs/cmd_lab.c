#include "labs/cmd_lab.h"

#include "base/alloc.h"
#include "base/cli.h"
#include "base/folder.h"
#include "base/machine.h"
#include "base/units.h"
#include "labs/answer.h"
#include "labs/lab.h"

#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

struct options {
    struct cli_common common;
    char *predict;
    int run;
};

static int list_labs(struct err *err)
{
    for (unsigned n = 1; n <= lab_count(); n++) {
        struct lab *lab = lab_load(n, err);
        if (!lab)
            return -1;
        printf("%3u  %s\n", n, lab->title);
        lab_free(lab);
    }
    puts("\n`netbaton lab N` shows a lab, `netbaton lab N --run` asks for your predictions and "
         "runs it.");
    return 0;
}

// --predict "2.5, 0.3": one for each question.
static int read_predictions(const struct lab *lab, const char *text, double *predictions,
                            struct err *err)
{
    char *copy = alloc_strdup(text);
    char *rest = copy;
    size_t count = 0;
    int result = 0;
    for (char *word = strsep(&rest, ","); word && result == 0; word = strsep(&rest, ",")) {
        word += strspn(word, " ");
        if (count < lab->n_questions)
            result = answer_read(word, &predictions[count], err);
        count++;
    }
    free(copy);
    if (result == 0 && count != lab->n_questions)
        result = err_input(err, "lab %u has %zu questions, --predict has %zu answer%s", lab->number,
                           lab->n_questions, count, count == 1 ? "" : "s");
    return result;
}

static int ask_predictions(const struct lab *lab, double *predictions, struct err *err)
{
    if (!isatty(STDIN_FILENO)) {
        for (size_t i = 0; i < lab->n_questions; i++)
            fprintf(stderr, "%zu. %s\n", i + 1, lab->questions[i].ask);
        return err_input(err, "predict first: --predict with %zu numbers, separated by commas",
                         lab->n_questions);
    }
    for (size_t i = 0; i < lab->n_questions;) {
        char line[128];
        printf("%zu. %s\n   your prediction: ", i + 1, lab->questions[i].ask);
        fflush(stdout);
        if (!fgets(line, sizeof line, stdin))
            return err_input(err, "no prediction was given");
        line[strcspn(line, "\n")] = '\0';
        if (answer_read(line, &predictions[i], err) == 0)
            i++;
        else
            printf("   %s\n", err->text);
    }
    return 0;
}

// The experiment lies in a file of its own while the command reads it. The caller unlinks and frees
// the path.
static char *write_experiment(const struct lab *lab, struct err *err)
{
    char *path = folder_temporary("lab");
    int fd = mkstemp(path);
    size_t len = strlen(lab->experiment);
    if (fd < 0 || write(fd, lab->experiment, len) != (ssize_t)len) {
        err_set(err, "cannot write '%s': %s", path, strerror(errno));
        free(path);
        path = NULL;
    }
    if (fd >= 0)
        close(fd);
    return path;
}

struct words {
    char *items[64];
    size_t len;
};

static void add_word(struct words *words, const char *word)
{
    if (words->len + 1 < sizeof words->items / sizeof *words->items)
        words->items[words->len++] = alloc_strdup(word);
}

// run or simulate, as this same program. Its exit code; -1 when it could not be started.
static int start_command(const struct lab *lab, const struct options *options, const char *file,
                         const char *dir, struct err *err)
{
    struct words words = {0};
    char *program = machine_own_path();
    char **overrides = cli_overrides(&options->common);
    add_word(&words, program);
    add_word(&words, lab->command);
    add_word(&words, file);
    add_word(&words, "-o");
    add_word(&words, dir);
    if (options->common.quiet)
        add_word(&words, "-q");
    for (char **override = overrides; *override; override++) {
        add_word(&words, "--set");
        add_word(&words, *override);
    }
    pid_t pid;
    int status = -1;
    int code = posix_spawnp(&pid, program, NULL, NULL, words.items, environ);
    if (code == 0)
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
            continue;
    else
        err_set(err, "cannot start '%s': %s", program, strerror(code));
    for (size_t i = 0; i < words.len; i++)
        free(words.items[i]);
    cli_overrides_free(overrides);
    free(program);
    return code == 0 && WIFEXITED(status) ? WEXITSTATUS(status) : code ? -1 : 1;
}

static char *results_folder(const struct lab *lab, const struct options *options)
{
    if (options->common.out_dir)
        return alloc_strdup(options->common.out_dir);
    char stamp[32];
    time_t now = time(NULL);
    struct tm local;
    localtime_r(&now, &local);
    strftime(stamp, sizeof stamp, "%Y%m%d-%H%M%S", &local);
    return alloc_printf("results/lab-%02u-%s", lab->number, stamp);
}

// Exit code of the command; the answers are set when it is 0 or 3.
static int measure(const struct lab *lab, const struct options *options, double *answers,
                   struct err *err)
{
    char *file = write_experiment(lab, err);
    if (!file)
        return -1;
    char *dir = results_folder(lab, options);
    int code = start_command(lab, options, file, dir, err);
    unlink(file);
    free(file);
    if ((code == 0 || code == 3) && answer_find(lab, dir, answers, err) < 0)
        code = -1;
    free(dir);
    return code;
}

static int run_one(const struct lab *lab, const struct options *options, int *code, struct err *err)
{
    double *predictions = alloc_zero(lab->n_questions, sizeof *predictions);
    double *answers = alloc_zero(lab->n_questions, sizeof *answers);
    int result = options->predict ? read_predictions(lab, options->predict, predictions, err)
                                  : ask_predictions(lab, predictions, err);
    if (result == 0) {
        *code = measure(lab, options, answers, err);
        result = *code < 0 ? -1 : 0;
    }
    if (result == 0 && (*code == 0 || *code == 3)) {
        puts("");
        answer_print(lab, predictions, answers, stdout);
    }
    free(predictions);
    free(answers);
    return result;
}

static int lab_command(const struct cli *cli, const struct options *options, int *code,
                       struct err *err)
{
    if (cli->n_arguments == 0)
        return list_labs(err);
    uint64_t number;
    if (cli->n_arguments > 1)
        return err_input(err, "one lab at a time, not '%s' too", cli->arguments[1]);
    if (units_count(cli->arguments[0], 1, lab_count(), &number, err) < 0)
        return err_prefix(err, "no such lab: ");
    struct lab *lab = lab_load((unsigned)number, err);
    if (!lab)
        return -1;
    int result = 0;
    if (options->run || options->predict)
        result = run_one(lab, options, code, err);
    else
        fputs(lab->text, stdout);
    lab_free(lab);
    return result;
}

static int run_lab(const struct command *command, int argc, char **argv)
{
    struct options given = {0};
    struct poptOption options[] = {
        {"run", 'r', POPT_ARG_NONE, &given.run, 0, "ask for predictions, run the lab, compare",
         NULL},
        {"predict", 'p', POPT_ARG_STRING, &given.predict, 0,
         "run with these predictions, one a question, separated by commas", "NUMBERS"},
        CLI_COMMON_OPTIONS(&given.common),
        POPT_TABLEEND,
    };
    struct cli cli;
    struct err err = {0};
    if (cli_parse(&cli, command, argc, argv, options) != CLI_GO)
        return cli_done(&cli);
    int code = 0;
    if (lab_command(&cli, &given, &code, &err) < 0)
        code = cli_fail(command, &err);
    cli_free(&cli, &given.common);
    free(given.predict);
    return code;
}

const struct command command_lab = {
    .name = "lab",
    .summary = "list the labs, show one, or run it and check your predictions",
    .arguments = "[N]",
    .example = "  netbaton lab\n"
               "  netbaton lab 1\n"
               "  netbaton lab 1 --predict 4,0.5,8\n",
    .run = run_lab,
};
