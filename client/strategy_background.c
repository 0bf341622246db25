#include "client/strategy_background.h"

#include "base/alloc.h"
#include "base/clock.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

// Between two looks at the stop flag; the check points of the lock lie inside burn.
#define SLICE_NS CLOCK_NS_PER_MS

struct background {
    const struct burner *burner;
    struct gil *gil;
    atomic_bool stop;
    uint32_t n;
    pthread_t threads[];
};

static void *background_main(void *data)
{
    struct background *self = data;
    struct gil_thread lock;
    gil_thread_init(self->gil, &lock);
    gil_take(self->gil, &lock);
    while (!atomic_load_explicit(&self->stop, memory_order_relaxed))
        burn(self->burner, self->gil, &lock, SLICE_NS);
    gil_drop(self->gil, &lock);
    gil_thread_fini(&lock);
    return NULL;
}

struct background *background_start(const struct run *run, struct gil *gil, struct err *err)
{
    uint32_t n = run->spec->background;
    struct background *background = alloc_zero(1, sizeof *background + n * sizeof(pthread_t));
    background->burner = &run->burner;
    background->gil = gil;
    for (; background->n < n; background->n++) {
        int code =
            pthread_create(&background->threads[background->n], NULL, background_main, background);
        if (code != 0) {
            err_set(err, "cannot start background thread %u of %u: %s", background->n + 1, n,
                    strerror(code));
            background_stop(background);
            return NULL;
        }
    }
    return background;
}

void background_stop(struct background *background)
{
    atomic_store(&background->stop, true);
    for (uint32_t i = 0; i < background->n; i++)
        pthread_join(background->threads[i], NULL);
    free(background);
}
