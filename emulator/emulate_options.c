#include "emulator/emulate_options.h"

#include "base/clock.h"
#include "base/units.h"

#include "emulator/places.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

enum { PORT_SSH = 2222, PORT_TELNET = 2323, PORT_SSH_ROW = 20000, PORT_TELNET_ROW = 30000 };
enum { THREADS_MAX = 256 };
static const uint32_t address_default = 0x7f640001; // 127.100.0.1
static const uint32_t loopback_last = 0x7ffffffe;   // the one after it is the broadcast address

static int read_count(const char *option, const char *word, uint64_t min, uint64_t max,
                      uint64_t *count, struct err *err)
{
    if (units_count(word, min, max, count, err) < 0)
        return err_prefix(err, "%s: ", option);
    return 0;
}

static int read_port(const char *option, const char *word, uint16_t *port, struct err *err)
{
    uint64_t value = 0;
    if (read_count(option, word, 0, UINT16_MAX, &value, err) < 0)
        return -1;
    *port = (uint16_t)value;
    return 0;
}

static int read_patience(const char *option, const char *word, uint64_t *ns, struct err *err)
{
    if (word && units_duration(word, ns, err) < 0)
        return err_prefix(err, "%s: ", option);
    return 0;
}

// ADDRESS[:PORT]
static int read_listen(const char *word, uint32_t *address, bool *has_port, uint16_t *port,
                       struct err *err)
{
    char host[INET_ADDRSTRLEN];
    size_t len = strcspn(word, ":");
    struct in_addr in = {0};
    bool is_address = false;
    if (len < sizeof host) {
        memcpy(host, word, len);
        host[len] = '\0';
        is_address = inet_pton(AF_INET, host, &in) == 1;
    }
    if (!is_address)
        return err_input(err,
                         "--listen: '%s' does not begin with an IPv4 address; write it like "
                         "127.100.0.1 or 127.100.0.1:2222",
                         word);
    *address = ntohl(in.s_addr);
    *has_port = word[len] == ':';
    return *has_port ? read_port("--listen", word + len + 1, port, err) : 0;
}

static uint32_t largest(const struct u32_list *list)
{
    uint32_t max = 0;
    for (size_t i = 0; i < list->len; i++)
        if (list->items[i] > max)
            max = list->items[i];
    return max;
}

static bool names_transport(const struct experiment *experiment, enum transport transport)
{
    for (size_t i = 0; i < experiment->devices.transport.len; i++)
        if (experiment->devices.transport.items[i] == transport)
            return true;
    return false;
}

// Options name the transports; without them the file does; without a file it is both.
static int choose_transports(struct emulate_options *options, const struct emulate_words *words,
                             const char *path, struct err *err)
{
    options->serves_ssh = words->ssh != NULL;
    options->serves_telnet = words->telnet != NULL;
    if (words->ssh || words->telnet)
        return 0;
    options->serves_ssh = !path || names_transport(options->experiment, TRANSPORT_SSH);
    options->serves_telnet = !path || names_transport(options->experiment, TRANSPORT_TELNET);
    if (!options->serves_ssh && !options->serves_telnet)
        return err_input(
            err, "%s: nothing to serve: its devices.transport names neither ssh nor telnet", path);
    return 0;
}

static int check_place(const struct listen_place *place, struct err *err)
{
    if (place->ports && place->port && place->port + place->devices - 1 > UINT16_MAX)
        return err_input(err,
                         "%u devices from port %u on would end above %u; begin lower with %s PORT",
                         place->devices, place->port, UINT16_MAX, place->option);
    if (place->ports && place->devices > UINT16_MAX)
        return err_input(err, "%u devices do not fit in the %u ports of one address",
                         place->devices, UINT16_MAX);
    uint64_t last = (uint64_t)place->address + place->devices - 1;
    if (!place->ports && listener_is_loopback(place->address) && last > loopback_last)
        return err_input(err,
                         "%u devices from that address on would end beyond 127.255.255.254; "
                         "begin lower with --listen ADDRESS",
                         place->devices);
    if (!place->ports && last > UINT32_MAX)
        return err_input(err, "%u devices from that address on would end beyond the last address",
                         place->devices);
    return 0;
}

