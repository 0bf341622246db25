#include "client/plan.h"

#include "base/alloc.h"
#include "client/aaa_queue.h"
#include "client/conn.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct dialog_script script_of(const struct plan *plan, uint32_t device)
{
    const struct device_settings *settings = experiment_device_settings(plan->experiment, device);
    const struct text_list *commands = experiment_device_commands(plan->experiment, device);
    return (struct dialog_script){
        .platform = platform_words(settings->platform),
        .username = settings->username,
        .password = settings->password,
        .enable_secret = settings->enable_secret,
        .newline = plan->conn_type->newline,
        .commands = (const char *const *)commands->items,
        .n_commands = commands->len,
    };
}

struct plan *plan_new(const struct experiment *experiment, enum transport transport,
                      uint32_t devices, struct targets targets)
{
    struct plan *plan = alloc_zero(1, sizeof *plan);
    plan->experiment = experiment;
    plan->conn_type = conn_types[transport];
    plan->n_jobs = devices;
    plan->targets = targets;
    plan->script = script_of(plan, 0);
    plan->n_named = (uint32_t)experiment->devices.named.len;
    plan->named = alloc_zero(plan->n_named, sizeof *plan->named);
    for (uint32_t i = 0; i < plan->n_named; i++)
        plan->named[i] = script_of(plan, i + 1);
    return plan;
}

bool plan_queues(const struct plan *plan)
{
    return plan->conn_type == conn_types[TRANSPORT_SLEEP] &&
           plan->experiment->devices.aaa_rate_per_s > 0;
}

int plan_make_queue(struct plan *plan, struct err *err)
{
    if (!plan_queues(plan))
        return 0;
    plan->aaa = aaa_queue_new();
    if (!plan->aaa)
        return err_set(err, "no memory to share for the queue of limits.aaa_rate: %s",
                       strerror(errno));
    return 0;
}

void plan_free(struct plan *plan)
{
    if (!plan)
        return;
    targets_fini(&plan->targets);
    free(plan->named);
    aaa_queue_free(plan->aaa);
    free(plan);
}

const struct dialog_script *plan_script(const struct plan *plan, uint32_t device)
{
    return device <= plan->n_named ? &plan->named[device - 1] : &plan->script;
}

uint32_t plan_device(const struct plan *plan, uint32_t job)
{
    (void)plan; // without assertions
    assert(job < plan->n_jobs);
    return job + 1;
}

static uint64_t draw(const struct plan *plan, const struct latency *latency, uint32_t device,
                     uint64_t step)
{
    struct rng rng;
    if (latency->kind == LATENCY_CONSTANT)
        return latency->a_ns;
    rng_key(&rng, plan->experiment->seed, device, 0, step);
    return latency_draw(latency, &rng);
}

uint64_t plan_cpu_login_ns(const struct plan *plan, uint32_t device)
{
    return draw(plan, &plan->experiment->work.cpu_login, device, RNG_STEP_CPU_LOGIN);
}

uint64_t plan_cpu_command_ns(const struct plan *plan, uint32_t device, uint32_t command)
{
    return draw(plan, &plan->experiment->work.cpu_command, device, RNG_STEP_CPU_COMMAND + command);
}
