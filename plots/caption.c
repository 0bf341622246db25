#include "plots/caption.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/experiment.h"
#include "plots/gp_text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { VALUES_NAMED = 4 };

static bool names_differ(const struct dataset *dataset)
{
    for (size_t f = 1; f < dataset->n_folders; f++) {
        const struct experiment *a = dataset->folders[0].experiment;
        const struct experiment *b = dataset->folders[f].experiment;
        if (!a || !b || strcmp(a->name, b->name) != 0)
            return true;
    }
    return false;
}

char *caption_title(const char *chart_title, const struct dataset *dataset)
{
    const struct experiment *experiment = dataset->folders[0].experiment;
    if (!experiment || names_differ(dataset))
        return alloc_strdup(chart_title);
    return alloc_printf("%s: %s", chart_title, experiment->name);
}

// The different texts of a dim over all runs: "ssh, telnet"; of many, how many there are.
static char *values_of(const struct dataset *dataset, enum dim dim)
{
    char texts[VALUES_NAMED][320];
    char text[320];
    size_t count = 0;
    for (size_t g = 0; g < dataset->n_groups && count <= VALUES_NAMED; g++) {
        dim_text(dataset->groups[g].row, dim, text, sizeof text);
        size_t i = 0;
        while (i < count && strcmp(texts[i], text) != 0)
            i++;
        if (i < count || !*text)
            continue;
        if (count < VALUES_NAMED)
            memcpy(texts[count], text, sizeof text);
        count++;
    }
    struct buf joined = {0};
    if (count > VALUES_NAMED)
        buf_puts(&joined, dim == DIM_INTERPRETER ? "several interpreters" : "");
    for (size_t i = 0; i < count && count <= VALUES_NAMED; i++)
        buf_printf(&joined, "%s%s", i == 0 ? "" : i + 1 == count ? " and " : ", ", texts[i]);
    return buf_take(&joined);
}

// "40 devices", "10 to 160 devices".
static void add_devices(const struct dataset *dataset, struct buf *out)
{
    double low = INFINITY;
    double high = 0;
    for (size_t g = 0; g < dataset->n_groups; g++) {
        low = fmin(low, dataset->groups[g].row->devices);
        high = fmax(high, dataset->groups[g].row->devices);
    }
    if (low < high)
        buf_printf(out, "%.0f to %.0f devices", low, high);
    else
        buf_printf(out, "%.0f %s", high, high == 1 ? "device" : "devices");
}

static void add_latency(const char *what, const struct latency *latency, bool *any, struct buf *out)
{
    char text[96];
    if (latency_is_zero(latency))
        return;
    buf_printf(out, "%s%s %s", *any ? ", " : "", what, latency_format(latency, text, sizeof text));
    *any = true;
}

static char *work_of(const struct experiment *e)
{
    struct buf out = {0};
    bool any = false;
    buf_puts(&out, "latency: ");
    add_latency("connect", &e->devices.settings.latency.connect, &any, &out);
    add_latency("login", &e->devices.settings.latency.login, &any, &out);
    add_latency("command", &e->devices.settings.latency.command, &any, &out);
    buf_puts(&out, any ? "" : "none");
    buf_printf(&out, GP_SEPARATOR "%zu %s", e->work.commands.len,
               e->work.commands.len == 1 ? "command" : "commands");
    any = false;
    if (!latency_is_zero(&e->work.cpu_login) || !latency_is_zero(&e->work.cpu_command)) {
        buf_puts(&out, GP_SEPARATOR "cpu: ");
        add_latency("login", &e->work.cpu_login, &any, &out);
        add_latency("command", &e->work.cpu_command, &any, &out);
    }
    return buf_take(&out);
}

// Said once when all folders agree, else folder by folder.
static void add_work(const struct dataset *dataset, struct buf *out)
{
    char *first = NULL;
    bool same = true;
    for (size_t f = 0; f < dataset->n_folders; f++) {
        const struct experiment *experiment = dataset->folders[f].experiment;
        char *work = experiment ? work_of(experiment) : alloc_strdup("latency not known");
        if (!first)
            first = alloc_strdup(work);
        same = same && !strcmp(first, work);
        free(work);
    }
    for (size_t f = 0; f < (same ? 1 : dataset->n_folders); f++) {
        const struct experiment *experiment = dataset->folders[f].experiment;
        char *work = experiment ? work_of(experiment) : alloc_strdup("latency not known");
        buf_puts(out, GP_SEPARATOR);
        if (!same)
            buf_printf(out, "%s: ", dataset->folders[f].label);
        buf_puts(out, work);
        free(work);
    }
    free(first);
}

char *caption_subtitle(const struct dataset *dataset, const char *repeats_shown)
{
    struct buf out = {0};
    size_t repeats = 0;
    char *transports = values_of(dataset, DIM_TRANSPORT);
    char *interpreters = values_of(dataset, DIM_INTERPRETER);
    for (size_t g = 0; g < dataset->n_groups; g++)
        if (dataset->groups[g].n_runs > repeats)
            repeats = dataset->groups[g].n_runs;
    add_devices(dataset, &out);
    if (*transports)
        buf_printf(&out, GP_SEPARATOR "%s", transports);
    if (*interpreters)
        buf_printf(&out, GP_SEPARATOR "%s", interpreters);
    add_work(dataset, &out);
    if (repeats > 1)
        buf_printf(&out, GP_SEPARATOR "%zu repeats (%s)", repeats, repeats_shown);
    free(transports);
    free(interpreters);
    return buf_take(&out);
}
