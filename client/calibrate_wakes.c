// Wake-ups, timers and short system calls.
#include "base/clock.h"
#include "client/calibrate_parts.h"
#include "client/samples.h"

#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { WAKES = 400, TIMEOUTS = 150, BATCHES = 20 };

void calibrate_stay_on_core(int core, int step)
{
    cpu_set_t may;
    cpu_set_t one;
    CPU_ZERO(&one);
    if (sched_getaffinity(0, sizeof may, &may) != 0)
        return;
    while (core >= 0 && core < CPU_SETSIZE && !CPU_ISSET(core, &may))
        core += step;
    CPU_SET(core, &one);
    sched_setaffinity(0, sizeof one, &one);
}

void calibrate_in_a_thread(void *(*function)(void *), void *data)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, function, data) == 0)
        pthread_join(thread, NULL);
}

// Wake-ups: one thread sleeps on a semaphore, the other wakes it. Each has a core of its own: a
// thread whose waker sleeps at once may be put on the waker's core, where no idle core has to be
// woken.

struct sleeper {
    sem_t wake;
    sem_t awake;
    _Atomic uint64_t woken_ns;
    atomic_bool stop;
};

static void *sleeper_main(void *data)
{
    struct sleeper *sleeper = data;
    calibrate_stay_on_core(0, 1);
    for (;;) {
        sem_wait(&sleeper->wake);
        atomic_store(&sleeper->woken_ns, clock_now_ns());
        if (atomic_load(&sleeper->stop))
            return NULL;
        sem_post(&sleeper->awake);
    }
}

void calibrate_pause_ns(long ns)
{
    struct timespec time = {.tv_nsec = ns};
    nanosleep(&time, NULL);
}

// The core stays awake, and so does the hypervisor.
static void spin_ns(uint64_t ns)
{
    uint64_t end_ns = clock_now_ns() + ns;
    while (clock_now_ns() < end_ns)
        ;
}

// A pause until the sleeper sleeps; it cannot be seen doing so.
static void pause_long(void)
{
    calibrate_pause_ns(300000);
}

static void pause_short(void)
{
    spin_ns(20000);
}

struct waker {
    void (*pause)(void);
    struct cost *whole; // until the sleeper runs
    struct cost *call;  // NULL: not wanted
};

static void *measure_wake(void *data)
{
    const struct waker *waker = data;
    struct samples latency = {0};
    struct samples cpu = {0};
    struct sleeper sleeper = {0};
    pthread_t thread;
    sem_init(&sleeper.wake, 0, 0);
    sem_init(&sleeper.awake, 0, 0);
    if (pthread_create(&thread, NULL, sleeper_main, &sleeper) != 0)
        return NULL;
    calibrate_stay_on_core(CPU_SETSIZE - 1, -1); // not before: the sleeper would inherit it
    for (int i = 0; i < WAKES; i++) {
        waker->pause();
        uint64_t start_ns = clock_now_ns();
        sem_post(&sleeper.wake);
        uint64_t posted_ns = clock_now_ns();
        sem_wait(&sleeper.awake);
        samples_add(&latency, (double)(atomic_load(&sleeper.woken_ns) - start_ns));
        samples_add(&cpu, (double)(posted_ns - start_ns));
    }
    atomic_store(&sleeper.stop, true);
    sem_post(&sleeper.wake);
    pthread_join(thread, NULL);
    sem_destroy(&sleeper.wake);
    sem_destroy(&sleeper.awake);
    samples_take(&latency, waker->whole);
    if (waker->call)
        samples_take(&cpu, waker->call);
    else
        samples_fini(&cpu);
    return NULL;
}

// Wakes that interrupt nobody: who is woken waits in the queue of a core that goes on with its
// thread. A crowd of SCHED_BATCH, which takes no core from anybody.

enum { CROWD = 8, ROUNDS = 100, YIELDS = 20 };

struct crowd {
    sem_t wake;
    atomic_int awake;
    atomic_bool waits; // for the core's thread to give way
    atomic_bool stop;
    int core;
    int step;
};

static void *member_main(void *data)
{
    struct crowd *crowd = data;
    const struct sched_param none = {0};
    calibrate_stay_on_core(crowd->core, crowd->step);
    pthread_setschedparam(pthread_self(), SCHED_BATCH, &none);
    while (sem_wait(&crowd->wake) == 0 && !atomic_load(&crowd->stop))
        atomic_fetch_add(&crowd->awake, 1);
    return NULL;
}

// Until all have run and sleep again, which cannot be seen.
static void give_way(struct crowd *crowd)
{
    while (atomic_load(&crowd->awake) < CROWD)
        sched_yield();
    for (int i = 0; i < YIELDS; i++)
        sched_yield();
    atomic_store(&crowd->awake, 0);
    atomic_store(&crowd->waits, false);
}

static void *host_main(void *data)
{
    struct crowd *crowd = data;
    calibrate_stay_on_core(crowd->core, crowd->step);
    while (!atomic_load(&crowd->stop))
        if (atomic_load(&crowd->waits))
            give_way(crowd);
    return NULL;
}

