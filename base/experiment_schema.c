#include "base/experiment_schema.h"

#include "base/alloc.h"
#include "base/units.h"

#include <stdlib.h>
#include <string.h>

enum { LIST_MAX = 1000 };

const char *const transport_names[] = {"ssh", "telnet", "sleep", NULL};
static const char *const ssh_profile_names[] = {"modern", "legacy-ios", "ios-xe", NULL};
const char *const strategy_names[] = {"sequential", "threads",      "processes", "hybrid",
                                      "async",      "interpreters", NULL};
const char *const start_method_names[] = {"fork", "spawn", "forkserver", NULL};

// A JSON string is a YAML double-quoted string.
void experiment_print_quoted(const char *text, struct buf *out)
{
    buf_putc(out, '"');
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            buf_printf(out, "\\%c", *text);
        else if ((unsigned char)*text < 0x20 || *text == 0x7f)
            buf_printf(out, "\\x%02x", (unsigned)(unsigned char)*text);
        else
            buf_putc(out, *text);
    }
    buf_putc(out, '"');
}

static int scalar(const struct field *field, const struct yaml_node *node, struct err *err)
{
    if (yaml_is_null(node))
        return yaml_error(node, err, "'%s' is empty; give a value or leave the key out",
                          field->path);
    return yaml_expect(node, YAML_SCALAR, field->path, err);
}

static int placed(const struct yaml_node *node, int result, struct err *err)
{
    return result < 0 ? yaml_place(node, err) : 0;
}

static int read_text(const struct field *field, const struct yaml_node *node, void *place,
                     struct err *err)
{
    char **text = place;
    if (scalar(field, node, err) < 0)
        return -1;
    if (!*yaml_text(node))
        return yaml_error(node, err, "'%s' is empty", field->path);
    free(*text);
    *text = alloc_strdup(yaml_text(node));
    return 0;
}

static int read_text_or_none(const struct field *field, const struct yaml_node *node, void *place,
                             struct err *err)
{
    char **text = place;
    if (scalar(field, node, err) < 0)
        return -1;
    free(*text);
    *text = alloc_strdup(yaml_text(node));
    return 0;
}

static void print_text(const struct field *field, const void *place, struct buf *out)
{
    (void)field;
    experiment_print_quoted(*(char *const *)place, out);
}

static void fini_text(void *place)
{
    free(*(char **)place);
}

static int read_name(const struct field *field, const struct yaml_node *node, void *place,
                     struct err *err)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
    const char *text = yaml_text(node);
    if (scalar(field, node, err) < 0)
        return -1;
    if (!*text || strlen(text) > 64 || strspn(text, allowed) != strlen(text) || *text == '.')
        return yaml_error(
            node, err, "'%s' cannot name a folder; use up to 64 letters, digits, - _ and .", text);
    return read_text(field, node, place, err);
}

// A built-in platform, or a folder of one's own: then there is a slash in it.
static int read_platform(const struct field *field, const struct yaml_node *node, void *place,
                         struct err *err)
{
    if (scalar(field, node, err) < 0)
        return -1;
    if (!strchr(yaml_text(node), '/'))
        return read_name(field, node, place, err);
    if (read_text(field, node, place, err) < 0)
        return -1;
    char *folder = *(char **)place;
    for (size_t len = strlen(folder); len > 1 && folder[len - 1] == '/'; len--)
        folder[len - 1] = '\0';
    return 0;
}

static int read_u64(const struct field *field, const struct yaml_node *node, void *place,
                    struct err *err)
{
    if (scalar(field, node, err) < 0)
        return -1;
    return placed(node, units_count(yaml_text(node), field->min, field->max, place, err), err);
}

static void print_u64(const struct field *field, const void *place, struct buf *out)
{
    (void)field;
    buf_printf(out, "%llu", (unsigned long long)*(const uint64_t *)place);
}

static int read_u32(const struct field *field, const struct yaml_node *node, void *place,
                    struct err *err)
{
    uint64_t value;
    if (read_u64(field, node, &value, err) < 0)
        return -1;
    *(uint32_t *)place = (uint32_t)value;
    return 0;
}

static void print_u32(const struct field *field, const void *place, struct buf *out)
{
    (void)field;
    buf_printf(out, "%u", *(const uint32_t *)place);
}

static int read_duration(const struct field *field, const struct yaml_node *node, void *place,
                         struct err *err)
{
    if (scalar(field, node, err) < 0)
        return -1;
    if (placed(node, units_duration(yaml_text(node), place, err), err) < 0)
        return -1;
    if (*(uint64_t *)place < field->min)
        return yaml_error(node, err, "'%s' must be longer than 0", field->path);
    return 0;
}

