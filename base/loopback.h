// The network of a machine with itself. On Linux all of 127.0.0.0/8 is the machine's and a socket
// can be held on that interface (loopback_linux.c); elsewhere there is 127.0.0.1 and no such socket
// (loopback_posix.c).
#ifndef BASE_LOOPBACK_H
#define BASE_LOOPBACK_H

// From now on nobody reaches the socket from outside, whatever address it is bound to. -1 with
// errno: not outside Linux, and not for everybody before Linux 5.7.
int loopback_hold(int fd);

// The ends of messages: what helps when the port is root's, when the machine has no such address.
extern const char loopback_port_remedy[];
char *loopback_address_remedy(const char *address); // owned by the caller

#endif
