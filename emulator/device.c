#include "emulator/device.h"

#include "emulator/device_data.h"
#include "emulator/device_history.h"
#include "emulator/platform_data.h"
#include "emulator/settings_table.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { BUCKETS_MIN = 64 };

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
    device_forget_sessions(&device->state);
    device_forget_history(&device->state);
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

const struct device_settings *device_set_settings(const struct device_set *set, uint32_t number)
{
    return settings_table_get(set->settings, number);
}

void device_set_change(struct device_set *set, uint32_t number, struct device_settings *settings)
{
    settings_table_put(set->settings, number, settings);
}

void device_set_sweep(struct device_set *set)
{
    settings_table_sweep(set->settings);
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
    if (device->state.history)
        device_revert_if_due(device);
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

void device_mark_changed(struct device *device)
{
    device->changed = true;
}
