#include "emulator/control_client.h"

#include "base/buf.h"
#include "emulator/control_place.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { PATIENCE_S = 30 };

static int send_all(int fd, const char *bytes, size_t len, struct err *err)
{
    while (len) {
        ssize_t sent = send(fd, bytes, len, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            return err_set(err, "the emulator does not read what is asked");
        if (sent < 0)
            return err_set(err, "the emulator does not listen any more: %s", strerror(errno));
        bytes += sent;
        len -= (size_t)sent;
    }
    return 0;
}

static int read_line(int fd, struct buf *line, struct err *err)
{
    char bytes[16 * 1024];
    while (!line->len || line->data[line->len - 1] != '\n') {
        ssize_t len = recv(fd, bytes, sizeof bytes, 0);
        if (len < 0 && errno == EINTR)
            continue;
        if (len < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            return err_set(err, "the emulator does not answer within %d s", PATIENCE_S);
        if (len < 0)
            return err_set(err, "cannot read the emulator's answer: %s", strerror(errno));
        if (len == 0)
            return err_set(err, "the emulator ended before it answered");
        buf_add(line, bytes, (size_t)len);
    }
    return 0;
}

static json_t *judge(json_t *answer, struct err *err)
{
    if (json_is_true(json_object_get(answer, "ok")))
        return answer;
    const char *text = json_string_value(json_object_get(answer, "error"));
    bool input = json_integer_value(json_object_get(answer, "exit")) == 2;
    if (input && text)
        (void)err_input(err, "%s", text);
    else
        (void)err_set(err, "%s", text ? text : "what listens there is no emulator");
    json_decref(answer);
    return NULL;
}

json_t *control_client_ask(int fd, const json_t *request, struct err *err)
{
    struct timeval patience = {.tv_sec = PATIENCE_S};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    char *text = json_dumps(request, JSON_COMPACT);
    struct buf line = {0};
    int result = send_all(fd, text, strlen(text), err);
    if (result == 0)
        result = send_all(fd, "\n", 1, err);
    if (result == 0)
        result = read_line(fd, &line, err);
    json_t *answer = result == 0 ? json_loadb(line.data, line.len, 0, NULL) : NULL;
    buf_fini(&line);
    free(text);
    return result == 0 ? judge(answer, err) : NULL;
}

// "  --control /run/user/1000/netbaton/4711.sock   (pid 4711, 40 devices, ssh=127.100.0.1:2222)"
static void describe(int fd, const char *path, struct buf *out)
{
    struct err err;
    json_t *request = json_pack("{s:s}", "request", "hello");
    json_t *hello = control_client_ask(fd, request, &err);
    json_decref(request);
    buf_printf(out, "\n  --control %s", path);
    if (hello) {
        buf_printf(out, "  (%s, %d devices",
                   json_string_value(json_object_get(hello, "experiment")),
                   (int)json_integer_value(json_object_get(hello, "devices")));
        const char *const transports[] = {"ssh", "telnet"};
        for (int i = 0; i < 2; i++) {
            const char *place = json_string_value(json_object_get(hello, transports[i]));
            if (place)
                buf_printf(out, ", %s %s", transports[i], place);
        }
        buf_puts(out, ")");
    }
    json_decref(hello);
}

// The only one that listens; *others collects all when there are several.
static int find_only(char *const *paths, struct buf *several)
{
    int only = -1;
    const char *only_path = NULL;
    for (size_t i = 0; paths[i]; i++) {
        struct err err;
        int fd = control_place_connect(paths[i], &err);
        if (fd < 0)
            continue;
        if (only >= 0 && !several->len)
            describe(only, only_path, several);
        if (only >= 0) {
            describe(fd, paths[i], several);
            close(fd);
            continue;
        }
        only = fd;
        only_path = paths[i];
    }
    return only;
}

int control_client_open(const char *path, struct err *err)
{
    if (path)
        return control_place_connect(path, err);
    char **paths = control_place_list();
    struct buf several = {0};
    int fd = find_only(paths, &several);
    control_place_list_free(paths);
    if (fd < 0)
        (void)err_set(err, "no emulator runs here; start one with `netbaton emulate`, or name its "
                           "socket with --control PATH");
    if (several.len) {
        close(fd);
        fd = err_input(err, "several emulators run here; choose one:%s", buf_text(&several));
    }
    buf_fini(&several);
    return fd;
}
