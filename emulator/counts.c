#include "emulator/counts.h"

#include "base/clock.h"

#include <stddef.h>

// All fields are uint64_t: the struct is a row of them.
enum { N_FIELDS = sizeof(struct counts) / sizeof(uint64_t) };

void counts_add(struct counts *sum, const struct counts *one)
{
    uint64_t *to = (uint64_t *)sum;
    const uint64_t *from = (const uint64_t *)one;
    for (size_t i = 0; i < N_FIELDS; i++)
        to[i] += from[i];
}

void counts_subtract(struct counts *from, const struct counts *before)
{
    struct counts kept = *from;
    uint64_t *to = (uint64_t *)from;
    const uint64_t *less = (const uint64_t *)before;
    for (size_t i = 0; i < N_FIELDS; i++)
        to[i] -= less[i];
    from->open = kept.open;
    for (int i = 0; i < COUNTS_TRANSPORTS; i++)
        from->open_by[i] = kept.open_by[i];
}

void counts_late(struct counts *counts, uint64_t late_ns)
{
    int bits = 0;
    for (uint64_t us = late_ns / CLOCK_NS_PER_US; us && bits < COUNTS_LATENESS - 1; us >>= 1)
        bits++;
    counts->lateness[bits]++;
}

uint64_t counts_lateness_us(const struct counts *counts, double share)
{
    uint64_t all = 0;
    for (int i = 0; i < COUNTS_LATENESS; i++)
        all += counts->lateness[i];
    uint64_t below = 0;
    for (int i = 0; i < COUNTS_LATENESS && all; i++) {
        below += counts->lateness[i];
        if ((double)below >= share * (double)all)
            return UINT64_C(1) << i;
    }
    return 0;
}

bool counts_is_failure(enum session_end how)
{
    switch (how) {
    case SESSION_END_LOGOUT:
    case SESSION_END_PEER:
    case SESSION_END_STOPPED:
        return false;
    default:
        return true;
    }
}

uint64_t counts_failed(const struct counts *counts)
{
    uint64_t sum = 0;
    for (int how = 0; how < SESSION_ENDS; how++)
        if (counts_is_failure((enum session_end)how))
            sum += counts->ended[how];
    return sum;
}
