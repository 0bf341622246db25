#include "base/experiment.h"

#include "base/alloc.h"
#include "base/experiment_schema.h"
#include "base/yaml_doc.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

enum { RUNS_MAX = 10000 };

static void *field_place(struct experiment *experiment, const struct field *field)
{
    return (char *)experiment + field->offset;
}

static void set_defaults(struct experiment *experiment)
{
    for (const struct field *field = experiment_fields; field->path; field++) {
        struct err err;
        struct yaml_doc *doc =
            yaml_doc_load_text("defaults", field->fallback, strlen(field->fallback), &err);
        // A zero default may lie below the minimum of what a file may say: the memory is zero
        // already.
        if (doc && strcmp(field->fallback, "0") != 0 &&
            field->type->read(field, yaml_doc_root(doc), field_place(experiment, field), &err) < 0)
            abort();
        yaml_doc_free(doc);
    }
}

static int read_file(struct experiment_reader *reader, const char *path, struct err *err)
{
    struct yaml_doc *doc = yaml_doc_load_file(path, err);
    if (!doc)
        return -1;
    experiment_reader_keep(reader, doc);
    if (!yaml_doc_root(doc))
        return err_input(
            err, "%s: the file is empty; an experiment has at least devices: and runs:", path);
    struct field_range range = {.base = reader->experiment, .end = sizeof *reader->experiment};
    return experiment_read_group(reader, &range, "", yaml_doc_root(doc), err);
}

static size_t matrix_size(const struct experiment *e)
{
    double size = (double)e->devices.count.len * (double)e->devices.transport.len *
                  (double)e->runs.interpreter.len * (double)e->runs.strategy.len *
                  (double)e->runs.workers.len * (double)e->runs.processes.len *
                  (double)e->runs.start_method.len * (double)e->runs.background.len *
                  (double)e->runs.switch_interval_ns.len * (double)e->runs.check_interval.len *
                  (double)e->runs.repeat;
    return size > 1e9 ? (size_t)1e9 : (size_t)size;
}

static int check_together(struct experiment *e, const char *name, struct err *err)
{
    if (device_settings_check(&e->devices.settings, name, err) < 0)
        return -1;
    size_t addresses = e->devices.addresses.len;
    if (addresses) { // real devices: there are as many as are named
        e->devices.count.items = alloc_resize(e->devices.count.items, 1, sizeof(uint32_t));
        e->devices.count.items[0] = (uint32_t)addresses;
        e->devices.count.len = 1;
    }
    for (size_t i = 0; addresses && i < e->devices.transport.len; i++)
        if (e->devices.transport.items[i] == TRANSPORT_SLEEP)
            return err_input(
                err, "%s: transport sleep talks to nobody; leave devices.addresses out", name);
    size_t runs = matrix_size(e);
    if (runs > RUNS_MAX)
        return err_input(
            err, "%s: the lists make %zu runs; at most %d (shorten a list or split the file)", name,
            runs, RUNS_MAX);
    return 0;
}

// One thread answers the echo, in the main program: there is nobody to share it with.
static int check_echo(const struct experiment_reader *reader, struct err *err)
{
    const struct u32_list *strategies = &reader->experiment->runs.strategy;
    const struct yaml_node *node = reader->strategy;
    if (!reader->experiment->work.echo_ns || !node)
        return 0;
    for (size_t i = 0; i < strategies->len; i++) {
        uint32_t strategy = strategies->items[i];
        if (strategy != STRATEGY_SEQUENTIAL && strategy != STRATEGY_THREADS)
            return yaml_error(yaml_kind(node) == YAML_LIST ? yaml_item(node, i) : node, err,
                              "strategy '%s' cannot answer work.echo, which one thread does; use "
                              "threads or sequential",
                              strategy_names[strategy]);
    }
    return 0;
}

