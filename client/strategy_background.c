#include "client/strategy_background.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "client/orphan.h"
#include "client/usage.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

// Between two looks at the stop flag; the check points of the lock lie inside burn.
#define SLICE_NS CLOCK_NS_PER_MS
// Until its threads have seen the stop flag, one of them after the other.
#define END_LIMIT_NS (2 * CLOCK_NS_PER_S)

struct background {
    const struct burner *burner;
    struct gil *gil;
    struct gil *main_gil; // the same if it is not the workers' too; else NULL
    struct lock_log *lock_log;
    uint32_t lock_number;  // in the log
    _Atomic uint32_t next; // number in the log of the thread that begins next
    atomic_bool stop;
    uint32_t n;
    pthread_t threads[];
};

static void *background_main(void *data)
{
    struct background *self = data;
    struct gil_thread lock;
    gil_thread_init(self->gil, &lock);
    uint32_t number = atomic_fetch_add_explicit(&self->next, 1, memory_order_relaxed);
    lock.spans = lock_log_thread(self->lock_log, number, self->lock_number);
    gil_take(self->gil, &lock);
    while (!atomic_load_explicit(&self->stop, memory_order_relaxed))
        burn_loop(self->burner, self->gil, &lock, SLICE_NS);
    gil_drop(self->gil, &lock);
    gil_thread_fini(&lock);
    return NULL;
}

// Sub-interpreters have locks of their own, the main interpreter is one like any before them.
static struct gil *main_interpreter_gil(const struct run *run)
{
    struct interpreter interpreter = *run->spec->interpreter;
    interpreter.gil = GIL_TIMED;
    return gil_new(&interpreter, run->spec->switch_interval_ns, run->spec->check_interval,
                   run->tick_ns);
}

// In the log: those of the workers, or of their processes, come before it.
static uint32_t main_lock_number(const struct run_spec *spec)
{
    return spec->workers;
}

struct background *background_start(const struct run *run, struct gil *gil, struct err *err)
{
    uint32_t n = run->spec->background;
    struct background *background = alloc_zero(1, sizeof *background + n * sizeof(pthread_t));
    background->burner = &run->burner;
    background->gil = gil;
    background->lock_log = run->lock_log;
    background->lock_number = run->lock_number;
    if (run->spec->interpreter->gil == GIL_PER_WORKER) {
        background->gil = background->main_gil = main_interpreter_gil(run);
        background->lock_number = main_lock_number(run->spec);
    }
    background->next = lock_log_first_background(run->spec);
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
    gil_free(background->main_gil);
    free(background);
}

// The end of a process: its threads are stopped, so that their last holds are recorded.
__attribute__((noreturn)) static void background_process_run(const struct run *run)
{
    struct run alone = *run;
    struct err err;
    sigset_t end;
    int number;
    sigemptyset(&end);
    sigaddset(&end, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &end, NULL); // before there are threads, for all of them
    alone.lock_number = main_lock_number(run->spec);
    struct background *background = background_start(&alone, run_new_gil(run), &err);
    if (!background)
        _exit(1);
    sigwait(&end, &number);
    background_stop(background);
    _exit(0);
}

pid_t background_process_start(const struct run *run, struct err *err)
{
    if (!run->spec->background)
        return 0;
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid < 0)
        return err_set(err, "cannot fork for the background threads: %s", strerror(errno));
    if (pid > 0)
        return pid;
    orphan_ends(parent);
    background_process_run(run);
}

void background_process_stop(pid_t pid)
{
    int status;
    struct rusage rusage;
    if (pid <= 0)
        return;
    kill(pid, SIGTERM);
    if (usage_wait(pid, END_LIMIT_NS, &status, &rusage) != 0) // it ended, or was reaped before
        return;
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}
