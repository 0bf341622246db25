#include "base/rate_queue.h"

uint64_t rate_queue_join(uint64_t *free_ns, double rate_per_s, uint64_t now_ns)
{
    if (rate_per_s <= 0)
        return now_ns;
    uint64_t start_ns = *free_ns > now_ns ? *free_ns : now_ns;
    double takes_ns = 1e9 / rate_per_s;
    *free_ns = start_ns + (takes_ns < 1e18 ? (uint64_t)takes_ns : UINT64_C(1000000000000000000));
    return *free_ns;
}