static int read_all(struct experiment_reader *reader, const char *path,
                    const char *const *overrides, struct err *err)
{
    if (path && read_file(reader, path, err) < 0)
        return -1;
    for (; overrides && *overrides; overrides++)
        if (experiment_read_override(reader, *overrides, err) < 0)
            return -1;
    if (experiment_read_named(reader, err) < 0 || check_echo(reader, err) < 0)
        return -1;
    return check_together(reader->experiment, path ? path : "experiment", err);
}

struct experiment *experiment_load(const char *path, const char *const *overrides, struct err *err)
{
    struct experiment *experiment = alloc_zero(1, sizeof *experiment);
    struct experiment_reader reader = {.experiment = experiment};
    set_defaults(experiment);
    int result = read_all(&reader, path, overrides, err);
    experiment_reader_fini(&reader);
    if (result == 0)
        return experiment;
    experiment_free(experiment);
    return NULL;
}

void experiment_free(struct experiment *experiment)
{
    if (!experiment)
        return;
    for (const struct field *field = experiment_fields; field->path; field++)
        if (field->type->fini)
            field->type->fini(field_place(experiment, field));
    free(experiment);
}

// Writes the groups that path opens and that the path before it had not opened.
static void open_groups(const char *path, const char *before, struct buf *out)
{
    int depth = 0;
    for (const char *dot = strchr(path, '.'); dot; dot = strchr(dot + 1, '.'), depth++) {
        size_t len = (size_t)(dot - path) + 1;
        if (strncmp(path, before, len) != 0) {
            const char *word = dot;
            while (word > path && word[-1] != '.')
                word--;
            buf_printf(out, "%*s%.*s:\n", depth * 2, "", (int)(dot - word), word);
        }
    }
}

int experiment_write(const struct experiment *experiment, FILE *out, struct err *err)
{
    struct buf text = {0};
    const char *before = "";
    for (const struct field *field = experiment_fields; field->path; field++) {
        open_groups(field->path, before, &text);
        int depth = 0;
        const char *word = field->path;
        for (const char *p = field->path; *p; p++)
            if (*p == '.') {
                depth++;
                word = p + 1;
            }
        buf_printf(&text, "%*s%s: ", depth * 2, "", word);
        field->type->print(field, (const char *)experiment + field->offset, &text);
        buf_putc(&text, '\n');
        before = field->path;
    }
    size_t written = fwrite(buf_text(&text), 1, text.len, out);
    size_t wanted = text.len;
    buf_fini(&text);
    if (written != wanted || fflush(out) != 0)
        return err_set(err, "cannot write the experiment: %s", strerror(errno));
    return 0;
}

const struct latency *experiment_command_latency(const struct device_latency *latency,
                                                 const char *command)
{
    for (size_t i = 0; i < latency->n_per_command; i++)
        if (fnmatch(latency->per_command[i].pattern, command, 0) == 0)
            return &latency->per_command[i].latency;
    return &latency->command;
}

bool experiment_command_is_instant(const struct device_latency *latency, const char *command)
{
    static const char *const words[] = {"", "enable", "disable", "end", "exit", "quit", "logout"};
    static const char *const beginnings[] = {"terminal ", "screen-length ", "set cli "};
    if (experiment_command_latency(latency, command) != &latency->command)
        return false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (!strcmp(command, words[i]))
            return true;
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++)
        if (!strncmp(command, beginnings[i], strlen(beginnings[i])))
            return true;
    return false;
}

// How many commands of a device's work take a draw.
static size_t drawn_commands(const struct experiment *experiment, uint32_t device,
                             const struct device_latency *latency)
{
    const struct text_list *commands = experiment_device_commands(experiment, device);
    size_t n = 0;
    for (size_t i = 0; i < commands->len; i++)
        n += !experiment_command_is_instant(latency, commands->items[i]);
    return n;
}

struct fault experiment_fault(const struct experiment *experiment,
                              const struct device_settings *settings, uint32_t device,
                              uint64_t session)
{
    if (faults_sum(&settings->faults) <= 0)
        return (struct fault){0};
    return fault_draw(&settings->faults, experiment->seed, device, session,
                      drawn_commands(experiment, device, &settings->latency));
}