static void print_duration(const struct field *field, const void *place, struct buf *out)
{
    char text[32];
    (void)field;
    buf_puts(out, units_format_duration(*(const uint64_t *)place, text, sizeof text));
}

static int read_bandwidth(const struct field *field, const struct yaml_node *node, void *place,
                          struct err *err)
{
    if (scalar(field, node, err) < 0)
        return -1;
    if (placed(node, units_bandwidth(yaml_text(node), place, err), err) < 0)
        return -1;
    if (*(uint64_t *)place < field->min)
        return yaml_error(node, err, "'%s' must be faster than 0", field->path);
    return 0;
}

static void print_bandwidth(const struct field *field, const void *place, struct buf *out)
{
    char text[32];
    (void)field;
    buf_puts(out, units_format_bandwidth(*(const uint64_t *)place, text, sizeof text));
}

static int read_share(const struct field *field, const struct yaml_node *node, void *place,
                      struct err *err)
{
    if (scalar(field, node, err) < 0)
        return -1;
    return placed(node, units_share(yaml_text(node), place, err), err);
}

static void print_double(const struct field *field, const void *place, struct buf *out)
{
    (void)field;
    double value = *(const double *)place;
    char text[64];
    int digits = 15;
    do // the shortest that reads back to the same
        snprintf(text, sizeof text, "%.*g", digits, value);
    while (strtod(text, NULL) != value && digits++ < 17);
    buf_puts(out, text);
}

static int read_rate(const struct field *field, const struct yaml_node *node, void *place,
                     struct err *err)
{
    if (scalar(field, node, err) < 0)
        return -1;
    return placed(node, units_rate(yaml_text(node), place, err), err);
}

// "10", or "10:30:60" as in sshd_config(5).
static int read_startups(const struct field *field, const struct yaml_node *node, void *place,
                         struct err *err)
{
    if (scalar(field, node, err) < 0)
        return -1;
    return placed(node, startups_parse(yaml_text(node), place, err), err);
}

static void print_startups(const struct field *field, const void *place, struct buf *out)
{
    (void)field;
    startups_format(place, out);
}

static void print_rate(const struct field *field, const void *place, struct buf *out)
{
    print_double(field, place, out);
    buf_puts(out, "/s");
}

static int read_latency(const struct field *field, const struct yaml_node *node, void *place,
                        struct err *err)
{
    if (scalar(field, node, err) < 0)
        return -1;
    return placed(node, latency_parse(yaml_text(node), place, err), err);
}

static void print_latency(const struct field *field, const void *place, struct buf *out)
{
    char text[128];
    (void)field;
    experiment_print_quoted(latency_format(place, text, sizeof text), out);
}

// Lists. A single value stands for a list of one.

struct list {
    void *items;
    size_t len;
};

typedef int (*read_item)(const struct field *field, const struct yaml_node *node, void *place,
                         struct err *err);

static int read_list(const struct field *field, const struct yaml_node *node, void *place,
                     size_t item_size, read_item read, struct err *err)
{
    bool single = yaml_kind(node) != YAML_LIST;
    size_t len = single ? 1 : yaml_len(node);
    if (len == 0)
        return yaml_error(node, err, "'%s' is an empty list; name at least one value", field->path);
    if (len > LIST_MAX)
        return yaml_error(node, err, "'%s' has %zu values; at most %d", field->path, len, LIST_MAX);
    struct list *list = place;
    field->type->fini(list);
    list->items = alloc_zero(len, item_size);
    for (list->len = 0; list->len < len; list->len++) {
        const struct yaml_node *item = single ? node : yaml_item(node, list->len);
        if (read(field, item, (char *)list->items + list->len * item_size, err) < 0)
            return -1;
    }
    return 0;
}

static void fini_list(void *place)
{
    struct list *list = place;
    free(list->items);
    *list = (struct list){0};
}

static int read_u32_list(const struct field *field, const struct yaml_node *node, void *place,
                         struct err *err)
{
    return read_list(field, node, place, sizeof(uint32_t), read_u32, err);
}

static void print_u32_list(const struct field *field, const void *place, struct buf *out)
{
    const struct u32_list *list = place;
    buf_putc(out, '[');
    for (size_t i = 0; i < list->len; i++) {
        buf_puts(out, i ? ", " : "");
        print_u32(field, &list->items[i], out);
    }
    buf_putc(out, ']');
}

