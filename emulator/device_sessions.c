// Configuration sessions of a device, as Arista's EOS has them.
#include "emulator/device_data.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

struct config_session {
    char *name;
    struct config *config;
    struct config_session *next;
};

static struct config_session **find(struct device_state *state, const char *name)
{
    struct config_session **link = &state->sessions;
    while (*link && strcmp((*link)->name, name) != 0)
        link = &(*link)->next;
    return link;
}

bool device_open_session(struct device *device, const char *name)
{
    struct config_session **link = find(&device->state, name);
    if (*link)
        return true;
    size_t pending = 0;
    for (const struct config_session *s = device->state.sessions; s; s = s->next)
        pending++;
    if (pending >= CONFIG_SESSIONS_MAX)
        return false;
    device_mark_changed(device);
    struct config_session *session = alloc_zero(1, sizeof *session);
    session->name = alloc_strdup(name);
    session->config = config_copy(device_running(device));
    *link = session;
    return true;
}

struct config *device_session(struct device *device, const char *name)
{
    struct config_session *session = *find(&device->state, name);
    return session ? session->config : NULL;
}

void device_clear_session(struct device *device, const char *name)
{
    struct config_session *session = *find(&device->state, name);
    if (!session)
        return;
    config_free(session->config);
    session->config = config_new();
}

static void forget(struct config_session **link)
{
    struct config_session *session = *link;
    *link = session->next;
    config_free(session->config);
    free(session->name);
    free(session);
}

void device_close_session(struct device *device, const char *name, bool commits)
{
    struct config_session **link = find(&device->state, name);
    if (!*link)
        return;
    if (commits)
        device_replace(device, config_copy((*link)->config));
    forget(link);
}

size_t device_sessions(const struct device *device, const char **names, size_t max)
{
    size_t n = 0;
    for (const struct config_session *s = device->state.sessions; s && n < max; s = s->next)
        names[n++] = s->name;
    return n;
}

void device_forget_sessions(struct device_state *state)
{
    while (state->sessions)
        forget(&state->sessions);
}
