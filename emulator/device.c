#include "emulator/device.h"

#include "emulator/config_forms.h"
#include "emulator/device_data.h"
#include "emulator/platform_data.h"
#include "emulator/settings_table.h"
#include "emulator/word.h"

#include "base/alloc.h"
#include "base/rng.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { BUCKETS_MIN = 64 };

struct device_set {
    const struct experiment *experiment;
    const struct platform *platform;
    const struct platform_set *platforms; // NULL: all devices are of the one above
    struct settings_table *settings;
    const struct authorized_keys *keys; // NULL: none
    uint32_t count;
    int64_t (*now_ms)(void);
    int64_t began_s;
    pthread_mutex_t lock;    // of all below
    struct device **buckets; // the devices in memory
    size_t n_buckets;        // a power of two
    size_t n_open;
    _Atomic uint32_t *sessions; // by number - 1; pages nobody touched cost nothing
    // Of the experiment's user on an unchanged device, that of nameless ones and then of each with
    // a name; 0: not looked up yet.
    _Atomic uint8_t *factory_privilege;
};

static int64_t machine_clock_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct device_set *device_set_new(const struct experiment *experiment,
                                  const struct platform *platform, uint32_t count)
{
    struct device_set *set = alloc_zero(1, sizeof *set);
    set->experiment = experiment;
    set->platform = platform;
    set->settings = settings_table_new(experiment, count);
    set->count = count;
    set->now_ms = machine_clock_ms;
    set->began_s = set->now_ms() / 1000;
    set->n_buckets = BUCKETS_MIN;
    set->buckets = alloc_zero(set->n_buckets, sizeof(struct device *));
    set->factory_privilege =
        alloc_zero(1 + experiment->devices.named.len, sizeof *set->factory_privilege);
    set->sessions = alloc_zero(count ? count : 1, sizeof *set->sessions);
    pthread_mutex_init(&set->lock, NULL);
    return set;
}

static void forget_device(struct device *device)
{
    config_free(device->state.running);
    config_free(device->state.candidate);
    config_free(device->state.saved);
    free(device->state.startup);
    device_forget_moment(&device->state);
    pthread_mutex_destroy(&device->lock);
    free(device);
}

void device_set_free(struct device_set *set)
{
    if (!set)
        return;
    for (size_t i = 0; i < set->n_buckets; i++)
        while (set->buckets[i]) {
            struct device *device = set->buckets[i];
            set->buckets[i] = device->next;
            forget_device(device);
        }
    pthread_mutex_destroy(&set->lock);
    settings_table_free(set->settings);
    free(set->buckets);
    free(set->sessions);
    free(set->factory_privilege);
    free(set);
}

uint32_t device_set_count(const struct device_set *set)
{
    return set->count;
}

const struct device_settings *device_set_settings(const struct device_set *set, uint32_t number)
{
    return settings_table_get(set->settings, number);
}

void device_set_change(struct device_set *set, uint32_t number, struct device_settings *settings)
{
    settings_table_put(set->settings, number, settings);
}

bool device_set_has_own(const struct device_set *set, uint32_t number)
{
    return settings_table_is_own(set->settings, number);
}

void device_set_clock(struct device_set *set, int64_t (*now_ms)(void))
{
    set->now_ms = now_ms;
    set->began_s = now_ms() / 1000;
}

static struct device **bucket_of(struct device_set *set, uint32_t number)
{
    return &set->buckets[(number * UINT32_C(2654435761)) &
                         (set->n_buckets - 1)]; // Knuth's multiplier
}

static void grow_buckets(struct device_set *set)
{
    struct device **old = set->buckets;
    size_t n_old = set->n_buckets;
    set->n_buckets *= 2;
    set->buckets = alloc_zero(set->n_buckets, sizeof(struct device *));
    for (size_t i = 0; i < n_old; i++)
        while (old[i]) {
            struct device *device = old[i];
            old[i] = device->next;
            struct device **bucket = bucket_of(set, device->number);
            device->next = *bucket;
            *bucket = device;
        }
    free(old);
}

static const char *platform_name_of(const struct device_set *set, uint32_t number)
{
    return experiment_device_settings(set->experiment, number)->platform;
}

static struct device *find_or_make(struct device_set *set, uint32_t number)
{
    for (struct device *device = *bucket_of(set, number); device; device = device->next)
        if (device->number == number)
            return device;
    if (++set->n_open > set->n_buckets)
        grow_buckets(set);
    struct device *device = alloc_zero(1, sizeof *device);
    device->set = set;
    device->number = number;
    device->platform = set->platforms
                           ? platform_set_find(set->platforms, platform_name_of(set, number))
                           : set->platform;
    pthread_mutex_init(&device->lock, NULL);
    struct device **bucket = bucket_of(set, number);
    device->next = *bucket;
    *bucket = device;
    return device;
}

void device_set_platforms(struct device_set *set, const struct platform_set *platforms)
{
    set->platforms = platforms;
}

void device_set_authorize(struct device_set *set, const struct authorized_keys *keys)
{
    set->keys = keys;
}

struct device *device_open(struct device_set *set, uint32_t number)
{
    pthread_mutex_lock(&set->lock);
    struct device *device = find_or_make(set, number);
    device->users++;
    pthread_mutex_unlock(&set->lock);
    return device;
}

