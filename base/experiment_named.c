// devices.named: devices with a name, each with something of its own over what is set for all.
#include "base/experiment_schema.h"

#include "base/alloc.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { PORT_MAX = 65535, ADDRESS_MAX = 253 };

static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";

// A host name, as prompts, inventories and ssh_config can carry it.
static int read_host_name(const struct field *field, const struct yaml_node *node, void *place,
                          struct err *err)
{
    const char *text = yaml_text(node);
    if (experiment_type_text.read(field, node, place, err) < 0)
        return -1;
    if (strlen(text) <= DEVICE_NAME_MAX && strspn(text, letters) == strlen(text) &&
        isalnum((unsigned char)*text))
        return 0;
    return yaml_error(node, err,
                      "'%s' cannot name a device; begin with a letter or a digit and use up to %d "
                      "letters, digits, - _ and .",
                      text, DEVICE_NAME_MAX);
}

static int read_address(const struct field *field, const struct yaml_node *node, void *place,
                        struct err *err)
{
    const char *text = yaml_text(node);
    struct in_addr in;
    if (experiment_type_text.read(field, node, place, err) < 0)
        return -1;
    bool numeric = strspn(text, "0123456789.") == strlen(text);
    if (strlen(text) <= ADDRESS_MAX && strspn(text, letters) == strlen(text) &&
        (!numeric || inet_pton(AF_INET, text, &in) == 1))
        return 0;
    return yaml_error(node, err,
                      "'%s' is not an IPv4 address or a host's name; ports stand in ssh_port and "
                      "telnet_port",
                      text);
}

static const struct field_type type_host_name = {read_host_name, NULL, NULL};
static const struct field_type type_address = {read_address, NULL, NULL};

#define AT(member) offsetof(struct named_device, member)

static const struct field named_fields[] = {
    {"name", AT(name), &type_host_name, 0, 0, 0, 0},
    {"address", AT(address), &type_address, 0, 0, 0, 0},
    {"ssh_port", AT(ssh_port), &experiment_type_u32, 0, 1, PORT_MAX, 0},
    {"telnet_port", AT(telnet_port), &experiment_type_u32, 0, 1, PORT_MAX, 0},
    {"commands", AT(commands), &experiment_type_texts, 0, 0, 0, 0},
    {0},
};

// "FILE:LINE:COLUMN: "
static char *place_of(const struct yaml_node *node)
{
    struct err place;
    err_input(&place, "%s", "");
    yaml_place(node, &place);
    return alloc_strdup(place.text);
}

static int read_device(const struct device_settings *general, const struct yaml_node *node,
                       struct named_device *device, struct err *err)
{
    if (yaml_expect(node, YAML_MAP, "an entry of devices.named", err) < 0)
        return -1;
    device->settings = device_settings_copy(general);
    struct field_range range = experiment_settings_range(device->settings);
    range.more = named_fields;
    range.more_base = device;
    if (experiment_read_group(NULL, &range, "devices", node, err) < 0)
        return -1;
    if (!device->name)
        return yaml_error(node, err, "the device has no name; give it one, like name: core1");
    device->has_commands = yaml_find(node, "commands") != NULL;
    const struct yaml_node *platform = yaml_find(node, "platform");
    if (platform)
        device->where = place_of(platform);
    if (device_settings_check(device->settings, device->name, err) < 0)
        return yaml_place(node, err);
    return 0;
}

// Sorted, what is there twice stands side by side, the earlier first.
struct claim {
    char *text;
    size_t index;
};

static int compare_claims(const void *a, const void *b)
{
    const struct claim *x = a;
    const struct claim *y = b;
    int order = strcmp(x->text, y->text);
    return order ? order : (x->index > y->index) - (x->index < y->index);
}

static char *claim_name(const struct named_device *device)
{
    return alloc_strdup(device->name);
}

static char *claim_place(const struct named_device *device)
{
    if (!device->address)
        return NULL;
    return alloc_printf("%s %u %u", device->address, device->ssh_port, device->telnet_port);
}

// Does no device claim what another one has? name: of the key.
static int check_claims(const struct named_list *list, const struct yaml_node *nodes,
                        const char *name, char *(*claim_of)(const struct named_device *device),
                        struct err *err)
{
    struct claim *claims = alloc_zero(list->len, sizeof *claims);
    size_t n = 0;
    for (size_t i = 0; i < list->len; i++)
        if ((claims[n].text = claim_of(&list->items[i])))
            claims[n++].index = i;
    qsort(claims, n, sizeof *claims, compare_claims);
    int result = 0;
    for (size_t i = 1; i < n && result == 0; i++)
        if (!strcmp(claims[i - 1].text, claims[i].text)) {
            const struct yaml_node *node = yaml_find(yaml_item(nodes, claims[i].index), name);
            result =
                yaml_error(node, err, "the %s '%s' is that of '%s' too; each device has its own",
                           name, yaml_text(node), list->items[claims[i - 1].index].name);
        }
    for (size_t i = 0; i < n; i++)
        free(claims[i].text);
    free(claims);
    return result;
}

