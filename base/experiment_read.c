// How the keys of an experiment file find their fields.
#include "base/experiment_schema.h"

#include "base/alloc.h"
#include "base/units.h"

#include <stdlib.h>
#include <string.h>

enum { PATH_MAX_LEN = 128, NAMES_MAX = 32 };

static bool in_range(const struct field *field, const struct field_range *range)
{
    return field->offset >= range->first && field->offset < range->end;
}

static void *field_place(const struct field *field, const struct field_range *range)
{
    return (char *)range->base + (field->offset - range->first);
}

struct field_range experiment_settings_range(struct device_settings *settings)
{
    size_t first = offsetof(struct experiment, devices.settings);
    return (struct field_range){.base = settings, .first = first, .end = first + sizeof *settings};
}

static const struct field_range everything = {.end = SIZE_MAX};

static const struct field *find_more(const struct field_range *range, const char *word)
{
    for (const struct field *field = range->more; field && field->path; field++)
        if (!strcmp(field->path, word))
            return field;
    return NULL;
}

// Is path "a.b.c" inside the group "a.b"? The top group is "".
static const char *inside(const char *path, const char *group)
{
    size_t len = strlen(group);
    if (len == 0)
        return path;
    return !strncmp(path, group, len) && path[len] == '.' ? path + len + 1 : NULL;
}

static const struct field *find_field(const struct field_range *range, const char *path)
{
    for (const struct field *field = experiment_fields; field->path; field++)
        if (in_range(field, range) && !strcmp(field->path, path))
            return field;
    return NULL;
}

static bool is_group(const struct field_range *range, const char *path)
{
    for (const struct field *field = experiment_fields; field->path; field++)
        if (in_range(field, range) && inside(field->path, path))
            return true;
    return false;
}

static bool is_key(const struct field_range *range, const char *path)
{
    return find_field(range, path) || is_group(range, path);
}

// `timeout: 30s` sets all the timeouts.
static int read_all_of_group(const struct field_range *range, const char *group,
                             const struct yaml_node *node, struct err *err)
{
    for (const struct field *field = experiment_fields; field->path; field++)
        if (inside(field->path, group) &&
            field->type->read(field, node, field_place(field, range), err) < 0)
            return -1;
    return 0;
}

static void remember(struct experiment_reader *reader, const char *path,
                     const struct yaml_node *node)
{
    if (reader && !strcmp(path, "devices.count"))
        reader->count = node;
    if (reader && !strcmp(path, "devices.named"))
        reader->named = node;
    if (reader && !strcmp(path, "runs.strategy"))
        reader->strategy = node;
}

static int read_path(struct experiment_reader *reader, const struct field_range *range,
                     const char *path, const struct yaml_node *node, struct err *err)
{
    const struct field *field = find_field(range, path);
    if (field) {
        remember(reader, path, node);
        return field->type->read(field, node, field_place(field, range), err);
    }
    if (!strcmp(path, "runs.timeout") && yaml_kind(node) == YAML_SCALAR)
        return read_all_of_group(range, path, node, err);
    return experiment_read_group(reader, range, path, node, err);
}

// The words that may stand in a group, each once.
static void group_names(const struct field_range *range, const char *group,
                        char words[NAMES_MAX][PATH_MAX_LEN], const char *names[NAMES_MAX + 1])
{
    size_t len = 0;
    for (const struct field *more = range->more; more && more->path; more++)
        names[len++] = more->path;
    for (const struct field *field = experiment_fields; field->path; field++) {
        const char *rest = in_range(field, range) ? inside(field->path, group) : NULL;
        if (!rest)
            continue;
        size_t word_len = strcspn(rest, ".");
        if (len && strlen(names[len - 1]) == word_len && !strncmp(names[len - 1], rest, word_len))
            continue;
        memcpy(words[len], rest, word_len);
        words[len][word_len] = '\0';
        names[len] = words[len];
        len++;
    }
    names[len] = NULL;
}

static void join_path(char path[PATH_MAX_LEN], const char *group, const char *word)
{
    snprintf(path, PATH_MAX_LEN, "%s%s%s", group, *group ? "." : "", word);
}

// A key that stands in the experiment, but not here.
static int check_is_of_one(const struct field_range *range, const char *group,
                           const struct yaml_node *node, struct err *err)
{
    for (size_t i = 0; i < yaml_len(node); i++) {
        const char *word = yaml_text(yaml_key(node, i));
        char path[PATH_MAX_LEN];
        join_path(path, group, word);
        if (!is_key(range, path) && !find_more(range, word) && is_key(&everything, path))
            return yaml_error(yaml_key(node, i), err,
                              "'%s' is of all devices together; it stands in %s", word, group);
    }
    return 0;
}

int experiment_read_group(struct experiment_reader *reader, const struct field_range *range,
                          const char *group, const struct yaml_node *node, struct err *err)
{
    char words[NAMES_MAX][PATH_MAX_LEN];
    const char *names[NAMES_MAX + 1];
    group_names(range, group, words, names);
    if (yaml_expect_keys(node, *group ? group : "the experiment", names, err) < 0)
        return -1;
    if (check_is_of_one(range, group, node, err) < 0 || yaml_check_keys(node, names, err) < 0)
        return -1;
    struct field_range below = *range;
    below.more = NULL;
    for (size_t i = 0; i < yaml_len(node); i++) {
        const char *word = yaml_text(yaml_key(node, i));
        const struct yaml_node *value = yaml_value(node, i);
        const struct field *more = find_more(range, word);
        char path[PATH_MAX_LEN];
        join_path(path, group, word);
        if (more ? more->type->read(more, value, (char *)range->more_base + more->offset, err) < 0
                 : read_path(reader, &below, path, value, err) < 0)
            return -1;
    }
    return 0;
}

