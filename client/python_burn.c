#include "client/python_burn.h"

#include "base/python_work.h"
#include "client/conn.h"
#include "client/plan.h"

// Of a session's CPU, in per cent: client/python/ under CPython 3.11, by plain sockets and by
// paramiko 2.12, before the wait that follows the step.
static uint64_t percent_of(const struct conn_type *type, enum session_step step)
{
    static const uint64_t telnet[] = {
        [SESSION_BEGINS] = 34, [SESSION_SECURED] = 21, [SESSION_READY] = 19, [SESSION_LOGOUT] = 26};
    static const uint64_t ssh[] = {
        [SESSION_BEGINS] = 39, [SESSION_SECURED] = 40, [SESSION_READY] = 12, [SESSION_LOGOUT] = 9};
    if (!type->calls)
        return step == SESSION_BEGINS ? 100 : 0;
    return type->in_band ? telnet[step] : ssh[step];
}

void python_burn_start(struct worker *worker, uint64_t ns)
{
    if (ns)
        burn(worker->burner, worker->gil, &worker->lock, ns);
}

void python_burn_step(struct worker *worker, enum session_step step)
{
    const struct python_work *work = worker->python_work;
    if (!work)
        return;
    uint64_t ns = work->command_ns;
    if (step != SESSION_ANSWERED)
        ns = work->session_ns * percent_of(worker->plan->conn_type, step) / 100;
    if (step == SESSION_READY)
        ns += work->command_ns / 2;
    if (step == SESSION_BEGINS && gil_first_use(worker->gil, &worker->lock))
        ns += work->first_ns;
    python_burn_start(worker, ns);
}