static int read_word(const struct field *field, const struct yaml_node *node, void *place,
                     struct err *err)
{
    if (scalar(field, node, err) < 0)
        return -1;
    for (uint32_t i = 0; field->words[i]; i++) {
        if (!strcmp(field->words[i], yaml_text(node))) {
            *(uint32_t *)place = i;
            return 0;
        }
    }
    const char *near = units_nearest_word(yaml_text(node), field->words);
    struct buf known = {0};
    for (size_t i = 0; field->words[i]; i++)
        buf_printf(&known, "%s%s", i ? ", " : "", field->words[i]);
    yaml_error(node, err, "unknown %s '%s'; %s%s%s", strrchr(field->path, '.') + 1, yaml_text(node),
               near ? "did you mean '" : "there are ", near ? near : buf_text(&known),
               near ? "'?" : "");
    buf_fini(&known);
    return -1;
}

static void print_word(const struct field *field, const void *place, struct buf *out)
{
    buf_puts(out, field->words[*(const uint32_t *)place]);
}

static int read_word_list(const struct field *field, const struct yaml_node *node, void *place,
                          struct err *err)
{
    return read_list(field, node, place, sizeof(uint32_t), read_word, err);
}

static void print_word_list(const struct field *field, const void *place, struct buf *out)
{
    const struct u32_list *list = place;
    buf_putc(out, '[');
    for (size_t i = 0; i < list->len; i++)
        buf_printf(out, "%s%s", i ? ", " : "", field->words[list->items[i]]);
    buf_putc(out, ']');
}

static int read_duration_list(const struct field *field, const struct yaml_node *node, void *place,
                              struct err *err)
{
    return read_list(field, node, place, sizeof(uint64_t), read_duration, err);
}

static void print_duration_list(const struct field *field, const void *place, struct buf *out)
{
    const struct u64_list *list = place;
    buf_putc(out, '[');
    for (size_t i = 0; i < list->len; i++) {
        buf_puts(out, i ? ", " : "");
        print_duration(field, &list->items[i], out);
    }
    buf_putc(out, ']');
}

static void fini_text_list(void *place)
{
    struct text_list *list = place;
    for (size_t i = 0; i < list->len; i++)
        free(list->items[i]);
    fini_list(place);
}

static int read_text_list(const struct field *field, const struct yaml_node *node, void *place,
                          struct err *err)
{
    if (yaml_kind(node) == YAML_LIST &&
        yaml_len(node) == 0) { // the one kind of list that may be empty
        fini_text_list(place);
        return 0;
    }
    return read_list(field, node, place, sizeof(char *), read_text, err);
}

static void print_text_list(const struct field *field, const void *place, struct buf *out)
{
    const struct text_list *list = place;
    (void)field;
    buf_putc(out, '[');
    for (size_t i = 0; i < list->len; i++) {
        buf_puts(out, i ? ", " : "");
        experiment_print_quoted(list->items[i], out);
    }
    buf_putc(out, ']');
}

static int read_interpreter(const struct field *field, const struct yaml_node *node, void *place,
                            struct err *err)
{
    if (scalar(field, node, err) < 0)
        return -1;
    return placed(node, interpreter_parse(yaml_text(node), place, err), err);
}

static int read_interpreter_list(const struct field *field, const struct yaml_node *node,
                                 void *place, struct err *err)
{
    return read_list(field, node, place, sizeof(struct interpreter), read_interpreter, err);
}

static void print_interpreter_list(const struct field *field, const void *place, struct buf *out)
{
    const struct interpreter_list *list = place;
    (void)field;
    buf_putc(out, '[');
    for (size_t i = 0; i < list->len; i++) {
        buf_puts(out, i ? ", " : "");
        experiment_print_quoted(list->items[i].name, out);
    }
    buf_putc(out, ']');
}

// The map of command patterns: it lies at per_command, followed by n_per_command.

struct pattern_list {
    struct command_latency *items;
    size_t len;
};

static void fini_patterns(void *place)
{
    struct pattern_list *list = place;
    for (size_t i = 0; i < list->len; i++)
        free(list->items[i].pattern);
    free(list->items);
    *list = (struct pattern_list){0};
}

