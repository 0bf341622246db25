// Descriptors that no program started from here inherits. Where the system has it, made so in one
// call (descriptor_linux.c); elsewhere set so at once after (descriptor_posix.c), which a fork in
// between may escape.
#ifndef CLIENT_DESCRIPTOR_H
#define CLIENT_DESCRIPTOR_H

#include <stdbool.h>

// All return -1 with errno set on failure.
int descriptor_pipe(int ends[2]);
int descriptor_socket(int family, int type);
int descriptor_socket_nonblocking(int family, int type);
// An empty file without a name, to be mapped by several processes.
int descriptor_memory(void);

#endif
