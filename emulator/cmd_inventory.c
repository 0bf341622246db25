#include "emulator/cmd_inventory.h"

#include "base/cli.h"
#include "base/units.h"
#include "emulator/host_key.h"
#include "emulator/inventory.h"
#include "emulator/ssh_profile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int unknown_format(const char *name, struct err *err)
{
    const char *names[16] = {0};
    for (size_t i = 0; inventory_formats[i].name; i++)
        names[i] = inventory_formats[i].name;
    const char *near = units_nearest_word(name, names);
    if (near)
        return err_input(err, "no format is called '%s'; did you mean '%s'?", name, near);
    return err_input(
        err,
        "no format is called '%s'; there are netmiko, nornir, ansible, scrapli, ssh_config, "
        "known_hosts and csv",
        name);
}

static int check(const struct inventory_format *format, const struct emulate_options *options,
                 struct err *err)
{
    if (format->needs_ssh && !options->serves_ssh)
        return err_input(
            err, "the format '%s' is about SSH, and the devices serve Telnet only; add --ssh PORT",
            format->name);
    if ((options->serves_ssh && !options->ssh.port) ||
        (options->serves_telnet && !options->telnet.port))
        return err_input(err,
                         "port 0 is any free one, which an inventory cannot know; name the port");
    return 0;
}

static int print(const struct inventory_format *format, const struct emulate_options *options,
                 const char *host_key, struct err *err)
{
    struct buf text = {0};
    char *public_keys = NULL;
    int result = check(format, options, err);
    if (result == 0 && format->needs_host_key) {
        unsigned kinds;
        unsigned any_kinds;
        struct host_keys keys;
        ssh_profile_key_kinds(options->experiment, &kinds, &any_kinds);
        result = host_keys_open(&keys, host_key, kinds, any_kinds, err);
        public_keys = result == 0 ? host_keys_public(&keys, err) : NULL;
        host_keys_fini(&keys);
        result = public_keys ? 0 : -1;
    }
    if (result == 0) {
        inventory_write(format, options, public_keys, &text);
        bool written =
            fwrite(buf_text(&text), 1, text.len, stdout) == text.len && fflush(stdout) == 0;
        if (!written)
            result = err_set(err, "cannot write the inventory: %s", strerror(errno));
    }
    free(public_keys);
    buf_fini(&text);
    return result;
}

static int list_devices(const struct command *command, const char *name,
                        const struct emulate_words *words, const char *path,
                        const struct cli_common *common)
{
    struct err err;
    struct emulate_options options;
    const struct inventory_format *format = inventory_find(name ? name : "csv");
    if (!format) {
        unknown_format(name, &err);
        return cli_fail(command, &err);
    }
    if (emulate_options_read(&options, words, path, common, &err) < 0)
        return cli_fail(command, &err);
    int result = print(format, &options, words->host_key, &err);
    emulate_options_fini(&options);
    return result < 0 ? cli_fail(command, &err) : 0;
}

static void free_words(struct emulate_words *words)
{
    free(words->devices);
    free(words->ssh);
    free(words->telnet);
    free(words->listen);
    free(words->host_key);
}

static int run(const struct command *command, int argc, char **argv)
{
    struct cli_common common = {0};
    struct emulate_words words = {0};
    char *format = NULL;
    struct poptOption options[] = {
        {"format", 'f', POPT_ARG_STRING, &format, 0,
         "netmiko, nornir, ansible, scrapli, ssh_config, known_hosts or csv (csv)", "FORMAT"},
        {"devices", 'n', POPT_ARG_STRING, &words.devices, 0, "as for emulate", "N"},
        {"ssh", 0, POPT_ARG_STRING, &words.ssh, 0, "as for emulate", "PORT"},
        {"telnet", 0, POPT_ARG_STRING, &words.telnet, 0, "as for emulate", "PORT"},
        {"listen", 'l', POPT_ARG_STRING, &words.listen, 0, "as for emulate", "ADDRESS[:PORT]"},
        {"ports", 0, POPT_ARG_NONE, &words.ports, 0, "as for emulate", NULL},
        {"by-number", 0, POPT_ARG_NONE, &words.by_number, 0, "as for emulate", NULL},
        {"host-key", 0, POPT_ARG_STRING, &words.host_key, 0, "as for emulate", "FILE"},
        CLI_COMMON_OPTIONS(&common),
        POPT_TABLEEND,
    };
    struct cli cli;
    if (cli_parse(&cli, command, argc, argv, options) != CLI_GO) {
        free_words(&words);
        free(format);
        return cli_done(&cli);
    }
    int code = cli.n_arguments > 1
                   ? cli_usage(command, "one experiment file at most, not %d", cli.n_arguments)
                   : list_devices(command, format, &words,
                                  cli.n_arguments ? cli.arguments[0] : NULL, &common);
    free_words(&words);
    free(format);
    cli_free(&cli, &common);
    return code;
}

const struct command command_inventory = {
    .name = "inventory",
    .summary = "print the devices as an inventory of netmiko, nornir, ansible, ssh ...",
    .arguments = "[EXPERIMENT]",
    .example = "  netbaton inventory --devices 3 --format netmiko > devices.yaml\n"
               "  netbaton inventory --format known_hosts >> ~/.ssh/known_hosts\n",
    .run = run,
};
