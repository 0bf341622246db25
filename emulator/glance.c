#include "emulator/glance.h"

#include "base/clock.h"
#include "base/units.h"
#include "emulator/counts_json.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static double per_s(const struct glance *glance, uint64_t count)
{
    return glance->gap_s > 0 ? (double)count / glance->gap_s : 0;
}

// What does not fit is the end of the line: *columns is then 0.
__attribute__((format(printf, 3, 4))) static void add_part(struct buf *line, size_t *columns,
                                                           const char *fmt, ...)
{
    char part[96];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(part, sizeof part, fmt, ap);
    va_end(ap);
    const char *gap = line->len ? "  " : "";
    if (line->len + strlen(gap) + strlen(part) < *columns)
        buf_printf(line, "%s%s", gap, part);
    else
        *columns = 0;
}

static void add_age(struct buf *line, size_t *columns, double seconds)
{
    unsigned s = (unsigned)seconds;
    if (s < 3600)
        add_part(line, columns, "%u:%02u", s / 60, s % 60);
    else
        add_part(line, columns, "%u:%02u:%02u", s / 3600, s / 60 % 60, s % 60);
}

// How the failed ones failed, the most frequent way first.
static void add_failures(struct buf *line, size_t *columns, const struct counts *counts)
{
    bool told[SESSION_ENDS] = {false};
    for (;;) {
        int most = -1;
        for (int how = 0; how < SESSION_ENDS; how++)
            if (counts_is_failure((enum session_end)how) && !told[how] && counts->ended[how] &&
                (most < 0 || counts->ended[how] > counts->ended[most]))
                most = how;
        if (most < 0)
            return;
        told[most] = true;
        add_part(line, columns, "%s %llu", session_end_names[most],
                 (unsigned long long)counts->ended[most]);
    }
}

void glance_line(const struct glance *glance, size_t columns, struct buf *line)
{
    const struct counts *since = &glance->since;
    char text[32];
    add_age(line, &columns, glance->seconds);
    add_part(line, &columns, "open %llu", (unsigned long long)glance->now.open);
    add_part(line, &columns, "logins %.0f/s", per_s(glance, since->logins));
    add_part(line, &columns, "cmds %.0f/s", per_s(glance, since->commands));
    add_part(line, &columns, "failed %llu", (unsigned long long)counts_failed(&glance->now));
    add_part(line, &columns, "%s/s",
             units_human_bytes((uint64_t)per_s(glance, since->bytes_out), text, sizeof text));
    uint64_t late_us = counts_lateness_us(since, 0.99);
    if (late_us)
        add_part(line, &columns, "late <%s",
                 units_human_duration(late_us * CLOCK_NS_PER_US, text, sizeof text));
    add_failures(line, &columns, &glance->now);
}

static int add_piece(const char *text, size_t len, void *line)
{
    buf_add(line, text, len);
    return 0;
}

void glance_json(const struct glance *glance, struct buf *line)
{
    const struct counts *since = &glance->since;
    struct counts now = glance->now;
    memcpy(now.lateness, since->lateness, sizeof now.lateness);
    json_t *object = json_pack("{s:f}", "seconds", glance->seconds);
    counts_json(&now, object);
    json_object_set_new(
        object, "per_s",
        json_pack("{s:f, s:f, s:f, s:f, s:f}", "accepted", per_s(glance, since->accepted), "logins",
                  per_s(glance, since->logins), "commands", per_s(glance, since->commands),
                  "bytes_in", per_s(glance, since->bytes_in), "bytes_out",
                  per_s(glance, since->bytes_out)));
    json_dump_callback(object, add_piece, line, JSON_REAL_PRECISION(6));
    buf_putc(line, '\n');
    json_decref(object);
}
