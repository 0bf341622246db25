#include "client/python_runner.h"

#include "base/alloc.h"
#include "base/rate_queue.h"
#include "client/affinity.h"
#include "client/plan.h"
#include "client/python_process.h"

#include <assert.h>
#include <jansson.h>
#include <math.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static double seconds(uint64_t ns)
{
    return (double)ns / 1e9;
}

// What is said to a device.
static json_t *script_of(const struct dialog_script *script)
{
    const struct platform_words *platform = &script->platform;
    json_t *commands = json_array();
    for (size_t i = 0; i < script->n_commands; i++)
        json_array_append_new(commands, json_string(script->commands[i]));
    char *user = alloc_printf("%s%s", script->username, platform->user_suffix);
    json_t *object = json_pack(
        "{s:s, s:s, s:s, s:s, s:s?, s:s, s:o}", "user", user, "password", script->password,
        "secret", script->enable_secret, "newline", script->newline ? script->newline : "\n",
        "no_paging", platform->no_paging, "logout", platform->logout, "commands", commands);
    free(user);
    assert(object);
    return object;
}

// Nobody starts a worker that has nothing to do.
static int at_most_jobs(const struct plan *plan, uint32_t n)
{
    return (int)(n < plan->n_jobs ? n : plan->n_jobs);
}

static json_t *header(const struct plan *plan, const struct run_spec *spec)
{
    const struct experiment *experiment = plan->experiment;
    bool echoes = experiment->work.echo_ns != 0;
    json_t *object = json_pack(
        "{s:s, s:s, s:s, s:i, s:i, s:i, s:i, s:f, s:i, s:f, s:f, s:f, s:f}", "strategy",
        strategy_names[spec->strategy], "transport", transport_names[spec->transport],
        "start_method", start_method_names[spec->start_method], "jobs",
        echoes ? 0 : (int)plan->n_jobs, "workers", at_most_jobs(plan, spec->workers), "processes",
        at_most_jobs(plan, spec->processes), "background", (int)spec->background, "switch_interval",
        seconds(spec->switch_interval_ns), "check_interval", (int)spec->check_interval, "echo",
        seconds(experiment->work.echo_ns), "timeout_connect",
        seconds(experiment->runs.timeout_connect_ns), "timeout_login",
        seconds(experiment->runs.timeout_login_ns), "timeout_command",
        seconds(experiment->runs.timeout_command_ns));
    assert(object);
    json_object_update_new(object, script_of(&plan->script));
    return object;
}

// The waits of a `sleep` session: connect, login, "no paging", each command, logout; and how a
// session with a fault ends after which of them. The AAA server's queue is not in it: who waits
// there depends on the others.
struct waits {
    const struct plan *plan;
    const struct device_settings *settings;
    uint32_t device;
    struct fault fault;
    uint32_t n_drawn; // commands
    json_t *list;
    json_t *end; // null, or [which wait, enum job_end]
};

static void add_wait(struct waits *waits, uint64_t ns, uint64_t limit_ns, enum fault_effect effect,
                     enum job_end phase)
{
    enum job_end end = JOB_OK;
    if (effect == FAULT_SILENCE || ns > limit_ns) {
        ns = limit_ns;
        end = JOB_TIMEOUT;
    } else if (effect != FAULT_HARMLESS) {
        end = effect == FAULT_REFUSAL ? JOB_AUTH : phase;
    }
    if (end != JOB_OK && json_is_null(waits->end))
        waits->end = json_pack("[i, i]", (int)json_array_size(waits->list), (int)end);
    json_array_append_new(waits->list, json_real(seconds(ns)));
}

static uint64_t draw(const struct waits *waits, const struct latency *latency, uint64_t step)
{
    struct rng rng;
    rng_key(&rng, waits->plan->experiment->seed, waits->device, 0, step);
    return latency_draw(latency, &rng);
}

static void add_connect(struct waits *waits)
{
    uint64_t limit_ns = waits->plan->experiment->runs.timeout_connect_ns;
    if (fault_at_accept(&waits->fault) != FAULT_HARMLESS)
        add_wait(waits, 0, limit_ns, FAULT_LOSS, JOB_CONNECT);
    else
        add_wait(waits, draw(waits, &waits->settings->latency.connect, RNG_STEP_CONNECT), limit_ns,
                 fault_at_connect(&waits->fault), JOB_CONNECT);
}

