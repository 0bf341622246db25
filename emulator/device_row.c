#include "emulator/device_row.h"

#include "base/units.h"

#include <stdio.h>
#include <string.h>

// Digits to the end or to a hyphen; 0: it is no number of a device.
static uint32_t number(const char *text, size_t len, uint32_t count)
{
    uint64_t value = 0;
    for (size_t i = 0; i < len; i++) {
        if (text[i] < '0' || text[i] > '9')
            return 0;
        value = value * 10 + (uint64_t)(text[i] - '0');
        if (value > count)
            return 0;
    }
    return (uint32_t)value;
}

static int no_such(const char *text, const struct experiment *experiment, uint32_t count,
                   struct err *err)
{
    char first[DEVICE_NAME_MAX + 1];
    char last[DEVICE_NAME_MAX + 1];
    return err_input(err,
                     "there is no device '%s'; there are %s to %s, the numbers 1 to %u, rows like "
                     "1-%u, and all",
                     text, experiment_device_name(experiment, 1, first),
                     experiment_device_name(experiment, count, last), count, count);
}

int device_row_parse(struct device_row *row, const char *text, const struct experiment *experiment,
                     uint32_t count, struct err *err)
{
    bool all = !strcmp(text, "all");
    *row = (struct device_row){1, count, all};
    if (all)
        return 0;
    row->first = row->last = experiment_find_device(experiment, text, count);
    if (row->first)
        return 0;
    size_t len = strcspn(text, "-");
    row->first = row->last = number(text, len, count);
    if (text[len])
        row->last = number(text + len + 1, strlen(text + len + 1), count);
    if (!row->first || !row->last)
        return no_such(text, experiment, count, err);
    if (row->first > row->last)
        return err_input(err, "the row '%s' is empty; write it as %u-%u", text, row->last,
                         row->first);
    return 0;
}
