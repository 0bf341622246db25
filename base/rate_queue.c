#include "base/rate_queue.h"

// The furthest that anything is put off: what is added to it does not overflow.
static const uint64_t end_ns = UINT64_MAX / 2;

static uint64_t later(uint64_t from_ns, double by_ns)
{
    double rest_ns = from_ns < end_ns ? (double)(end_ns - from_ns) : 0;
    return by_ns < rest_ns ? from_ns + (uint64_t)by_ns : end_ns;
}

uint64_t rate_queue_join(uint64_t *free_ns, double rate_per_s, uint64_t now_ns)
{
    if (rate_per_s <= 0)
        return now_ns;
    *free_ns = later(*free_ns > now_ns ? *free_ns : now_ns, 1e9 / rate_per_s);
    return *free_ns;
}

void rate_queue_change(uint64_t *free_ns, double before_per_s, double after_per_s, uint64_t now_ns)
{
    double queue_ns = *free_ns > now_ns ? (double)(*free_ns - now_ns) : 0;
    *free_ns = later(now_ns, after_per_s > 0 ? queue_ns * before_per_s / after_per_s : 0);
}
