#include "emulator/control_request.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/units.h"
#include "emulator/counts_json.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { KEYS_MAX = 4 };

static int add_piece(const char *text, size_t len, void *buf)
{
    buf_add(buf, text, len);
    return 0;
}

// Takes the answer.
static char *line_of(json_t *answer)
{
    struct buf line = {0};
    json_dump_callback(answer, add_piece, &line, JSON_COMPACT);
    json_decref(answer);
    buf_putc(&line, '\n');
    return buf_take(&line);
}

// What was cut inside a letter of several bytes is no UTF-8 any more, and nothing JSON takes.
static json_t *json_of_text(const char *text)
{
    json_t *string = json_string(text);
    if (string)
        return string;
    char *ascii = alloc_strdup(text);
    for (char *c = ascii; *c; c++)
        if ((unsigned char)*c > '~')
            *c = '?';
    string = json_string(ascii);
    free(ascii);
    return string;
}

static json_t *refusal(const struct err *err)
{
    return json_pack("{s:b, s:o, s:i}", "ok", 0, "error", json_of_text(err->text), "exit",
                     err_exit_code(err));
}

char *control_refusal(const char *fmt, ...)
{
    struct buf text = {0};
    va_list ap;
    va_start(ap, fmt);
    buf_vprintf(&text, fmt, ap);
    va_end(ap);
    struct err err;
    (void)err_input(&err, "%s", buf_text(&text));
    buf_fini(&text);
    return line_of(refusal(&err));
}

int control_devices(struct server *server, const json_t *request, struct device_row *row,
                    struct err *err)
{
    const struct emulate_options *options = server_options(server);
    const json_t *device = json_object_get(request, "device");
    char number[32];
    const char *text = "all";
    if (json_is_integer(device)) {
        snprintf(number, sizeof number, "%" JSON_INTEGER_FORMAT, json_integer_value(device));
        text = number;
    } else if (json_is_string(device)) {
        text = json_string_value(device);
    } else if (device) {
        return err_input(err, "'device' is a name, a number, a row like \"1-40\" or \"all\"");
    }
    return device_row_parse(row, text, options->experiment, options->devices, err);
}

static int read_choice(struct server *server, const json_t *request, struct session_choice *choice,
                       struct err *err)
{
    const json_t *id = json_object_get(request, "session");
    *choice = (struct session_choice){0};
    if (id && (!json_is_integer(id) || json_integer_value(id) < 1))
        return err_input(err, "'session' is the number of a session, from 1");
    if (id)
        choice->id = (uint64_t)json_integer_value(id);
    return control_devices(server, request, &choice->devices, err);
}

static json_t *answer_hello(struct server *server, const json_t *request, struct err *err)
{
    (void)request, (void)err;
    const struct emulate_options *options = server_options(server);
    json_t *answer =
        json_pack("{s:b, s:i, s:s, s:I, s:f}", "ok", 1, "pid", (int)getpid(), "experiment",
                  options->experiment->name, "devices", (json_int_t)options->devices, "seconds",
                  (double)server_age_ns(server) / (double)CLOCK_NS_PER_S);
    char place[LISTEN_PLACE_TEXT];
    if (options->serves_ssh)
        json_object_set_new(answer, "ssh", json_string(listen_place_text(&options->ssh, place)));
    if (options->serves_telnet)
        json_object_set_new(answer, "telnet",
                            json_string(listen_place_text(&options->telnet, place)));
    return answer;
}

static json_t *session_json(struct server *server, const struct session_info *info)
{
    char name[DEVICE_NAME_MAX + 1];
    return json_pack("{s:I, s:I, s:s, s:s, s:s, s:s, s:s, s:s, s:f, s:I, s:I, s:I}", "session",
                     (json_int_t)info->id, "device", (json_int_t)info->device, "name",
                     experiment_device_name(server_options(server)->experiment, info->device, name),
                     "transport", info->transport, "peer", info->peer, "user", info->user, "phase",
                     info->phase, "fault", info->fault, "seconds",
                     (double)info->age_ns / (double)CLOCK_NS_PER_S, "commands",
                     (json_int_t)info->commands, "bytes_in", (json_int_t)info->bytes_in,
                     "bytes_out", (json_int_t)info->bytes_out);
}

