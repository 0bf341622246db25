#include "emulator/control_request.h"

#include "base/alloc.h"
#include "base/units.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// A row's devices each get settings of their own; without an upper bound one request could take all
// memory. `all` needs one object.
enum { ROW_MAX = 100000, OWN_SHOWN_MAX = 1000 };
static const char group[] = "devices.";
static const char key_of_all[] = "limits.aaa_rate"; // one server answers all devices

static const char *short_key(const char *key)
{
    return strncmp(key, group, strlen(group)) ? key : key + strlen(group);
}

// Showing.

static void put_value(void *object, const char *key, const char *value)
{
    json_object_set_new(object, key, json_string(value));
}

static json_t *values_of(const struct device_settings *settings)
{
    json_t *values = json_object();
    device_settings_each(settings, put_value, values);
    return values;
}

// Those values that are others than in `before`.
static json_t *changes(json_t *values, json_t *before)
{
    json_t *changed = json_object();
    const char *key;
    json_t *value;
    json_object_foreach(values, key, value)
    {
        json_t *other = json_object_get(before, key);
        if (other && !json_equal(value, other))
            json_object_set(changed, key, other);
    }
    return changed;
}

static void put_rate(json_t *values, double per_s)
{
    char text[64];
    snprintf(text, sizeof text, "%.6g/s", per_s);
    put_value(values, key_of_all, text);
}

// The devices that have other settings than the rest, with what is other.
static json_t *others(struct server *server, json_t *general)
{
    const struct emulate_options *options = server_options(server);
    json_t *list = json_array();
    for (uint32_t n = 1; n <= options->devices && json_array_size(list) < OWN_SHOWN_MAX; n++) {
        if (!device_set_has_own(server_devices(server), n))
            continue;
        json_t *own = values_of(device_set_settings(server_devices(server), n));
        json_t *changed = changes(general, own);
        json_decref(own);
        char name[DEVICE_NAME_MAX + 1];
        if (json_object_size(changed))
            json_array_append_new(list,
                                  json_pack("{s:I, s:s, s:O}", "device", (json_int_t)n, "name",
                                            experiment_device_name(options->experiment, n, name),
                                            "settings", changed));
        json_decref(changed);
    }
    return list;
}

json_t *control_show(struct server *server, const json_t *request, struct err *err)
{
    const struct emulate_options *options = server_options(server);
    struct device_row row;
    if (control_devices(server, request, &row, err) < 0)
        return NULL;
    if (!row.all && row.first != row.last) {
        (void)err_input(err, "the settings of one device are shown, or those of all");
        return NULL;
    }
    uint32_t number = row.all ? 0 : row.first;
    char name[DEVICE_NAME_MAX + 1];
    json_t *values = values_of(device_set_settings(server_devices(server), number));
    json_t *file = values_of(experiment_device_settings(options->experiment, number));
    put_rate(values, server_aaa_rate(server));
    put_rate(file, options->experiment->devices.aaa_rate_per_s);
    json_t *answer =
        json_pack("{s:b, s:s, s:O, s:o}", "ok", 1, "device",
                  row.all ? "all" : experiment_device_name(options->experiment, number, name),
                  "settings", values, "file", changes(values, file));
    if (row.all)
        json_object_set_new(answer, "others", others(server, values));
    json_decref(values);
    json_decref(file);
    return answer;
}

// Changing. Everything is made ready before the first device sees any of it.

struct change {
    uint32_t number; // 0: all that have nothing of their own
    struct device_settings *settings;
};
struct changes {
    struct change *items;
    size_t len;
    size_t cap;
    double aaa_rate_per_s; // < 0: as it is
    bool all;
};

static void changes_fini(struct changes *changes)
{
    for (size_t i = 0; i < changes->len; i++)
        device_settings_free(changes->items[i].settings);
    free(changes->items);
}

static int add_change(struct changes *changes, uint32_t number, struct device_settings *settings)
{
    if (!settings)
        return -1;
    if (changes->len == changes->cap) {
        changes->cap = changes->cap ? changes->cap * 2 : 16;
        changes->items = alloc_resize(changes->items, changes->cap, sizeof *changes->items);
    }
    changes->items[changes->len++] = (struct change){number, settings};
    return 0;
}

// The text of a value as it would stand in the file; NULL: it is a list or a map.
static char *text_of(const json_t *value)
{
    if (json_is_string(value))
        return alloc_strdup(json_string_value(value));
    if (json_is_integer(value))
        return alloc_printf("%" JSON_INTEGER_FORMAT, json_integer_value(value));
    return json_is_real(value) ? alloc_printf("%.17g", json_real_value(value)) : NULL;
}

