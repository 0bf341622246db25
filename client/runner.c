#include "client/runner.h"

#include "client/affinity.h"
#include "client/descriptor.h"
#include "client/orphan.h"
#include "client/strategy_echo.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void default_signals(void)
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    signal(SIGHUP, SIG_DFL);
    signal(SIGPIPE, SIG_IGN); // a peer that is gone is told by write
}

static void runner_main(struct run *run, uint32_t cores)
{
    struct board *board = run->board;
    default_signals();
    affinity_pin(cores);
    if (run->plan->conn_type->prepare)
        run->plan->conn_type->prepare();
    strategy chosen = strategies[run->spec->strategy];
    if (run->plan->experiment->work.echo_ns)
        chosen = strategy_echo;
    board->refused = chosen(run, &board->err) < 0;
    board->finished = true;
}

int runner_start(struct runner *runner, struct run *run, uint32_t cores, int close_fd,
                 struct err *err)
{
    int alive[2];
    if (descriptor_pipe(alive) < 0)
        return err_set(err, "cannot make a pipe: %s", strerror(errno));
    fflush(NULL); // what is buffered must not be written twice
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid < 0) {
        close(alive[0]);
        close(alive[1]);
        return err_set(err, "cannot start a process for the run: %s", strerror(errno));
    }
    if (pid == 0) {
        setpgid(0, 0);
        orphan_ends(parent);
        close(alive[0]);
        if (close_fd >= 0)
            close(close_fd);
        runner_main(run, cores);
        _exit(0);
    }
    setpgid(pid, pid); // whoever is first
    close(alive[1]);
    *runner = (struct runner){.pid = pid, .alive_fd = alive[0]};
    return 0;
}

bool runner_wait(struct runner *runner, int limit_ms)
{
    struct pollfd fd = {.fd = runner->alive_fd, .events = POLLIN};
    return poll(&fd, 1, limit_ms) > 0;
}

int runner_end(struct runner *runner, struct usage *usage)
{
    int status = 0;
    struct rusage rusage = {0};
    // The leader is not waited for yet, so its group's number cannot belong to anybody else.
    if (!runner_wait(runner, 0))
        kill(-runner->pid, SIGKILL);
    siginfo_t info;
    while (waitid(P_PID, (id_t)runner->pid, &info, WEXITED | WNOWAIT) < 0 && errno == EINTR)
        continue;
    kill(-runner->pid, SIGKILL); // workers that outlived it
    while (wait4(runner->pid, &status, 0, &rusage) < 0 && errno == EINTR)
        continue;
    close(runner->alive_fd);
    *usage = usage_of(&rusage);
    return status;
}
