#include "sim/sim_costs.h"

#include "base/python_work.h"
#include "sim/gil.h"

#include <math.h>

static uint64_t ns(struct cost cost)
{
    return (uint64_t)llround(cost.median);
}

static uint64_t over(uint64_t whole, uint64_t part)
{
    return whole > part ? whole - part : 0;
}

static void set_machine(struct sim_costs *out, const struct costs *costs)
{
    out->tick_lock = (enum tick_lock_kind)costs->tick_lock;
    out->timeshare = costs->scheduler == SCHEDULER_TIMESHARE;
    out->quantum_ns = ns(costs->os_quantum);
    out->slice_ns = out->timeshare ? out->quantum_ns : ns(costs->os_slice);
    out->cache_hot_ns = ns(costs->cache_hot);
    out->wake_latency_ns = ns(costs->wake_latency);
    out->wake_soon_ns = ns(costs->wake_soon);
    out->idle_moment_ns = ns(costs->idle_moment);
    out->wake_cpu_ns = ns(costs->wake_cpu);
    out->wake_busy_ns = ns(costs->wake_busy);
    out->wake_own_ns = ns(costs->wake_own);
    out->timer_slack_ns = ns(costs->timer_slack);
    out->timer_cpu_ns = ns(costs->timer_cpu) / 2;
    out->timer_irq_ns = ns(costs->timer_cpu) - out->timer_cpu_ns;
    out->ctx_switch_ns = ns(costs->ctx_switch);
    out->handoff_ns = ns(costs->handoff_penalty);
    out->waiter_cpu_ns = ns(costs->waiter_cpu);
    out->syscall_ns = ns(costs->syscall);
    out->sleep_entry_ns = ns(costs->sleep_entry);
    out->datagram_ns = ns(costs->datagram);
    out->datagram_cold_ns = ns(costs->datagram_cold);
    out->socket_poll_ns = ns(costs->socket_poll);
    out->poll_cold_ns = ns(costs->poll_cold);
}

// The start as calibrate measures it has the wake-ups of both threads in it; in the model those
// happen by themselves.
static uint64_t thread_start_cpu(const struct sim_costs *out, struct cost whole, bool handshake)
{
    uint64_t wake = out->wake_latency_ns + out->wake_cpu_ns + out->ctx_switch_ns;
    return over(ns(whole), handshake ? 2 * wake : wake);
}

static void set_python(struct sim_costs *out, const struct python_costs *python,
                       const struct run_spec *spec)
{
    out->tick_ns_x1000 = (uint64_t)llround(python->tick.median * 1000);
    out->code_share =
        sim_gil_share(out->tick_ns_x1000, (uint64_t)llround(python->code_tick.median * 1000));
    out->check_gap_ns = ns(python->check_gap);
    out->reacquire_gap_ns = ns(python->reacquire_gap);
    out->thread_start_ns = thread_start_cpu(out, python->thread_start, true);
    out->job_ns = ns(python->job);
    out->io_call_ns = ns(python->io_call);
    out->pool_ns = ns(python->pool);
    out->process_start_ns = ns(python->fork);
    if (spec->start_method == START_SPAWN)
        out->process_ready_ns = over(ns(python->spawn), out->process_start_ns);
    if (spec->start_method == START_FORKSERVER) {
        out->server_start_ns = ns(python->forkserver_first);
        out->process_ready_ns = ns(python->forkserver);
        out->process_start_ns = ns(python->io_call);
    }
    out->interpreter_start_ns = ns(python->interpreter);
    out->message_ns = ns(python->pickle) + ns(python->pipe);
    out->loop_step_ns = ns(python->loop_step);
    out->memory_kb = python->memory.median;
    const struct cost *each = &python->thread_memory;
    if (spec->strategy == STRATEGY_PROCESSES)
        each = spec->start_method == START_SPAWN ? &python->spawn_memory : &python->fork_memory;
    else if (spec->strategy == STRATEGY_INTERPRETERS)
        each = &python->interpreter_memory;
    out->worker_memory_kb = each->median;
}

static void set_native(struct sim_costs *out, const struct costs *costs,
                       const struct run_spec *spec)
{
    out->thread_start_ns = thread_start_cpu(out, costs->thread_start, false);
    out->job_ns = ns(costs->job);
    out->process_start_ns = spec->start_method == START_FORK ? ns(costs->fork) : ns(costs->spawn);
    out->memory_kb = costs->memory.median;
    out->worker_memory_kb = spec->strategy == STRATEGY_PROCESSES ? costs->process_memory.median
                                                                 : costs->thread_memory.median;
}

static void set_ssh(struct sim_costs *out, const struct costs *costs)
{
    out->session_cpu_ns = ns(costs->ssh_session);
    out->command_cpu_ns = ns(costs->ssh_command);
    out->first_session_ns = ns(costs->ssh_first);
    out->device_first_ns = out->first_session_ns;
    out->device_session_ns = ns(costs->ssh_device);
    out->device_command_ns = ns(costs->ssh_device_command);
    out->session_memory_kb = costs->ssh_memory.median;
}

static void set_telnet(struct sim_costs *out, const struct costs *costs)
{
    out->session_cpu_ns = ns(costs->telnet_session);
    out->command_cpu_ns = ns(costs->telnet_command);
    out->device_session_ns = ns(costs->telnet_device);
    out->device_command_ns = ns(costs->telnet_device_command);
    out->session_memory_kb = costs->telnet_memory.median;
}

// Both threads are started in a session: the one that reads, and the one of its handshake's limit.
static void set_reader(struct sim_costs *out, const struct python_work *work,
                       const struct run_spec *spec)
{
    out->reader = true;
    out->reader_session_ns = over(work->reader_session_ns, 3 * out->thread_start_ns / 2);
    out->reader_command_ns = work->reader_command_ns;
    out->held_session_ns =
        over(work->session_ns - work->reader_session_ns, out->thread_start_ns / 2);
    out->held_command_ns = work->command_ns - work->reader_command_ns;
    out->event_polls = spec->interpreter->major < 3;
}

// What is in the machine file of a Python's own protocol. Of transport: sleep its taking a job is
// in job_ns.
static void set_library(struct sim_costs *out, const struct costs *costs,
                        const struct run_spec *spec, bool reader)
{
    struct python_work work;
    python_work_set(&work, costs, spec);
    out->held_datagram_ns = work.datagram_ns;
    out->held_cold_ns = work.cold_ns;
    if (!out->emulator)
        return;
    out->first_session_ns += work.first_ns;
    out->held_session_ns = work.session_ns;
    out->held_command_ns = work.command_ns;
    if (reader && spec->transport == TRANSPORT_SSH)
        set_reader(out, &work, spec);
}

void sim_costs_set(struct sim_costs *out, const struct costs *costs, const struct run_spec *spec,
                   bool reader)
{
    *out = (struct sim_costs){0};
    set_machine(out, costs);
    if (spec->interpreter->major)
        set_python(out, costs_python(costs, spec->interpreter), spec);
    else
        set_native(out, costs, spec);
    out->emulator = spec->transport != TRANSPORT_SLEEP;
    if (spec->transport == TRANSPORT_SSH)
        set_ssh(out, costs);
    else if (spec->transport == TRANSPORT_TELNET)
        set_telnet(out, costs);
    set_library(out, costs, spec, reader);
}
