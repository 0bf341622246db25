#include "client/python_runner.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/machine.h"
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
    const struct dialog_platform *platform = script->platform;
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

static const struct device_latency *latency_of(const struct plan *plan, uint32_t device)
{
    return &experiment_device_settings(plan->experiment, device)->latency;
}

// The n-th command of a session (n counts those with a latency) as the emulator would draw it.
static double wait_of_command(const struct plan *plan, uint32_t device, const char *command,
                              uint32_t *n)
{
    const struct device_latency *latency = latency_of(plan, device);
    struct rng rng;
    if (!command || experiment_command_is_instant(latency, command))
        return 0;
    rng_key(&rng, plan->experiment->seed, device, 0, RNG_STEP_COMMAND + (*n)++);
    return seconds(latency_draw(experiment_command_latency(latency, command), &rng));
}

static double wait_of_step(const struct plan *plan, uint32_t device, const struct latency *latency,
                           enum rng_step step)
{
    struct rng rng;
    rng_key(&rng, plan->experiment->seed, device, 0, step);
    return seconds(latency_draw(latency, &rng));
}

// Of a `sleep` session: connect, login, "no paging", each command, logout.
static json_t *waits(const struct plan *plan, uint32_t device)
{
    const struct device_latency *latency = latency_of(plan, device);
    const struct dialog_script *script = plan_script(plan, device);
    const struct dialog_platform *platform = script->platform;
    uint32_t n = 0;
    json_t *list = json_array();
    json_array_append_new(
        list, json_real(wait_of_step(plan, device, &latency->connect, RNG_STEP_CONNECT)));
    json_array_append_new(list,
                          json_real(wait_of_step(plan, device, &latency->login, RNG_STEP_LOGIN)));
    json_array_append_new(list, json_real(wait_of_command(plan, device, platform->no_paging, &n)));
    for (size_t i = 0; i < script->n_commands; i++)
        json_array_append_new(list,
                              json_real(wait_of_command(plan, device, script->commands[i], &n)));
    json_array_append_new(list, json_real(wait_of_command(plan, device, platform->logout, &n)));
    return list;
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
    bool sleeps = spec->transport == TRANSPORT_SLEEP;
    if (!sleeps) {
        struct target target = targets_get(&plan->targets, device);
        getnameinfo((struct sockaddr *)&target.address, target.len, host, sizeof host, port,
                    sizeof port, NI_NUMERICHOST | NI_NUMERICSERV);
    }
    const struct dialog_script *script = plan_script(plan, device);
    return json_pack("[i, s, i, o, o, o]", (int)device, host, atoi(port),
                     sleeps ? waits(plan, device) : json_null(), cpus(plan, device),
                     script == &plan->script ? json_null() : script_of(script));
}

static void add_line(struct buf *out, json_t *value)
{
    char *text = json_dumps(value, JSON_COMPACT);
    buf_puts(out, text);
    buf_putc(out, '\n');
    free(text);
    json_decref(value);
}

static void write_input(const struct python_run *run, struct buf *out)
{
    const struct plan *plan = run->plan;
    add_line(out, header(plan, run->spec));
    for (uint32_t i = 0; i < plan->n_jobs && !plan->experiment->work.echo_ns; i++)
        add_line(out, job(plan, run->spec, i));
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
    write_input(run, &input);
    run_row_init(row, run->spec);
    snprintf(row->kind, sizeof row->kind, "measured");
    uint32_t all = machine_cores();
    row->cores = run->cores && run->cores < all ? run->cores : all;
    const struct python_call call = {
        .python = interpreter_python_path(run->spec->interpreter),
        .script = "worker.py",
        .input = input.data,
        .input_len = input.len,
        .cores = run->cores,
        .stop = run->stop,
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
