#include "client/calibrate_machine.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/interpreter.h"
#include "client/burn.h"
#include "client/descriptor.h"
#include "client/samples.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { THREADS = 300, FORKS = 60, SPAWNS = 20, WAKES = 400, TIMEOUTS = 150, BATCHES = 20 };

double calibrate_own_kb(const char *file, const char *name)
{
    char line[256];
    double kb = 0;
    char *path = alloc_printf("/proc/self/%s", file);
    FILE *status = fopen(path, "r");
    while (status && fgets(line, sizeof line, status))
        if (!strncmp(line, name, strlen(name)))
            kb = strtod(line + strlen(name), NULL);
    if (status)
        fclose(status);
    free(path);
    return kb;
}

double calibrate_cpu_ns(pid_t pid)
{
    clockid_t clock;
    struct timespec time;
    if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &time) != 0)
        return -1;
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static double since(uint64_t start_ns)
{
    return (double)(clock_now_ns() - start_ns);
}

// Threads and processes that do nothing.

static void *do_nothing(void *data)
{
    return data;
}

static int measure_thread_start(struct costs *costs, struct err *err)
{
    struct samples samples = {0};
    for (int i = 0; i < THREADS; i++) {
        pthread_t thread;
        uint64_t start_ns = clock_now_ns();
        int code = pthread_create(&thread, NULL, do_nothing, NULL);
        if (code != 0) {
            samples_fini(&samples);
            return err_set(err, "cannot start a thread: %s", strerror(code));
        }
        pthread_join(thread, NULL);
        samples_add(&samples, since(start_ns));
    }
    samples_take(&samples, &costs->thread_start);
    return 0;
}

// The child tells through a pipe what memory became its own: that is written to, not shared.
static int measure_fork(struct costs *costs, struct err *err)
{
    struct samples times = {0};
    struct samples memory = {0};
    int result = 0;
    for (int i = 0; i < FORKS && result == 0; i++) {
        uint64_t start_ns = clock_now_ns();
        pid_t pid = fork();
        if (pid == 0)
            _exit(0);
        if (pid < 0 || waitpid(pid, NULL, 0) < 0)
            result = err_set(err, "cannot start a process: %s", strerror(errno));
        samples_add(&times, since(start_ns));
    }
    for (int i = 0; i < BATCHES && result == 0; i++) {
        int ends[2];
        double kb = 0;
        if (descriptor_pipe(ends) < 0)
            break;
        pid_t pid = fork();
        if (pid == 0) {
            kb = calibrate_own_kb("smaps_rollup", "Private_Dirty:");
            _exit(write(ends[1], &kb, sizeof kb) != sizeof kb);
        }
        close(ends[1]);
        if (pid > 0 && read(ends[0], &kb, sizeof kb) == sizeof kb)
            samples_add(&memory, kb);
        close(ends[0]);
        if (pid > 0)
            waitpid(pid, NULL, 0);
    }
    samples_take(&times, &costs->fork);
    samples_take(&memory, &costs->process_memory);
    return result;
}

static int measure_spawn(const char *program, struct costs *costs, struct err *err)
{
    struct samples samples = {0};
    int code = 0;
    char *path = alloc_strdup(program);
    char version[] = "--version";
    char *arguments[] = {path, version, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    for (int i = 0; i < SPAWNS && code == 0; i++) {
        pid_t pid;
        uint64_t start_ns = clock_now_ns();
        code = posix_spawn(&pid, program, &actions, NULL, arguments, environ);
        if (code == 0)
            waitpid(pid, NULL, 0);
        samples_add(&samples, since(start_ns));
    }
    posix_spawn_file_actions_destroy(&actions);
    free(path);
    samples_take(&samples, &costs->spawn);
    return code ? err_set(err, "cannot start '%s': %s", program, strerror(code)) : 0;
}

// The calling thread, on the first core from there on that the process may use.
static void stay_on_core(int core, int step)
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

static void in_a_thread(void *(*function)(void *), void *data)
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
    stay_on_core(0, 1);
    for (;;) {
        sem_wait(&sleeper->wake);
        atomic_store(&sleeper->woken_ns, clock_now_ns());
        if (atomic_load(&sleeper->stop))
            return NULL;
        sem_post(&sleeper->awake);
    }
}

static void pause_ns(long ns)
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
    pause_ns(300000);
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
    stay_on_core(CPU_SETSIZE - 1, -1); // not before: the sleeper would inherit it
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
        pause_ns(100000);
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