// Of a name like R7; 0: it is another.
static uint32_t number_in(const char *name)
{
    if (*name != 'R' || name[1] < '1' || name[1] > '9' || strlen(name) > 10)
        return 0;
    char *end;
    unsigned long number = strtoul(name + 1, &end, 10);
    return *end ? 0 : (uint32_t)number;
}

// The devices behind the named ones are called R and their number.
static int check_numbered(const struct experiment *experiment, const struct yaml_node *nodes,
                          struct err *err)
{
    const struct named_list *list = &experiment->devices.named;
    uint32_t most = 0;
    for (size_t i = 0; i < experiment->devices.count.len; i++)
        if (experiment->devices.count.items[i] > most)
            most = experiment->devices.count.items[i];
    for (size_t i = 0; i < list->len; i++) {
        uint32_t number = number_in(list->items[i].name);
        if (number > list->len && number <= list->len + most)
            return yaml_error(yaml_find(yaml_item(nodes, i), "name"), err,
                              "'%s' is the name of device %u, which has none of its own; choose "
                              "another",
                              list->items[i].name, number);
    }
    return 0;
}

static void no_count(struct u32_list *count)
{
    count->items[0] = 0;
    count->len = 1;
}

// Without a count there are the named devices and no others.
static int check_count(const struct experiment_reader *reader, struct err *err)
{
    struct experiment *experiment = reader->experiment;
    size_t named = experiment->devices.named.len;
    if (named && !reader->count)
        no_count(&experiment->devices.count);
    for (size_t i = 0; i < experiment->devices.count.len; i++) {
        size_t all = experiment->devices.count.items[i] + named;
        if (all < 1)
            return yaml_error(reader->count, err,
                              "0 devices: at least 1, or some with a name in devices.named");
        if (all > EXPERIMENT_DEVICES_MAX)
            return yaml_error(named ? reader->named : reader->count, err,
                              "%zu devices with the named ones; at most %d", all,
                              EXPERIMENT_DEVICES_MAX);
    }
    if (named && experiment->devices.addresses.len)
        return yaml_error(reader->named, err,
                          "devices.addresses are real devices, devices.named pretend ones; keep "
                          "one of the two");
    return 0;
}

int experiment_read_named(struct experiment_reader *reader, struct err *err)
{
    struct experiment *experiment = reader->experiment;
    struct named_list *list = &experiment->devices.named;
    const struct yaml_node *nodes = reader->named;
    size_t len = nodes ? yaml_len(nodes) : 0;
    list->items = alloc_zero(len, sizeof *list->items);
    while (list->len < len) {
        struct named_device *device = &list->items[list->len];
        if (read_device(&experiment->devices.settings, yaml_item(nodes, list->len++), device, err) <
            0)
            return -1;
    }
    if (check_count(reader, err) < 0)
        return -1;
    if (len == 0)
        return 0;
    if (check_claims(list, nodes, "name", claim_name, err) < 0 ||
        check_claims(list, nodes, "address", claim_place, err) < 0)
        return -1;
    return check_numbered(experiment, nodes, err);
}

// As a field of the experiment.

static int read_list(const struct field *field, const struct yaml_node *node, void *place,
                     struct err *err)
{
    (void)place; // later: experiment_read_named
    return yaml_expect(node, YAML_LIST, field->path, err);
}

static void fini_list(void *place)
{
    struct named_list *list = place;
    for (size_t i = 0; i < list->len; i++) {
        struct named_device *device = &list->items[i];
        free(device->name);
        free(device->address);
        free(device->where);
        experiment_type_texts.fini(&device->commands);
        device_settings_free(device->settings);
    }
    free(list->items);
    *list = (struct named_list){0};
}

static const char *last_word(const char *path)
{
    const char *dot = strrchr(path, '.');
    return dot ? dot + 1 : path;
}

// "devices.latency.command" lies in the map "latency"; of "devices.platform" the length is 0.
static const char *map_of(const char *path, size_t *len)
{
    const char *word = strchr(path, '.') + 1;
    const char *dot = strchr(word, '.');
    *len = dot ? (size_t)(dot - word) : 0;
    return word;
}

struct printed {
    const struct field *field;
    char *text;
};

