#include "client/aaa_queue.h"

#include "base/alloc.h"
#include "base/rate_queue.h"
#include "client/descriptor.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

// Above the descriptors that a spawned worker gets (client/worker_setup.h).
enum { LOWEST_FD = 16 };

struct aaa_queue {
    _Atomic uint64_t *done_ns; // shared: when the server is done with what it has
    int fd;
};

static struct aaa_queue *map(int fd)
{
    void *memory =
        fd < 0 ? MAP_FAILED
               : mmap(NULL, sizeof(_Atomic uint64_t), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (memory == MAP_FAILED) {
        if (fd >= 0)
            close(fd);
        return NULL;
    }
    struct aaa_queue *queue = alloc_zero(1, sizeof *queue);
    queue->done_ns = memory;
    queue->fd = fd;
    return queue;
}

struct aaa_queue *aaa_queue_new(void)
{
    int low = descriptor_memory();
    if (low < 0)
        return NULL;
    int fd = fcntl(low, F_DUPFD_CLOEXEC, LOWEST_FD);
    close(low);
    if (fd >= 0 && ftruncate(fd, sizeof(_Atomic uint64_t)) < 0) {
        close(fd);
        return NULL;
    }
    return map(fd);
}

struct aaa_queue *aaa_queue_attach(int fd)
{
    return map(fd);
}

void aaa_queue_free(struct aaa_queue *queue)
{
    if (!queue)
        return;
    munmap((void *)(uintptr_t)queue->done_ns, sizeof *queue->done_ns);
    close(queue->fd);
    free(queue);
}

int aaa_queue_fd(const struct aaa_queue *queue)
{
    return queue->fd;
}

uint64_t aaa_queue_join(struct aaa_queue *queue, double rate_per_s, uint64_t now_ns)
{
    uint64_t before = atomic_load(queue->done_ns);
    uint64_t after;
    do {
        after = before;
        rate_queue_join(&after, rate_per_s, now_ns);
    } while (!atomic_compare_exchange_weak(queue->done_ns, &before, after));
    return after;
}