static int read_named_places(struct emulate_options *options, struct err *err)
{
    if (options->serves_ssh &&
        places_read(&options->ssh, options->experiment, TRANSPORT_SSH, err) < 0)
        return -1;
    if (options->serves_telnet &&
        places_read(&options->telnet, options->experiment, TRANSPORT_TELNET, err) < 0)
        return -1;
    return 0;
}

static int choose_places(struct emulate_options *options, const struct emulate_words *words,
                         struct err *err)
{
    uint32_t address = address_default;
    bool has_port = false;
    uint16_t port = 0;
    if (words->listen && read_listen(words->listen, &address, &has_port, &port, err) < 0)
        return -1;
    if (has_port && options->serves_ssh && options->serves_telnet)
        return err_input(err,
                         "--listen with a port serves one transport: add --ssh %u or --telnet %u",
                         port, port);
    bool ports = words->ports || address == INADDR_ANY ||
                 (listener_is_loopback(address) && !listener_can_serve_loopback());
    if (ports && !words->listen)
        address = INADDR_LOOPBACK;
    options->ssh = (struct listen_place){.address = address,
                                         .port = has_port ? port
                                                 : ports  ? PORT_SSH_ROW
                                                          : PORT_SSH,
                                         .ports = ports,
                                         .devices = options->devices,
                                         .option = "--ssh"};
    options->telnet = options->ssh;
    options->telnet.option = "--telnet";
    if (!has_port)
        options->telnet.port = ports ? PORT_TELNET_ROW : PORT_TELNET;
    if (!has_port && words->ssh && read_port("--ssh", words->ssh, &options->ssh.port, err) < 0)
        return -1;
    if (!has_port && words->telnet &&
        read_port("--telnet", words->telnet, &options->telnet.port, err) < 0)
        return -1;
    if (options->serves_ssh && check_place(&options->ssh, err) < 0)
        return -1;
    if (options->serves_telnet && check_place(&options->telnet, err) < 0)
        return -1;
    return words->by_number ? 0 : read_named_places(options, err);
}

static int read_all(struct emulate_options *options, const struct emulate_words *words,
                    const char *path, struct err *err)
{
    uint32_t named = experiment_devices(options->experiment, 0);
    uint64_t devices = named + largest(&options->experiment->devices.count);
    uint64_t threads = 1;
    if (words->devices &&
        read_count("--devices", words->devices, 1, EXPERIMENT_DEVICES_MAX, &devices, err) < 0)
        return -1;
    if (devices < named)
        return err_input(err, "--devices: '%s' is less than the %u devices that the file names",
                         words->devices, named);
    if (words->threads &&
        read_count("--threads", words->threads, 1, THREADS_MAX, &threads, err) < 0)
        return -1;
    options->devices = (uint32_t)devices;
    options->threads = (uint32_t)threads;
    options->sessions = path ? largest(&options->experiment->runs.workers) : 0;
    options->login_timeout_ns = 60 * CLOCK_NS_PER_S;
    options->idle_timeout_ns = 600 * CLOCK_NS_PER_S; // IOS: exec-timeout 10
    if (read_patience("--login-timeout", words->login_timeout, &options->login_timeout_ns, err) <
            0 ||
        read_patience("--idle-timeout", words->idle_timeout, &options->idle_timeout_ns, err) < 0)
        return -1;
    if (!options->login_timeout_ns)
        return err_input(err, "--login-timeout: must be longer than 0, like 60s");
    if (choose_transports(options, words, path, err) < 0)
        return -1;
    return choose_places(options, words, err);
}

int emulate_options_read(struct emulate_options *options, const struct emulate_words *words,
                         const char *path, const struct cli_common *common, struct err *err)
{
    *options = (struct emulate_options){0};
    char **overrides = cli_overrides(common);
    options->experiment = experiment_load(path, (const char *const *)overrides, err);
    cli_overrides_free(overrides);
    if (!options->experiment)
        return -1;
    if (read_all(options, words, path, err) < 0) {
        emulate_options_fini(options);
        return -1;
    }
    return 0;
}

void emulate_options_fini(struct emulate_options *options)
{
    places_fini(&options->ssh);
    places_fini(&options->telnet);
    experiment_free(options->experiment);
    options->experiment = NULL;
}
