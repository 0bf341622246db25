// The threads that wait for a core: a heap, least virtual run time first, then first come.
#ifndef SIM_READY_QUEUE_H
#define SIM_READY_QUEUE_H

#include <stdint.h>

struct thread;

// What orders it lies beside the thread, so that a comparison touches none.
struct ready {
    int64_t vruntime_ns;
    uint64_t order; // of entry into a queue
    struct thread *thread;
};

struct ready_queue {
    struct ready *items; // [0] is the first
    uint32_t len;
    uint32_t threads; // with the members of cohorts
    int64_t sum_ns;   // of their virtual run times
};

void ready_queue_init(struct ready_queue *queue, uint32_t threads); // never holds more
void ready_queue_fini(struct ready_queue *queue);

// While it is in, neither the thread's vruntime_ns nor its members may change.
void ready_queue_put(struct ready_queue *queue, struct thread *thread, uint64_t order);
struct thread *ready_queue_take(struct ready_queue *queue, uint32_t place);

#endif
