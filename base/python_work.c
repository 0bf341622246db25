#include "base/python_work.h"

#include <math.h>
#include <stddef.h>

static uint64_t over(double whole_ns, double part_ns)
{
    return whole_ns > part_ns ? (uint64_t)llround(whole_ns - part_ns) : 0;
}

// Figures of a build with the lock are those of a free-threaded one but for its slower code.
static void slow_down(struct python_work *work, const struct python_costs *python,
                      const struct interpreter *interpreter)
{
    if (interpreter->gil != GIL_NONE || !python->has_lock)
        return;
    uint64_t *const figures[] = {
        &work->thread_ns,         &work->process_ns,       &work->ready_ns,    &work->first_ns,
        &work->session_ns,        &work->command_ns,       &work->datagram_ns, &work->cold_ns,
        &work->reader_session_ns, &work->reader_command_ns};
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++)
        *figures[i] = (uint64_t)llround((double)*figures[i] * interpreter->work_factor);
}

// Both starts as calibrate measures them have wake-ups in them, that of a Python one more: it waits
// until the thread runs.
static uint64_t thread_ns(const struct costs *costs, const struct python_costs *python)
{
    double wake_ns = costs->wake_latency.median + costs->wake_cpu.median + costs->ctx_switch.median;
    return over(python->thread_start.median, costs->thread_start.median + wake_ns);
}

static void set_processes(struct python_work *work, const struct costs *costs,
                          const struct python_costs *python, enum start_method method)
{
    switch (method) {
    case START_FORK:
        work->process_ns = over(python->fork.median, costs->fork.median);
        break;
    case START_SPAWN:
        work->ready_ns = over(python->spawn.median, costs->spawn.median);
        break;
    case START_FORKSERVER: // this client has none: it forks
        work->ready_ns = over(python->forkserver.median, costs->fork.median);
        break;
    }
}

// Of what a Python computes beyond C, the part of its second thread.
static uint64_t reader_part(uint64_t more_ns, const struct cost *whole, const struct cost *worker)
{
    double worker_share = whole->median > worker->median ? worker->median / whole->median : 1;
    return (uint64_t)llround((double)more_ns * (1 - worker_share));
}

static void set_sessions(struct python_work *work, const struct costs *costs,
                         const struct python_costs *python, const struct run_spec *spec)
{
    bool loop = spec->strategy == STRATEGY_ASYNC;
    switch (spec->transport) {
    case TRANSPORT_SSH:
        work->session_ns = over(python->ssh_session.median, costs->ssh_session.median);
        work->command_ns = over(python->ssh_command.median, costs->ssh_command.median);
        work->first_ns = over(python->ssh_first.median, costs->ssh_first.median);
        work->reader_session_ns =
            reader_part(work->session_ns, &python->ssh_session, &python->ssh_worker_session);
        work->reader_command_ns =
            reader_part(work->command_ns, &python->ssh_command, &python->ssh_worker_command);
        break;
    case TRANSPORT_TELNET:
        work->session_ns = over(loop ? python->async_session.median : python->telnet_session.median,
                                costs->telnet_session.median);
        work->command_ns = over(loop ? python->async_command.median : python->telnet_command.median,
                                costs->telnet_command.median);
        work->first_ns = over(python->telnet_first.median, 0);
        break;
    case TRANSPORT_SLEEP:
        work->session_ns = over(python->job.median, costs->job.median);
        break;
    }
}

void python_work_set(struct python_work *work, const struct costs *costs,
                     const struct run_spec *spec)
{
    *work = (struct python_work){0};
    if (!spec->interpreter->major)
        return;
    const struct python_costs *python = costs_python(costs, spec->interpreter);
    work->thread_ns = thread_ns(costs, python);
    set_processes(work, costs, python, spec->start_method);
    if (spec->interpreter->gil == GIL_PER_WORKER)
        work->interpreter_ns = over(python->interpreter.median, 0);
    set_sessions(work, costs, python, spec);
    work->datagram_ns = over(python->datagram.median, 0);
    work->cold_ns = over(python->datagram_cold.median, 0);
    slow_down(work, python, spec->interpreter);
}
