#include "emulator/inventory.h"

#include "emulator/places.h"
#include "emulator/ssh_profile.h"

#include "base/alloc.h"
#include "base/csv_cell.h"
#include "base/host_port.h"
#include "base/platform_words.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// One device as everybody can reach it.
struct inventory_entry {
    const char *name;
    bool named; // in the file: the name may be any word
    char host[256];
    unsigned ssh_port;    // 0: not served
    unsigned telnet_port; // 0: not served
    const struct device_settings *settings;
    const struct device_settings *general; // what the devices without a name have
    struct platform_words foreign;
    const char *host_key;
};

// Of a real device; without a port it is the transport's own.
static void real_place(const struct emulate_options *options, const char *address,
                       struct inventory_entry *entry)
{
    char *copy = alloc_strdup(address);
    char *host = copy;
    const char *text = "0";
    if (host_port_split(copy, &host, &text) < 0)
        text = "0"; // `run` refuses it
    unsigned port = (unsigned)strtoul(text, NULL, 10);
    snprintf(entry->host, sizeof entry->host, "%s", host);
    free(copy);
    entry->ssh_port = options->serves_ssh ? (port ? port : 22) : 0;
    entry->telnet_port = options->serves_telnet ? (port ? port : 23) : 0;
}

static void find_place(const struct emulate_options *options, uint32_t device,
                       struct inventory_entry *entry)
{
    uint32_t address = 0;
    uint16_t ssh_port = 0;
    uint16_t telnet_port = 0;
    if (options->serves_telnet)
        places_find(&options->telnet, device, &address, &telnet_port);
    if (options->serves_ssh)
        places_find(&options->ssh, device, &address, &ssh_port);
    snprintf(entry->host, sizeof entry->host, "%u.%u.%u.%u", address >> 24, address >> 16 & 255,
             address >> 8 & 255, address & 255);
    entry->ssh_port = ssh_port;
    entry->telnet_port = telnet_port;
}

