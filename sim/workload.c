#include "sim/workload.h"

#include "base/alloc.h"

#include <stdlib.h>

enum place { AT_CONNECT, AT_LOGIN, AT_CPU_LOGIN, AT_COMMAND, AT_CPU_COMMAND };
enum fault { FAULT_NONE, FAULT_REFUSE, FAULT_HANG, FAULT_DROP, FAULT_AUTH };

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

static enum fault draw_fault(const struct workload *workload, const struct session *session)
{
    const struct faults *faults = &settings_of(workload, session)->faults;
    const double shares[] = {faults->refuse, faults->hang, faults->drop, faults->auth_fail};
    double sum = shares[0] + shares[1] + shares[2] + shares[3];
    if (sum <= 0 || workload->spec->transport == TRANSPORT_SLEEP)
        return FAULT_NONE;
    struct rng rng;
    rng_key(&rng, workload->experiment->seed, session->row.device, 0, RNG_STEP_FAULT);
    double u = rng_uniform(&rng);
    for (int i = 0; i < 4; i++) {
        if (u < shares[i])
            return (enum fault)(FAULT_REFUSE + i);
        u -= shares[i];
    }
    return FAULT_NONE;
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
    session->fault = (uint8_t)draw_fault(workload, session);
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

// Logins queue before the one server that all devices ask.
static uint64_t aaa_wait(struct workload *workload, uint64_t now_ns)
{
    double rate = workload->experiment->devices.aaa_rate_per_s;
    if (rate <= 0 || workload->spec->transport == TRANSPORT_SLEEP)
        return 0;
    uint64_t start = workload->aaa_free_ns > now_ns ? workload->aaa_free_ns : now_ns;
    workload->aaa_free_ns = start + (uint64_t)(1e9 / rate);
    return workload->aaa_free_ns - now_ns;
}

static struct action connect_step(struct workload *workload, struct session *session,
                                  uint64_t now_ns)
{
    const struct experiment *experiment = workload->experiment;
    session->row.connected_ns = now_ns;
    if (session->fault == FAULT_REFUSE)
        return end(workload, session, JOB_CONNECT, now_ns);
    uint64_t wait = session->fault == FAULT_HANG
                        ? experiment->runs.timeout_connect_ns
                        : draw(workload, session, &settings_of(workload, session)->latency.connect,
                               RNG_STEP_CONNECT);
    return (struct action){ACTION_WAIT, wait, workload->costs->session_cpu_ns / 2};
}

static struct action login_step(struct workload *workload, struct session *session, uint64_t now_ns)
{
    if (session->fault == FAULT_HANG)
        return end(workload, session, JOB_TIMEOUT, now_ns);
    session->row.secured_ns = now_ns;
    uint64_t wait = aaa_wait(workload, now_ns);
    if (session->fault != FAULT_AUTH)
        wait +=
            draw(workload, session, &settings_of(workload, session)->latency.login, RNG_STEP_LOGIN);
    return (struct action){ACTION_WAIT, wait, workload->costs->session_cpu_ns / 2};
}

static struct action command_step(struct workload *workload, struct session *session,
                                  uint64_t now_ns)
{
    const struct experiment *experiment = workload->experiment;
    const struct text_list *commands = experiment_device_commands(experiment, session->row.device);
    size_t count = commands->len;
    if (session->command == 0)
        session->row.ready_ns = now_ns;
    if (session->fault == FAULT_DROP && session->command >= count / 2)
        return end(workload, session, JOB_COMMAND, now_ns);
    if (session->command >= count) {
        session->row.worked_ns = now_ns;
        return end(workload, session, JOB_OK, now_ns);
    }
    const char *command = commands->items[session->command];
    const struct device_latency *latency = &settings_of(workload, session)->latency;
    session->place = AT_CPU_COMMAND;
    struct action action = {.kind = ACTION_WAIT, .cpu_ns = workload->costs->command_cpu_ns};
    if (!experiment_command_is_instant(latency, command))
        action.ns = draw(workload, session, experiment_command_latency(latency, command),
                         RNG_STEP_COMMAND + session->draws++);
    return action;
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
    switch ((enum place)session->place++) {
    case AT_CONNECT:
        return connect_step(workload, session, now_ns);
    case AT_LOGIN:
        return login_step(workload, session, now_ns);
    case AT_CPU_LOGIN:
        session->row.login_ns = now_ns;
        if (session->fault == FAULT_AUTH)
            return end(workload, session, JOB_AUTH, now_ns);
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
