#include "base/startups.h"

#include <ctype.h>
#include <stdio.h>

enum { ALL_PERCENT = 100 };

// Whole numbers between colons, at most 3; how many, or -1.
static int read_numbers(const char *text, uint32_t numbers[3])
{
    int n = 0;
    for (;;) {
        int len = 0;
        if (n == 3 || !isdigit((unsigned char)*text) ||
            sscanf(text, "%6u%n", &numbers[n], &len) < 1)
            return -1;
        n++;
        text += len;
        if (!*text)
            return n;
        if (*text++ != ':')
            return -1;
    }
}

int startups_parse(const char *text, struct startups *startups, struct err *err)
{
    uint32_t numbers[3];
    int n = read_numbers(text, numbers);
    if (n != 1 && n != 3)
        return err_input(err,
                         "'%s' is no limit of connections; write a number (0 for none), or "
                         "START:RATE:FULL like 10:30:60",
                         text);
    uint32_t rate = n == 3 ? numbers[1] : ALL_PERCENT;
    uint32_t full = n == 3 ? numbers[2] : numbers[0];
    if (numbers[0] > STARTUPS_MAX || full > STARTUPS_MAX)
        return err_input(err, "'%s' is out of range; at most %d connections", text, STARTUPS_MAX);
    if (n == 3 && (!numbers[0] || !rate || rate > ALL_PERCENT || full < numbers[0]))
        return err_input(err,
                         "'%s' makes no sense; START is 1 or more, RATE 1 to 100 percent, FULL not "
                         "below START",
                         text);
    *startups = (struct startups){numbers[0], rate, full};
    return 0;
}

void startups_format(const struct startups *startups, struct buf *out)
{
    if (startups->full == startups->start)
        buf_printf(out, "%u", startups->start);
    else
        buf_printf(out, "\"%u:%u:%u\"", startups->start, startups->rate_percent, startups->full);
}

bool startups_refuse(const struct startups *startups, uint32_t waiting, double chance)
{
    if (!startups->start || waiting < startups->start)
        return false;
    if (waiting >= startups->full || startups->rate_percent == ALL_PERCENT)
        return true;
    double rest = ALL_PERCENT - startups->rate_percent;
    double more = waiting - startups->start;
    double percent = startups->rate_percent + rest * more / (startups->full - startups->start);
    return chance * ALL_PERCENT < percent;
}
