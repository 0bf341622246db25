#include "emulator/cmd_ctl.h"

#include "base/alloc.h"
#include "base/cli.h"
#include "base/units.h"
#include "emulator/control_client.h"
#include "emulator/control_print.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct words {
    char *control;
    char *device;
    char *session;
    int all;
    int reset;
    int json;
    struct cli_common common;
};

enum { TAKES_DEVICE = 1, TAKES_SESSION = 2, TAKES_RESET = 4, TAKES_KEYS = 8, QUIET_ALLOWED = 16 };

static const struct ctl_command {
    const char *name;
    unsigned takes;
    void (*print)(const json_t *answer, FILE *out);
} ctl_commands[] = {
    {"sessions", TAKES_DEVICE | TAKES_SESSION, control_print_sessions},
    {"counters", 0, control_print_counters},
    {"show", TAKES_DEVICE, control_print_settings},
    {"set", TAKES_DEVICE | TAKES_KEYS | QUIET_ALLOWED, control_print_changed},
    {"reset", TAKES_DEVICE | QUIET_ALLOWED, control_print_changed},
    {"drop", TAKES_DEVICE | TAKES_SESSION | TAKES_RESET | QUIET_ALLOWED, control_print_dropped},
};
enum { N_COMMANDS = sizeof ctl_commands / sizeof *ctl_commands };

static const struct ctl_command *find(const char *word, struct err *err)
{
    const char *names[N_COMMANDS + 1] = {0};
    for (size_t i = 0; i < N_COMMANDS; i++) {
        if (!strcmp(ctl_commands[i].name, word))
            return &ctl_commands[i];
        names[i] = ctl_commands[i].name;
    }
    const char *near = units_nearest_word(word, names);
    if (near)
        (void)err_input(err, "unknown command '%s'; did you mean '%s'?", word, near);
    else
        (void)err_input(err,
                        "unknown command '%s'; there are sessions, counters, show, set, "
                        "reset and drop",
                        word);
    return NULL;
}

static int check_options(const struct ctl_command *command, const struct words *words,
                         struct err *err)
{
    const struct {
        bool given;
        unsigned needs;
        const char *option;
    } options[] = {
        {words->device != NULL, TAKES_DEVICE, "--device"},
        {words->session != NULL, TAKES_SESSION, "--session"},
        {words->all, TAKES_DEVICE, "--all"},
        {words->reset, TAKES_RESET, "--reset"},
    };
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if (options[i].given && !(command->takes & options[i].needs))
            return err_input(err, "'%s' does not take %s", command->name, options[i].option);
    if (words->all && (words->device || words->session))
        return err_input(err, "--all leaves nothing to choose: leave %s out",
                         words->device ? "--device" : "--session");
    return 0;
}

// KEY=VALUE, of which the last of a key counts.
static int add_value(json_t *values, const char *word, struct err *err)
{
    const char *equals = strchr(word, '=');
    if (!equals || equals == word)
        return err_input(err, "'%s': write it as KEY=VALUE, like latency.command=500ms", word);
    char *key = alloc_strndup(word, (size_t)(equals - word));
    int failed = json_object_set_new(values, key, json_string(equals + 1));
    free(key);
    return failed ? err_input(err, "'%s' is not UTF-8", word) : 0;
}

static int add_arguments(json_t *request, const struct ctl_command *command,
                         const char *const *arguments, struct words *words, struct err *err)
{
    json_t *values = json_object();
    for (; *arguments; arguments++) {
        if (command->takes & TAKES_KEYS) {
            if (add_value(values, *arguments, err) < 0)
                goto fail;
        } else if ((command->takes & TAKES_DEVICE) && !words->device && !words->all) {
            words->device = alloc_strdup(*arguments);
        } else {
            (void)err_input(err, "unexpected '%s' after '%s'", *arguments, command->name);
            goto fail;
        }
    }
    if ((command->takes & TAKES_KEYS) && !json_object_size(values)) {
        (void)err_input(err, "what shall change? Write %s KEY=VALUE, like latency.command=500ms",
                        command->name);
        goto fail;
    }
    if (command->takes & TAKES_KEYS)
        json_object_set(request, "values", values);
    json_decref(values);
    return 0;
fail:
    json_decref(values);
    return -1;
}

