#include "client/descriptor.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

int descriptor_pipe(int ends[2])
{
    return pipe2(ends, O_CLOEXEC);
}

int descriptor_socket(int family, int type)
{
    return socket(family, type | SOCK_CLOEXEC, 0);
}

int descriptor_socket_nonblocking(int family, int type)
{
    return socket(family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

int descriptor_memory(void)
{
    return memfd_create("netbaton", MFD_CLOEXEC);
}
