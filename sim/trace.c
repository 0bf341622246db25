#include "sim/trace.h"

#include "base/alloc.h"
#include "sim/thread.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GROUPS = 3 }; // of rows a run: threads, cores, locks

struct trace {
    FILE *json;
    char *json_path;
    struct timeline_file *csv;
    char *csv_path;
    uint32_t run;
    uint32_t intervals; // of the run, so far
    uint32_t cut_runs;
    bool first;
};

static const char *const state_names[TASK_STATES] = {
    "unborn",
    "waits for a core",
    "runs",
    "waits for the device",
    "waits for the lock",
    "gave the lock up",
    "idle",
    "done",
};

static FILE *create(const char *path, struct err *err)
{
    FILE *file = fopen(path, "we");
    if (!file)
        err_input(err, "cannot write '%s': %s", path, strerror(errno));
    return file;
}

// Without the ending of either file.
static size_t stem_len(const char *path)
{
    static const char *const endings[] = {".json", ".csv"};
    size_t len = strlen(path);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t tail = strlen(endings[i]);
        if (len > tail && !strcmp(path + len - tail, endings[i]))
            return len - tail;
    }
    return len;
}

struct trace *trace_open(const char *path, struct err *err)
{
    struct trace *trace = alloc_zero(1, sizeof *trace);
    size_t len = stem_len(path);
    trace->json_path = alloc_printf("%.*s.json", (int)len, path);
    trace->csv_path = alloc_printf("%.*s.csv", (int)len, path);
    trace->first = true;
    trace->json = create(trace->json_path, err);
    trace->csv = trace->json ? timeline_file_new(trace->csv_path, err) : NULL;
    if (!trace->csv) {
        struct err ignored;
        trace_close(trace, &ignored);
        return NULL;
    }
    fputs("{\"displayTimeUnit\": \"ms\", \"traceEvents\": [\n", trace->json);
    return trace;
}

static int finish(FILE *file, const char *path, struct err *err)
{
    if (!file)
        return 0;
    bool bad = ferror(file) != 0;
    if (fclose(file) != 0 || bad)
        return err_set(err, "cannot write '%s': %s", path, strerror(errno));
    return 0;
}

int trace_close(struct trace *trace, struct err *err)
{
    if (!trace)
        return 0;
    if (trace->json)
        fputs("\n]}\n", trace->json);
    int result = finish(trace->json, trace->json_path, err);
    if (timeline_file_close(trace->csv, err) < 0)
        result = -1;
    free(trace->json_path);
    free(trace->csv_path);
    free(trace);
    return result;
}

uint32_t trace_cut_runs(const struct trace *trace)
{
    return trace->cut_runs;
}

static uint32_t group(const struct trace *trace, uint32_t which)
{
    return trace->run * GROUPS + which + 1;
}

static void comma(struct trace *trace)
{
    if (!trace->first)
        fputs(",\n", trace->json);
    trace->first = false;
}

// A name is a label of ours or an interpreter's: quotes and backslashes are all that JSON minds.
static void put_quoted(const char *text, FILE *file)
{
    fputc('"', file);
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            fputc('\\', file);
        if ((unsigned char)*text >= 0x20)
            fputc(*text, file);
    }
    fputc('"', file);
}

static void name_row(struct trace *trace, const char *kind, uint32_t pid, uint32_t tid,
                     const char *name)
{
    comma(trace);
    fprintf(trace->json,
            "{\"ph\":\"M\",\"pid\":%u,\"tid\":%u,\"name\":\"%s\",\"args\":{\"name\":", pid, tid,
            kind);
    put_quoted(name, trace->json);
    fputs("}}", trace->json);
}

void trace_run(struct trace *trace, uint32_t run, const char *label)
{
    static const char *const names[GROUPS] = {"threads", "cores", "lock holder"};
    trace->run = run;
    trace->intervals = 0;
    for (uint32_t i = 0; i < GROUPS; i++) {
        char *name = alloc_printf("run %u: %s (%s)", run, names[i], label);
        name_row(trace, "process_name", group(trace, i), 0, name);
        free(name);
    }
}

void trace_name_thread(struct trace *trace, uint32_t thread, const char *name)
{
    name_row(trace, "thread_name", group(trace, 0), thread + 1, name);
}

void trace_worker(struct trace *trace, uint32_t worker, uint32_t thread)
{
    timeline_file_put_thread(trace->csv, trace->run, TIMELINE_WORKER, worker, thread, 0, 0);
}

static void put_interval(struct trace *trace, enum timeline_row which, uint32_t tid,
                         const char *name, uint64_t from_ns, uint64_t to_ns)
{
    uint64_t length = to_ns - from_ns;
    if (trace->intervals == TIMELINE_INTERVALS_MAX)
        return;
    if (++trace->intervals == TIMELINE_INTERVALS_MAX)
        trace->cut_runs++;
    comma(trace);
    fprintf(trace->json,
            "{\"ph\":\"X\",\"pid\":%u,\"tid\":%u,\"ts\":%" PRIu64 ".%03u,\"dur\":%" PRIu64
            ".%03u,\"name\":\"%s\"}",
            group(trace, which), tid + 1, from_ns / 1000, (unsigned)(from_ns % 1000), length / 1000,
            (unsigned)(length % 1000), name);
    timeline_file_put(trace->csv, trace->run, which, tid, name, from_ns, to_ns);
}

void trace_state(struct trace *trace, uint32_t thread, uint32_t core, unsigned state, bool holds,
                 uint64_t from_ns, uint64_t to_ns)
{
    if (to_ns == from_ns || state == TASK_UNBORN || state == TASK_DONE)
        return;
    put_interval(trace, TIMELINE_THREAD, thread,
                 state == TASK_RUNNING && holds ? "runs with the lock" : state_names[state],
                 from_ns, to_ns);
    if (state == TASK_RUNNING) {
        char name[32];
        snprintf(name, sizeof name, "thread %u", thread);
        put_interval(trace, TIMELINE_ON_CORE, core, name, from_ns, to_ns);
    }
}

void trace_holder(struct trace *trace, uint32_t lock, uint32_t thread, uint64_t from_ns,
                  uint64_t to_ns)
{
    char name[32];
    if (to_ns == from_ns)
        return;
    snprintf(name, sizeof name, "thread %u", thread);
    put_interval(trace, TIMELINE_HOLDER, lock, name, from_ns, to_ns);
}