static int add_options(json_t *request, const struct ctl_command *command,
                       const struct words *words, struct err *err)
{
    uint64_t id = 0;
    if (words->session && units_count(words->session, 1, INT64_MAX, &id, err) < 0)
        return err_prefix(err, "--session: ");
    if (id)
        json_object_set_new(request, "session", json_integer((json_int_t)id));
    if (words->device && json_object_set_new(request, "device", json_string(words->device)) != 0)
        return err_input(err, "--device: '%s' is not UTF-8", words->device);
    if (words->all)
        json_object_set_new(request, "device", json_string("all"));
    if (words->reset)
        json_object_set_new(request, "reset", json_true());
    if ((command->takes & TAKES_RESET) && !words->device && !words->all && !words->session)
        return err_input(err, "which sessions? Say --device R3, --session ID or --all");
    return 0;
}

static json_t *make_request(const struct ctl_command *command, const char *const *arguments,
                            struct words *words, struct err *err)
{
    json_t *request = json_pack("{s:s}", "request", command->name);
    if (check_options(command, words, err) == 0 &&
        add_arguments(request, command, arguments, words, err) == 0 &&
        add_options(request, command, words, err) == 0)
        return request;
    json_decref(request);
    return NULL;
}

static void print(const struct ctl_command *command, const json_t *answer,
                  const struct words *words)
{
    if (words->json) {
        json_dumpf(answer, stdout, JSON_COMPACT);
        fputc('\n', stdout);
    } else if (!words->common.quiet || !(command->takes & QUIET_ALLOWED)) {
        command->print(answer, stdout);
    }
}

static int ask(const char *const *arguments, struct words *words, struct err *err)
{
    const struct ctl_command *command = find(arguments[0], err);
    json_t *request = command ? make_request(command, arguments + 1, words, err) : NULL;
    if (!request)
        return -1;
    json_t *answer = NULL;
    int fd = control_client_open(words->control, err);
    if (fd >= 0) {
        answer = control_client_ask(fd, request, err);
        close(fd);
    }
    json_decref(request);
    if (!answer)
        return -1;
    print(command, answer, words);
    json_decref(answer);
    return 0;
}

static int run(const struct command *command, int argc, char **argv)
{
    struct words words = {0};
    struct poptOption options[] = {
        {"control", 0, POPT_ARG_STRING, &words.control, 0,
         "the emulator's socket (default: the only one that runs)", "PATH"},
        {"device", 'd', POPT_ARG_STRING, &words.device, 0,
         "which devices: R3, 3, 1-40, all (default: all)", "DEVICE"},
        {"session", 0, POPT_ARG_STRING, &words.session, 0, "which session", "ID"},
        {"all", 'a', POPT_ARG_NONE, &words.all, 0, "all devices", NULL},
        {"reset", 0, POPT_ARG_NONE, &words.reset, 0,
         "drop with a TCP reset instead of an end of the connection", NULL},
        {"json", 0, POPT_ARG_NONE, &words.json, 0, "print the answer as the emulator gives it",
         NULL},
        {"quiet", 'q', POPT_ARG_NONE, &words.common.quiet, 0,
         "say nothing after set, reset and drop", NULL},
        POPT_TABLEEND,
    };
    struct cli cli;
    struct err err;
    if (cli_parse(&cli, command, argc, argv, options) != CLI_GO)
        return cli_done(&cli);
    int code = 0;
    if (!cli.n_arguments)
        code = cli_usage(command, "what? sessions, counters, show, set, reset or drop");
    else if (ask(cli.arguments, &words, &err) < 0)
        code = cli_fail(command, &err);
    free(words.control);
    free(words.device);
    free(words.session);
    cli_free(&cli, &words.common);
    return code;
}

const struct command command_ctl = {
    .name = "ctl",
    .summary = "look at a running emulator, and change it",
    .arguments = "sessions|counters|show|set|reset|drop [ARGUMENT...]",
    .example = "  netbaton ctl sessions                            who is logged in\n"
               "  netbaton ctl counters                            what happened until now\n"
               "  netbaton ctl show R3                             what is set for a device\n"
               "  netbaton ctl set latency.command=2s --device R3  from its next command on\n"
               "  netbaton ctl set faults.hang=0.2                 every fifth new session hangs\n"
               "  netbaton ctl reset                               as the experiment file has it\n"
               "  netbaton ctl drop --device 1-10 --reset          ten devices break connections\n",
    .run = run,
};
