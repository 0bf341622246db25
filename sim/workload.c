#include "sim/workload.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/platform_words.h"
#include "base/rate_queue.h"

#include <stdlib.h>

enum place {
    AT_CONNECT,
    AT_LOGIN,
    AT_SHELL,
    AT_SET_UP,
    AT_COMMAND,
    AT_CPU_COMMAND,
    AT_LOGOUT,
    AT_END,
};

void workload_init(struct workload *workload, const struct experiment *experiment,
                   const struct run_spec *spec, const struct sim_costs *costs,
                   const struct answer_sizes *answers, bool keep_rows)
{
    *workload = (struct workload){.experiment = experiment,
                                  .spec = spec,
                                  .costs = costs,
                                  .exchanges = exchanges_of(spec->transport, costs->reader),
                                  .answers = answers};
    if (keep_rows)
        workload->rows = alloc_zero(spec->devices, sizeof *workload->rows);
}

void workload_fini(struct workload *workload)
{
    free(workload->rows);
    workload->rows = NULL;
}

// Each device is logged in to once: its session 0.
static uint64_t draw(const struct workload *workload, const struct session *session,
                     const struct latency *latency, uint64_t step)
{
    struct rng rng;
    if (latency->kind == LATENCY_CONSTANT)
        return latency->a_ns;
    rng_key(&rng, workload->experiment->seed, session->row.device, 0, step);
    return latency_draw(latency, &rng);
}

static const struct device_settings *settings_of(const struct workload *workload,
                                                 const struct session *session)
{
    return experiment_device_settings(workload->experiment, session->row.device);
}

bool workload_start(struct workload *workload, struct session *session, uint32_t worker,
                    uint64_t now_ns)
{
    if (workload->next >= workload->spec->devices)
        return false;
    *session = (struct session){0};
    session->row.device = ++workload->next;
    session->row.worker = worker;
    session->row.start_ns = now_ns;
    session->fault = experiment_fault(workload->experiment, settings_of(workload, session),
                                      session->row.device, 0);
    if (++workload->open > workload->most_open)
        workload->most_open = workload->open;
    return true;
}

static struct action end(struct workload *workload, struct session *session, enum job_end how,
                         uint64_t now_ns)
{
    session->row.end = how;
    session->row.end_ns = now_ns;
    workload->ended[how]++;
    workload->open--;
    if (how == JOB_OK)
        histogram_add(&workload->histogram, now_ns - session->row.start_ns);
    if (workload->rows)
        workload->rows[workload->n_rows++] = session->row;
    return (struct action){.kind = ACTION_END};
}

// A wait for the device, no longer than the client is ready to wait. What comes of the fault:
// nothing ever; or the session ends as `loss` says when the wait is over.
static struct action wait_for_device(struct session *session, struct action action,
                                     uint64_t limit_ns, enum fault_effect effect, enum job_end loss)
{
    bool late = effect == FAULT_SILENCE || action.ns > limit_ns;
    session->doom = late                      ? JOB_TIMEOUT
                    : effect == FAULT_REFUSAL ? JOB_AUTH
                    : effect == FAULT_LOSS    ? loss
                                              : JOB_OK;
    if (late)
        action.ns = limit_ns;
    return action;
}

// The exchange is one of that phase and not its last.
static bool has_next(const struct workload *workload, const struct session *session,
                     enum exchange_phase phase)
{
    return workload->exchanges[session->trip].phase == phase &&
           workload->exchanges[session->trip + 1].phase == phase;
}

