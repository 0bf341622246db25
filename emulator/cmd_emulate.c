#include "emulator/cmd_emulate.h"

#include "base/cli.h"
#include "emulator/control.h"
#include "emulator/emulate_options.h"
#include "emulator/server.h"
#include "emulator/stats.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>
#include <uv.h>

// What the main thread waits for while the loops serve.
struct vigil {
    uv_loop_t loop;
    uv_signal_t interrupt;
    uv_signal_t terminate;
    uv_poll_t input;
    int input_flags; // before libuv changed them: a terminal's are shared with the shell
    bool ended;
    struct stats stats; // here, for its handle is closed in end_vigil
};

static void on_signal(uv_signal_t *signal, int number)
{
    (void)number;
    uv_stop(signal->loop);
}

static void on_input(uv_poll_t *input, int status, int events)
{
    (void)events;
    char bytes[4096];
    ssize_t len = read(STDIN_FILENO, bytes, sizeof bytes);
    if (status < 0 || len == 0 || (len < 0 && errno != EAGAIN && errno != EINTR))
        uv_stop(input->loop);
}

static void close_handle(uv_handle_t *handle, void *data)
{
    (void)data;
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

// A file as standard input cannot be polled: it is read to its end at once, for it never waits.
static void begin_vigil(struct vigil *vigil, bool until_eof)
{
    uv_loop_init(&vigil->loop);
    uv_signal_init(&vigil->loop, &vigil->interrupt);
    uv_signal_init(&vigil->loop, &vigil->terminate);
    uv_signal_start(&vigil->interrupt, on_signal, SIGINT);
    uv_signal_start(&vigil->terminate, on_signal, SIGTERM);
    vigil->input_flags = fcntl(STDIN_FILENO, F_GETFL);
    vigil->ended = until_eof && uv_poll_init(&vigil->loop, &vigil->input, STDIN_FILENO) != 0;
    if (until_eof && !vigil->ended)
        uv_poll_start(&vigil->input, UV_READABLE | UV_DISCONNECT, on_input);
}

// Returns at SIGINT, SIGTERM or, if asked for, the end of the standard input.
static void keep_vigil(struct vigil *vigil)
{
    if (!vigil->ended)
        uv_run(&vigil->loop, UV_RUN_DEFAULT);
}

static void end_vigil(struct vigil *vigil)
{
    uv_walk(&vigil->loop, close_handle, NULL);
    uv_run(&vigil->loop, UV_RUN_DEFAULT);
    uv_loop_close(&vigil->loop);
    if (vigil->input_flags >= 0)
        fcntl(STDIN_FILENO, F_SETFL, vigil->input_flags);
}

static void print_counts(const struct counts *counts)
{
    fprintf(stderr, "netbaton emulate: %" PRIu64 " sessions", counts->accepted);
    const char *before = ": ";
    for (int how = 0; how < SESSION_ENDS; how++) {
        if (!counts->ended[how])
            continue;
        fprintf(stderr, "%s%" PRIu64 " %s", before, counts->ended[how], session_end_names[how]);
        before = ", ";
    }
    fputc('\n', stderr);
}

// Nobody asked for the default place: where it cannot be had, the devices are served all the same.
static int open_control(struct control **control, struct server *server, struct vigil *vigil,
                        const struct emulate_words *words, const struct cli_common *common,
                        struct err *err)
{
    if (words->no_control)
        return 0;
    *control = control_open(&vigil->loop, words->control, server, err);
    if (!*control && words->control)
        return -1;
    if (!*control && !common->quiet)
        fprintf(stderr, "netbaton emulate: no control channel: %s\n", err->text);
    return 0;
}

// From the ready line to the signal that ends it.
static int watch_over(struct server *server, struct vigil *vigil, const struct emulate_words *words,
                      const struct cli_common *common, struct err *err)
{
    struct control *control = NULL;
    if (open_control(&control, server, vigil, words, common, err) < 0)
        return -1;
    server_print_ready(server_options(server), stdout);
    if (words->stats)
        stats_begin(&vigil->stats, &vigil->loop, server);
    keep_vigil(vigil);
    control_close(control);
    if (words->stats)
        stats_end(&vigil->stats);
    return 0;
}

static int serve(const struct command *command, const struct emulate_words *words, const char *path,
                 const struct cli_common *common)
{
    struct err err;
    struct emulate_options options;
    if (emulate_options_read(&options, words, path, common, &err) < 0)
        return cli_fail(command, &err);
    signal(SIGPIPE, SIG_IGN);
    struct counts counts = {0};
    struct vigil vigil;
    begin_vigil(&vigil, words->until_eof);
    struct server *server = server_start(&options, words->host_key, words->platform, &err);
    int result = server ? watch_over(server, &vigil, words, common, &err) : -1;
    if (server)
        server_stop(server, &counts);
    end_vigil(&vigil);
    emulate_options_fini(&options);
    if (result < 0)
        return cli_fail(command, &err);
    if (common->verbose)
        print_counts(&counts);
    return 0;
}

static void free_words(struct emulate_words *words)
{
    free(words->devices);
    free(words->ssh);
    free(words->telnet);
    free(words->listen);
    free(words->threads);
    free(words->host_key);
    free(words->platform);
    free(words->login_timeout);
    free(words->idle_timeout);
    free(words->control);
}

static int run(const struct command *command, int argc, char **argv)
{
    struct cli_common common = {0};
    struct emulate_words words = {0};
    struct poptOption options[] = {
        {"devices", 'n', POPT_ARG_STRING, &words.devices, 0,
         "how many devices (default: the file's largest count)", "N"},
        {"ssh", 0, POPT_ARG_STRING, &words.ssh, 0, "serve SSH on PORT (2222; 0: any free one)",
         "PORT"},
        {"telnet", 0, POPT_ARG_STRING, &words.telnet, 0,
         "serve Telnet on PORT (2323; 0: any free one)", "PORT"},
        {"listen", 'l', POPT_ARG_STRING, &words.listen, 0,
         "address of the first device (127.100.0.1)", "ADDRESS[:PORT]"},
        {"ports", 0, POPT_ARG_NONE, &words.ports, 0,
         "a port a device on one address instead of an address a device", NULL},
        {"by-number", 0, POPT_ARG_NONE, &words.by_number, 0,
         "each device where its number puts it, whatever addresses and ports the file names", NULL},
        {"threads", 't', POPT_ARG_STRING, &words.threads, 0, "serve with N threads (1)", "N"},
        {"platform", 0, POPT_ARG_STRING, &words.platform, 0,
         "lay a folder of platform data over the built-in one", "DIR"},
        {"host-key", 0, POPT_ARG_STRING, &words.host_key, 0,
         "SSH host key (default: one made once and kept)", "FILE"},
        {"login-timeout", 0, POPT_ARG_STRING, &words.login_timeout, 0,
         "how long a peer may take to log in (60s)", "TIME"},
        {"idle-timeout", 0, POPT_ARG_STRING, &words.idle_timeout, 0,
         "hang up when nothing is typed for TIME (10m; 0: never)", "TIME"},
        {"stats", 0, POPT_ARG_NONE, &words.stats, 0,
         "say once a second what goes on: a live line, or JSON lines when stderr is no terminal",
         NULL},
        {"control", 0, POPT_ARG_STRING, &words.control, 0,
         "where the socket for `netbaton ctl` lies (default: a place where that finds it)", "PATH"},
        {"no-control", 0, POPT_ARG_NONE, &words.no_control, 0, "no such socket", NULL},
        {"until-eof", 0, POPT_ARG_NONE, &words.until_eof, 0, "end when the standard input ends",
         NULL},
        CLI_COMMON_OPTIONS(&common),
        POPT_TABLEEND,
    };
    struct cli cli;
    if (cli_parse(&cli, command, argc, argv, options) != CLI_GO) {
        free_words(&words);
        return cli_done(&cli);
    }
    int code = 0;
    if (cli.n_arguments > 1)
        code = cli_usage(command, "one experiment file at most, not %d", cli.n_arguments);
    else if (words.control && words.no_control)
        code = cli_usage(command, "--no-control leaves no place for --control %s", words.control);
    else
        code = serve(command, &words, cli.n_arguments ? cli.arguments[0] : NULL, &common);
    free_words(&words);
    cli_free(&cli, &common);
    return code;
}

const struct command command_emulate = {
    .name = "emulate",
    .summary = "serve pretend network devices over SSH and Telnet",
    .arguments = "[EXPERIMENT]",
    .example = "  netbaton emulate --devices 40 --set devices.latency.command=100ms\n"
               "  ssh -p 2222 cisco@127.100.0.1       (the first device; password cisco)\n"
               "  telnet 127.100.0.40 2323            (the last)\n",
    .run = run,
};
