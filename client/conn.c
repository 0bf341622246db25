#include "client/conn.h"

#include "base/alloc.h"
#include "client/plan.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

const struct conn_type *const conn_types[] = {
    [TRANSPORT_SSH] = &conn_ssh,
    [TRANSPORT_TELNET] = &conn_telnet,
    [TRANSPORT_SLEEP] = &conn_sleep,
};

struct conn *conn_new(const struct plan *plan, uint32_t device)
{
    struct conn *conn = alloc_zero(1, plan->conn_type->size);
    conn->type = plan->conn_type;
    conn->type->start(conn, plan, device);
    return conn;
}

void conn_free(struct conn *conn)
{
    if (!conn)
        return;
    conn->type->stop(conn);
    buf_fini(&conn->in);
    buf_fini(&conn->out);
    free(conn);
}

enum conn_event conn_step(struct conn *conn)
{
    return conn->type->step(conn);
}

void conn_wait(const struct conn *conn, struct conn_wait *wait)
{
    *wait = (struct conn_wait){.fd = -1, .due_ns = UINT64_MAX};
    conn->type->wait(conn, wait);
}

enum conn_event conn_fail(struct conn *conn, enum job_end failure, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(conn->reason, sizeof conn->reason, fmt, ap);
    va_end(ap);
    conn->failure = failure;
    return CONN_FAILED;
}