// The next exchange, with a device that answers at once.
static struct action exchange(const struct workload *workload, struct session *session)
{
    const struct exchange *exchange = &workload->exchanges[session->trip++];
    const struct sim_costs *costs = workload->costs;
    return (struct action){
        .begins = costs->reader && session->trip == 1,
        .calls = exchange->calls,
        .reader = {.held_ns = costs->reader_session_ns * exchange->reader.python_percent / 100,
                   .cpu_ns = costs->session_cpu_ns * exchange->reader.client_percent / 100,
                   .calls = exchange->reader.calls,
                   .asks_on = exchange->reader.asks_on},
        .kind = ACTION_WAIT,
        .ns = exchange->round_trips * settings_of(workload, session)->latency.rtt_ns,
        .held_ns = costs->held_session_ns * exchange->python_percent / 100,
        .cpu_ns = costs->session_cpu_ns * exchange->client_percent / 100,
        .device_ns = costs->device_session_ns * exchange->device_percent / 100,
    };
}

// An exchange for a command, with a device that answers at once.
static struct action command_exchange(const struct workload *workload,
                                      const struct session *session)
{
    struct action action = {.kind = ACTION_WAIT,
                            .held_ns = workload->costs->held_command_ns,
                            .cpu_ns = workload->costs->command_cpu_ns,
                            .device_ns = workload->costs->device_command_ns};
    if (workload->costs->reader) {
        action.cpu_ns /= 2;
        action.calls = COMMAND_CALLS;
        action.reader.held_ns = workload->costs->reader_command_ns;
        action.reader.cpu_ns = action.cpu_ns;
        action.reader.calls = COMMAND_READER_CALLS;
    }
    if (workload->spec->transport != TRANSPORT_SLEEP)
        action.ns = settings_of(workload, session)->latency.rtt_ns;
    return action;
}

// "No paging": nothing is waited for and next to nothing answered, at about half the CPU.
static struct action set_up_exchange(const struct workload *workload, const struct session *session)
{
    struct action action = command_exchange(workload, session);
    action.held_ns /= 2;
    action.cpu_ns /= 2;
    action.device_ns /= 2;
    if (workload->costs->reader) {
        action.reader.held_ns /= 2;
        action.reader.cpu_ns /= 2;
        action.reader.calls = SET_UP_READER_CALLS;
    }
    return action;
}

static struct action connect_step(struct workload *workload, struct session *session,
                                  uint64_t now_ns)
{
    if (session->trip == 0) {
        session->row.connected_ns = now_ns;
        if (fault_at_accept(&session->fault) == FAULT_LOSS)
            return end(workload, session, JOB_CONNECT, now_ns);
    }
    bool first = session->trip == 0;
    struct action action = exchange(workload, session);
    if (first)
        action.ns += draw(workload, session, &settings_of(workload, session)->latency.connect,
                          RNG_STEP_CONNECT);
    return wait_for_device(session, action, workload->experiment->runs.timeout_connect_ns,
                           first ? fault_at_connect(&session->fault) : FAULT_HARMLESS, JOB_CONNECT);
}

static struct action login_step(struct workload *workload, struct session *session, uint64_t now_ns)
{
    const struct experiment *experiment = workload->experiment;
    if (!session->row.secured_ns) {
        session->row.secured_ns = now_ns;
        // Nothing is there to connect to: as in client/conn_sleep, the wait itself is the
        // connection.
        if (workload->spec->transport == TRANSPORT_SLEEP)
            session->row.connected_ns = now_ns;
    }
    bool password = !has_next(workload, session, EXCHANGE_LOGIN);
    struct action action = exchange(workload, session);
    if (!password)
        return action;
    // Logins queue before the one server that all devices ask.
    action.ns +=
        rate_queue_join(&workload->aaa_done_ns, experiment->devices.aaa_rate_per_s, now_ns) -
        now_ns;
    if (session->fault.kind != FAULT_AUTH_FAIL)
        action.ns +=
            draw(workload, session, &settings_of(workload, session)->latency.login, RNG_STEP_LOGIN);
    return wait_for_device(session, action, experiment->runs.timeout_login_ns,
                           fault_at_login(&session->fault), JOB_AUTH);
}

