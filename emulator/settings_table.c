#include "emulator/settings_table.h"

#include "base/alloc.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>

typedef _Atomic(const struct device_settings *) settings_place;

// What settings_table_put took and has not been freed.
struct kept {
    uint32_t device;
    struct device_settings *settings;
    struct kept *next;
};

struct settings_table {
    const struct experiment *experiment;
    uint32_t count;
    settings_place general;
    settings_place *own; // by number - 1; NULL: the general ones. Pages nobody touched cost nothing
    struct kept *kept;   // of the thread that puts
};

// NULL: nothing of its own. The devices that have something are the first.
static const struct device_settings *of_experiment(const struct settings_table *table,
                                                   uint32_t device)
{
    const struct device_settings *general = experiment_device_settings(table->experiment, 0);
    const struct device_settings *settings = experiment_device_settings(table->experiment, device);
    return device && settings == general ? NULL : settings;
}

static void place(struct settings_table *table, uint32_t device,
                  const struct device_settings *settings)
{
    settings_place *place = device ? &table->own[device - 1] : &table->general;
    atomic_store_explicit(place, settings, memory_order_release);
}

static void forget(struct kept **link)
{
    struct kept *kept = *link;
    *link = kept->next;
    device_settings_free(kept->settings);
    free(kept);
}

struct settings_table *settings_table_new(const struct experiment *experiment, uint32_t count)
{
    struct settings_table *table = alloc_zero(1, sizeof *table);
    table->experiment = experiment;
    table->count = count;
    table->own = alloc_zero(count, sizeof *table->own);
    atomic_init(&table->general, of_experiment(table, 0));
    for (uint32_t i = 1; i <= count && of_experiment(table, i); i++)
        atomic_init(&table->own[i - 1], of_experiment(table, i));
    return table;
}

void settings_table_free(struct settings_table *table)
{
    if (!table)
        return;
    while (table->kept)
        forget(&table->kept);
    free(table->own);
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
    place(table, device, settings ? settings : of_experiment(table, device));
    if (!settings)
        return;
    struct kept *kept = alloc_zero(1, sizeof *kept);
    *kept = (struct kept){.device = device, .settings = settings, .next = table->kept};
    table->kept = kept;
}

static bool is_current(const struct settings_table *table, const struct kept *kept)
{
    const settings_place *place = kept->device ? &table->own[kept->device - 1] : &table->general;
    return atomic_load_explicit(place, memory_order_relaxed) == kept->settings;
}

size_t settings_table_sweep(struct settings_table *table)
{
    size_t freed = 0;
    for (struct kept **link = &table->kept; *link;) {
        if (is_current(table, *link)) {
            link = &(*link)->next;
            continue;
        }
        forget(link);
        freed++;
    }
    return freed;
}
