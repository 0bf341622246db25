#include "client/python_process.h"

#include "base/alloc.h"
#include "base/asset.h"
#include "base/folder.h"
#include "client/affinity.h"
#include "client/descriptor.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern const struct asset python_assets[];
extern char **environ;

enum { STOP_POLL_MS = 100 };

static int write_file(const char *dir, const char *name, const char *data, size_t len,
                      struct err *err)
{
    char *path = alloc_printf("%s/%s", dir, name);
    FILE *file = fopen(path, "w");
    int failed = !file || fwrite(data, 1, len, file) != len;
    if (file && fclose(file) != 0)
        failed = 1;
    int result = failed ? err_set(err, "cannot write '%s': %s", path, strerror(errno)) : 0;
    free(path);
    return result;
}

static void remove_file(const char *dir, const char *name)
{
    char *path = alloc_printf("%s/%s", dir, name);
    unlink(path);
    free(path);
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static void remove_dir(char *dir)
{
    for (const struct asset *asset = python_assets; asset->path; asset++)
        remove_file(dir, base_name(asset->path));
    remove_file(dir, "input");
    remove_file(dir, "errors");
    rmdir(dir);
    free(dir);
}

// The scripts, the input and an empty file for the error output. The caller frees with remove_dir.
static char *make_dir(const char *input, size_t input_len, struct err *err)
{
    char *dir = folder_temporary("python");
    if (!mkdtemp(dir)) {
        err_set(err, "cannot make the folder '%s': %s", dir, strerror(errno));
        free(dir);
        return NULL;
    }
    int result = write_file(dir, "input", input, input_len, err);
    for (const struct asset *asset = python_assets; asset->path && result == 0; asset++)
        result = write_file(dir, base_name(asset->path), asset->data, asset->len, err);
    if (result == 0)
        return dir;
    remove_dir(dir);
    return NULL;
}

// The environment with the scripts' folder first on PYTHONPATH, where spawned processes and
// sub-interpreters look too. The caller frees the texts from `first` on and the array.
struct environment {
    char **texts;
    size_t first;
};

static struct environment make_environment(const char *dir)
{
    size_t len = 0;
    while (environ[len])
        len++;
    struct environment made = {.texts = alloc_zero(len + 3, sizeof *made.texts)};
    for (size_t i = 0; i < len; i++)
        if (strncmp(environ[i], "PYTHONPATH=", 11) != 0)
            made.texts[made.first++] = environ[i];
    const char *path = getenv("PYTHONPATH");
    made.texts[made.first] =
        alloc_printf("PYTHONPATH=%s%s%s", dir, path && *path ? ":" : "", path && *path ? path : "");
    made.texts[made.first + 1] = alloc_strdup("PYTHONDONTWRITEBYTECODE=1");
    return made;
}

static void free_environment(struct environment *made)
{
    for (char **text = made->texts + made->first; *text; text++)
        free(*text);
    free(made->texts);
}

// In a process group of its own: a Ctrl-C reaches netbaton only, which then ends the group.
static int spawn(const char *python, char **arguments, char **environment, const char *input,
                 const char *errors, int out_fd, pid_t *pid)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t defaults;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, out_fd, 1);
    posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setpgroup(&attributes, 0);
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    int code = posix_spawnp(pid, python, &actions, &attributes, arguments, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return code;
}

static int start(const struct python_call *call, const char *dir, int out_fd, pid_t *pid,
                 struct err *err)
{
    char *input = alloc_printf("%s/input", dir);
    char *errors = alloc_printf("%s/errors", dir);
    char *program = alloc_strdup(call->python);
    char *path = alloc_printf("%s/%s", dir, call->script);
    char ignore[] = "-Wignore"; // 3.12 warns of fork beside threads
    char *arguments[] = {program, ignore, path, NULL};
    struct environment made = make_environment(dir);
    struct affinity before = affinity_pin(call->cores);
    int code = spawn(program, arguments, made.texts, input, errors, out_fd, pid);
    affinity_restore(&before);
    free_environment(&made);
    free(input);
    free(errors);
    free(program);
    free(path);
    if (code == 0)
        return 0;
    return err_input(err, "cannot start the python '%s': %s", call->python, strerror(code));
}

// Until the end of the output. True when it was stopped.
static bool read_output(int fd, const volatile sig_atomic_t *stop, struct buf *out)
{
    char bytes[65536];
    for (;;) {
        if (stop && *stop)
            return true;
        struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
        if (poll(&poll_fd, 1, STOP_POLL_MS) <= 0)
            continue;
        ssize_t len = read(fd, bytes, sizeof bytes);
        if (len == 0 || (len < 0 && errno != EINTR))
            return false;
        if (len > 0)
            buf_add(out, bytes, (size_t)len);
    }
}

// The last line of the error output: of a traceback, the exception. A Python that cannot even start
// says why before it tells its state.
static void last_error(const char *dir, char *text, size_t size)
{
    char *path = alloc_printf("%s/errors", dir);
    FILE *file = fopen(path, "r");
    char line[512];
    text[0] = '\0';
    while (file && fgets(line, sizeof line, file) && strncmp(text, "Fatal Python error", 18) != 0) {
        line[strcspn(line, "\n")] = '\0';
        if (*line)
            snprintf(text, size, "%s", line);
    }
    if (file)
        fclose(file);
    free(path);
}

static void show_errors(const struct python_call *call, const char *dir)
{
    if (!call->noise)
        return;
    char *path = alloc_printf("%s/errors", dir);
    FILE *file = fopen(path, "r");
    char line[512];
    while (file && fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = '\0';
        fprintf(call->noise, "%s: %s\n", call->python, line);
    }
    if (file)
        fclose(file);
    free(path);
}

static int reap(const char *python, const char *dir, pid_t pid, bool stopped, struct err *err)
{
    int status;
    if (stopped)
        kill(-pid, SIGKILL);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    kill(-pid, SIGKILL); // what it left behind
    if (stopped)
        return err_set(err, "the python '%s' was stopped", python);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return 0;
    char reason[512];
    last_error(dir, reason, sizeof reason);
    if (WIFSIGNALED(status))
        return err_set(err, "the python '%s' was killed by signal %d%s%s", python, WTERMSIG(status),
                       *reason ? ": " : "", reason);
    return err_set(err, "the python '%s' failed: %s", python, reason);
}

int python_process_run(const struct python_call *call, struct buf *out, struct err *err)
{
    int ends[2];
    char *dir = make_dir(call->input, call->input_len, err);
    if (!dir)
        return -1;
    if (descriptor_pipe(ends) < 0) {
        remove_dir(dir);
        return err_set(err, "cannot make a pipe: %s", strerror(errno));
    }
    pid_t pid;
    int result = start(call, dir, ends[1], &pid, err);
    close(ends[1]);
    if (result == 0) {
        bool stopped = read_output(ends[0], call->stop, out);
        result = reap(call->python, dir, pid, stopped, err);
        show_errors(call, dir);
    }
    close(ends[0]);
    remove_dir(dir);
    return result;
}