// The keys that end in path, or else in its last word: `workers` is runs.workers. None: the nearest
// of all. Puts them, quoted, behind "did you mean"; nothing for a guess.
static void write_meant(const char *path, const char *const *keys, struct buf *out)
{
    const char *last = strrchr(path, '.') ? strrchr(path, '.') + 1 : path;
    for (const char *end = path; end && !out->len; end = end == last ? NULL : last)
        for (const char *const *key = keys; *key; key++) {
            size_t len = strlen(*key);
            size_t end_len = strlen(end);
            if (len > end_len && (*key)[len - end_len - 1] == '.' &&
                !strcmp(*key + len - end_len, end))
                buf_printf(out, "%s'%s'", out->len ? " or " : "; did you mean ", *key);
        }
    const char *near = out->len ? NULL : units_nearest_word(path, keys);
    if (near)
        buf_printf(out, "; did you mean '%s'", near);
    buf_puts(out, out->len ? "?" : "");
}

static int unknown_override(const char *path, const char *override, struct err *err)
{
    const char *paths[NAMES_MAX * 4] = {0};
    size_t len = 0;
    for (const struct field *field = experiment_fields; field->path; field++)
        paths[len++] = field->path;
    struct buf meant = {0};
    write_meant(path, paths, &meant);
    err_input(err, "--set %s: unknown key '%s'%s", override, path, buf_text(&meant));
    buf_fini(&meant);
    return -1;
}

int experiment_read_override(struct experiment_reader *reader, const char *override,
                             struct err *err)
{
    const char *equals = strchr(override, '=');
    if (!equals || equals == override)
        return err_input(err, "--set %s: write it as KEY=VALUE, like runs.workers=[1, 10]",
                         override);
    bool has_option = !strncmp(override, "--", 2); // of its own
    char path[PATH_MAX_LEN];
    char option[PATH_MAX_LEN + 8];
    snprintf(path, sizeof path, "%.*s", (int)(equals - override), override);
    snprintf(option, sizeof option, "%s%s", has_option ? "" : "--set ", path);
    const char *key = has_option ? path + 2 : path;
    if (!is_key(&everything, key))
        return unknown_override(key, override, err);
    struct yaml_doc *doc = yaml_doc_load_value(option, equals + 1, err);
    if (!doc)
        return -1;
    experiment_reader_keep(reader, doc);
    struct field_range range = {.base = reader->experiment, .end = sizeof *reader->experiment};
    return yaml_doc_root(doc) ? read_path(reader, &range, key, yaml_doc_root(doc), err)
                              : err_input(err, "%s: no value after the =", option);
}

void experiment_reader_keep(struct experiment_reader *reader, struct yaml_doc *doc)
{
    reader->docs = alloc_resize(reader->docs, reader->n_docs + 1, sizeof(struct yaml_doc *));
    reader->docs[reader->n_docs++] = doc;
}

void experiment_reader_fini(struct experiment_reader *reader)
{
    for (size_t i = 0; i < reader->n_docs; i++)
        yaml_doc_free(reader->docs[i]);
    free(reader->docs);
}

// What is set for one device.

static int unknown_setting(const struct field_range *range, const char *key, struct err *err)
{
    const char *keys[NAMES_MAX * 4] = {0};
    size_t len = 0;
    for (const struct field *field = experiment_fields; field->path; field++)
        if (in_range(field, range))
            keys[len++] = inside(field->path, "devices");
    struct buf meant = {0};
    write_meant(key, keys, &meant);
    err_input(err, "unknown key '%s'%s", key, buf_text(&meant));
    buf_fini(&meant);
    return -1;
}

int device_settings_set(struct device_settings *settings, const char *key, const char *value,
                        struct err *err)
{
    struct field_range range = experiment_settings_range(settings);
    char path[PATH_MAX_LEN];
    if (inside(key, "devices"))
        key = inside(key, "devices");
    join_path(path, "devices", key);
    if (!is_key(&range, path))
        return unknown_setting(&range, key, err);
    struct yaml_doc *doc = yaml_doc_load_value(key, value, err);
    if (!doc)
        return -1;
    int result = yaml_doc_root(doc) ? read_path(NULL, &range, path, yaml_doc_root(doc), err)
                                    : err_input(err, "'%s' is empty; give a value", key);
    yaml_doc_free(doc);
    return result < 0 ? -1 : device_settings_check(settings, key, err);
}

void device_settings_each(const struct device_settings *settings,
                          void (*each)(void *data, const char *key, const char *value), void *data)
{
    struct field_range range =
        experiment_settings_range((struct device_settings *)(uintptr_t)settings);
    struct buf value = {0};
    for (const struct field *field = experiment_fields; field->path; field++)
        if (in_range(field, &range)) {
            buf_clear(&value);
            field->type->print(field, field_place(field, &range), &value);
            each(data, inside(field->path, "devices"), buf_text(&value));
        }
    buf_fini(&value);
}
