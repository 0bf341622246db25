#include "client/emulator_child.h"

#include "base/alloc.h"
#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

#define READY_LIMIT_NS (30 * CLOCK_NS_PER_S)
#define END_LIMIT_NS (5 * CLOCK_NS_PER_S)

static int spawn(struct emulator_child *child, const char *program, char **arguments, int in,
                 int out, struct err *err)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, in, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
    // A group of its own: Ctrl-C is for this program, which ends the emulator after the clients.
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    posix_spawnattr_setpgroup(&attributes, 0);
    int code = posix_spawn(&child->pid, program, &files, &attributes, arguments, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    return code ? err_set(err, "cannot start '%s emulate': %s", program, strerror(code)) : 0;
}

static int start(struct emulator_child *child, const char *program, const char *experiment_path,
                 uint32_t devices, enum transport transport, int in, int out, struct err *err)
{
    char count[16];
    char only[48];
    char port[16];
    snprintf(count, sizeof count, "%u", devices);
    snprintf(only, sizeof only, "devices.transport=[%s]", transport_names[transport]);
    snprintf(port, sizeof port, "--%s", transport_names[transport]);
    const char *words[] = {program, "emulate", experiment_path, "--devices", count, "--set", only,
                           port,    "0",       "--until-eof",   NULL};
    enum { WORDS = sizeof words / sizeof *words };
    char *arguments[WORDS] = {0};
    for (size_t i = 0; i + 1 < WORDS; i++)
        arguments[i] = alloc_strdup(words[i]);
    int result = spawn(child, program, arguments, in, out, err);
    for (size_t i = 0; i < WORDS; i++)
        free(arguments[i]);
    return result;
}

// The first line that begins with "ready".
static int read_ready(int fd, char *line, size_t size, const volatile sig_atomic_t *stop,
                      struct err *err)
{
    uint64_t until = clock_now_ns() + READY_LIMIT_NS;
    size_t len = 0;
    for (;;) {
        uint64_t now = clock_now_ns();
        struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
        if (*stop)
            return err_set(err, "interrupted");
        if (now >= until)
            return err_set(err, "the emulator does not get ready within %d s",
                           (int)(READY_LIMIT_NS / CLOCK_NS_PER_S));
        if (poll(&poll_fd, 1, (int)((until - now) / CLOCK_NS_PER_MS) + 1) <= 0)
            continue;
        ssize_t got = read(fd, line + len, size - 1 - len);
        if (got <= 0)
            return err_set(err, "the emulator ended before it was ready (its message is above)");
        len += (size_t)got;
        line[len] = '\0';
        char *end = strchr(line, '\n');
        if (end && !strncmp(line, "ready ", 6))
            return 0;
        if (end || len == size - 1)
            return err_set(err, "the emulator says '%.*s' and not where its devices are",
                           (int)strcspn(line, "\n"), line);
    }
}

int emulator_child_start(struct emulator_child *child, const char *program,
                         const char *experiment_path, uint32_t devices, enum transport transport,
                         const volatile sig_atomic_t *stop, struct targets *targets,
                         struct err *err)
{
    int in[2] = {-1, -1};
    int out[2] = {-1, -1};
    char line[512];
    *child = (struct emulator_child){.pid = -1, .stdin_fd = -1, .stdout_fd = -1};
    if (pipe2(in, O_CLOEXEC) < 0 || pipe2(out, O_CLOEXEC) < 0) {
        err_set(err, "cannot make a pipe: %s", strerror(errno));
        goto fail;
    }
    if (start(child, program, experiment_path, devices, transport, in[0], out[1], err) < 0)
        goto fail;
    child->stdin_fd = in[1];
    child->stdout_fd = out[0];
    close(in[0]);
    close(out[1]);
    if (read_ready(child->stdout_fd, line, sizeof line, stop, err) == 0 &&
        targets_from_ready(targets, line, transport, err) == 0)
        return 0;
    struct usage usage;
    char died_of[32];
    kill(child->pid, SIGKILL);
    emulator_child_stop(child, &usage, died_of, sizeof died_of);
    return -1;
fail:
    for (int i = 0; i < 2; i++) {
        if (in[i] >= 0)
            close(in[i]);
        if (out[i] >= 0)
            close(out[i]);
    }
    return -1;
}

static void say_how(int status, char *died_of, size_t len)
{
    if (WIFSIGNALED(status))
        snprintf(died_of, len, "signal %d", WTERMSIG(status));
    else
        snprintf(died_of, len, "exit code %d", WEXITSTATUS(status));
}

bool emulator_child_stop(struct emulator_child *child, struct usage *usage, char *died_of,
                         size_t len)
{
    int status = 0;
    struct rusage rusage = {0};
    bool early = usage_wait(child->pid, 0, &status, &rusage) != 0;
    close(child->stdin_fd);
    bool gone = early || usage_wait(child->pid, END_LIMIT_NS, &status, &rusage) != 0;
    say_how(status, died_of, len);
    if (!gone) {
        kill(child->pid, SIGKILL);
        usage_wait(child->pid, END_LIMIT_NS, &status, &rusage);
        snprintf(died_of, len, "it did not end when told to");
    }
    close(child->stdout_fd);
    *usage = usage_of(&rusage);
    child->pid = -1;
    return gone && !early && status == 0;
}
