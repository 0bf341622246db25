#include "emulator/inventory.h"

#include "emulator/places.h"
#include "emulator/ssh_profile.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// What other programs call our platforms. A platform of one's own goes by its own name everywhere.
static const struct foreign_names {
    const char *platform, *netmiko, *ansible, *scrapli;
} foreign_names[] = {
    {"cisco_ios", "cisco_ios", "cisco.ios.ios", "cisco_iosxe"},
    {"arista_eos", "arista_eos", "arista.eos.eos", "arista_eos"},
    {"cisco_nxos", "cisco_nxos", "cisco.nxos.nxos", "cisco_nxos"},
    {"cisco_iosxr", "cisco_xr", "cisco.iosxr.iosxr", "cisco_iosxr"},
    {"juniper_junos", "juniper_junos", "junipernetworks.junos.junos", "juniper_junos"},
    {"mikrotik_routeros", "mikrotik_routeros", "community.routeros.routeros", "mikrotik_routeros"},
    {"huawei_vrp", "huawei", "community.network.ce", "huawei_vrp"},
};

// One device as everybody can reach it.
struct place {
    uint32_t number;
    char host[256];
    unsigned ssh_port;    // 0: not served
    unsigned telnet_port; // 0: not served
};

static struct foreign_names names_of(const char *platform)
{
    for (size_t i = 0; i < sizeof foreign_names / sizeof *foreign_names; i++)
        if (!strcmp(foreign_names[i].platform, platform))
            return foreign_names[i];
    return (struct foreign_names){platform, platform, platform, platform};
}

// "HOST" or "HOST:PORT" of a real device; without a port it is the transport's own.
static void real_place(const struct emulate_options *options, const char *address,
                       struct place *place)
{
    const char *colon = strrchr(address, ':');
    size_t len = colon ? (size_t)(colon - address) : strlen(address);
    unsigned port = colon ? (unsigned)strtoul(colon + 1, NULL, 10) : 0;
    snprintf(place->host, sizeof place->host, "%.*s", (int)len, address);
    place->ssh_port = options->serves_ssh ? (port ? port : 22) : 0;
    place->telnet_port = options->serves_telnet ? (port ? port : 23) : 0;
}

static uint32_t count_places(const struct emulate_options *options)
{
    size_t real = options->experiment->devices.addresses.len;
    return real ? (uint32_t)real : options->devices;
}

static void find_place(const struct emulate_options *options, uint32_t index, struct place *place)
{
    const struct text_list *addresses = &options->experiment->devices.addresses;
    *place = (struct place){.number = index + 1};
    if (addresses->len) {
        real_place(options, addresses->items[index], place);
        return;
    }
    uint32_t address = 0;
    uint16_t ssh_port = 0;
    uint16_t telnet_port = 0;
    if (options->serves_telnet)
        places_find(&options->telnet, index + 1, &address, &telnet_port);
    if (options->serves_ssh)
        places_find(&options->ssh, index + 1, &address, &ssh_port);
    snprintf(place->host, sizeof place->host, "%u.%u.%u.%u", address >> 24, address >> 16 & 255,
             address >> 8 & 255, address & 255);
    place->ssh_port = ssh_port;
    place->telnet_port = telnet_port;
}

static unsigned port_of(const struct place *place)
{
    return place->ssh_port ? place->ssh_port : place->telnet_port;
}

// A text as YAML and JSON take it, in double quotes.
static void put_quoted(const char *text, struct buf *out)
{
    buf_putc(out, '"');
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            buf_putc(out, '\\');
        if ((unsigned char)*text < ' ')
            buf_printf(out, "\\x%02x", (unsigned char)*text);
        else
            buf_putc(out, *text);
    }
    buf_putc(out, '"');
}

static void put_key(const char *key, const char *value, struct buf *out)
{
    buf_puts(out, key);
    buf_puts(out, ": ");
    put_quoted(value, out);
    buf_putc(out, '\n');
}

static void write_netmiko(const struct emulate_options *options, const char *host_key,
                          struct buf *out)
{
    (void)host_key;
    const struct experiment *experiment = options->experiment;
    struct foreign_names names = names_of(experiment->devices.settings.platform);
    for (uint32_t i = 0; i < count_places(options); i++) {
        struct place place;
        find_place(options, i, &place);
        buf_printf(out, "- device_type: %s%s\n  host: %s\n  port: %u\n", names.netmiko,
                   place.ssh_port ? "" : "_telnet", place.host, port_of(&place));
        put_key("  username", experiment->devices.settings.username, out);
        put_key("  password", experiment->devices.settings.password, out);
        put_key("  secret", experiment->devices.settings.enable_secret, out);
    }
}

static void write_nornir(const struct emulate_options *options, const char *host_key,
                         struct buf *out)
{
    (void)host_key;
    const struct experiment *experiment = options->experiment;
    struct foreign_names names = names_of(experiment->devices.settings.platform);
    buf_puts(out, "# hosts.yaml of nornir's SimpleInventory\n");
    for (uint32_t i = 0; i < count_places(options); i++) {
        struct place place;
        find_place(options, i, &place);
        buf_printf(out, "R%u:\n  hostname: %s\n  port: %u\n  platform: %s%s\n", place.number,
                   place.host, port_of(&place), names.netmiko, place.ssh_port ? "" : "_telnet");
        put_key("  username", experiment->devices.settings.username, out);
        put_key("  password", experiment->devices.settings.password, out);
        buf_puts(out, "  connection_options:\n    netmiko:\n      extras:\n");
        put_key("        secret", experiment->devices.settings.enable_secret, out);
    }
}

