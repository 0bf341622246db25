// A pool of worker processes, of one thread each (processes) or of several (hybrid); forked, or
// started anew (spawn). The parent feeds the pipe of jobs, collects the pipe of results and starts
// another worker for one that died while there may be jobs left.
#include "base/alloc.h"
#include "base/clock.h"
#include "client/aaa_queue.h"
#include "client/descriptor.h"
#include "client/orphan.h"
#include "client/strategy_background.h"
#include "client/strategy_worker.h"
#include "client/usage.h"
#include "client/worker_setup.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

struct child {
    pid_t pid; // 0: ended
    uint32_t first_id;
    uint32_t n_workers;
};

struct pool {
    struct run *run;
    struct child *children;
    uint32_t n_children;
    uint32_t alive;
    uint32_t deaths;
    uint32_t next_job; // to be written
    int jobs[2];       // pipes, -1 where closed
    int results[2];
    struct worker_message message; // being read
    size_t message_len;
    struct err problem; // of a worker that could not start its threads
    bool has_problem;
};

static void close_end(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static int fork_worker(struct pool *pool, struct child *child, struct err *err)
{
    pid_t parent = getpid();
    child->pid = fork();
    if (child->pid < 0)
        return err_set(err, "cannot fork: %s", strerror(errno));
    if (child->pid > 0)
        return 0;
    orphan_ends(parent);
    close_end(&pool->jobs[1]);
    close_end(&pool->results[0]);
    pool->run->lock_number = (uint32_t)(child - pool->children);
    _exit(worker_process_run(pool->run, child->first_id, child->n_workers, pool->jobs[0],
                             pool->results[1]));
}

static int spawn_program(struct pool *pool, struct child *child, int setup_fd, struct err *err)
{
    char name[] = "netbaton";
    char command[] = "run-worker";
    char *arguments[] = {name, command, NULL};
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, setup_fd, WORKER_SETUP_FD);
    posix_spawn_file_actions_adddup2(&files, pool->jobs[0], WORKER_JOBS_FD);
    posix_spawn_file_actions_adddup2(&files, pool->results[1], WORKER_RESULTS_FD);
    if (pool->run->plan->aaa)
        posix_spawn_file_actions_adddup2(&files, aaa_queue_fd(pool->run->plan->aaa), WORKER_AAA_FD);
    int code = posix_spawn(&child->pid, pool->run->program, &files, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&files);
    return code ? err_set(err, "cannot start '%s' as a worker: %s", pool->run->program,
                          strerror(code))
                : 0;
}

// A descriptor above those that the new program gets, so that no dup2 closes one still needed.
static int above_workers(int fd)
{
    if (fd < 0 || fd >= WORKER_FDS)
        return fd;
    int high = fcntl(fd, F_DUPFD_CLOEXEC, WORKER_FDS);
    close(fd);
    return high;
}

static int spawn_worker(struct pool *pool, struct child *child, struct err *err)
{
    int setup[2];
    struct buf bytes = {0};
    if (descriptor_pipe(setup) < 0)
        return err_set(err, "cannot make a pipe: %s", strerror(errno));
    setup[0] = above_workers(setup[0]);
    int result = spawn_program(pool, child, setup[0], err);
    close(setup[0]);
    if (result == 0)
        worker_setup_write(pool->run, child->first_id, child->n_workers, &bytes);
    for (size_t sent = 0; sent < bytes.len;) {
        ssize_t n = write(setup[1], bytes.data + sent, bytes.len - sent);
        if (n < 0 && errno != EINTR)
            break; // it died: seen when it is reaped
        sent += n > 0 ? (size_t)n : 0;
    }
    close(setup[1]);
    buf_fini(&bytes);
    return result;
}

static int start_worker(struct pool *pool, struct child *child, struct err *err)
{
    if (pool->run->python_work.process_ns)
        burn(&pool->run->burner, NULL, NULL, pool->run->python_work.process_ns);
    int result = pool->run->spec->start_method == START_SPAWN ? spawn_worker(pool, child, err)
                                                              : fork_worker(pool, child, err);
    if (result < 0) {
        child->pid = 0;
        return err_prefix(err, "worker process %u of %u: ", (uint32_t)(child - pool->children) + 1,
                          pool->n_children);
    }
    pool->alive++;
    return 0;
}

// Writes as many job numbers as the pipe takes; at its end closes it, which ends the workers.
static void feed(struct pool *pool)
{
    uint32_t numbers[PIPE_BUF / sizeof(uint32_t)];
    uint32_t all = pool->run->plan->n_jobs;
    while (pool->next_job < all) {
        uint32_t n = 0;
        while (n < sizeof numbers / sizeof *numbers && pool->next_job + n < all) {
            numbers[n] = pool->next_job + n;
            n++;
        }
        // At most PIPE_BUF bytes: whole or not at all.
        if (write(pool->jobs[1], numbers, n * sizeof *numbers) < 0)
            return;
        pool->next_job += n;
    }
    close_end(&pool->jobs[1]);
}

static void take_message(struct pool *pool)
{
    const struct worker_message *message = &pool->message;
    switch (message->kind) {
    case WORKER_RESULT:
        board_add(pool->run->board, &message->result);
        break;
    case WORKER_LOCK:
        worker_add_lock(&pool->run->board->lock, &message->lock);
        break;
    case WORKER_PROBLEM:
        pool->has_problem = true;
        err_set(&pool->problem, "%s", message->problem);
        break;
    }
}

