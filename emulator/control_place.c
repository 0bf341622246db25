#include "emulator/control_place.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { FOLDERS = 2, PATHS_MAX = 1024, TWINS_MAX = 100 };
enum { CONNECT_PATIENCE_S = 10, LOCK_TRIES = 200 }; // of 10 ms
static const char suffix[] = ".sock";

// NULL: there is no such place here.
static char *folder(int which)
{
    const char *runtime = getenv("XDG_RUNTIME_DIR");
    if (which == 0)
        return runtime && *runtime == '/' ? alloc_printf("%s/netbaton", runtime) : NULL;
    return alloc_printf("%s/netbaton-%lu", folder_of_temporaries(), (unsigned long)geteuid());
}

static int set_address(struct sockaddr_un *address, const char *path, struct err *err)
{
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address->sun_path)
        return err_input(err,
                         "the path of a socket has at most %zu characters, '%s' has %zu; choose a "
                         "shorter one with --control PATH",
                         sizeof address->sun_path - 1, path, strlen(path));
    memcpy(address->sun_path, path, strlen(path) + 1);
    return 0;
}

static int make_socket(bool blocks)
{
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (fd >= 0) {
        fcntl(fd, F_SETFD, FD_CLOEXEC);
        fcntl(fd, F_SETFL, blocks ? 0 : O_NONBLOCK);
        // A connect waits while the queue is full, and no longer than this.
        struct timeval patience = {.tv_sec = CONNECT_PATIENCE_S};
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    }
    return fd;
}

// A process that was stopped and goes on has its wait interrupted: it waits on while there is time.
static int connect_patiently(int fd, const struct sockaddr_un *address)
{
    uint64_t end_ns = clock_now_ns() + CONNECT_PATIENCE_S * CLOCK_NS_PER_S;
    while (connect(fd, (const struct sockaddr *)address, sizeof *address) < 0) {
        if (errno != EINTR)
            return -1;
        if (clock_now_ns() >= end_ns) {
            errno = EAGAIN;
            return -1;
        }
    }
    return 0;
}

static int connect_to(const struct sockaddr_un *address, bool blocks)
{
    int fd = make_socket(blocks);
    if (fd >= 0 && connect_patiently(fd, address) < 0) {
        int why = errno;
        close(fd);
        errno = why;
        return -1;
    }
    return fd;
}

int control_place_connect(const char *path, struct err *err)
{
    struct sockaddr_un address;
    if (set_address(&address, path, err) < 0)
        return -1;
    int fd = connect_to(&address, true);
    if (fd >= 0)
        return fd;
    if (errno == ENOENT || errno == ECONNREFUSED)
        return err_set(err, "no emulator listens at '%s'", path);
    if (errno == EAGAIN)
        return err_set(err, "the emulator at '%s' takes nobody within %d s", path,
                       CONNECT_PATIENCE_S);
    return err_set(err, "cannot connect to '%s': %s", path, strerror(errno));
}

// Is the file a socket that nobody listens to? A queue that is full (EAGAIN) is somebody's.
static bool is_dead(const struct sockaddr_un *address)
{
    struct stat info;
    if (lstat(address->sun_path, &info) < 0 || !S_ISSOCK(info.st_mode))
        return false;
    int fd = connect_to(address, false);
    if (fd >= 0)
        close(fd);
    return fd < 0 && errno == ECONNREFUSED;
}

// Listens before others than the user can get in.
static int listen_at(int fd, const struct sockaddr_un *address, struct control_place *place)
{
    struct stat info;
    if (bind(fd, (const struct sockaddr *)address, sizeof *address) < 0)
        return -1;
    if (chmod(address->sun_path, 0600) < 0 || listen(fd, CONTROL_BACKLOG) < 0 ||
        lstat(address->sun_path, &info) < 0) {
        int why = errno;
        unlink(address->sun_path);
        errno = why;
        return -1;
    }
    place->device = info.st_dev;
    place->inode = info.st_ino;
    return 0;
}

// Holds off others that do the same with the files of this folder, until it is closed. Where a
// folder cannot be locked, or somebody else has locked it for long, two that start in the same
// instant at one path may both believe it theirs.
static int lock_folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *dir = !slash          ? alloc_strdup(".")
                : slash == path ? alloc_strdup("/")
                                : alloc_strndup(path, (size_t)(slash - path));
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    for (int tries = 0; fd >= 0 && tries < LOCK_TRIES && flock(fd, LOCK_EX | LOCK_NB) < 0; tries++)
        nanosleep(&(struct timespec){.tv_nsec = 10 * 1000 * 1000}, NULL);
    free(dir);
    return fd;
}

static int claim(struct control_place *place, const struct sockaddr_un *address)
{
    int fd = make_socket(false);
    if (fd < 0)
        return -1;
    int lock = lock_folder_of(address->sun_path);
    if (is_dead(address))
        unlink(address->sun_path);
    int result = listen_at(fd, address, place);
    int why = errno;
    if (lock >= 0)
        close(lock);
    if (result == 0)
        return fd;
    close(fd);
    errno = why;
    return -1;
}

