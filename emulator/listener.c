#include "emulator/listener.h"

#include "base/alloc.h"
#include "base/loopback.h"
#include "emulator/places.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BACKLOG = 4096, PORT_TRIES = 100, TEXT_LEN = INET_ADDRSTRLEN + 8 };

static struct sockaddr_in socket_address(uint32_t address, uint16_t port)
{
    return (struct sockaddr_in){
        .sin_family = AF_INET,
        .sin_port = htons(port),
        .sin_addr.s_addr = htonl(address),
    };
}

static const char *place_text(uint32_t address, uint16_t port, char text[TEXT_LEN])
{
    char host[INET_ADDRSTRLEN];
    struct in_addr in = {.s_addr = htonl(address)};
    inet_ntop(AF_INET, &in, host, sizeof host);
    snprintf(text, TEXT_LEN, "%s:%u", host, port);
    return text;
}

// What a socket is opened for; one line a fact, so that calls can be read.
struct request {
    uint32_t address; // for messages too
    uint16_t port;
    bool whole_loopback; // every address, on the loopback interface
    bool shared;         // with the sockets of other loops
    const char *option;
};

// In the flags of accept4 and of SOCK_NONBLOCK the kernel would save two calls of a session's
// hundreds; only some systems have them.
static int without_blocking(int fd)
{
    if (fd >= 0) {
        fcntl(fd, F_SETFL, O_NONBLOCK);
        fcntl(fd, F_SETFD, FD_CLOEXEC);
    }
    return fd;
}

static int new_socket(void)
{
    return without_blocking(socket(AF_INET, SOCK_STREAM, 0));
}

int listener_accept(int fd, struct sockaddr_in *from)
{
    socklen_t len = sizeof *from;
    return without_blocking(accept(fd, (struct sockaddr *)from, &len));
}

static int explain_address(const char *place, struct err *err)
{
    char *address = alloc_strndup(place, strcspn(place, ":"));
    char *remedy = loopback_address_remedy(address);
    err_input(err, "cannot listen on '%s': this machine has no such address; %s", place, remedy);
    free(remedy);
    free(address);
    return -1;
}

static int explain(const struct request *request, int why, struct err *err)
{
    char text[TEXT_LEN];
    place_text(request->address, request->port, text);
    switch (why) {
    case EADDRINUSE:
        return err_input(err,
                         "cannot listen on '%s': the port is in use; choose another with %s PORT "
                         "(0: any free one)",
                         text, request->option);
    case EACCES:
        return err_input(err,
                         "cannot listen on '%s': no permission; ports below 1024 are root's; "
                         "choose another with %s PORT, or %s",
                         text, request->option, loopback_port_remedy);
    case EADDRNOTAVAIL:
        return explain_address(text, err);
    case EMFILE:
    case ENFILE:
        return err_input(err, "cannot listen on '%s': %s; raise the limit with `ulimit -n`", text,
                         strerror(why));
    default:
        return err_set(err, "cannot listen on '%s': %s", text, strerror(why));
    }
}

static int try_open(const struct request *request, int *why)
{
    int on = 1;
    int fd = new_socket();
    if (fd < 0)
        goto fail;
    struct sockaddr_in address =
        socket_address(request->whole_loopback ? INADDR_ANY : request->address, request->port);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    // Of Telnet's IAC DM the second byte comes as urgent data, the first does not: without this it
    // would take the next character of the stream with it. The accepted sockets inherit it.
    setsockopt(fd, SOL_SOCKET, SO_OOBINLINE, &on, sizeof on);
    if (request->shared && setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) < 0)
        goto fail;
    if (request->whole_loopback && loopback_hold(fd) < 0)
        goto fail;
    if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || listen(fd, BACKLOG) < 0)
        goto fail;
    return fd;
fail:
    *why = errno;
    if (fd >= 0)
        close(fd);
    return -1;
}

static uint16_t port_of(int fd)
{
    struct sockaddr_in own = {0};
    socklen_t len = sizeof own;
    getsockname(fd, (struct sockaddr *)&own, &len);
    return ntohs(own.sin_port);
}

// SO_REUSEPORT would let a second emulator share the port unnoticed and take half of the sessions:
// so the port is tried alone first.
static int check_free(const struct request *request, struct err *err)
{
    struct request alone = *request;
    alone.shared = false;
    int why = 0;
    int fd = try_open(&alone, &why);
    if (fd < 0)
        return explain(request, why, err);
    close(fd);
    return 0;
}

// A device at the port of the loopback socket, but elsewhere: both need SO_REUSEPORT, for the
// socket is bound to every address.
static bool is_beside(const struct listen_place *place, const struct named_place *named)
{
    return !place->ports && listener_is_loopback(place->address) &&
           !places_on_loopback_socket(place, named) && (!named->port || named->port == place->port);
}

static bool some_beside(const struct listen_place *place)
{
    for (size_t i = 0; i < place->n_named; i++)
        if (is_beside(place, &place->named[i]))
            return true;
    return false;
}

