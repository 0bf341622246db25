#include "client/calibrate_machine.h"

#include "base/alloc.h"
#include "client/burn.h"
#include "client/calibrate_parts.h"
#include "client/descriptor.h"
#include "client/samples.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

enum { THREADS = 300, FORKS = 60, SPAWNS = 20, BATCHES = 20 };

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

// Memory of threads that have begun to work and wait.

struct gate {
    sem_t awake;
    sem_t wake;
};

static void *wait_for_end(void *data)
{
    struct gate *gate = data;
    sem_post(&gate->awake);
    sem_wait(&gate->wake);
    return NULL;
}

static void measure_memory(struct costs *costs)
{
    enum { GROUP = 50 };
    struct samples samples = {0};
    double before = calibrate_own_kb("status", "VmRSS:");
    costs->memory = (struct cost){before, before, before};
    for (int batch = 0; batch < 5; batch++) {
        struct gate gate = {0};
        pthread_t threads[GROUP];
        int n = 0;
        sem_init(&gate.wake, 0, 0);
        sem_init(&gate.awake, 0, 0);
        before = calibrate_own_kb("smaps_rollup", "Rss:");
        while (n < GROUP && pthread_create(&threads[n], NULL, wait_for_end, &gate) == 0)
            n++;
        for (int i = 0; i < n; i++)
            sem_wait(&gate.awake);
        if (n == GROUP)
            samples_add(&samples, (calibrate_own_kb("smaps_rollup", "Rss:") - before) / GROUP);
        for (int i = 0; i < n; i++)
            sem_post(&gate.wake);
        for (int i = 0; i < n; i++)
            pthread_join(threads[i], NULL);
        sem_destroy(&gate.wake);
        sem_destroy(&gate.awake);
    }
    samples_take(&samples, &costs->thread_memory);
}

static int measure_starts(const char *program, struct costs *costs, struct err *err)
{
    if (measure_thread_start(costs, err) < 0 || measure_fork(costs, err) < 0)
        return -1;
    return measure_spawn(program, costs, err);
}

int calibrate_machine(const char *program, struct costs *costs, struct samples *passes,
                      struct err *err)
{
    static void (*const parts[])(struct costs *) = {calibrate_wakes, calibrate_datagrams,
                                                    calibrate_sharing};
    measure_memory(costs);
    samples_add(passes, burn_pass_ns());
    if (measure_starts(program, costs, err) < 0)
        return -1;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        samples_add(passes, burn_pass_ns());
        parts[i](costs);
    }
    samples_add(passes, burn_pass_ns());
    return 0;
}