static int listen_where_told(struct control_place *place, const char *path, struct err *err)
{
    struct sockaddr_un address;
    if (set_address(&address, path, err) < 0)
        return -1;
    int fd = claim(place, &address);
    if (fd < 0 && errno == EADDRINUSE)
        return err_input(err,
                         "'%s' is another emulator's control channel, or another file; choose "
                         "another with --control PATH",
                         path);
    if (fd < 0)
        return err_input(err, "cannot make the control channel '%s': %s", path, strerror(errno));
    place->path = alloc_strdup(path);
    return fd;
}

// In a folder that others can enter, they could lay files for us.
static int make_private(const char *dir, struct err *err)
{
    struct stat info;
    if (mkdir(dir, 0700) < 0 && errno != EEXIST)
        return err_set(err, "cannot make the folder '%s': %s", dir, strerror(errno));
    if (lstat(dir, &info) < 0 || !S_ISDIR(info.st_mode) || info.st_uid != geteuid() ||
        (info.st_mode & (S_IWGRP | S_IWOTH)))
        return err_set(err, "'%s' is not a folder that is the user's alone", dir);
    return 0;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static size_t list_folder(const char *dir, char **paths, size_t room)
{
    DIR *stream = opendir(dir);
    if (!stream)
        return 0;
    size_t len = 0;
    for (struct dirent *entry; len < room && (entry = readdir(stream));) {
        size_t name_len = strlen(entry->d_name);
        if (name_len > strlen(suffix) && !strcmp(entry->d_name + name_len - strlen(suffix), suffix))
            paths[len++] = alloc_printf("%s/%s", dir, entry->d_name);
    }
    closedir(stream);
    qsort(paths, len, sizeof *paths, by_name);
    return len;
}

// Its name says whose it is. To connect costs the other a descriptor for a moment, so a process
// that runs is left alone; one that has the number of a killed emulator is met at another start.
static bool owner_runs(const char *path)
{
    long pid = strtol(strrchr(path, '/') + 1, NULL, 10);
    return pid > 0 && (kill((pid_t)pid, 0) == 0 || errno == EPERM);
}

// What killed emulators left.
static void sweep(const char *dir)
{
    char **paths = alloc_zero(PATHS_MAX + 1, sizeof *paths);
    size_t len = list_folder(dir, paths, PATHS_MAX);
    int lock = len ? lock_folder_of(paths[0]) : -1;
    for (size_t i = 0; i < len; i++) {
        struct sockaddr_un address;
        struct err err;
        if (!owner_runs(paths[i]) && set_address(&address, paths[i], &err) == 0 &&
            is_dead(&address))
            unlink(paths[i]);
    }
    if (lock >= 0)
        close(lock);
    control_place_list_free(paths);
}

// A process of another PID namespace that shares the folder may have the same number.
static int listen_in(struct control_place *place, const char *dir, struct err *err)
{
    if (make_private(dir, err) < 0)
        return -1;
    sweep(dir);
    for (int twin = 0; twin < TWINS_MAX; twin++) {
        struct sockaddr_un address;
        char *path = twin ? alloc_printf("%s/%ld-%d%s", dir, (long)getpid(), twin, suffix)
                          : alloc_printf("%s/%ld%s", dir, (long)getpid(), suffix);
        place->path = path;
        if (set_address(&address, path, err) < 0)
            return -1;
        int fd = claim(place, &address);
        if (fd >= 0)
            return fd;
        free(path);
        place->path = NULL;
        if (errno != EADDRINUSE)
            break;
    }
    return err_set(err, "cannot make a socket in '%s': %s", dir, strerror(errno));
}

int control_place_listen(struct control_place *place, const char *path, struct err *err)
{
    *place = (struct control_place){0};
    if (path)
        return listen_where_told(place, path, err);
    int fd = -1;
    for (int which = 0; which < FOLDERS && fd < 0; which++) {
        char *dir = folder(which);
        control_place_fini(place);
        if (dir)
            fd = listen_in(place, dir, err);
        free(dir);
    }
    return fd;
}

void control_place_fini(struct control_place *place)
{
    struct stat info;
    if (place->path && lstat(place->path, &info) == 0 && info.st_dev == place->device &&
        info.st_ino == place->inode)
        unlink(place->path);
    free(place->path);
    place->path = NULL;
}

char **control_place_list(void)
{
    char **paths = alloc_zero(PATHS_MAX + 1, sizeof *paths);
    size_t len = 0;
    for (int which = 0; which < FOLDERS; which++) {
        char *dir = folder(which);
        if (dir)
            len += list_folder(dir, paths + len, PATHS_MAX - len);
        free(dir);
    }
    return paths;
}

void control_place_list_free(char **paths)
{
    for (size_t i = 0; paths[i]; i++)
        free(paths[i]);
    free(paths);
}
