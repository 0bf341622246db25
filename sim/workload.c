#include "sim/workload.h"

#include "base/alloc.h"
#include "base/rate_queue.h"

#include <stdlib.h>

enum place { AT_CONNECT, AT_LOGIN, AT_CPU_LOGIN, AT_COMMAND, AT_CPU_COMMAND };

void workload_init(struct workload *workload, const struct experiment *experiment,
                   const struct run_spec *spec, const struct sim_costs *costs, bool keep_rows)
{
    *workload = (struct workload){.experiment = experiment, .spec = spec, .costs = costs};
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
static struct action wait(struct session *session, uint64_t ns, uint64_t limit_ns, uint64_t cpu_ns,
                          enum fault_effect effect, enum job_end loss)
{
    bool late = effect == FAULT_SILENCE || ns > limit_ns;
    session->doom = late                      ? JOB_TIMEOUT
                    : effect == FAULT_REFUSAL ? JOB_AUTH
                    : effect == FAULT_LOSS    ? loss
                                              : JOB_OK;
    return (struct action){ACTION_WAIT, late ? limit_ns : ns, cpu_ns};
}

static struct action connect_step(struct workload *workload, struct session *session,
                                  uint64_t now_ns)
{
    session->row.connected_ns = now_ns;
    if (fault_at_accept(&session->fault) == FAULT_LOSS)
        return end(workload, session, JOB_CONNECT, now_ns);
    uint64_t ns =
        draw(workload, session, &settings_of(workload, session)->latency.connect, RNG_STEP_CONNECT);
    return wait(session, ns, workload->experiment->runs.timeout_connect_ns,
                workload->costs->session_cpu_ns / 2, fault_at_connect(&session->fault),
                JOB_CONNECT);
}

static struct action login_step(struct workload *workload, struct session *session, uint64_t now_ns)
{
    const struct experiment *experiment = workload->experiment;
    session->row.secured_ns = now_ns;
    // Logins queue before the one server that all devices ask.
    uint64_t ns =
        rate_queue_join(&workload->aaa_done_ns, experiment->devices.aaa_rate_per_s, now_ns) -
        now_ns;
    if (session->fault.kind != FAULT_AUTH_FAIL)
        ns +=
            draw(workload, session, &settings_of(workload, session)->latency.login, RNG_STEP_LOGIN);
    return wait(session, ns, experiment->runs.timeout_login_ns, workload->costs->session_cpu_ns / 2,
                fault_at_login(&session->fault), JOB_AUTH);
}

static struct action command_step(struct workload *workload, struct session *session,
                                  uint64_t now_ns)
{
    const struct experiment *experiment = workload->experiment;
    const struct text_list *commands = experiment_device_commands(experiment, session->row.device);
    const struct device_settings *settings = settings_of(workload, session);
    if (session->command == 0)
        session->row.ready_ns = now_ns;
    if (session->command >= commands->len) {
        session->row.worked_ns = now_ns;
        return end(workload, session, JOB_OK, now_ns);
    }
    const char *command = commands->items[session->command];
    const struct device_latency *latency = &settings->latency;
    session->place = AT_CPU_COMMAND;
    uint64_t cpu_ns = workload->costs->command_cpu_ns;
    if (experiment_command_is_instant(latency, command))
        return (struct action){.kind = ACTION_WAIT, .cpu_ns = cpu_ns};
    uint32_t n = session->draws++;
    // Nobody but this session uses the device: its control plane is free.
    uint64_t control_plane_done_ns = 0;
    uint64_t ns = rate_queue_join(&control_plane_done_ns, settings->limits.command_rate_per_s, 0) +
                  draw(workload, session, experiment_command_latency(latency, command),
                       RNG_STEP_COMMAND + n) +
                  fault_drip_ns(&session->fault);
    return wait(session, ns, experiment->runs.timeout_command_ns, cpu_ns,
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

struct action workload_next(struct workload *workload, struct session *session, uint64_t now_ns)
{
    const struct experiment *experiment = workload->experiment;
    if (session->doom != JOB_OK)
        return end(workload, session, session->doom, now_ns);
    switch ((enum place)session->place++) {
    case AT_CONNECT:
        return connect_step(workload, session, now_ns);
    case AT_LOGIN:
        return login_step(workload, session, now_ns);
    case AT_CPU_LOGIN:
        session->row.login_ns = now_ns;
        session->place = AT_COMMAND;
        return work(workload, session, &experiment->work.cpu_login, RNG_STEP_CPU_LOGIN);
    case AT_COMMAND:
        return command_step(workload, session, now_ns);
    default:
        session->place = AT_COMMAND;
        return work(workload, session, &experiment->work.cpu_command,
                    RNG_STEP_CPU_COMMAND + session->command++);
    }
}
