#include "base/doctor_programs.h"

#include "base/alloc.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OUTPUT_MAX = 4096 };

extern char **environ;

static pid_t start(const char *const *argv, const int *out)
{
    posix_spawn_file_actions_t actions;
    pid_t pid = -1;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, out[1], 1);
    posix_spawn_file_actions_adddup2(&actions, out[1], 2);
    posix_spawn_file_actions_addclose(&actions, out[0]);
    posix_spawn_file_actions_addclose(&actions, out[1]);
    // The cast: argv is not changed, POSIX says so where it declares execve.
    if (posix_spawnp(&pid, argv[0], &actions, NULL, (char *const *)(uintptr_t)argv, environ) != 0)
        pid = -1;
    posix_spawn_file_actions_destroy(&actions);
    return pid;
}

char *program_first_line(const char *const *argv)
{
    int out[2];
    if (pipe(out) < 0)
        return NULL;
    pid_t pid = start(argv, out);
    close(out[1]);
    struct buf text = {0};
    char chunk[1024];
    ssize_t got;
    while (pid > 0 && (got = read(out[0], chunk, sizeof chunk)) > 0)
        if (text.len < OUTPUT_MAX)
            buf_add(&text, chunk, (size_t)got);
    close(out[0]);
    int status = -1;
    if (pid > 0)
        waitpid(pid, &status, 0);
    if (status != 0) {
        buf_fini(&text);
        return NULL;
    }
    char *output = buf_take(&text);
    output[strcspn(output, "\n")] = '\0';
    return output;
}

// python, python3, python3.13, python3.14t; not python3-config.
static bool is_python(const char *name)
{
    if (strncmp(name, "python", 6) != 0)
        return false;
    const char *p = name + 6;
    while (isdigit((unsigned char)*p) || *p == '.')
        p++;
    return !strcmp(p, "") || !strcmp(p, "t");
}

struct python {
    char *program; // the program itself: names on PATH may be links or scripts that start it
    char *text;    // "CPython 3.11.2", what it can do
    double version;
};

struct python_list {
    struct python *items;
    size_t len;
};

// Understood by every CPython from 2.7 on.
static const char probe[] =
    "import os, platform, sys, sysconfig\n"
    "try:\n"
    "    import paramiko\n"
    "    able = 'SSH and Telnet'\n"
    "except Exception:\n"
    "    able = 'Telnet only: no paramiko'\n"
    "free = sysconfig.get_config_var('Py_GIL_DISABLED') and ' free-threaded' or ''\n"
    "sys.stdout.write('%d.%03d\\t%s\\t%s %s%s (%s)' % (sys.version_info[0], sys.version_info[1],\n"
    "    os.path.realpath(sys.executable), platform.python_implementation(),\n"
    "    platform.python_version(), free, able))\n";

static bool is_listed(const struct python_list *list, const char *program)
{
    for (size_t i = 0; i < list->len; i++)
        if (!strcmp(list->items[i].program, program))
            return true;
    return false;
}

static void add_python(struct python_list *list, const char *path)
{
    char *answer =
        program_first_line((const char *const[]){path, "-W", "ignore", "-c", probe, NULL});
    char *rest = answer;
    const char *version = answer ? strsep(&rest, "\t") : NULL;
    const char *program = rest ? strsep(&rest, "\t") : NULL;
    if (rest && !is_listed(list, program)) {
        list->items = alloc_resize(list->items, list->len + 1, sizeof *list->items);
        list->items[list->len++] =
            (struct python){alloc_strdup(program), alloc_strdup(rest), strtod(version, NULL)};
    }
    free(answer);
}

static void scan_folder(struct python_list *list, const char *folder)
{
    struct dirent **entries;
    int count = scandir(folder, &entries, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        if (is_python(entries[i]->d_name)) {
            char *path = alloc_printf("%s/%s", folder, entries[i]->d_name);
            add_python(list, path);
            free(path);
        }
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
}

static int compare_versions(const void *a, const void *b)
{
    const struct python *x = a;
    const struct python *y = b;
    if (x->version != y->version)
        return x->version > y->version ? 1 : -1;
    return strcmp(x->program, y->program);
}

size_t program_list_pythons(struct buf *out)
{
    struct python_list list = {0};
    char *path = alloc_strdup(getenv("PATH") ? getenv("PATH") : "");
    char *rest = NULL;
    for (char *folder = strtok_r(path, ":", &rest); folder; folder = strtok_r(NULL, ":", &rest))
        scan_folder(&list, folder);
    free(path);
    if (list.len)
        qsort(list.items, list.len, sizeof *list.items, compare_versions);
    for (size_t i = 0; i < list.len; i++) {
        buf_printf(out, "%s%s  python:%s", i ? "\n" : "", list.items[i].text,
                   list.items[i].program);
        free(list.items[i].program);
        free(list.items[i].text);
    }
    free(list.items);
    return list.len;
}

static bool on_path(const char *program)
{
    char *text = program_first_line((const char *const[]){program, "--version", NULL});
    free(text);
    return text != NULL;
}

void program_install_command(const char *apt, const char *dnf, const char *brew, struct buf *out)
{
    if (on_path("apt-get"))
        buf_printf(out, "sudo apt-get install %s", apt);
    else if (on_path("dnf"))
        buf_printf(out, "sudo dnf install %s", dnf);
    else if (on_path("brew"))
        buf_printf(out, "brew install %s", brew);
    else
        buf_printf(out, "install %s with this system's package manager", brew);
}