static void add_login(struct waits *waits)
{
    uint64_t ns = draw(waits, &waits->settings->latency.login, RNG_STEP_LOGIN);
    add_wait(waits, waits->fault.kind == FAULT_AUTH_FAIL ? 0 : ns,
             waits->plan->experiment->runs.timeout_login_ns, fault_at_login(&waits->fault),
             JOB_AUTH);
}

static void add_command(struct waits *waits, const char *command)
{
    const struct device_latency *latency = &waits->settings->latency;
    uint64_t limit_ns = waits->plan->experiment->runs.timeout_command_ns;
    if (!command || experiment_command_is_instant(latency, command)) {
        add_wait(waits, 0, limit_ns, FAULT_HARMLESS, JOB_OK);
        return;
    }
    uint32_t n = waits->n_drawn++;
    uint64_t queue_ns = 0; // nobody else uses the device's control plane
    uint64_t ns = rate_queue_join(&queue_ns, waits->settings->limits.command_rate_per_s, 0) +
                  draw(waits, experiment_command_latency(latency, command), RNG_STEP_COMMAND + n) +
                  fault_drip_ns(&waits->fault);
    add_wait(waits, ns, limit_ns, fault_at_command(&waits->fault, n), JOB_COMMAND);
}

static struct waits waits_of(const struct plan *plan, uint32_t device)
{
    const struct experiment *experiment = plan->experiment;
    const struct device_settings *settings = experiment_device_settings(experiment, device);
    struct waits waits = {
        .plan = plan,
        .settings = settings,
        .device = device,
        .fault = experiment_fault(experiment, settings, device, 0),
        .list = json_array(),
        .end = json_null(),
    };
    add_connect(&waits);
    add_login(&waits);
    const struct dialog_script *script = plan_script(plan, device);
    add_command(&waits, script->platform.no_paging);
    for (size_t i = 0; i < script->n_commands; i++)
        add_command(&waits, script->commands[i]);
    add_command(&waits, script->platform.logout);
    return waits;
}

static json_t *cpus(const struct plan *plan, uint32_t device)
{
    json_t *list = json_array();
    json_array_append_new(list, json_real(seconds(plan_cpu_login_ns(plan, device))));
    for (uint32_t i = 0; i < plan_script(plan, device)->n_commands; i++)
        json_array_append_new(list, json_real(seconds(plan_cpu_command_ns(plan, device, i))));
    return list;
}

static json_t *job(const struct plan *plan, const struct run_spec *spec, uint32_t number)
{
    char host[NI_MAXHOST] = "";
    char port[NI_MAXSERV] = "0";
    uint32_t device = plan_device(plan, number);
    const struct dialog_script *script = plan_script(plan, device);
    json_t *own = script == &plan->script ? json_null() : script_of(script);
    json_t *cpu = cpus(plan, device);
    if (spec->transport == TRANSPORT_SLEEP) {
        struct waits waits = waits_of(plan, device);
        return json_pack("[i, s, i, o, o, o, o]", (int)device, host, atoi(port), waits.list, cpu,
                         own, waits.end);
    }
    struct target target = targets_get(&plan->targets, device);
    getnameinfo((struct sockaddr *)&target.address, target.len, host, sizeof host, port,
                sizeof port, NI_NUMERICHOST | NI_NUMERICSERV);
    return json_pack("[i, s, i, n, o, o, n]", (int)device, host, atoi(port), cpu, own);
}

static void add_line(struct buf *out, json_t *value)
{
    char *text = json_dumps(value, JSON_COMPACT);
    buf_puts(out, text);
    buf_putc(out, '\n');
    free(text);
    json_decref(value);
}

void python_input_write(const struct plan *plan, const struct run_spec *spec, struct buf *out)
{
    add_line(out, header(plan, spec));
    for (uint32_t i = 0; i < plan->n_jobs && !plan->experiment->work.echo_ns; i++)
        add_line(out, job(plan, spec, i));
}

