// What goes on at a device: who is there, its log, a restart to come.
#include "emulator/device_data.h"
#include "emulator/device_history.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

enum { LOG_MAX_BYTES = 16 * 1024, MESSAGES_MAX_BYTES = 16 * 1024 };

void device_forget_moment(struct device_state *state)
{
    buf_fini(&state->log);
    free(state->reload_by);
    device_forget_flash(state);
}

// Visits.

void device_arrive(struct device *device, struct device_visit *visit)
{
    device_lock(device);
    visit->next = device->state.visits;
    if (visit->next)
        visit->next->link = &visit->next;
    visit->link = &device->state.visits;
    device->state.visits = visit;
    device_unlock(device);
}

void device_depart(struct device *device, struct device_visit *visit)
{
    device_lock(device);
    if (visit->link) {
        *visit->link = visit->next;
        if (visit->next)
            visit->next->link = visit->link;
        visit->link = NULL;
    }
    buf_fini(&visit->messages);
    device_unlock(device);
}

static void wake(struct device_visit *visit)
{
    if (visit->wake)
        visit->wake(visit->owner);
}

static void wake_all(struct device *device)
{
    for (struct device_visit *visit = device->state.visits; visit; visit = visit->next)
        wake(visit);
}

bool device_drop_line(struct device *device, const char *line_name)
{
    bool any = false;
    for (struct device_visit *visit = device->state.visits; visit; visit = visit->next) {
        if (strcmp(visit->line_name, line_name) != 0)
            continue;
        atomic_store(&visit->dropped, true);
        wake(visit);
        any = true;
    }
    return any;
}

static void leave_message(struct device_visit *visit, const char *text)
{
    if (visit->messages.len + strlen(text) > MESSAGES_MAX_BYTES)
        return;
    buf_puts(&visit->messages, text);
    wake(visit);
}

void device_tell(struct device *device, const char *text)
{
    for (struct device_visit *visit = device->state.visits; visit; visit = visit->next)
        leave_message(visit, text);
}

// The log.

static void drop_oldest(struct buf *log)
{
    size_t excess = log->len > LOG_MAX_BYTES ? log->len - LOG_MAX_BYTES : 0;
    const char *end = excess ? strchr(log->data + excess, '\n') : NULL;
    if (end)
        buf_drop(log, (size_t)(end - log->data) + 1);
}

void device_note(struct device *device, const char *lines)
{
    if (device->changed) {
        buf_puts(&device->state.log, lines);
        drop_oldest(&device->state.log);
    }
    for (struct device_visit *visit = device->state.visits; visit; visit = visit->next)
        if (visit->monitors)
            leave_message(visit, lines);
}

void device_clear_log(struct device *device)
{
    buf_fini(&device->state.log);
}

// Restarts.

void device_reload(struct device *device, uint64_t boot_ms)
{
    struct device_state *state = &device->state;
    device_restore(device);
    device_clear_log(device);
    int64_t now_ms = device_wall_ms(device);
    state->boot_s = now_ms / 1000;
    atomic_store(&state->reload_due_ms, 0);
    atomic_store(&state->down_until_ms, now_ms + (int64_t)boot_ms);
    atomic_fetch_add(&state->reloads, 1);
    wake_all(device);
}

void device_reload_later(struct device *device, uint64_t in_ms, uint64_t boot_ms, const char *by)
{
    struct device_state *state = &device->state;
    device_mark_changed(device);
    free(state->reload_by);
    state->reload_by = alloc_strdup(by);
    state->boot_ms = boot_ms;
    atomic_store(&state->reload_due_ms, in_ms ? device_wall_ms(device) + (int64_t)in_ms : 0);
    wake_all(device);
}

bool device_will_reload(const struct device *device)
{
    return atomic_load(&device->state.reload_due_ms) != 0;
}

int64_t device_reload_in_ms(const struct device *device)
{
    int64_t due = atomic_load(&device->state.reload_due_ms);
    if (!due)
        return -1;
    int64_t now = device_wall_ms(device);
    return due > now ? due - now : 0;
}

bool device_is_down(struct device *device)
{
    if (device_reload_in_ms(device) == 0) {
        device_lock(device);
        if (device_reload_in_ms(device) == 0)
            device_reload(device, device->state.boot_ms);
        device_unlock(device);
    }
    int64_t until = atomic_load(&device->state.down_until_ms);
    return until && device_wall_ms(device) < until;
}

uint32_t device_reloads(const struct device *device)
{
    return atomic_load(&device->state.reloads);
}

// The moment as lines.

static void add_line(struct config *moment, char *text)
{
    config_append(&moment->top, text, strlen(text));
    free(text);
}

static void add_sessions(struct config *moment, struct device *device,
                         const struct device_visit *own)
{
    for (struct device_visit *visit = device->state.visits; visit; visit = visit->next) {
        int64_t idle_ms = device_wall_ms(device) - atomic_load(&visit->last_ms);
        add_line(moment,
                 alloc_printf("session %s %s %s %lld%s", visit->line_name,
                              *visit->user ? visit->user : "-", *visit->peer ? visit->peer : "-",
                              (long long)(visit == own || idle_ms < 0 ? 0 : idle_ms / 1000),
                              visit == own ? " own" : ""));
    }
}

static const char *or_dash(const char *text)
{
    return *text ? text : "-";
}

static void add_records(struct config *moment, const struct device *device)
{
    const struct config_record *record;
    for (size_t i = 0; (record = device_record_at(device, i)); i++) {
        add_line(moment,
                 alloc_printf("record %zu %u %s %s %s %s %lld %zu", i, record->number,
                              or_dash(record->name), or_dash(record->user), or_dash(record->line),
                              or_dash(record->client), (long long)record->when_s,
                              config_bytes(&record->config->top)));
        if (*record->comment)
            add_line(moment, alloc_printf("comment %zu %s", i, record->comment));
    }
    int64_t left_ms;
    const char *waiting = device_waiting_commit(device, &left_ms);
    if (waiting)
        add_line(moment,
                 alloc_printf("waiting %lld %s", (long long)(left_ms + 999) / 1000, waiting));
}

struct config *device_moment(struct device *device, const struct device_visit *own)
{
    const struct device_state *state = &device->state;
    struct config *moment = config_new();
    add_sessions(moment, device, own);
    for (const char *at = buf_text(&state->log); *at;) {
        size_t len = strcspn(at, "\n");
        add_line(moment, alloc_printf("log %.*s", (int)len, at));
        at += len + (at[len] == '\n');
    }
    for (size_t i = 0; i < state->n_files; i++)
        add_line(moment, alloc_printf("file %zu %lld %s", state->files[i].text.len,
                                      (long long)state->files[i].written_s, state->files[i].name));
    add_records(moment, device);
    const char *names[CONFIG_SESSIONS_MAX];
    size_t n = device_sessions(device, names, CONFIG_SESSIONS_MAX);
    for (size_t i = 0; i < n; i++)
        add_line(moment, alloc_printf("configuring %s", names[i]));
    if (device_will_reload(device))
        add_line(moment, alloc_printf("reload %lld %s",
                                      (long long)atomic_load(&state->reload_due_ms) / 1000,
                                      state->reload_by));
    if (!device_is_saved(device))
        add_line(moment, alloc_strdup("unsaved"));
    return moment;
}