void device_close(struct device_set *set, struct device *device)
{
    pthread_mutex_lock(&set->lock);
    bool last = --device->users == 0 && !device->changed;
    if (last) {
        struct device **at = bucket_of(set, device->number);
        while (*at != device)
            at = &(*at)->next;
        *at = device->next;
        set->n_open--;
    }
    pthread_mutex_unlock(&set->lock);
    if (last)
        forget_device(device);
}

uint32_t device_number(const struct device *device)
{
    return device->number;
}

uint64_t device_next_session(struct device *device)
{
    return atomic_fetch_add(&device->set->sessions[device->number - 1], 1);
}

const struct device_settings *device_settings(const struct device *device)
{
    return settings_table_get(device->set->settings, device->number);
}

const struct platform *device_platform(const struct device *device)
{
    return device->platform;
}

const struct experiment *device_experiment(const struct device *device)
{
    return device->set->experiment;
}

void device_lock(struct device *device)
{
    pthread_mutex_lock(&device->lock);
}

void device_unlock(struct device *device)
{
    if (!device->changed) {
        config_free(device->state.running);
        device->state.running = NULL;
    }
    free(device->state.startup);
    device->state.startup = NULL;
    pthread_mutex_unlock(&device->lock);
}

struct device_state *device_state(struct device *device)
{
    return &device->state;
}

void device_mark_changed(struct device *device)
{
    device->changed = true;
}

// The configuration.

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
    for (size_t i = 0; in && i < in->n_lines; i++)
        if (!strncmp(in->lines[i]->text, *words, len) &&
            (in->lines[i]->text[len] == ' ' || (*words)[len - 1] == '='))
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

// Credentials.

// "username bob privilege 15 secret 9 $9$...": the line of a user; NULL when the configuration has
// none.
static const struct config_line *user_line(struct device *device, const char *user)
{
    static const char *const words[] = {"username", "local-user"};
    const struct config_line *found = NULL;
    for (size_t i = 0; i < sizeof words / sizeof *words && !found; i++) {
        char *heading = alloc_printf("%s %s", words[i], user);
        found = config_find(&device_running(device)->top, heading);
        free(heading);
    }
    return found;
}

static bool line_holds(const struct config_line *line, const char *password)
{
    struct buf scrambled = {0};
    word_scramble(password, strlen(password), &scrambled);
    // The text behind its kind, "9 ": what a platform calls that differs.
    bool holds = strstr(line->text, buf_text(&scrambled) + 2) != NULL;
    buf_fini(&scrambled);
    return holds;
}

static bool check_configured(struct device *device, const char *user, const char *password)
{
    const struct config_line *line = user_line(device, user);
    if (line)
        return line_holds(line, password);
    const struct device_settings *settings = device_settings(device);
    bool keeps_users = config_find(&device_running(device)->top, "username") != NULL;
    return !keeps_users && !strcmp(user, settings->username) &&
           !strcmp(password, settings->password);
}

// "admin" of "admin+ct511w4098h"; the caller frees.
static char *plain_user(const struct device *device, const char *user)
{
    const char *suffix = device->platform->login_suffix;
    return alloc_strndup(user, *suffix ? strcspn(user, suffix) : strlen(user));
}

bool device_check_password(struct device *device, const char *user, const char *password)
{
    const struct device_settings *settings = device_settings(device);
    char *plain = plain_user(device, user);
    bool right;
    device_lock(device);
    if (!*plain)
        right = !strcmp(password, settings->password);
    else if (device->changed)
        right = check_configured(device, plain, password);
    else
        right = !strcmp(plain, settings->username) && !strcmp(password, settings->password);
    device_unlock(device);
    free(plain);
    return right;
}

bool device_check_key(struct device *device, const char *user, const char *key)
{
    char *plain = plain_user(device, user);
    bool right = !strcmp(plain, device_settings(device)->username) &&
                 authorized_keys_hold(device->set->keys, key);
    device_lock(device);
    if (!right && device->changed)
        right = authorized_keys_chain_holds(device_running(device), plain, key);
    device_unlock(device);
    free(plain);
    return right;
}

bool device_has_keys(struct device *device)
{
    device_lock(device);
    bool has =
        device->set->keys || (device->changed && authorized_keys_chain(device_running(device)));
    device_unlock(device);
    return has;
}

bool device_check_enable(struct device *device, const char *secret)
{
    bool right = !strcmp(secret, device_settings(device)->enable_secret);
    device_lock(device);
    const struct config_line *line =
        device->changed ? config_find(&device_running(device)->top, "enable secret") : NULL;
    if (line)
        right = line_holds(line, secret);
    device_unlock(device);
    return right;
}

static uint8_t configured_privilege(struct device *device, const char *user)
{
    const struct config_line *line = user_line(device, user);
    const char *word = line ? strstr(line->text, " privilege ") : NULL;
    unsigned long privilege = word ? strtoul(word + strlen(" privilege "), NULL, 10) : 1;
    return privilege > 15 ? 15 : (uint8_t)privilege;
}

uint8_t device_user_privilege(struct device *device, const char *user)
{
    struct device_set *set = device->set;
    bool named = device->number <= set->experiment->devices.named.len;
    _Atomic uint8_t *factory = &set->factory_privilege[named ? device->number : 0];
    device_lock(device);
    uint8_t privilege = device->changed ? 0 : atomic_load(factory);
    if (!privilege) {
        privilege = configured_privilege(
            device, device->changed ? user : device_settings(device)->username);
        if (!device->changed)
            atomic_store(factory, privilege);
    }
    device_unlock(device);
    return privilege;
}