static uint64_t time_at(const json_t *list, size_t i)
{
    return (uint64_t)(json_number_value(json_array_get(list, i)) * 1e9);
}

// [device, worker, end, start, connected, secured, login, ready, worked, ended, reason]
static void read_session(const json_t *list, const struct python_run *run)
{
    json_int_t device = json_integer_value(json_array_get(list, 0));
    json_int_t end = json_integer_value(json_array_get(list, 2));
    const char *reason = json_string_value(json_array_get(list, 10));
    if (device < 1 || device > run->plan->n_jobs || end < 0 || end >= JOB_ENDS)
        return;
    const struct session_row row = {
        .device = (uint32_t)device,
        .worker = (uint32_t)json_integer_value(json_array_get(list, 1)),
        .end = (enum job_end)end,
        .start_ns = time_at(list, 3),
        .connected_ns = time_at(list, 4),
        .secured_ns = time_at(list, 5),
        .login_ns = time_at(list, 6),
        .ready_ns = time_at(list, 7),
        .worked_ns = time_at(list, 8),
        .end_ns = time_at(list, 9),
    };
    run->session(run->data, &row, reason ? reason : "");
}

static double figure(const json_t *done, const char *key)
{
    const json_t *value = json_object_get(done, key);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

static void read_figures(const json_t *done, struct run_row *row)
{
    row->wall_s = figure(done, "wall");
    row->cpu_user_s = figure(done, "user");
    row->cpu_sys_s = figure(done, "sys");
    row->ctx_voluntary = figure(done, "voluntary");
    row->ctx_involuntary = figure(done, "involuntary");
    row->peak_rss_kb = figure(done, "peak_kb");
    row->answers_per_s = figure(done, "answers_per_s");
}

// One line of the worker's output. True when it was the last one.
static bool read_line(const json_t *line, const struct python_run *run, struct run_row *row,
                      struct err *err)
{
    const char *version = json_string_value(json_object_get(line, "python"));
    const char *unable = json_string_value(json_object_get(line, "error"));
    const json_t *done = json_object_get(line, "done");
    if (json_is_array(line))
        read_session(line, run);
    if (version)
        snprintf(row->source, sizeof row->source, "python %s", version);
    if (unable)
        err_input(err, "interpreter '%s': %s", run->spec->interpreter->name, unable);
    if (done)
        read_figures(done, row);
    return unable || done;
}

static int read_output(const struct python_run *run, struct buf *out, struct run_row *row,
                       struct err *err)
{
    char *rest = NULL;
    err->text[0] = '\0';
    for (char *text = strtok_r(out->data, "\n", &rest); text; text = strtok_r(NULL, "\n", &rest)) {
        json_error_t error;
        json_t *line = json_loads(text, 0, &error);
        bool last = line && read_line(line, run, row, err);
        json_decref(line);
        if (last)
            return err->text[0] ? -1 : 0;
    }
    return err_set(err, "the python of '%s' ended before its run did",
                   run->spec->interpreter->name);
}

int python_run(const struct python_run *run, struct run_row *row, struct err *err)
{
    struct buf input = {0};
    struct buf out = {0};
    struct err process_err = {0};
    python_input_write(run->plan, run->spec, &input);
    run_row_init(row, run->spec);
    snprintf(row->kind, sizeof row->kind, "measured");
    row->cores = affinity_cores(run->cores);
    const struct python_call call = {
        .python = interpreter_python_path(run->spec->interpreter),
        .script = "worker.py",
        .input = input.data,
        .input_len = input.len,
        .cores = run->cores,
        .stop = run->stop,
        .noise = run->noise,
    };
    int ended = python_process_run(&call, &out, &process_err);
    buf_fini(&input);
    // What it said before it was killed counts: the worker ends itself so when a process of its
    // pool died.
    int result = out.len ? read_output(run, &out, row, err) : -1;
    if (result < 0 && ended < 0 && !(out.len && err->kind == ERR_INPUT))
        *err = process_err;
    else if (result < 0 && !out.len)
        err_set(err, "the python of '%s' said nothing", run->spec->interpreter->name);
    buf_fini(&out);
    return run->stop && *run->stop ? err_set(err, "interrupted") : result;
}
