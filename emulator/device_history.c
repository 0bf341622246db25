#include "emulator/device_history.h"

#include "emulator/device_data.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

enum { HISTORY_MAX_BYTES = 16 * 1024 * 1024 };

struct config_history {
    struct config_record *records[RECORDS_MAX]; // the newest first
    size_t n_records;
    uint32_t made;
    struct config *back; // what comes back; NULL: no commit waits
    int64_t back_ms;     // when
    char *waiting;
};

static void free_record(struct config_record *record)
{
    free(record->name);
    free(record->user);
    free(record->line);
    free(record->client);
    free(record->comment);
    config_free(record->config);
    free(record);
}

static struct config_history *history_of(struct device *device)
{
    if (!device->state.history)
        device->state.history = alloc_zero(1, sizeof *device->state.history);
    return device->state.history;
}

static void drop_last(struct config_history *history)
{
    free_record(history->records[--history->n_records]);
}

// However large they are, the newest two stay: one step back is always there.
static void keep_within(struct config_history *history, size_t max)
{
    size_t bytes = 0;
    for (size_t i = 0; i < history->n_records; i++) {
        bytes += config_bytes(&history->records[i]->config->top);
        if (i < max && (i < 2 || bytes <= HISTORY_MAX_BYTES))
            continue;
        while (history->n_records > i)
            drop_last(history);
    }
}

static char *text_of(const char *text)
{
    return alloc_strdup(text ? text : "");
}

static struct config_record *push(struct device *device, const struct config_origin *origin,
                                  size_t max)
{
    struct config_history *history = history_of(device);
    struct config_record *record = alloc_zero(1, sizeof *record);
    *record = (struct config_record){
        .name = text_of(origin->name),
        .user = text_of(origin->user),
        .line = text_of(origin->line),
        .client = text_of(origin->client),
        .comment = text_of(origin->comment),
        .when_s = device_wall_ms(device) / 1000,
        .config = config_copy(device_running(device)),
    };
    if (history->n_records == RECORDS_MAX)
        drop_last(history);
    memmove(history->records + 1, history->records, history->n_records * sizeof(void *));
    history->records[0] = record;
    history->n_records++;
    device_mark_changed(device);
    keep_within(history, max);
    return record;
}

void device_record(struct device *device, const struct config_origin *origin, size_t max)
{
    struct config_record *record = push(device, origin, max);
    record->number = ++device->state.history->made;
}

void device_record_beginning(struct device *device)
{
    if (device_records(device))
        return;
    const struct config_origin origin = {.user = "root", .client = "other"};
    struct template_scope scope = {0};
    device_fill_scope(device, false, &scope);
    push(device, &origin, RECORDS_MAX)->when_s = scope.boot_s;
}

size_t device_records(const struct device *device)
{
    return device->state.history ? device->state.history->n_records : 0;
}

const struct config_record *device_record_at(const struct device *device, size_t n)
{
    return n < device_records(device) ? device->state.history->records[n] : NULL;
}

static size_t find(const struct device *device, const char *name)
{
    size_t i = 0;
    while (i < device_records(device) && strcmp(device->state.history->records[i]->name, name) != 0)
        i++;
    return i;
}

const struct config_record *device_record_named(const struct device *device, const char *name)
{
    return device_record_at(device, find(device, name));
}

bool device_drop_record(struct device *device, const char *name)
{
    size_t at = find(device, name);
    if (at == device_records(device))
        return false;
    struct config_history *history = device->state.history;
    free_record(history->records[at]);
    memmove(history->records + at, history->records + at + 1,
            (--history->n_records - at) * sizeof(void *));
    return true;
}

void device_drop_records(struct device *device)
{
    while (device_records(device))
        drop_last(device->state.history);
}

// Commits that wait to be confirmed.

static void forget_waiting(struct config_history *history)
{
    config_free(history->back);
    free(history->waiting);
    history->back = NULL;
    history->waiting = NULL;
}

void device_revert_later(struct device *device, struct config *to, uint64_t in_ms, const char *name)
{
    struct config_history *history = history_of(device);
    device_mark_changed(device);
    if (history->back)
        config_free(to);
    else
        history->back = to;
    free(history->waiting);
    history->waiting = alloc_strdup(name);
    history->back_ms = device_wall_ms(device) + (int64_t)in_ms;
}

bool device_keep_commit(struct device *device)
{
    bool waits = device->state.history && device->state.history->back;
    if (waits)
        forget_waiting(device->state.history);
    return waits;
}

bool device_revert_now(struct device *device)
{
    struct config_history *history = device->state.history;
    if (!history || !history->back)
        return false;
    const struct config_origin origin = {.user = "root", .client = "Rollback"};
    device_replace(device, history->back);
    history->back = NULL;
    forget_waiting(history);
    device_discard(device);
    if (history->n_records)
        device_record(device, &origin, RECORDS_MAX);
    return true;
}

const char *device_waiting_commit(const struct device *device, int64_t *left_ms)
{
    const struct config_history *history = device->state.history;
    if (!history || !history->back)
        return NULL;
    *left_ms = history->back_ms - device_wall_ms(device);
    return history->waiting;
}

void device_revert_if_due(struct device *device)
{
    int64_t left_ms;
    if (device_waiting_commit(device, &left_ms) && left_ms <= 0)
        device_revert_now(device);
}

void device_forget_history(struct device_state *state)
{
    struct config_history *history = state->history;
    if (!history)
        return;
    while (history->n_records)
        drop_last(history);
    forget_waiting(history);
    free(history);
    state->history = NULL;
}