static json_t *answer_sessions(struct server *server, const json_t *request, struct err *err)
{
    struct session_choice choice;
    if (read_choice(server, request, &choice, err) < 0)
        return NULL;
    size_t count = 0;
    struct session_info *found = server_sessions(server, &choice, &count);
    json_t *sessions = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(sessions, session_json(server, &found[i]));
    free(found);
    return json_pack("{s:b, s:o}", "ok", 1, "sessions", sessions);
}

static json_t *answer_counters(struct server *server, const json_t *request, struct err *err)
{
    (void)request, (void)err;
    struct counts counts;
    server_count(server, &counts);
    json_t *answer = json_pack("{s:b, s:f}", "ok", 1, "seconds",
                               (double)server_age_ns(server) / (double)CLOCK_NS_PER_S);
    counts_json(&counts, answer);
    return answer;
}

// Nobody drops everything by leaving a word out.
static json_t *answer_drop(struct server *server, const json_t *request, struct err *err)
{
    struct session_choice choice;
    const json_t *reset = json_object_get(request, "reset");
    if (!json_object_get(request, "device") && !json_object_get(request, "session")) {
        (void)err_input(err, "which sessions? Name a 'device' or a 'session'");
        return NULL;
    }
    if (reset && !json_is_boolean(reset)) {
        (void)err_input(err, "'reset' is true or false");
        return NULL;
    }
    if (read_choice(server, request, &choice, err) < 0)
        return NULL;
    size_t dropped = server_drop(server, &choice, json_is_true(reset));
    return json_pack("{s:b, s:I}", "ok", 1, "dropped", (json_int_t)dropped);
}

static const struct request {
    const char *name;
    json_t *(*answer)(struct server *server, const json_t *request, struct err *err);
    const char *keys[KEYS_MAX]; // it may have, besides `request`
} requests[] = {
    {"hello", answer_hello, {0}},
    {"sessions", answer_sessions, {"device", "session"}},
    {"counters", answer_counters, {0}},
    {"show", control_show, {"device"}},
    {"set", control_set, {"device", "values"}},
    {"reset", control_reset, {"device"}},
    {"drop", answer_drop, {"device", "session", "reset"}},
};
enum { N_REQUESTS = sizeof requests / sizeof *requests };

static int unknown(const char *what, const char *word, const char *const *names, struct err *err)
{
    const char *near = units_nearest_word(word, names);
    if (near)
        return err_input(err, "unknown %s '%s'; did you mean '%s'?", what, word, near);
    struct buf known = {0};
    for (size_t i = 0; names[i]; i++)
        buf_printf(&known, "%s%s", i ? ", " : "", names[i]);
    (void)err_input(err, "unknown %s '%s'; there are %s", what, word, buf_text(&known));
    buf_fini(&known);
    return -1;
}

static const struct request *find(const json_t *request, struct err *err)
{
    const char *name = json_string_value(json_object_get(request, "request"));
    if (!name) {
        (void)err_input(err, "a request is an object like {\"request\": \"sessions\"}");
        return NULL;
    }
    const char *names[N_REQUESTS + 1] = {0};
    for (size_t i = 0; i < N_REQUESTS; i++) {
        if (!strcmp(requests[i].name, name))
            return &requests[i];
        names[i] = requests[i].name;
    }
    (void)unknown("request", name, names, err);
    return NULL;
}

static int check_keys(const struct request *known, json_t *request, struct err *err)
{
    const char *names[KEYS_MAX + 2] = {"request"};
    for (size_t i = 0; i < KEYS_MAX && known->keys[i]; i++)
        names[i + 1] = known->keys[i];
    const char *key;
    json_t *value;
    json_object_foreach(request, key, value)
    {
        size_t i = 0;
        while (names[i] && strcmp(names[i], key) != 0)
            i++;
        if (!names[i])
            return unknown("key", key, names, err);
    }
    return 0;
}

char *control_answer(struct server *server, const char *line, size_t len)
{
    struct err err;
    json_error_t wrong;
    json_t *request = json_loadb(line, len, JSON_REJECT_DUPLICATES, &wrong);
    if (!request)
        return control_refusal("not JSON: %s (column %d)", wrong.text, wrong.column);
    const struct request *known = find(request, &err);
    json_t *answer = known && check_keys(known, request, &err) == 0
                         ? known->answer(server, request, &err)
                         : NULL;
    json_decref(request);
    return line_of(answer ? answer : refusal(&err));
}