static void write_ansible(const struct emulate_options *options, const char *host_key,
                          struct buf *out)
{
    (void)host_key;
    const struct experiment *experiment = options->experiment;
    struct foreign_names names = names_of(experiment->devices.settings.platform);
    buf_puts(out, "all:\n  vars:\n    ansible_connection: ansible.netcommon.network_cli\n");
    buf_printf(out, "    ansible_network_os: %s\n", names.ansible);
    put_key("    ansible_user", experiment->devices.settings.username, out);
    put_key("    ansible_password", experiment->devices.settings.password, out);
    buf_puts(out,
             "    ansible_become: true\n    ansible_become_method: ansible.netcommon.enable\n");
    put_key("    ansible_become_password", experiment->devices.settings.enable_secret, out);
    buf_puts(out, "    ansible_host_key_checking: false\n  hosts:\n");
    for (uint32_t i = 0; i < count_places(options); i++) {
        struct place place;
        find_place(options, i, &place);
        buf_printf(out, "    R%u:\n      ansible_host: %s\n      ansible_port: %u\n", place.number,
                   place.host, place.ssh_port);
    }
}

static void write_scrapli(const struct emulate_options *options, const char *host_key,
                          struct buf *out)
{
    (void)host_key;
    const struct experiment *experiment = options->experiment;
    struct foreign_names names = names_of(experiment->devices.settings.platform);
    for (uint32_t i = 0; i < count_places(options); i++) {
        struct place place;
        find_place(options, i, &place);
        buf_printf(
            out,
            "- platform: %s\n  transport: %s\n  host: %s\n  port: %u\n  auth_strict_key: false\n",
            names.scrapli, place.ssh_port ? "system" : "telnet", place.host, port_of(&place));
        put_key("  auth_username", experiment->devices.settings.username, out);
        put_key("  auth_password", experiment->devices.settings.password, out);
        put_key("  auth_secondary", experiment->devices.settings.enable_secret, out);
    }
}

static void write_ssh_config(const struct emulate_options *options, const char *host_key,
                             struct buf *out)
{
    (void)host_key;
    for (uint32_t i = 0; i < count_places(options); i++) {
        struct place place;
        find_place(options, i, &place);
        buf_printf(out, "Host R%u\n    HostName %s\n    Port %u\n    User %s\n", place.number,
                   place.host, place.ssh_port, options->experiment->devices.settings.username);
        uint32_t ssh = experiment_device_settings(options->experiment, place.number)->ssh;
        if (ssh_profiles[ssh].ssh_config)
            buf_puts(out, ssh_profiles[ssh].ssh_config);
    }
}

static void write_known_hosts(const struct emulate_options *options, const char *host_key,
                              struct buf *out)
{
    for (uint32_t i = 0; i < count_places(options); i++) {
        struct place place;
        find_place(options, i, &place);
        for (const char *line = host_key; *line; line = strchr(line, '\n') + 1) {
            int len = (int)(strchr(line, '\n') - line) + 1;
            if (place.ssh_port == 22)
                buf_printf(out, "%s %.*s", place.host, len, line);
            else
                buf_printf(out, "[%s]:%u %.*s", place.host, place.ssh_port, len, line);
        }
    }
}

// As RFC 4180 quotes.
static void put_csv(const char *text, struct buf *out)
{
    buf_putc(out, ',');
    if (!strpbrk(text, ",\"\r\n")) {
        buf_puts(out, text);
        return;
    }
    buf_putc(out, '"');
    for (; *text; text++) {
        if (*text == '"')
            buf_putc(out, '"');
        buf_putc(out, *text);
    }
    buf_putc(out, '"');
}

static void put_csv_port(unsigned port, struct buf *out)
{
    buf_putc(out, ',');
    if (port)
        buf_printf(out, "%u", port);
}

static void write_csv(const struct emulate_options *options, const char *host_key, struct buf *out)
{
    (void)host_key;
    const struct experiment *experiment = options->experiment;
    buf_puts(out, "name,host,ssh_port,telnet_port,platform,username,password,enable_secret\r\n");
    for (uint32_t i = 0; i < count_places(options); i++) {
        struct place place;
        find_place(options, i, &place);
        buf_printf(out, "R%u,%s", place.number, place.host);
        put_csv_port(place.ssh_port, out);
        put_csv_port(place.telnet_port, out);
        put_csv(experiment->devices.settings.platform, out);
        put_csv(experiment->devices.settings.username, out);
        put_csv(experiment->devices.settings.password, out);
        put_csv(experiment->devices.settings.enable_secret, out);
        buf_puts(out, "\r\n");
    }
}

const struct inventory_format inventory_formats[] = {
    {"netmiko", "a YAML list of ConnectHandler's arguments", write_netmiko, false, false},
    {"nornir", "hosts.yaml of SimpleInventory", write_nornir, false, false},
    {"ansible", "a YAML inventory for network_cli", write_ansible, false, true},
    {"scrapli", "a YAML list of Scrapli's arguments", write_scrapli, false, false},
    {"ssh_config", "for ~/.ssh/config: `ssh R7`", write_ssh_config, false, true},
    {"known_hosts", "the host keys, for ~/.ssh/known_hosts", write_known_hosts, true, true},
    {"csv", "a table", write_csv, false, false},
    {0},
};

const struct inventory_format *inventory_find(const char *name)
{
    for (size_t i = 0; inventory_formats[i].name; i++)
        if (!strcmp(inventory_formats[i].name, name))
            return &inventory_formats[i];
    return NULL;
}
