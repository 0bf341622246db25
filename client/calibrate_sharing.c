// Two threads on one core.
#include "base/clock.h"
#include "client/calibrate_parts.h"
#include "client/samples.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/resource.h>

enum { BATCHES = 20 };

static void stay_on_one_core(void)
{
    calibrate_stay_on_core(CPU_SETSIZE - 1, -1);
}

struct pair {
    atomic_int started;
    atomic_bool stop;
    struct samples slices; // of the first thread
    struct samples yields;
};

static void *yield_main(void *data)
{
    struct pair *pair = data;
    stay_on_one_core();
    atomic_fetch_add(&pair->started, 1);
    while (!atomic_load(&pair->stop))
        sched_yield();
    return NULL;
}

static long switches_of_thread(void)
{
    struct rusage usage;
    getrusage(RUSAGE_THREAD, &usage);
    return usage.ru_nvcsw + usage.ru_nivcsw;
}

// What yielding to nobody costs. Whoever else is on the core makes it a switch: such batches are
// left out, and 0 is said if there was no other.
static double yield_to_nobody_ns(void)
{
    enum { YIELDS = 100, TRIES = 30 };
    struct samples alone = {0};
    struct cost cost = {0};
    for (int try = 0; try < TRIES; try++) {
        long before = switches_of_thread();
        uint64_t start_ns = clock_now_ns();
        for (int i = 0; i < YIELDS; i++)
            sched_yield();
        double took = since(start_ns);
        if (switches_of_thread() == before)
            samples_add(&alone, took / YIELDS);
    }
    samples_take(&alone, &cost);
    return cost.median;
}

// Two threads that yield to each other, less what yielding to nobody costs. Some kernels do not
// switch at every yield, so the switches are counted.
static void *measure_yields(void *data)
{
    enum { YIELDS = 3000 };
    struct pair *pair = data;
    stay_on_one_core();
    double alone = yield_to_nobody_ns();
    pthread_t other;
    if (pthread_create(&other, NULL, yield_main, pair) != 0)
        return NULL;
    while (!atomic_load(&pair->started))
        sched_yield();
    for (int batch = 0; batch < BATCHES; batch++) {
        long before = switches_of_thread();
        uint64_t start_ns = clock_now_ns();
        for (int i = 0; i < YIELDS; i++)
            sched_yield();
        double took = since(start_ns);
        long switches = 2 * (switches_of_thread() - before); // there and back
        double beyond = took - 2 * YIELDS * alone; // none: the core was faster than before
        if (switches > YIELDS && beyond > 0)
            samples_add(&pair->yields, beyond / (double)switches);
    }
    atomic_store(&pair->stop, true);
    pthread_join(other, NULL);
    return NULL;
}

static void *compute_main(void *data)
{
    struct pair *pair = data;
    stay_on_one_core();
    atomic_fetch_add(&pair->started, 1);
    while (!atomic_load(&pair->stop))
        continue;
    return NULL;
}

// How long a thread computes before the other one has the core: gaps in what it sees of the clock.
static void *measure_slices(void *data)
{
    struct pair *pair = data;
    pthread_t other;
    stay_on_one_core();
    if (pthread_create(&other, NULL, compute_main, pair) != 0)
        return NULL;
    uint64_t start_ns = clock_now_ns();
    uint64_t begun_ns = start_ns;
    uint64_t last_ns = start_ns;
    while (last_ns - start_ns < 400 * CLOCK_NS_PER_MS) {
        uint64_t now_ns = clock_now_ns();
        if (now_ns - last_ns > CLOCK_NS_PER_MS / 2) {
            samples_add(&pair->slices, (double)(last_ns - begun_ns));
            begun_ns = now_ns;
        }
        last_ns = now_ns;
    }
    atomic_store(&pair->stop, true);
    pthread_join(other, NULL);
    return NULL;
}

void calibrate_sharing(struct costs *costs)
{
    struct pair yields = {0};
    struct pair slices = {0};
    calibrate_in_a_thread(measure_yields, &yields);
    calibrate_in_a_thread(measure_slices, &slices);
    samples_take(&yields.yields, &costs->ctx_switch);
    samples_take(&slices.slices, &costs->os_quantum);
}
