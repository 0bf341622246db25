#include "client/affinity.h"

#include "base/machine.h"

#include <sched.h>
#include <string.h>

_Static_assert(sizeof(struct affinity) >= sizeof(cpu_set_t), "a set of cores fits");

uint32_t affinity_cores(uint32_t n)
{
    uint32_t all = machine_cores();
    return n && n < all ? n : all;
}

struct affinity affinity_pin(uint32_t n)
{
    struct affinity saved = {{0}};
    cpu_set_t before;
    cpu_set_t set;
    CPU_ZERO(&before);
    CPU_ZERO(&set);
    sched_getaffinity(0, sizeof before, &before);
    memcpy(saved.bytes, &before, sizeof before);
    for (int core = 0; core < CPU_SETSIZE && n > 0; core++)
        if (CPU_ISSET(core, &before)) {
            CPU_SET(core, &set);
            n--;
        }
    if (CPU_COUNT(&set))
        sched_setaffinity(0, sizeof set, &set);
    return saved;
}

void affinity_restore(const struct affinity *before)
{
    cpu_set_t set;
    memcpy(&set, before->bytes, sizeof set);
    sched_setaffinity(0, sizeof set, &set);
}
