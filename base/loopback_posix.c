#include "base/loopback.h"

#include "base/alloc.h"

#include <errno.h>

int loopback_hold(int fd)
{
    (void)fd;
    errno = ENOTSUP;
    return -1;
}

const char loopback_port_remedy[] = "start it as root";

char *loopback_address_remedy(const char *address)
{
    return alloc_printf("give it one as root with `ifconfig lo0 alias %s`, or let the devices have "
                        "a port each at 127.0.0.1 (--ports)",
                        address);
}