static void wake_crowd(struct crowd *crowd, bool own, struct samples *calls)
{
    for (int i = 0; i < CROWD; i++) {
        uint64_t start_ns = clock_now_ns();
        sem_post(&crowd->wake);
        samples_add(calls, since(start_ns));
    }
    if (own)
        give_way(crowd);
    else
        atomic_store(&crowd->waits, true);
    while (atomic_load(&crowd->waits))
        sched_yield();
}

struct crowd_wakes {
    bool own; // on the waker's core, else on another
    struct cost *call;
};

static void *measure_crowd(void *data)
{
    const struct crowd_wakes *wakes = data;
    struct samples calls = {0};
    struct crowd crowd = {.core = wakes->own ? CPU_SETSIZE - 1 : 0, .step = wakes->own ? -1 : 1};
    pthread_t threads[CROWD + 1];
    int started = 0;
    sem_init(&crowd.wake, 0, 0);
    while (started < CROWD && pthread_create(&threads[started], NULL, member_main, &crowd) == 0)
        started++;
    bool all = started == CROWD;
    if (all && !wakes->own && pthread_create(&threads[started], NULL, host_main, &crowd) == 0)
        started++;
    all = all && (wakes->own || started > CROWD);
    calibrate_stay_on_core(CPU_SETSIZE - 1, -1);
    calibrate_pause_ns(20000000); // they are asleep
    for (int i = 0; all && i < ROUNDS; i++)
        wake_crowd(&crowd, wakes->own, &calls);
    atomic_store(&crowd.stop, true);
    for (int i = 0; i < CROWD; i++)
        sem_post(&crowd.wake);
    for (int i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    sem_destroy(&crowd.wake);
    samples_take(&calls, wakes->call);
    return NULL;
}

static double cpu_now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

// CPU of a short sleep: the timer is armed, fires, and the thread is switched to again.
static void measure_timer(struct costs *costs)
{
    struct samples cpu = {0};
    for (int i = 0; i < TIMEOUTS; i++) {
        double start_ns = cpu_now_ns();
        calibrate_pause_ns(100000);
        samples_add(&cpu, cpu_now_ns() - start_ns);
    }
    samples_take(&cpu, &costs->timer_cpu);
}

// Timed waits as the lock's: how late they end, what CPU they take beside the timer's.
static void measure_timeouts(struct costs *costs)
{
    struct samples late = {0};
    struct samples cpu = {0};
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    pthread_cond_t cond;
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&cond, &monotonic);
    pthread_mutex_lock(&mutex);
    for (int i = 0; i < TIMEOUTS; i++) {
        double start_ns = cpu_now_ns();
        uint64_t due_ns = clock_now_ns() + CLOCK_NS_PER_MS;
        struct timespec due = {.tv_sec = (time_t)(due_ns / CLOCK_NS_PER_S),
                               .tv_nsec = (long)(due_ns % CLOCK_NS_PER_S)};
        while (pthread_cond_timedwait(&cond, &mutex, &due) != ETIMEDOUT)
            continue;
        samples_add(&late, since(due_ns));
        samples_add(&cpu, cpu_now_ns() - start_ns - costs->timer_cpu.median);
    }
    pthread_mutex_unlock(&mutex);
    pthread_cond_destroy(&cond);
    pthread_condattr_destroy(&monotonic);
    samples_take(&late, &costs->timer_slack);
    samples_take(&cpu, &costs->waiter_cpu);
}

// Short system calls.

// The way to sleep of who has just had a timed wait and waits again, until the kernel has compared:
// glibc leaves the mutex after such a wait by a wake (__pthread_mutex_cond_lock marks it as
// wanted), then comes the wait, here one that finds another value.
static void measure_syscall(struct costs *costs)
{
    enum { CALLS = 20000 };
    struct samples wakes = {0};
    struct samples entries = {0};
    uint32_t word = 0;
    for (int i = 0; i < BATCHES; i++) {
        uint64_t start_ns = clock_now_ns();
        for (int k = 0; k < CALLS; k++)
            syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
        double wake_ns = since(start_ns) / CALLS;
        start_ns = clock_now_ns();
        for (int k = 0; k < CALLS; k++)
            syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 1, NULL, NULL, 0);
        samples_add(&wakes, wake_ns);
        samples_add(&entries, wake_ns + since(start_ns) / CALLS);
    }
    samples_take(&wakes, &costs->syscall);
    samples_take(&entries, &costs->sleep_entry);
}

void calibrate_wakes(struct costs *costs)
{
    calibrate_in_a_thread(measure_wake,
                          &(struct waker){pause_long, &costs->wake_latency, &costs->wake_cpu});
    calibrate_in_a_thread(measure_wake, &(struct waker){pause_short, &costs->wake_soon, NULL});
    calibrate_in_a_thread(measure_crowd, &(struct crowd_wakes){false, &costs->wake_busy});
    calibrate_in_a_thread(measure_crowd, &(struct crowd_wakes){true, &costs->wake_own});
    measure_timer(costs);
    measure_timeouts(costs);
    measure_syscall(costs);
}