static unsigned port_of(const struct inventory_entry *entry)
{
    return entry->ssh_port ? entry->ssh_port : entry->telnet_port;
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

// A name as a YAML key: one from the file might be read as a number or a truth value.
static void put_name(const struct inventory_entry *entry, struct buf *out)
{
    if (entry->named)
        put_quoted(entry->name, out);
    else
        buf_puts(out, entry->name);
}

static void write_netmiko(const struct inventory_entry *entry, struct buf *out)
{
    buf_printf(out, "- device_type: %s%s\n  host: %s\n  port: %u\n", entry->foreign.netmiko,
               entry->ssh_port ? "" : "_telnet", entry->host, port_of(entry));
    put_key("  username", entry->settings->username, out);
    put_key("  password", entry->settings->password, out);
    put_key("  secret", entry->settings->enable_secret, out);
}

static void begin_nornir(const struct device_settings *general, struct buf *out)
{
    (void)general;
    buf_puts(out, "# hosts.yaml of nornir's SimpleInventory\n");
}

static void write_nornir(const struct inventory_entry *entry, struct buf *out)
{
    put_name(entry, out);
    buf_printf(out, ":\n  hostname: %s\n  port: %u\n  platform: %s%s\n", entry->host,
               port_of(entry), entry->foreign.netmiko, entry->ssh_port ? "" : "_telnet");
    put_key("  username", entry->settings->username, out);
    put_key("  password", entry->settings->password, out);
    buf_puts(out, "  connection_options:\n    netmiko:\n      extras:\n");
    put_key("        secret", entry->settings->enable_secret, out);
}

static void begin_ansible(const struct device_settings *general, struct buf *out)
{
    buf_puts(out, "all:\n  vars:\n    ansible_connection: ansible.netcommon.network_cli\n");
    buf_printf(out, "    ansible_network_os: %s\n", platform_words(general->platform).ansible);
    put_key("    ansible_user", general->username, out);
    put_key("    ansible_password", general->password, out);
    buf_puts(out,
             "    ansible_become: true\n    ansible_become_method: ansible.netcommon.enable\n");
    put_key("    ansible_become_password", general->enable_secret, out);
    buf_puts(out, "    ansible_host_key_checking: false\n  hosts:\n");
}

static void put_if_other(const char *key, const char *value, const char *general, struct buf *out)
{
    if (strcmp(value, general) != 0)
        put_key(key, value, out);
}

static void write_ansible(const struct inventory_entry *entry, struct buf *out)
{
    const struct device_settings *own = entry->settings;
    const struct device_settings *general = entry->general;
    buf_puts(out, "    ");
    put_name(entry, out);
    buf_printf(out, ":\n      ansible_host: %s\n      ansible_port: %u\n", entry->host,
               entry->ssh_port);
    put_if_other("      ansible_network_os", entry->foreign.ansible,
                 platform_words(general->platform).ansible, out);
    put_if_other("      ansible_user", own->username, general->username, out);
    put_if_other("      ansible_password", own->password, general->password, out);
    put_if_other("      ansible_become_password", own->enable_secret, general->enable_secret, out);
}

static void write_scrapli(const struct inventory_entry *entry, struct buf *out)
{
    buf_printf(
        out, "- platform: %s\n  transport: %s\n  host: %s\n  port: %u\n  auth_strict_key: false\n",
        entry->foreign.scrapli, entry->ssh_port ? "system" : "telnet", entry->host, port_of(entry));
    put_key("  auth_username", entry->settings->username, out);
    put_key("  auth_password", entry->settings->password, out);
    put_key("  auth_secondary", entry->settings->enable_secret, out);
}

static void write_ssh_config(const struct inventory_entry *entry, struct buf *out)
{
    buf_printf(out, "Host %s\n    HostName %s\n    Port %u\n    User %s\n", entry->name,
               entry->host, entry->ssh_port, entry->settings->username);
    const char *more = ssh_profiles[entry->settings->ssh].ssh_config;
    if (more)
        buf_puts(out, more);
}

static void write_known_hosts(const struct inventory_entry *entry, struct buf *out)
{
    for (const char *line = entry->host_key; *line; line = strchr(line, '\n') + 1) {
        int len = (int)(strchr(line, '\n') - line) + 1;
        if (entry->ssh_port == 22)
            buf_printf(out, "%s %.*s", entry->host, len, line);
        else
            buf_printf(out, "[%s]:%u %.*s", entry->host, entry->ssh_port, len, line);
    }
}

static void put_csv(const char *text, struct buf *out)
{
    buf_putc(out, ',');
    csv_cell(out, text);
}

static void put_csv_port(unsigned port, struct buf *out)
{
    buf_putc(out, ',');
    if (port)
        buf_printf(out, "%u", port);
}

static void begin_csv(const struct device_settings *general, struct buf *out)
{
    (void)general;
    buf_puts(out, "name,host,ssh_port,telnet_port,platform,username,password,enable_secret\r\n");
}

static void write_csv(const struct inventory_entry *entry, struct buf *out)
{
    buf_printf(out, "%s,%s", entry->name, entry->host);
    put_csv_port(entry->ssh_port, out);
    put_csv_port(entry->telnet_port, out);
    put_csv(entry->settings->platform, out);
    put_csv(entry->settings->username, out);
    put_csv(entry->settings->password, out);
    put_csv(entry->settings->enable_secret, out);
    buf_puts(out, "\r\n");
}

const struct inventory_format inventory_formats[] = {
    {"netmiko", "a YAML list of ConnectHandler's arguments", NULL, write_netmiko, false, false},
    {"nornir", "hosts.yaml of SimpleInventory", begin_nornir, write_nornir, false, false},
    {"ansible", "a YAML inventory for network_cli", begin_ansible, write_ansible, false, true},
    {"scrapli", "a YAML list of Scrapli's arguments", NULL, write_scrapli, false, false},
    {"ssh_config", "for ~/.ssh/config: `ssh R7`", NULL, write_ssh_config, false, true},
    {"known_hosts", "the host keys, for ~/.ssh/known_hosts", NULL, write_known_hosts, true, true},
    {"csv", "a table", begin_csv, write_csv, false, false},
    {0},
};

const struct inventory_format *inventory_find(const char *name)
{
    for (size_t i = 0; inventory_formats[i].name; i++)
        if (!strcmp(inventory_formats[i].name, name))
            return &inventory_formats[i];
    return NULL;
}

void inventory_write(const struct inventory_format *format, const struct emulate_options *options,
                     const char *host_key, struct buf *out)
{
    const struct experiment *experiment = options->experiment;
    const struct text_list *real = &experiment->devices.addresses;
    const struct device_settings *general = experiment_device_settings(experiment, 0);
    uint32_t devices = real->len ? (uint32_t)real->len : options->devices;
    if (format->begin)
        format->begin(general, out);
    for (uint32_t device = 1; device <= devices; device++) {
        char name[DEVICE_NAME_MAX + 1];
        struct inventory_entry entry = {
            .name = experiment_device_name(experiment, device, name),
            .named = device <= experiment->devices.named.len,
            .settings = experiment_device_settings(experiment, device),
            .general = general,
            .host_key = host_key,
        };
        entry.foreign = platform_words(entry.settings->platform);
        if (real->len)
            real_place(options, real->items[device - 1], &entry);
        else
            find_place(options, device, &entry);
        format->write(&entry, out);
    }
}