static void collect(struct pool *pool)
{
    for (;;) {
        ssize_t got = read(pool->results[0], (char *)&pool->message + pool->message_len,
                           sizeof pool->message - pool->message_len);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return;
        pool->message_len += (size_t)got;
        if (pool->message_len == sizeof pool->message) {
            pool->message_len = 0;
            take_message(pool);
        }
    }
}

static struct child *find_child(struct pool *pool, pid_t pid)
{
    for (uint32_t i = 0; i < pool->n_children; i++)
        if (pool->children[i].pid == pid)
            return &pool->children[i];
    return NULL;
}

// A worker that dies on every job would be replaced for ever: each death costs a job at least, or
// the program does not even start.
static bool may_replace(const struct pool *pool)
{
    return pool->deaths <= pool->run->plan->n_jobs + pool->n_children;
}

static int reap(struct pool *pool, struct err *err)
{
    int status;
    struct rusage rusage;
    pid_t pid;
    while ((pid = wait4(-1, &status, WNOHANG | WUNTRACED, &rusage)) > 0) {
        struct child *child = find_child(pool, pid);
        if (!child)
            continue;
        if (WIFSTOPPED(status)) { // it holds up the run for as long as it stands still
            atomic_store(&pool->run->board->stopped, (int)pid);
            continue;
        }
        child->pid = 0;
        pool->alive--;
        pool->run->board->workers_peak_kb += usage_peak_kb(&rusage);
        if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
            continue;
        pool->deaths++;
        if (may_replace(pool) && start_worker(pool, child, err) < 0)
            return -1;
    }
    return 0;
}

// A pipe that SIGCHLD writes to, so that no end of a worker is missed between a look and the wait
// that follows.
static int child_news[2] = {-1, -1};

static void on_child(int number)
{
    (void)number;
    int saved = errno;
    while (write(child_news[1], "", 1) < 0 && errno == EINTR)
        continue; // a full pipe is news enough
    errno = saved;
}

static void wait_for_news(const struct pool *pool)
{
    char bytes[64];
    struct pollfd fds[] = {
        {.fd = pool->results[0], .events = POLLIN},
        {.fd = child_news[0], .events = POLLIN},
        {.fd = pool->jobs[1], .events = POLLOUT}, // -1 is passed over
    };
    poll(fds, 3, -1);
    while (read(child_news[0], bytes, sizeof bytes) > 0)
        continue;
}

static int start_workers(struct pool *pool, struct err *err)
{
    uint32_t workers = run_workers(pool->run);
    uint32_t first_id = 0;
    for (uint32_t i = 0; i < pool->n_children; i++) {
        // As even as whole threads allow.
        uint32_t n = (workers - first_id) / (pool->n_children - i);
        pool->children[i] = (struct child){.first_id = first_id, .n_workers = n};
        first_id += n;
        if (start_worker(pool, &pool->children[i], err) < 0)
            return -1;
    }
    return 0;
}

static int work(struct pool *pool, struct err *err)
{
    int result = start_workers(pool, err);
    while (pool->alive > 0 && result == 0) {
        if (pool->jobs[1] >= 0)
            feed(pool);
        wait_for_news(pool);
        collect(pool);
        result = reap(pool, err);
    }
    collect(pool);
    return result;
}

static void kill_workers(struct pool *pool)
{
    for (uint32_t i = 0; i < pool->n_children; i++)
        if (pool->children[i].pid > 0) {
            kill(pool->children[i].pid, SIGKILL);
            waitpid(pool->children[i].pid, NULL, 0);
        }
}

static int open_pipes(struct pool *pool, struct err *err)
{
    if (descriptor_pipe(pool->jobs) < 0 || descriptor_pipe(pool->results) < 0 ||
        descriptor_pipe(child_news) < 0)
        return err_set(err, "cannot make a pipe: %s", strerror(errno));
    pool->jobs[0] = above_workers(pool->jobs[0]);
    pool->results[1] = above_workers(pool->results[1]);
    // The parent never waits in a pipe; the workers do.
    fcntl(pool->jobs[1], F_SETFL, O_NONBLOCK);
    fcntl(pool->results[0], F_SETFL, O_NONBLOCK);
    fcntl(child_news[0], F_SETFL, O_NONBLOCK);
    fcntl(child_news[1], F_SETFL, O_NONBLOCK);
    struct sigaction action = {.sa_handler = on_child, .sa_flags = SA_RESTART};
    sigaction(SIGCHLD, &action, NULL);
    return 0;
}

int strategy_processes(struct run *run, struct err *err)
{
    struct pool pool = {.run = run, .jobs = {-1, -1}, .results = {-1, -1}};
    uint32_t workers = run_workers(run);
    pool.n_children = run->spec->processes < workers ? run->spec->processes : workers;
    pool.children = alloc_zero(pool.n_children, sizeof *pool.children);
    // The computing threads of the main program share no lock with workers in other processes.
    pid_t background = background_process_start(run, err);
    int result = background < 0 ? -1 : open_pipes(&pool, err);
    run->zero_ns = clock_now_ns();
    if (result == 0)
        result = work(&pool, err);
    run->board->wall_ns = clock_now_ns() - run->zero_ns;
    kill_workers(&pool);
    signal(SIGCHLD, SIG_DFL);
    background_process_stop(background);
    for (int i = 0; i < 2; i++) {
        close_end(&pool.jobs[i]);
        close_end(&pool.results[i]);
        close_end(&child_news[i]);
    }
    free(pool.children);
    if (result == 0 && pool.has_problem) {
        *err = pool.problem;
        result = -1;
    }
    return result;
}