// How long the answer to the command in hand is on the line.
static uint64_t line_ns(const struct workload *workload, const struct session *session)
{
    uint64_t rate = settings_of(workload, session)->latency.bandwidth_bytes_per_s;
    if (!rate)
        return 0;
    return answer_sizes_get(workload->answers, session->row.device, session->command) *
           CLOCK_NS_PER_S / rate;
}

static struct action command_step(struct workload *workload, struct session *session)
{
    const struct experiment *experiment = workload->experiment;
    const struct text_list *commands = experiment_device_commands(experiment, session->row.device);
    const struct device_settings *settings = settings_of(workload, session);
    const char *command = commands->items[session->command];
    const struct device_latency *latency = &settings->latency;
    struct action action = command_exchange(workload, session);
    if (workload->spec->transport != TRANSPORT_SLEEP)
        action.ns += line_ns(workload, session);
    if (experiment_command_is_instant(latency, command))
        return action;
    uint32_t n = session->draws++;
    // Nobody but this session uses the device: its control plane is free.
    uint64_t control_plane_done_ns = 0;
    action.ns += rate_queue_join(&control_plane_done_ns, settings->limits.command_rate_per_s, 0) +
                 draw(workload, session, experiment_command_latency(latency, command),
                      RNG_STEP_COMMAND + n) +
                 fault_drip_ns(&session->fault);
    return wait_for_device(session, action, experiment->runs.timeout_command_ns,
                           fault_at_command(&session->fault, n), JOB_COMMAND);
}

static struct action work(const struct workload *workload, const struct session *session,
                          const struct latency *latency, uint64_t step)
{
    uint64_t ns = draw(workload, session, latency, step);
    double factor = workload->spec->interpreter->work_factor;
    return (struct action){.kind = ACTION_WORK,
                           .ns = factor == 1 ? ns : (uint64_t)((double)ns * factor)};
}

bool action_waits(const struct action *action)
{
    return action->ns || action->held_ns || action->cpu_ns || action->device_ns ||
           action->reader.calls;
}

// What it does next, with the mark of what it has done. Falls through where a transport has no
// exchange of the phase.
struct action workload_next(struct workload *workload, struct session *session, uint64_t now_ns)
{
    const struct experiment *experiment = workload->experiment;
    const struct exchange *next = &workload->exchanges[session->trip];
    if (session->doom != JOB_OK)
        return end(workload, session, session->doom, now_ns);
    switch ((enum place)session->place) {
    case AT_CONNECT:
        if (next->phase == EXCHANGE_CONNECT)
            return connect_step(workload, session, now_ns);
        session->place = AT_LOGIN;
        // fall through
    case AT_LOGIN:
        if (next->phase == EXCHANGE_LOGIN)
            return login_step(workload, session, now_ns);
        session->row.login_ns = now_ns;
        session->place = AT_SHELL;
        // fall through
    case AT_SHELL:
        if (next->phase == EXCHANGE_SHELL)
            return exchange(workload, session);
        session->row.ready_ns = now_ns;
        session->place = AT_SET_UP;
        return work(workload, session, &experiment->work.cpu_login, RNG_STEP_CPU_LOGIN);
    case AT_SET_UP:
        session->place = AT_COMMAND;
        if (platform_words(settings_of(workload, session)->platform).no_paging)
            return set_up_exchange(workload, session);
        // fall through
    case AT_COMMAND:
        session->place = AT_CPU_COMMAND;
        if (session->command < experiment_device_commands(experiment, session->row.device)->len)
            return command_step(workload, session);
        session->row.worked_ns = now_ns;
        session->place = AT_LOGOUT;
        // fall through
    case AT_LOGOUT:
        session->place = AT_END;
        if (next->phase == EXCHANGE_LOGOUT)
            return exchange(workload, session);
        // fall through
    case AT_END:
        return end(workload, session, JOB_OK, now_ns);
    case AT_CPU_COMMAND:
        break;
    }
    session->place = AT_COMMAND;
    return work(workload, session, &experiment->work.cpu_command,
                RNG_STEP_CPU_COMMAND + session->command++);
}