static int open_loopback(struct listen_place *place, const struct transport_ops *ops,
                         struct loop *const *loops, uint32_t n_loops, struct err *err)
{
    struct request request = {.address = place->address,
                              .port = place->port,
                              .whole_loopback = true,
                              .shared = n_loops > 1 || some_beside(place),
                              .option = place->option};
    if (request.shared && request.port && check_free(&request, err) < 0)
        return -1;
    for (uint32_t i = 0; i < n_loops; i++) {
        int why = 0;
        int fd = try_open(&request, &why);
        if (fd < 0)
            return explain(&request, why, err);
        request.port = port_of(fd);
        if (loop_listen(loops[i], ops, fd, 0, place, err) < 0) {
            close(fd);
            return -1;
        }
    }
    place->port = request.port;
    return 0;
}

static struct request request_of(const struct listen_place *place, uint16_t port, uint32_t i)
{
    return (struct request){
        .address = place->ports ? place->address : place->address + i,
        .port = place->ports ? (uint16_t)(port + i) : port,
        .option = place->option,
    };
}

// A row of free ports, for --ports with port 0: where a free one is found, the next ones are tried
// as well.
static uint16_t find_free_row(const struct listen_place *place, struct err *err)
{
    for (int tries = 0; tries < PORT_TRIES; tries++) {
        struct request request = request_of(place, 0, 0);
        request.port = 0;
        int why = 0;
        int fd = try_open(&request, &why);
        if (fd < 0) {
            explain(&request, why, err);
            return 0;
        }
        uint16_t first = port_of(fd);
        close(fd);
        uint32_t n = 0;
        for (; n < place->devices && first + n <= UINT16_MAX; n++) {
            struct request next = request_of(place, first, n);
            fd = try_open(&next, &why);
            if (fd < 0)
                break;
            close(fd);
        }
        if (n == place->devices)
            return first;
    }
    err_input(err, "found no %u free ports in a row; name the first with %s PORT", place->devices,
              place->option);
    return 0;
}

static int open_each(struct listen_place *place, const struct transport_ops *ops,
                     struct loop *const *loops, uint32_t n_loops, struct err *err)
{
    uint16_t port = place->port;
    if (!port && place->ports && place->devices > 1 && !(port = find_free_row(place, err)))
        return -1;
    for (uint32_t i = 0; i < place->devices; i++) {
        if (places_has_own(place, i + 1))
            continue;
        struct request request = request_of(place, port, i);
        int why = 0;
        int fd = try_open(&request, &why);
        if (fd < 0)
            return explain(&request, why, err);
        if (!port)
            port = port_of(fd);
        if (loop_listen(loops[i % n_loops], ops, fd, i + 1, place, err) < 0) {
            close(fd);
            return -1;
        }
    }
    place->port = port;
    return 0;
}

static bool one_socket_for_all(const struct listen_place *place)
{
    return !place->ports && listener_is_loopback(place->address);
}

static struct request request_of_named(const struct listen_place *place,
                                       const struct named_place *named)
{
    return (struct request){.address = named->address,
                            .port = named->port ? named->port : place->port,
                            .shared = is_beside(place, named),
                            .option = place->option};
}

static int check_beside(const struct listen_place *place, struct err *err)
{
    for (size_t i = 0; i < place->n_named; i++) {
        struct request request = request_of_named(place, &place->named[i]);
        if (request.shared && request.port && check_free(&request, err) < 0)
            return -1;
    }
    return 0;
}

static int open_named(struct listen_place *place, const struct transport_ops *ops,
                      struct loop *const *loops, uint32_t n_loops, struct err *err)
{
    for (size_t i = 0; i < place->n_named; i++) {
        const struct named_place *named = &place->named[i];
        if (places_on_loopback_socket(place, named))
            continue;
        struct request request = request_of_named(place, named);
        int why = 0;
        int fd = try_open(&request, &why);
        if (fd < 0)
            return explain(&request, why, err);
        if (!request.port)
            place->port = port_of(fd);
        if (loop_listen(loops[i % n_loops], ops, fd, named->device, place, err) < 0) {
            close(fd);
            return -1;
        }
    }
    return 0;
}

int listener_open(struct listen_place *place, const struct transport_ops *ops,
                  struct loop *const *loops, uint32_t n_loops, struct err *err)
{
    int result = check_beside(place, err);
    if (result == 0 && !one_socket_for_all(place))
        result = open_each(place, ops, loops, n_loops, err);
    else if (result == 0 && places_want_loopback_socket(place))
        result = open_loopback(place, ops, loops, n_loops, err);
    return result < 0 ? -1 : open_named(place, ops, loops, n_loops, err);
}

uint64_t listener_sockets(const struct listen_place *place, uint32_t n_loops)
{
    if (!one_socket_for_all(place))
        return place->devices;
    return (places_want_loopback_socket(place) ? n_loops : 0) + place->n_named -
           place->n_by_address;
}

bool listener_is_loopback(uint32_t address)
{
    return address >> 24 == IN_LOOPBACKNET;
}

bool listener_can_serve_loopback(void)
{
    int fd = new_socket();
    bool can = fd >= 0 && loopback_hold(fd) == 0;
    if (fd >= 0)
        close(fd);
    return can;
}

const char *listen_place_text(const struct listen_place *place, char text[LISTEN_PLACE_TEXT])
{
    char host[INET_ADDRSTRLEN];
    struct in_addr in = {.s_addr = htonl(place->address)};
    inet_ntop(AF_INET, &in, host, sizeof host);
    snprintf(text, LISTEN_PLACE_TEXT, "%s:%u", host, place->port);
    return text;
}
