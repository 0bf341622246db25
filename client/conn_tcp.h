// The TCP socket below a connection: opened without blocking, small packets sent at once.
#ifndef CLIENT_CONN_TCP_H
#define CLIENT_CONN_TCP_H

#include "client/conn.h"
#include "client/targets.h"

// Begins to connect. -1: conn_fail was called.
int tcp_open(struct conn *conn, const struct target *target);
// CONN_CONNECTED, CONN_AGAIN (wait for POLLOUT) or CONN_FAILED.
enum conn_event tcp_finish(struct conn *conn, int fd);

#endif