// What is set for all, to leave out of a device what it has in common with them.
static size_t print_general(struct device_settings *general, struct printed **fields)
{
    struct field_range range = experiment_settings_range(general);
    size_t len = 0;
    *fields = NULL;
    for (const struct field *field = experiment_fields; field->path; field++) {
        if (field->offset < range.first || field->offset >= range.end)
            continue;
        struct buf text = {0};
        field->type->print(field, (char *)general + (field->offset - range.first), &text);
        *fields = alloc_resize(*fields, len + 1, sizeof **fields);
        (*fields)[len++] = (struct printed){field, buf_take(&text)};
    }
    return len;
}

static void print_settings(struct device_settings *settings, const struct printed *general,
                           size_t n, struct buf *out)
{
    struct field_range range = experiment_settings_range(settings);
    struct buf text = {0};
    const char *open = ""; // the map that is being written
    size_t open_len = 0;
    for (size_t i = 0; i < n; i++) {
        const struct field *field = general[i].field;
        buf_clear(&text);
        field->type->print(field, (char *)settings + (field->offset - range.first), &text);
        if (!strcmp(buf_text(&text), general[i].text))
            continue;
        size_t len;
        const char *map = map_of(field->path, &len);
        bool same = len && len == open_len && !strncmp(map, open, len);
        if (open_len && !same)
            buf_putc(out, '}');
        buf_puts(out, ", ");
        if (len && !same)
            buf_printf(out, "%.*s: {", (int)len, map);
        buf_printf(out, "%s: %s", last_word(field->path), buf_text(&text));
        open = map;
        open_len = len;
    }
    buf_puts(out, open_len ? "}" : "");
    buf_fini(&text);
}

static void print_device(const struct named_device *device, const struct printed *general, size_t n,
                         struct buf *out)
{
    buf_puts(out, "\n    - {name: ");
    experiment_print_quoted(device->name, out);
    if (device->address) {
        buf_puts(out, ", address: ");
        experiment_print_quoted(device->address, out);
    }
    if (device->ssh_port)
        buf_printf(out, ", ssh_port: %u", device->ssh_port);
    if (device->telnet_port)
        buf_printf(out, ", telnet_port: %u", device->telnet_port);
    if (device->has_commands) {
        buf_puts(out, ", commands: ");
        experiment_type_texts.print(NULL, &device->commands, out);
    }
    print_settings(device->settings, general, n, out);
    buf_putc(out, '}');
}

static void print_list(const struct field *field, const void *place, struct buf *out)
{
    const struct named_list *list = place;
    struct experiment *experiment =
        (struct experiment *)((uintptr_t)place - field->offset); // which nobody changes here
    struct printed *general;
    if (!list->len) {
        buf_puts(out, "[]");
        return;
    }
    size_t n = print_general(&experiment->devices.settings, &general);
    for (size_t i = 0; i < list->len; i++)
        print_device(&list->items[i], general, n, out);
    for (size_t i = 0; i < n; i++)
        free(general[i].text);
    free(general);
}

const struct field_type experiment_type_named = {read_list, print_list, fini_list};

// Looking them up.

static const struct named_device *named_of(const struct experiment *experiment, uint32_t device)
{
    const struct named_list *list = &experiment->devices.named;
    return device && device <= list->len ? &list->items[device - 1] : NULL;
}

const struct device_settings *experiment_device_settings(const struct experiment *experiment,
                                                         uint32_t device)
{
    const struct named_device *named = named_of(experiment, device);
    return named ? named->settings : &experiment->devices.settings;
}

const struct text_list *experiment_device_commands(const struct experiment *experiment,
                                                   uint32_t device)
{
    const struct named_device *named = named_of(experiment, device);
    return named && named->has_commands ? &named->commands : &experiment->work.commands;
}

const char *experiment_device_name(const struct experiment *experiment, uint32_t device,
                                   char text[DEVICE_NAME_MAX + 1])
{
    const struct named_device *named = named_of(experiment, device);
    if (named)
        return named->name;
    snprintf(text, DEVICE_NAME_MAX + 1, "R%u", device);
    return text;
}

uint32_t experiment_find_device(const struct experiment *experiment, const char *name, uint32_t n)
{
    const struct named_list *list = &experiment->devices.named;
    for (size_t i = 0; i < list->len && i < n; i++)
        if (!strcmp(list->items[i].name, name))
            return (uint32_t)i + 1;
    uint32_t number = number_in(name);
    return number > list->len && number <= n ? number : 0;
}

uint32_t experiment_devices(const struct experiment *experiment, uint32_t count)
{
    return (uint32_t)experiment->devices.named.len + count;
}
