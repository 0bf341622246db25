// Where something is as people write it: HOST, HOST:PORT or [HOST]:PORT. A bare IPv6 address has
// several colons and no port.
#ifndef BASE_HOST_PORT_H
#define BASE_HOST_PORT_H

// Splits the text in place: *host points into it, *port too, but is left alone where none is
// written. -1: it is no such text, or a part is empty.
int host_port_split(char *text, char **host, const char **port);

#endif
