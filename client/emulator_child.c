#include "client/emulator_child.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "client/descriptor.h"

#include <assert.h>
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

// Where the child's standard streams go; messages -1: where this program's go.
struct streams {
    int in;
    int out;
    int messages;
};

static int spawn(struct emulator_child *child, const char *program, char **arguments,
                 const struct streams *streams, struct err *err)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, streams->in, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&files, streams->out, STDOUT_FILENO);
    if (streams->messages >= 0)
        posix_spawn_file_actions_adddup2(&files, streams->messages, STDERR_FILENO);
    // A group of its own: Ctrl-C is for this program, which ends the emulator after the clients.
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    posix_spawnattr_setpgroup(&attributes, 0);
    int code = posix_spawn(&child->pid, program, &files, &attributes, arguments, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    return code ? err_set(err, "cannot start '%s emulate': %s", program, strerror(code)) : 0;
}

// words is ended by NULL; the program itself is not among them.
static int start(struct emulator_child *child, const char *program, const char *const *words,
                 const struct streams *streams, struct err *err)
{
    enum { WORDS_MAX = 16 };
    char *arguments[WORDS_MAX + 2] = {alloc_strdup(program)};
    for (size_t i = 0; words[i]; i++) {
        assert(i < WORDS_MAX);
        arguments[i + 1] = alloc_strdup(words[i]);
    }
    int result = spawn(child, program, arguments, streams, err);
    for (size_t i = 0; arguments[i]; i++)
        free(arguments[i]);
    return result;
}

static int start_serving(struct emulator_child *child, const char *program,
                         const char *experiment_path, uint32_t devices, enum transport transport,
                         const struct streams *streams, struct err *err)
{
    char count[16];
    char only[48];
    char port[16];
    snprintf(count, sizeof count, "%u", devices);
    snprintf(only, sizeof only, "devices.transport=[%s]", transport_names[transport]);
    snprintf(port, sizeof port, "--%s", transport_names[transport]);
    // No control channel: the devices are as the experiment has them from the first run to the
    // last.
    const char *words[] = {
        "emulate", experiment_path, "--devices",    count,         "--set", only, port,
        "0",       "--until-eof",   "--no-control", "--by-number", NULL};
    return start(child, program, words, streams, err);
}

// What a child that has ended had to say, without "netbaton emulate: " and the newline.
static const char *message(int fd, char *text, size_t size)
{
    static const char prefix[] = "netbaton emulate: ";
    ssize_t got = read(fd, text, size - 1);
    text[got > 0 ? got : 0] = '\0';
    text[strcspn(text, "\n")] = '\0';
    return strncmp(text, prefix, strlen(prefix)) ? text : text + strlen(prefix);
}

static int judge(pid_t pid, int messages, struct err *err)
{
    int status = 0;
    struct rusage rusage;
    char text[512];
    if (usage_wait(pid, READY_LIMIT_NS, &status, &rusage) == 0) {
        kill(pid, SIGKILL);
        usage_wait(pid, END_LIMIT_NS, &status, &rusage);
        return err_set(err, "the emulator does not get ready within %d s",
                       (int)(READY_LIMIT_NS / CLOCK_NS_PER_S));
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return 0;
    return err_input(err, "%s", message(messages, text, sizeof text));
}

int emulator_child_check(const char *program, const char *platform, struct err *err)
{
    struct emulator_child child;
    int messages[2] = {-1, -1};
    int result = -1;
    char *set = alloc_printf("devices.platform=%s", platform);
    const char *words[] = {"emulate",  "--devices", "1",           "--set",        set,
                           "--telnet", "0",         "--until-eof", "--no-control", NULL};
    int null = open("/dev/null", O_RDWR | O_CLOEXEC); // as standard input: its end is there at once
    if (null < 0 || descriptor_pipe(messages) < 0) {
        err_set(err, "cannot start the emulator: %s", strerror(errno));
    } else {
        struct streams streams = {.in = null, .out = null, .messages = messages[1]};
        result = start(&child, program, words, &streams, err);
        if (result == 0)
            result = judge(child.pid, messages[0], err);
        close(messages[0]);
        close(messages[1]);
    }
    if (null >= 0)
        close(null);
    free(set);
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
    if (descriptor_pipe(in) < 0 || descriptor_pipe(out) < 0) {
        err_set(err, "cannot make a pipe: %s", strerror(errno));
        goto fail;
    }
    struct streams streams = {.in = in[0], .out = out[1], .messages = -1};
    if (start_serving(child, program, experiment_path, devices, transport, &streams, err) < 0)
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
