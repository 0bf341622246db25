// Keeping a process on the first n of the cores it may use (machine.cores of an experiment). On
// Linux (affinity_linux.c); where a process cannot choose its cores it keeps all
// (affinity_none.c).
#ifndef CLIENT_AFFINITY_H
#define CLIENT_AFFINITY_H

#include <stdint.h>

struct affinity {
    unsigned char bytes[128]; // private to affinity_*.c
};

// How many cores a process has that is pinned to n of them; n 0: all.
uint32_t affinity_cores(uint32_t n);
// Of the calling thread and what it starts from now on; n 0: all. The return is what was before.
struct affinity affinity_pin(uint32_t n);
void affinity_restore(const struct affinity *before);

#endif
