#include "base/experiment.h"

#include "base/alloc.h"
#include "base/experiment_schema.h"
#include "base/units.h"
#include "base/yaml_doc.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_MAX_LEN = 128, NAMES_MAX = 32, RUNS_MAX = 10000 };

static void *field_place(struct experiment *experiment, const struct field *field)
{
    return (char *)experiment + field->offset;
}

// Is path "a.b.c" inside the group "a.b"? The top group is "".
static const char *inside(const char *path, const char *group)
{
    size_t len = strlen(group);
    if (len == 0)
        return path;
    return !strncmp(path, group, len) && path[len] == '.' ? path + len + 1 : NULL;
}

static int read_group(struct experiment *experiment, const char *group,
                      const struct yaml_node *node, struct err *err);

static const struct field *find_field(const char *path)
{
    for (const struct field *field = experiment_fields; field->path; field++)
        if (!strcmp(field->path, path))
            return field;
    return NULL;
}

static bool is_group(const char *path)
{
    for (const struct field *field = experiment_fields; field->path; field++)
        if (inside(field->path, path))
            return true;
    return false;
}

// `timeout: 30s` sets all the timeouts.
static int read_all_of_group(struct experiment *experiment, const char *group,
                             const struct yaml_node *node, struct err *err)
{
    for (const struct field *field = experiment_fields; field->path; field++)
        if (inside(field->path, group) &&
            field->type->read(field, node, field_place(experiment, field), err) < 0)
            return -1;
    return 0;
}

static int read_path(struct experiment *experiment, const char *path, const struct yaml_node *node,
                     struct err *err)
{
    const struct field *field = find_field(path);
    if (field)
        return field->type->read(field, node, field_place(experiment, field), err);
    if (!strcmp(path, "runs.timeout") && yaml_kind(node) == YAML_SCALAR)
        return read_all_of_group(experiment, path, node, err);
    return read_group(experiment, path, node, err);
}

// The words that may stand in a group, each once.
static void group_names(const char *group, char words[NAMES_MAX][PATH_MAX_LEN],
                        const char *names[NAMES_MAX + 1])
{
    size_t len = 0;
    for (const struct field *field = experiment_fields; field->path; field++) {
        const char *rest = inside(field->path, group);
        if (!rest)
            continue;
        size_t word_len = strcspn(rest, ".");
        if (len && strlen(words[len - 1]) == word_len && !strncmp(words[len - 1], rest, word_len))
            continue;
        memcpy(words[len], rest, word_len);
        words[len][word_len] = '\0';
        names[len] = words[len];
        len++;
    }
    names[len] = NULL;
}

static int read_group(struct experiment *experiment, const char *group,
                      const struct yaml_node *node, struct err *err)
{
    if (yaml_expect(node, YAML_MAP, *group ? group : "the experiment", err) < 0)
        return -1;
    char words[NAMES_MAX][PATH_MAX_LEN];
    const char *names[NAMES_MAX + 1];
    group_names(group, words, names);
    if (yaml_check_keys(node, names, err) < 0)
        return -1;
    for (size_t i = 0; i < yaml_len(node); i++) {
        char path[PATH_MAX_LEN];
        snprintf(path, sizeof path, "%s%s%s", group, *group ? "." : "",
                 yaml_text(yaml_key(node, i)));
        if (read_path(experiment, path, yaml_value(node, i), err) < 0)
            return -1;
    }
    return 0;
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

static int read_file(struct experiment *experiment, const char *path, struct err *err)
{
    struct yaml_doc *doc = yaml_doc_load_file(path, err);
    if (!doc)
        return -1;
    int result = 0;
    if (!yaml_doc_root(doc))
        result = err_input(
            err, "%s: the file is empty; an experiment has at least devices: and runs:", path);
    else
        result = read_group(experiment, "", yaml_doc_root(doc), err);
    yaml_doc_free(doc);
    return result;
}

static int unknown_override(const char *path, const char *override, struct err *err)
{
    const char *paths[NAMES_MAX * 4] = {0};
    size_t len = 0;
    for (const struct field *field = experiment_fields; field->path; field++)
        paths[len++] = field->path;
    const char *near = units_nearest_word(path, paths);
    return err_input(err, "--set %s: unknown key '%s'%s%s%s", override, path,
                     near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
}

static int read_override(struct experiment *experiment, const char *override, struct err *err)
{
    const char *equals = strchr(override, '=');
    if (!equals || equals == override)
        return err_input(err, "--set %s: write it as KEY=VALUE, like runs.workers=[1, 10]",
                         override);
    char path[PATH_MAX_LEN];
    snprintf(path, sizeof path, "%.*s", (int)(equals - override), override);
    if (!find_field(path) && !is_group(path))
        return unknown_override(path, override, err);
    char name[PATH_MAX_LEN + 8];
    snprintf(name, sizeof name, "--set %s", path);
    struct yaml_doc *doc = yaml_doc_load_text(name, equals + 1, strlen(equals + 1), err);
    if (!doc)
        return -1;
    int result = yaml_doc_root(doc) ? read_path(experiment, path, yaml_doc_root(doc), err)
                                    : err_input(err, "--set %s: no value after the =", override);
    yaml_doc_free(doc);
    return result;
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
    const struct faults *faults = &e->devices.settings.faults;
    if (faults->refuse + faults->hang + faults->drop + faults->auth_fail > 1)
        return err_input(
            err, "%s: devices.faults add up to more than 1; they are shares of all sessions", name);
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

struct experiment *experiment_load(const char *path, const char *const *overrides, struct err *err)
{
    struct experiment *experiment = alloc_zero(1, sizeof *experiment);
    set_defaults(experiment);
    if (path && read_file(experiment, path, err) < 0)
        goto fail;
    for (; overrides && *overrides; overrides++)
        if (read_override(experiment, *overrides, err) < 0)
            goto fail;
    if (check_together(experiment, path ? path : "experiment", err) < 0)
        goto fail;
    return experiment;
fail:
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

const struct device_settings *experiment_device_settings(const struct experiment *experiment,
                                                         uint32_t device)
{
    (void)device;
    return &experiment->devices.settings;
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
