// What a device is configured to be: what works now, the candidate, what it starts with.
#include "emulator/device_data.h"

#include "emulator/config_forms.h"
#include "emulator/platform_data.h"

#include "base/alloc.h"
#include "base/rng.h"

#include <stdlib.h>
#include <string.h>

static void render_factory(struct device *device, struct buf *text)
{
    struct template_scope scope = {0};
    device_fill_scope(device, false, &scope);
    const struct device_settings *settings = device_settings(device);
    scope.variables[VARIABLE_LOGIN_USER] = settings->username;
    scope.variables[VARIABLE_PASSWORD] = settings->password;
    scope.variables[VARIABLE_SECRET] = settings->enable_secret;
    char name[DEVICE_NAME_MAX + 1];
    scope.variables[VARIABLE_HOSTNAME] =
        experiment_device_name(device->set->experiment, device->number, name);
    if (device->platform->config)
        template_render(device->platform->config, &scope, text);
}

static struct config *factory_config(struct device *device)
{
    struct buf text = {0};
    render_factory(device, &text);
    struct config *config = config_new();
    config_read(config, buf_text(&text));
    buf_fini(&text);
    return config;
}

const struct config *device_running(struct device *device)
{
    if (!device->state.running)
        device->state.running = factory_config(device);
    return device->state.running;
}

struct config *device_edit(struct device *device)
{
    device_running(device);
    device_mark_changed(device);
    return device->state.running;
}

struct config *device_candidate(struct device *device)
{
    device_mark_changed(device);
    if (!device->state.candidate)
        device->state.candidate = config_copy(device_running(device));
    return device->state.candidate;
}

bool device_has_candidate(const struct device *device)
{
    return device->state.candidate != NULL;
}

void device_commit(struct device *device)
{
    if (!device->state.candidate)
        return;
    config_free(device->state.running);
    device->state.running = device->state.candidate;
    device->state.candidate = NULL;
}

void device_discard(struct device *device)
{
    config_free(device->state.candidate);
    device->state.candidate = NULL;
}

void device_load_candidate(struct device *device, struct config *config)
{
    device_mark_changed(device);
    device_running(device); // it is kept from now on
    config_free(device->state.candidate);
    device->state.candidate = config;
}

void device_save(struct device *device)
{
    device_mark_changed(device);
    config_free(device->state.saved);
    device->state.saved = config_copy(device_running(device));
}

void device_save_text(struct device *device, const char *text)
{
    device_running(device);
    device_mark_changed(device);
    config_free(device->state.saved);
    device->state.saved = config_new();
    config_read(device->state.saved, text);
}

const char *device_startup(struct device *device)
{
    struct config *config =
        device->state.saved ? config_copy(device->state.saved) : factory_config(device);
    struct buf text = {0};
    config_write(config, device->platform, &text);
    config_free(config);
    free(device->state.startup);
    device->state.startup = buf_take(&text);
    return device->state.startup;
}

void device_erase_startup(struct device *device)
{
    config_free(device->state.saved);
    device->state.saved = NULL;
}

static void run_startup(struct device *device)
{
    struct device_state *state = &device->state;
    config_free(state->running);
    config_free(state->candidate);
    state->candidate = NULL;
    state->running = NULL;
    if (state->saved)
        state->running = config_copy(state->saved);
}

void device_restore(struct device *device)
{
    device_mark_changed(device);
    run_startup(device);
}

int64_t device_wall_ms(const struct device *device)
{
    return device->set->now_ms();
}

bool device_is_saved(struct device *device)
{
    if (!device->changed)
        return true;
    struct config *saved =
        device->state.saved ? config_copy(device->state.saved) : factory_config(device);
    bool same = config_same(&saved->top, &device_running(device)->top);
    config_free(saved);
    return same;
}

struct config *device_replace(struct device *device, struct config *config)
{
    device_mark_changed(device);
    config_free(device->state.running);
    device->state.running = config;
    return config;
}

// The line with the host name: "hostname", or with the way to it "system / host-name". *words are
// then those in front of the name.
static const struct config_line *hostname_line(const struct config_line *in, const char **words)
{
    for (const char *slash = strstr(*words, " / "); slash && in; slash = strstr(*words, " / ")) {
        char *heading = alloc_strndup(*words, (size_t)(slash - *words));
        in = config_exact(in, heading);
        free(heading);
        *words = slash + 3;
    }
    size_t len = strlen(*words);
    if (in && (*words)[len - 1] != '=')
        return config_find(in, *words);
    for (size_t i = 0; in && i < in->n_lines; i++)
        if (!strncmp(in->lines[i]->text, *words, len))
            return in->lines[i];
    return NULL;
}

void device_put_hostname(struct device *device, struct buf *out)
{
    const char *words = device->platform->hostname_line;
    const struct config_line *line =
        device->changed ? hostname_line(&device_running(device)->top, &words) : NULL;
    if (!line) {
        char name[DEVICE_NAME_MAX + 1];
        buf_puts(out, experiment_device_name(device->set->experiment, device->number, name));
        return;
    }
    const char *rest = line->text + strlen(words);
    rest += strspn(rest, " \"");
    buf_add(out, rest, strcspn(rest, " \""));
}

// "banner motd ^C...^C"
static void put_banner_line(const struct config_line *line, const char *kind, struct buf *out)
{
    const char *mark = "^C";
    const char *text = strstr(line->text, kind) + strlen(kind);
    text += strspn(text, " ");
    if (strncmp(text, mark, strlen(mark)) != 0)
        return;
    text += strlen(mark);
    const char *end = strstr(text, mark);
    for (; *text && text != end; text++)
        if (*text == '\n')
            buf_puts(out, "\r\n");
        else
            buf_putc(out, *text);
}

void device_put_banner(struct device *device, const char *kind, struct buf *out)
{
    char *heading = alloc_printf("banner %s", kind);
    device_lock(device);
    const struct config_line *line =
        device->changed ? config_find(&device_running(device)->top, heading) : NULL;
    if (line)
        put_banner_line(line, kind, out);
    device_unlock(device);
    free(heading);
}

void device_fill_scope(struct device *device, bool with_config, struct template_scope *scope)
{
    struct device_set *set = device->set;
    scope->platform = device->platform;
    scope->owner = device;
    scope->seed = set->experiment->seed;
    scope->device = device->number;
    scope->devices = set->count;
    scope->now_ms = set->now_ms();
    scope->boot_s = device->state.boot_s;
    if (!scope->boot_s) { // up for an hour to a year when the emulator began
        struct rng rng;
        rng_key(&rng, scope->seed, device->number, 0, RNG_STEP_DEVICE);
        scope->boot_s = set->began_s - 3600 - (int64_t)rng_below(&rng, 365 * 86400);
    }
    if (with_config)
        scope->config = device_running(device);
}