static int read_patterns(const struct field *field, const struct yaml_node *node, void *place,
                         struct err *err)
{
    struct pattern_list *list = place;
    if (yaml_expect(node, YAML_MAP, field->path, err) < 0)
        return -1;
    fini_patterns(list);
    list->items = alloc_zero(yaml_len(node), sizeof *list->items);
    for (size_t i = 0; i < yaml_len(node); i++) {
        struct command_latency *item = &list->items[list->len++];
        item->pattern = alloc_strdup(yaml_text(yaml_key(node, i)));
        if (read_latency(field, yaml_value(node, i), &item->latency, err) < 0)
            return -1;
    }
    return 0;
}

static void print_patterns(const struct field *field, const void *place, struct buf *out)
{
    const struct pattern_list *list = place;
    buf_putc(out, '{');
    for (size_t i = 0; i < list->len; i++) {
        buf_puts(out, i ? ", " : "");
        experiment_print_quoted(list->items[i].pattern, out);
        buf_puts(out, ": ");
        print_latency(field, &list->items[i].latency, out);
    }
    buf_putc(out, '}');
}

const struct field_type experiment_type_text = {read_text, print_text, fini_text};
static const struct field_type type_text_or_none = {read_text_or_none, print_text, fini_text};
static const struct field_type type_name = {read_name, print_text, fini_text};
static const struct field_type type_platform = {read_platform, print_text, fini_text};
static const struct field_type type_u64 = {read_u64, print_u64, NULL};
const struct field_type experiment_type_u32 = {read_u32, print_u32, NULL};
static const struct field_type type_duration = {read_duration, print_duration, NULL};
static const struct field_type type_bandwidth = {read_bandwidth, print_bandwidth, NULL};
static const struct field_type type_share = {read_share, print_double, NULL};
static const struct field_type type_rate = {read_rate, print_rate, NULL};
static const struct field_type type_startups = {read_startups, print_startups, NULL};
static const struct field_type type_latency = {read_latency, print_latency, NULL};
static const struct field_type type_u32_list = {read_u32_list, print_u32_list, fini_list};
static const struct field_type type_word = {read_word, print_word, NULL};
static const struct field_type type_words = {read_word_list, print_word_list, fini_list};
static const struct field_type type_durations = {read_duration_list, print_duration_list,
                                                 fini_list};
const struct field_type experiment_type_texts = {read_text_list, print_text_list, fini_text_list};
static const struct field_type type_interpreters = {read_interpreter_list, print_interpreter_list,
                                                    fini_list};
static const struct field_type type_patterns = {read_patterns, print_patterns, fini_patterns};

#define AT(member) offsetof(struct experiment, member)
#define FAULT_SHARE(kind) AT(devices.settings.faults.share[kind])

enum {
    WORKERS_MAX = 100000,
    PROCESSES_MAX = 10000,
};