static int set_one(struct device_settings *settings, const char *key, const char *text,
                   struct changes *changes, struct err *err)
{
    if (!strcmp(key, "platform"))
        return err_input(err, "'platform' cannot change while devices run");
    if (strcmp(key, key_of_all) != 0)
        return device_settings_set(settings, key, text, err);
    if (!changes->all)
        return err_input(err, "'%s' is of the one server that all devices ask: set it for all",
                         key_of_all);
    if (units_rate(text, &changes->aaa_rate_per_s, err) < 0)
        return err_prefix(err, "%s: ", key_of_all);
    return 0;
}

static struct device_settings *settings_with(struct server *server, uint32_t number,
                                             const json_t *values, struct changes *changes,
                                             struct err *err)
{
    struct device_settings *settings =
        device_settings_copy(device_set_settings(server_devices(server), number));
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)values, key, value)
    {
        char *text = text_of(value);
        int result = text ? set_one(settings, short_key(key), text, changes, err)
                          : err_input(err, "'%s' must be a text or a number", key);
        free(text);
        if (result < 0)
            goto fail;
    }
    if (device_settings_check(settings, "set", err) == 0)
        return settings;
fail:
    device_settings_free(settings);
    return NULL;
}

static int check_row(const struct device_row *row, struct err *err)
{
    if (!row->all && row->last - row->first >= ROW_MAX)
        return err_input(err, "a row has at most %d devices, or all", ROW_MAX);
    return 0;
}

static int prepare(struct server *server, const struct device_row *row, const json_t *values,
                   struct changes *changes, struct err *err)
{
    if (check_row(row, err) < 0)
        return -1;
    changes->all = row->all;
    if (row->all && add_change(changes, 0, settings_with(server, 0, values, changes, err)) < 0)
        return -1;
    for (uint32_t n = row->first; n <= row->last; n++)
        if ((!row->all || device_set_has_own(server_devices(server), n)) &&
            add_change(changes, n, settings_with(server, n, values, changes, err)) < 0)
            return -1;
    return 0;
}

static json_t *changed_json(const struct device_row *row)
{
    return json_pack("{s:b, s:I}", "ok", 1, "devices", (json_int_t)row->last - row->first + 1);
}

json_t *control_set(struct server *server, const json_t *request, struct err *err)
{
    const json_t *values = json_object_get(request, "values");
    struct device_row row;
    struct changes changes = {.aaa_rate_per_s = -1};
    if (!json_is_object(values) || !json_object_size(values)) {
        (void)err_input(err, "'values' is an object of keys, like {\"latency.command\": \"80ms\"}");
        return NULL;
    }
    if (control_devices(server, request, &row, err) < 0)
        return NULL;
    int result = prepare(server, &row, values, &changes, err);
    for (size_t i = 0; i < changes.len && result == 0; i++) {
        struct change *change = &changes.items[i];
        device_set_change(server_devices(server), change->number, change->settings);
        change->settings = NULL;
    }
    if (result == 0 && changes.aaa_rate_per_s >= 0)
        server_set_aaa_rate(server, changes.aaa_rate_per_s);
    changes_fini(&changes);
    if (result == 0)
        server_sweep_settings(server);
    return result == 0 ? changed_json(&row) : NULL;
}

// A device without anything of its own in the file gets the file's values as its own while those
// of all are others.
static void reset_one(struct device_set *devices, const struct experiment *experiment,
                      uint32_t number)
{
    const struct device_settings *file = experiment_device_settings(experiment, number);
    const struct device_settings *general = experiment_device_settings(experiment, 0);
    if (file == general && device_set_settings(devices, 0) != general)
        device_set_change(devices, number, device_settings_copy(file));
    else if (device_set_settings(devices, number) != file)
        device_set_change(devices, number, NULL);
}

json_t *control_reset(struct server *server, const json_t *request, struct err *err)
{
    struct device_set *devices = server_devices(server);
    struct device_row row;
    if (control_devices(server, request, &row, err) < 0)
        return NULL;
    if (check_row(&row, err) < 0)
        return NULL;
    if (row.all) {
        device_set_change(devices, 0, NULL);
        server_set_aaa_rate(server, server_options(server)->experiment->devices.aaa_rate_per_s);
    }
    for (uint32_t n = row.first; n <= row.last; n++)
        reset_one(devices, server_options(server)->experiment, n);
    server_sweep_settings(server);
    return changed_json(&row);
}
