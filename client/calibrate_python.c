#include "client/calibrate_python.h"

#include "client/burn.h"
#include "client/calibrate_stage.h"
#include "client/python_process.h"
#include "client/python_runner.h"
#include "client/samples.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void read_samples(const json_t *list, struct samples *samples, double less)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        samples_add(samples, json_number_value(json_array_get(list, i)) - less);
}

static void read_figures(const json_t *figures, struct python_costs *python)
{
    for (const struct cost_field *field = python_cost_fields; field->name; field++) {
        struct samples samples = {0};
        read_samples(json_object_get(figures, field->name), &samples, 0);
        samples_take(&samples, (struct cost *)(void *)((char *)python + field->offset));
    }
}

static int read_answer(const char *path, const char *text, struct costs *costs,
                       struct samples *handoffs, struct err *err)
{
    json_error_t error;
    json_t *answer = json_loads(text, 0, &error);
    const char *version = json_string_value(json_object_get(answer, "version"));
    const json_t *figures = json_object_get(answer, "figures");
    unsigned major;
    unsigned minor;
    if (!version || !figures || sscanf(version, "%2u.%3u", &major, &minor) != 2) {
        json_decref(answer);
        return err_set(err, "the python '%s' did not tell its figures", path);
    }
    struct python_costs *python = costs_add_python(costs, major, minor);
    snprintf(python->path, sizeof python->path, "%s", path);
    snprintf(python->version, sizeof python->version, "%s", version);
    python->has_lock = json_integer_value(json_object_get(answer, "has_lock")) != 0;
    python->ssh_has_lock = python->has_lock;
    read_figures(figures, python);
    // The CPU of a switch is the waiter's timeout, the wake and the new holder's extra work.
    read_samples(json_object_get(figures, "handoff_ns"), handoffs,
                 costs->waiter_cpu.median + costs->wake_cpu.median);
    json_decref(answer);
    return 0;
}

int calibrate_python_starts(const char *path, struct err *err)
{
    static const char no_question[] = "{\"checks\": []}\n";
    struct buf out = {0};
    const struct python_call call = {
        .python = path,
        .script = "worker.py",
        .input = no_question,
        .input_len = strlen(no_question),
    };
    int result = python_process_run(&call, &out, err);
    buf_fini(&out);
    return result;
}

static int measure_sessions(const char *path, const char *program, enum transport transport,
                            const volatile sig_atomic_t *stop, struct python_costs *python,
                            struct err *err)
{
    struct calibrate_stage stage;
    struct buf input = {0};
    struct buf out = {0};
    size_t count;
    if (calibrate_stage_start(&stage, program, transport, 1, "2ms", stop, err) < 0)
        return -1;
    struct run_spec *specs = experiment_runs(stage.experiment, &count);
    python_input_write(stage.plan, &specs[0], &input);
    const struct python_call call = {
        .python = path,
        .script = "calibrate_sessions.py",
        .input = input.data,
        .input_len = input.len,
        .stop = stop,
    };
    int result = python_process_run(&call, &out, err);
    json_error_t error;
    json_t *answer = result == 0 ? json_loads(buf_text(&out), 0, &error) : NULL;
    read_figures(json_object_get(answer, "figures"), python);
    if (answer && transport == TRANSPORT_SSH)
        python->ssh_has_lock = json_is_true(json_object_get(answer, "has_lock"));
    json_decref(answer);
    free(specs);
    buf_fini(&input);
    buf_fini(&out);
    calibrate_stage_end(&stage);
    return result;
}

int calibrate_python(const char *path, const char *program, const volatile sig_atomic_t *stop,
                     struct costs *costs, struct samples *handoffs, struct err *err)
{
    struct samples passes = {0};
    struct buf out = {0};
    const struct python_call call = {
        .python = path,
        .script = "calibrate.py",
        .input = "",
        .stop = stop,
    };
    samples_add(&passes, burn_pass_ns());
    int result = strlen(path) < sizeof costs->pythons->path
                     ? python_process_run(&call, &out, err)
                     : err_input(err, "'%.40s...' is too long for a path", path);
    if (result == 0)
        result = read_answer(path, buf_text(&out), costs, handoffs, err);
    buf_fini(&out);
    samples_add(&passes, burn_pass_ns());
    struct python_costs *python = &costs->pythons[costs->n_pythons - 1];
    if (result == 0)
        result = measure_sessions(path, program, TRANSPORT_TELNET, stop, python, err);
    samples_add(&passes, burn_pass_ns());
    if (result == 0)
        result = measure_sessions(path, program, TRANSPORT_SSH, stop, python, err);
    samples_add(&passes, burn_pass_ns());
    if (result == 0)
        samples_cost(&passes, &python->core_pass);
    samples_fini(&passes);
    return result;
}