static int udp_socket(struct sockaddr_in *address)
{
    socklen_t len = sizeof *address;
    int fd = descriptor_socket(AF_INET, SOCK_DGRAM);
    *address =
        (struct sockaddr_in){.sin_family = AF_INET, .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    if (fd >= 0 && bind(fd, (struct sockaddr *)address, len) == 0 &&
        getsockname(fd, (struct sockaddr *)address, &len) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

// When it was last done COLD_NS ago; less what it takes else.
static void measure_cold(int fd, const struct sockaddr_in *address, struct costs *costs)
{
    enum { PAUSES = 100 };
    struct samples sent = {0};
    struct samples asked = {0};
    char byte = 'x';
    for (int i = 0; i < PAUSES; i++) {
        struct pollfd question = {.fd = fd, .events = POLLIN};
        pause_ns(COLD_NS);
        uint64_t start_ns = clock_now_ns();
        ssize_t len = sendto(fd, &byte, 1, 0, (const struct sockaddr *)address, sizeof *address);
        uint64_t sent_ns = clock_now_ns();
        if (len != 1 || poll(&question, 1, 1000) != 1)
            break;
        samples_add(&asked, since(sent_ns) - costs->socket_poll.median);
        samples_add(&sent, (double)(sent_ns - start_ns) - costs->datagram.median);
        if (recv(fd, &byte, 1, MSG_DONTWAIT) != 1)
            break;
    }
    samples_take(&sent, &costs->datagram_cold);
    samples_take(&asked, &costs->poll_cold);
}

static void measure_poll(int fd, struct costs *costs)
{
    enum { POLLS = 5000 };
    struct samples samples = {0};
    struct pollfd question = {.fd = fd, .events = POLLOUT};
    for (int i = 0; i < BATCHES; i++) {
        uint64_t start_ns = clock_now_ns();
        for (int k = 0; k < POLLS; k++)
            if (poll(&question, 1, 1000) != 1)
                break;
        samples_add(&samples, since(start_ns) / POLLS);
    }
    samples_take(&samples, &costs->socket_poll);
}

// Sent to a socket that nobody waits on, then read: half of both.
static void measure_datagram(struct costs *costs)
{
    enum { MESSAGES = 2000 };
    struct samples samples = {0};
    struct sockaddr_in address;
    char byte = 'x';
    int fd = udp_socket(&address);
    for (int i = 0; i < BATCHES && fd >= 0; i++) {
        uint64_t start_ns = clock_now_ns();
        for (int k = 0; k < MESSAGES; k++)
            if (sendto(fd, &byte, 1, 0, (struct sockaddr *)&address, sizeof address) != 1 ||
                recv(fd, &byte, 1, MSG_DONTWAIT) != 1)
                break;
        samples_add(&samples, since(start_ns) / MESSAGES / 2);
    }
    samples_take(&samples, &costs->datagram);
    if (fd < 0)
        return;
    measure_poll(fd, costs);
    measure_cold(fd, &address, costs);
    close(fd);
}

// Two threads on one core.

static void stay_on_one_core(void)
{
    stay_on_core(CPU_SETSIZE - 1, -1);
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

static void measure_sharing(struct costs *costs)
{
    struct pair yields = {0};
    struct pair slices = {0};
    in_a_thread(measure_yields, &yields);
    in_a_thread(measure_slices, &slices);
    samples_take(&yields.yields, &costs->ctx_switch);
    samples_take(&slices.slices, &costs->os_quantum);
}

// Memory of threads that have begun to work and wait.

static void *wait_for_end(void *data)
{
    struct sleeper *sleeper = data;
    sem_post(&sleeper->awake);
    sem_wait(&sleeper->wake);
    return NULL;
}

static void measure_memory(struct costs *costs)
{
    enum { GROUP = 50 };
    struct samples samples = {0};
    double before = calibrate_own_kb("status", "VmRSS:");
    costs->memory = (struct cost){before, before, before};
    for (int batch = 0; batch < 5; batch++) {
        struct sleeper sleeper = {0};
        pthread_t threads[GROUP];
        int n = 0;
        sem_init(&sleeper.wake, 0, 0);
        sem_init(&sleeper.awake, 0, 0);
        before = calibrate_own_kb("smaps_rollup", "Rss:");
        while (n < GROUP && pthread_create(&threads[n], NULL, wait_for_end, &sleeper) == 0)
            n++;
        for (int i = 0; i < n; i++)
            sem_wait(&sleeper.awake);
        if (n == GROUP)
            samples_add(&samples, (calibrate_own_kb("smaps_rollup", "Rss:") - before) / GROUP);
        for (int i = 0; i < n; i++)
            sem_post(&sleeper.wake);
        for (int i = 0; i < n; i++)
            pthread_join(threads[i], NULL);
        sem_destroy(&sleeper.wake);
        sem_destroy(&sleeper.awake);
    }
    samples_take(&samples, &costs->thread_memory);
}

int calibrate_machine(const char *program, struct costs *costs, struct err *err)
{
    measure_memory(costs);
    if (measure_thread_start(costs, err) < 0 || measure_fork(costs, err) < 0 ||
        measure_spawn(program, costs, err) < 0)
        return -1;
    in_a_thread(measure_wake, &(struct waker){pause_long, &costs->wake_latency, &costs->wake_cpu});
    in_a_thread(measure_wake, &(struct waker){pause_short, &costs->wake_soon, NULL});
    measure_timer(costs);
    measure_timeouts(costs);
    measure_syscall(costs);
    measure_datagram(costs);
    measure_sharing(costs);
    return 0;
}
