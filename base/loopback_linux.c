#include "base/loopback.h"

#include "base/alloc.h"

#include <sys/socket.h>

int loopback_hold(int fd)
{
    return setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "lo", sizeof "lo");
}

const char loopback_port_remedy[] = "start it in a network of your own with `unshare -Urn`";

char *loopback_address_remedy(const char *address)
{
    return alloc_printf("give it one as root with `ip address add %s/32 dev lo`, or start in a "
                        "network of your own with `unshare -Urn`",
                        address);
}
