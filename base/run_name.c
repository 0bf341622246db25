#include "base/run_name.h"

#include "base/buf.h"
#include "base/units.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

// Runs without the number (an interpreter has only one of the intervals) do not count.
static bool differs(double *first, double value)
{
    if (isnan(value))
        return false;
    if (isnan(*first))
        *first = value;
    return *first != value;
}

static bool same_number(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

bool run_same(const struct run_row *a, const struct run_row *b)
{
    return same_number(a->workers, b->workers) && same_number(a->devices, b->devices) &&
           !strcmp(a->strategy, b->strategy) && !strcmp(a->transport, b->transport) &&
           !strcmp(a->interpreter, b->interpreter) && !strcmp(a->source, b->source) &&
           !strcmp(a->kind, b->kind) && !strcmp(a->start_method, b->start_method) &&
           same_number(a->processes, b->processes) && same_number(a->background, b->background) &&
           same_number(a->switch_interval_s, b->switch_interval_s) &&
           same_number(a->check_interval, b->check_interval);
}

struct run_differences run_differences(const struct run_row *rows, size_t count)
{
    struct run_differences found = {0};
    double switch_interval = NAN;
    double check_interval = NAN;
    for (size_t i = 0; i < count; i++) {
        found.interpreter |= strcmp(rows[0].interpreter, rows[i].interpreter) != 0;
        found.transport |= strcmp(rows[0].transport, rows[i].transport) != 0;
        found.switch_interval |= differs(&switch_interval, rows[i].switch_interval_s);
        found.check_interval |= differs(&check_interval, rows[i].check_interval);
    }
    return found;
}

void run_name(const struct run_row *row, const struct run_differences *differences, char *name)
{
    struct buf text = {0};
    char duration[32];
    buf_puts(&text, row->strategy);
    if (!strcmp(row->strategy, "hybrid"))
        buf_printf(&text, " of %.0f process%s", row->processes, row->processes == 1 ? "" : "es");
    if (*row->start_method && strcmp(row->start_method, "fork") != 0)
        buf_printf(&text, ", %s", row->start_method);
    if (row->background > 0)
        buf_printf(&text, " + %.0f computing", row->background);
    if (differences->switch_interval && !isnan(row->switch_interval_s))
        buf_printf(
            &text, ", switch %s",
            units_format_duration(units_ns(row->switch_interval_s), duration, sizeof duration));
    if (differences->check_interval && !isnan(row->check_interval))
        buf_printf(&text, ", check %.0f", row->check_interval);
    snprintf(name, RUN_NAME_MAX, "%s", buf_text(&text));
    buf_fini(&text);
}