const struct field experiment_fields[] = {
    {"name", AT(name), &type_name, "experiment", 0, 0, 0},
    {"seed", AT(seed), &type_u64, "1", 0, UINT64_MAX, 0},
    {"devices.count", AT(devices.count), &type_u32_list, "40", 0, EXPERIMENT_DEVICES_MAX, 0},
    {"devices.named", AT(devices.named), &experiment_type_named, "[]", 0, 0, 0},
    {"devices.platform", AT(devices.settings.platform), &type_platform, "cisco_ios", 0, 0, 0},
    {"devices.transport", AT(devices.transport), &type_words, "ssh", 0, 0, transport_names},
    {"devices.ssh", AT(devices.settings.ssh), &type_word, "modern", 0, 0, ssh_profile_names},
    {"devices.authorized_keys", AT(devices.authorized_keys), &type_text_or_none, "\"\"", 0, 0, 0},
    {"devices.addresses", AT(devices.addresses), &experiment_type_texts, "[]", 0, 0, 0},
    {"devices.username", AT(devices.settings.username), &experiment_type_text, "cisco", 0, 0, 0},
    {"devices.password", AT(devices.settings.password), &experiment_type_text, "cisco", 0, 0, 0},
    {"devices.enable_secret", AT(devices.settings.enable_secret), &experiment_type_text, "cisco", 0,
     0, 0},
    {"devices.latency.connect", AT(devices.settings.latency.connect), &type_latency, "0", 0, 0, 0},
    {"devices.latency.login", AT(devices.settings.latency.login), &type_latency, "0", 0, 0, 0},
    {"devices.latency.command", AT(devices.settings.latency.command), &type_latency, "0", 0, 0, 0},
    {"devices.latency.per_command", AT(devices.settings.latency.per_command), &type_patterns, "{}",
     0, 0, 0},
    {"devices.latency.bandwidth", AT(devices.settings.latency.bandwidth_bytes_per_s),
     &type_bandwidth, "0", 0, 0, 0},
    {"devices.latency.rtt", AT(devices.settings.latency.rtt_ns), &type_duration, "0", 0, 0, 0},
    {"devices.faults.refuse", FAULT_SHARE(FAULT_REFUSE), &type_share, "0", 0, 0, 0},
    {"devices.faults.hang", FAULT_SHARE(FAULT_HANG), &type_share, "0", 0, 0, 0},
    {"devices.faults.drop", FAULT_SHARE(FAULT_DROP), &type_share, "0", 0, 0, 0},
    {"devices.faults.reset", FAULT_SHARE(FAULT_RESET), &type_share, "0", 0, 0, 0},
    {"devices.faults.auth_fail", FAULT_SHARE(FAULT_AUTH_FAIL), &type_share, "0", 0, 0, 0},
    {"devices.faults.password_expired", FAULT_SHARE(FAULT_PASSWORD_EXPIRED), &type_share, "0", 0, 0,
     0},
    {"devices.faults.wrong_prompt", FAULT_SHARE(FAULT_WRONG_PROMPT), &type_share, "0", 0, 0, 0},
    {"devices.faults.cut", FAULT_SHARE(FAULT_CUT), &type_share, "0", 0, 0, 0},
    {"devices.faults.drip", FAULT_SHARE(FAULT_DRIP), &type_share, "0", 0, 0, 0},
    {"devices.faults.syslog", FAULT_SHARE(FAULT_SYSLOG), &type_share, "0", 0, 0, 0},
    {"devices.faults.at", AT(devices.settings.faults.at), &type_word, "command", 0, 0,
     fault_place_names},
    {"devices.faults.cut_then", AT(devices.settings.faults.cut_then), &type_word, "silence", 0, 0,
     fault_rest_names},
    {"devices.faults.drip_rate", AT(devices.settings.faults.drip_bytes_per_s), &type_bandwidth,
     "1B/s", 1, 0, 0},
    {"devices.limits.vty_lines", AT(devices.settings.limits.vty_lines), &experiment_type_u32, "0",
     0, 10000, 0},
    {"devices.limits.maxstartups", AT(devices.settings.limits.maxstartups), &type_startups, "0", 0,
     0, 0},
    {"devices.limits.command_rate", AT(devices.settings.limits.command_rate_per_s), &type_rate,
     "0/s", 0, 0, 0},
    {"devices.limits.aaa_rate", AT(devices.aaa_rate_per_s), &type_rate, "0/s", 0, 0, 0},
    {"work.commands", AT(work.commands), &experiment_type_texts, "[show clock]", 0, 0, 0},
    {"work.cpu.login", AT(work.cpu_login), &type_latency, "0", 0, 0, 0},
    {"work.cpu.command", AT(work.cpu_command), &type_latency, "0", 0, 0, 0},
    {"work.echo", AT(work.echo_ns), &type_duration, "0", 0, 0, 0},
    {"runs.strategy", AT(runs.strategy), &type_words, "[sequential, threads]", 0, 0,
     strategy_names},
    {"runs.workers", AT(runs.workers), &type_u32_list, "[10]", 1, WORKERS_MAX, 0},
    {"runs.processes", AT(runs.processes), &type_u32_list, "[2]", 1, PROCESSES_MAX, 0},
    {"runs.start_method", AT(runs.start_method), &type_words, "[fork]", 0, 0, start_method_names},
    {"runs.interpreter", AT(runs.interpreter), &type_interpreters, "[native]", 0, 0, 0},
    {"runs.background", AT(runs.background), &type_u32_list, "[0]", 0, 1000, 0},
    {"runs.switch_interval", AT(runs.switch_interval_ns), &type_durations, "[5ms]", 1000, 0, 0},
    {"runs.check_interval", AT(runs.check_interval), &type_u32_list, "[100]", 1, 1000000000, 0},
    {"runs.repeat", AT(runs.repeat), &experiment_type_u32, "1", 1, 10000, 0},
    {"runs.timeout.connect", AT(runs.timeout_connect_ns), &type_duration, "30s", 1, 0, 0},
    {"runs.timeout.login", AT(runs.timeout_login_ns), &type_duration, "30s", 1, 0, 0},
    {"runs.timeout.command", AT(runs.timeout_command_ns), &type_duration, "30s", 1, 0, 0},
    {"runs.allowed_failures", AT(runs.allowed_failures), &type_share, "0", 0, 0, 0},
    {"machine.cores", AT(machine.cores), &experiment_type_u32, "0", 0, 4096, 0},
    {0},
};
