#include "client/conn_tcp.h"

#include "client/descriptor.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int tcp_open(struct conn *conn, const struct target *target)
{
    int on = 1;
    int fd = descriptor_socket_nonblocking(target->address.ss_family, SOCK_STREAM);
    if (fd < 0) {
        conn_fail(conn, JOB_CONNECT, "no socket: %s", strerror(errno));
        return -1;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(fd, (const struct sockaddr *)&target->address, target->len) < 0 &&
        errno != EINPROGRESS) {
        conn_fail(conn, JOB_CONNECT, "cannot connect: %s", strerror(errno));
        close(fd);
        return -1;
    }
    return fd;
}

enum conn_event tcp_finish(struct conn *conn, int fd)
{
    int code = 0;
    socklen_t len = sizeof code;
    struct pollfd poll_fd = {.fd = fd, .events = POLLOUT};
    if (poll(&poll_fd, 1, 0) <= 0)
        return CONN_AGAIN;
    getsockopt(fd, SOL_SOCKET, SO_ERROR, &code, &len);
    if (code)
        return conn_fail(conn, JOB_CONNECT, "cannot connect: %s", strerror(code));
    return CONN_CONNECTED;
}
