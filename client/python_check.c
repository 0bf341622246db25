#include "client/python_check.h"

#include "base/buf.h"
#include "client/progress.h"
#include "client/python_process.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

// What client/python/worker.py looks at to tell whether it can do a run.
static json_t *question(const struct experiment *experiment, const struct run_spec *spec)
{
    return json_pack("{s:s, s:s, s:s, s:b}", "strategy", strategy_names[spec->strategy],
                     "transport", transport_names[spec->transport], "start_method",
                     start_method_names[spec->start_method], "echo", experiment->work.echo_ns != 0);
}

// The answers of one python: "checks", a list of null or the reason against it, for the runs of its
// interpreter in their order; "notes", what to tell of it; "major", of its version. The caller
// frees with json_decref.
static json_t *ask(const struct experiment *experiment, const struct interpreter *interpreter,
                   const struct run_spec *specs, size_t count, struct err *err)
{
    struct buf out = {0};
    json_t *questions = json_array();
    for (size_t i = 0; i < count; i++)
        if (specs[i].interpreter == interpreter)
            json_array_append_new(questions, question(experiment, &specs[i]));
    json_t *input = json_pack("{s:o}", "checks", questions);
    char *text = json_dumps(input, JSON_COMPACT);
    const struct python_call call = {
        .python = interpreter_python_path(interpreter),
        .script = "worker.py",
        .input = text,
        .input_len = strlen(text),
    };
    json_t *answer = NULL;
    if (python_process_run(&call, &out, err) == 0) {
        json_error_t error;
        answer = json_loads(buf_text(&out), 0, &error);
        if (!answer)
            err_set(err, "the python '%s' gives no answer", call.python);
    }
    free(text);
    json_decref(input);
    buf_fini(&out);
    return answer;
}

// Removes what the python cannot do. last: a reason, for the case that nothing is left.
static void keep_possible(const struct interpreter *interpreter, const json_t *answers,
                          struct run_spec *specs, size_t *count, FILE *notes, struct err *last)
{
    size_t kept = 0;
    size_t asked = 0;
    for (size_t i = 0; i < *count; i++) {
        const char *reason = NULL;
        if (specs[i].interpreter == interpreter)
            reason = json_string_value(json_array_get(answers, asked++));
        if (reason) {
            char text[512];
            err_input(last, "interpreter '%s': %s", interpreter->name, reason);
            if (specs[i].repeat == 0)
                fprintf(notes, "netbaton run: left out: %s: %s\n",
                        progress_describe(&specs[i], text, sizeof text), reason);
        } else {
            specs[kept++] = specs[i];
        }
    }
    *count = kept;
}

static void tell_notes(const struct interpreter *interpreter, const json_t *notes, FILE *out)
{
    for (size_t i = 0; i < json_array_size(notes); i++)
        fprintf(out, "netbaton run: interpreter '%s': %s\n", interpreter->name,
                json_string_value(json_array_get(notes, i)));
}

int python_check_runs(const struct experiment *experiment, struct run_spec *specs, size_t *count,
                      FILE *notes, struct err *err)
{
    for (size_t i = 0; i < experiment->runs.interpreter.len; i++) {
        const struct interpreter *interpreter = &experiment->runs.interpreter.items[i];
        if (interpreter->gil != GIL_REAL)
            continue;
        json_t *answer = ask(experiment, interpreter, specs, *count, err);
        if (!answer)
            return -1;
        char *kept_back = NULL;
        size_t len = 0;
        FILE *own = open_memstream(&kept_back, &len);
        tell_notes(interpreter, json_object_get(answer, "notes"), own);
        keep_possible(interpreter, json_object_get(answer, "checks"), specs, count, own, err);
        experiment_runs_of_version(specs, count, interpreter,
                                   (int)json_integer_value(json_object_get(answer, "major")));
        fclose(own);
        if (*count)
            fputs(kept_back, notes); // when nothing is left the error says it
        free(kept_back);
        json_decref(answer);
        if (!*count)
            return -1;
    }
    return 0;
}
