#include "emulator/settings_table.h"

#include "base/alloc.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

typedef _Atomic(const struct device_settings *) settings_place;

struct settings_table {
    uint32_t count;
    settings_place general;
    settings_place *own; // by number - 1; NULL: the general ones. Pages nobody touched cost nothing
    pthread_mutex_t lock; // of what follows
    struct device_settings **put;
    size_t n_put;
};

struct settings_table *settings_table_new(const struct experiment *experiment, uint32_t count)
{
    struct settings_table *table = alloc_zero(1, sizeof *table);
    table->count = count;
    table->own = alloc_zero(count, sizeof *table->own);
    atomic_init(&table->general, experiment_device_settings(experiment, 0));
    pthread_mutex_init(&table->lock, NULL);
    return table;
}

void settings_table_free(struct settings_table *table)
{
    if (!table)
        return;
    for (size_t i = 0; i < table->n_put; i++)
        device_settings_free(table->put[i]);
    free(table->put);
    free(table->own);
    pthread_mutex_destroy(&table->lock);
    free(table);
}

static const struct device_settings *own(const struct settings_table *table, uint32_t device)
{
    assert(device <= table->count);
    return device ? atomic_load_explicit(&table->own[device - 1], memory_order_acquire) : NULL;
}

const struct device_settings *settings_table_get(const struct settings_table *table,
                                                 uint32_t device)
{
    const struct device_settings *settings = own(table, device);
    return settings ? settings : atomic_load_explicit(&table->general, memory_order_acquire);
}

bool settings_table_is_own(const struct settings_table *table, uint32_t device)
{
    return own(table, device) != NULL;
}

void settings_table_put(struct settings_table *table, uint32_t device,
                        struct device_settings *settings)
{
    assert(device <= table->count);
    pthread_mutex_lock(&table->lock);
    table->put = alloc_resize(table->put, table->n_put + 1, sizeof(struct device_settings *));
    table->put[table->n_put++] = settings;
    settings_place *place = device ? &table->own[device - 1] : &table->general;
    atomic_store_explicit(place, settings, memory_order_release);
    pthread_mutex_unlock(&table->lock);
}
