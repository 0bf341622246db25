#include "sim/trace.h"

#include "base/alloc.h"
#include "base/interval_list.h"
#include "base/units.h"
#include "sim/thread.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { GROUPS = 4 };              // of rows a run: threads, cores, locks, workers of a loop
enum { GROUPS_ALWAYS = 3 };       // the first of them
enum { GROUP_BITS = 24 };         // a row of the list is its group, then its number
enum { EACH_THREAD = 40 };        // the list has room for so many of each
enum { WITH_LOCK = TASK_STATES }; // the name of TASK_RUNNING by the holder

struct trace {
    FILE *json;
    char *json_path;
    struct timeline_file *csv;
    char *csv_path;
    uint32_t run;
    struct interval_list list; // of the run
    char **thread_names;       // of the run; NULL where one has none
    uint32_t n_threads;
    uint32_t joined_runs;
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
    struct stat there;
    if (stat(path, &there) == 0 && S_ISDIR(there.st_mode)) {
        err_input(err, "'%s' is a folder; name a file in it, like '%s/timeline.json'", path, path);
        return NULL;
    }
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

const char *trace_json_path(const struct trace *trace)
{
    return trace->json_path;
}

const char *trace_csv_path(const struct trace *trace)
{
    return trace->csv_path;
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

static void write_run(struct trace *trace);
static void free_thread_names(struct trace *trace);

int trace_close(struct trace *trace, struct err *err)
{
    if (!trace)
        return 0;
    if (trace->csv)
        write_run(trace);
    if (trace->json)
        fputs("\n]}\n", trace->json);
    int result = finish(trace->json, trace->json_path, err);
    if (timeline_file_close(trace->csv, err) < 0)
        result = -1;
    free(trace->list.items);
    free_thread_names(trace);
    free(trace->json_path);
    free(trace->csv_path);
    free(trace);
    return result;
}

uint32_t trace_joined_runs(const struct trace *trace)
{
    return trace->joined_runs + (trace->list.grain_ns != 0);
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

static void put_remark(struct trace *trace, const char *kind, uint32_t pid, uint32_t tid,
                       const char *key, const char *name)
{
    comma(trace);
    fprintf(trace->json,
            "{\"ph\":\"M\",\"pid\":%u,\"tid\":%u,\"name\":\"%s\",\"args\":{\"%s\":", pid, tid, kind,
            key);
    put_quoted(name, trace->json);
    fputs("}}", trace->json);
}

static void name_row(struct trace *trace, const char *kind, uint32_t pid, uint32_t tid,
                     const char *name)
{
    put_remark(trace, kind, pid, tid, "name", name);
}

static void free_thread_names(struct trace *trace)
{
    for (uint32_t i = 0; i < trace->n_threads; i++)
        free(trace->thread_names[i]);
    free(trace->thread_names);
    trace->n_threads = 0;
}

void trace_run(struct trace *trace, uint32_t run, uint32_t threads, const char *label)
{
    static const char *const names[GROUPS_ALWAYS] = {"threads", "cores", "lock holder"};
    write_run(trace);
    free_thread_names(trace);
    trace->thread_names = alloc_zero(threads, sizeof *trace->thread_names);
    trace->n_threads = threads;
    uint32_t limit = threads * EACH_THREAD;
    trace->run = run;
    trace->list.limit = limit > TIMELINE_INTERVALS_MAX ? limit : TIMELINE_INTERVALS_MAX;
    trace->list.items =
        alloc_resize(trace->list.items, trace->list.limit, sizeof *trace->list.items);
    for (uint32_t i = 0; i < GROUPS_ALWAYS; i++) {
        char *name = alloc_printf("run %u: %s (%s)", run, names[i], label);
        name_row(trace, "process_name", group(trace, i), 0, name);
        free(name);
    }
}

void trace_name_thread(struct trace *trace, uint32_t thread, const char *name)
{
    name_row(trace, "thread_name", group(trace, 0), thread + 1, name);
    if (thread < trace->n_threads) {
        free(trace->thread_names[thread]);
        trace->thread_names[thread] = alloc_strdup(name);
    }
}

void trace_worker(struct trace *trace, uint32_t worker, uint32_t thread)
{
    timeline_file_put_thread(trace->csv, trace->run, TIMELINE_WORKER, worker, thread, 0, 0);
}

void trace_name_turns(struct trace *trace, uint32_t workers, const char *label)
{
    char *name = alloc_printf("run %u: loop works for (%s)", trace->run, label);
    name_row(trace, "process_name", group(trace, TIMELINE_WORKER), 0, name);
    free(name);
    for (uint32_t i = 0; i < workers; i++) {
        char worker[32];
        snprintf(worker, sizeof worker, "worker %u", i);
        name_row(trace, "thread_name", group(trace, TIMELINE_WORKER), i + 1, worker);
    }
}

// --- the intervals of a run are kept until it is over

static void keep(struct trace *trace, enum timeline_row which, uint32_t number, uint32_t name,
                 uint64_t from_ns, uint64_t to_ns)
{
    interval_list_add(&trace->list,
                      &(struct interval){from_ns, to_ns, which << GROUP_BITS | number, name});
}

// What a viewer calls the thread.
static const char *shown_name(const struct trace *trace, uint32_t thread, const char *number)
{
    bool has_name = thread < trace->n_threads && trace->thread_names[thread];
    return has_name ? trace->thread_names[thread] : number;
}

static void write_interval(struct trace *trace, const struct interval *interval)
{
    enum timeline_row which = interval->row >> GROUP_BITS;
    uint32_t number = interval->row & ((1U << GROUP_BITS) - 1);
    uint64_t length = interval->to_ns - interval->from_ns;
    char thread[32];
    const char *name = thread;
    if (which != TIMELINE_THREAD)
        snprintf(thread, sizeof thread, "thread %u", interval->name);
    else
        name = interval->name == WITH_LOCK ? "runs with the lock" : state_names[interval->name];
    comma(trace);
    fprintf(trace->json,
            "{\"ph\":\"X\",\"pid\":%u,\"tid\":%u,\"ts\":%" PRIu64 ".%03u,\"dur\":%" PRIu64
            ".%03u,\"name\":",
            group(trace, which), number + 1, interval->from_ns / 1000,
            (unsigned)(interval->from_ns % 1000), length / 1000, (unsigned)(length % 1000));
    put_quoted(which == TIMELINE_THREAD ? name : shown_name(trace, interval->name, name),
               trace->json);
    fputc('}', trace->json);
    timeline_file_put(trace->csv, trace->run, which, number, name, interval->from_ns,
                      interval->to_ns);
}

static void write_run(struct trace *trace)
{
    struct interval_list *list = &trace->list;
    for (uint32_t i = 0; i < list->len; i++)
        write_interval(trace, &list->items[i]);
    char grain[32];
    units_human_duration(list->grain_ns, grain, sizeof grain);
    timeline_file_put_joined(trace->csv, trace->run, list->grain_ns);
    for (uint32_t i = 0; i < GROUPS_ALWAYS && list->grain_ns; i++) {
        char *remark = alloc_printf("shorter than %s: joined", grain);
        put_remark(trace, "process_labels", group(trace, i), 0, "labels", remark);
        free(remark);
    }
    trace->joined_runs += list->grain_ns != 0;
    list->len = 0;
    list->grain_ns = 0;
}

void trace_state(struct trace *trace, uint32_t thread, uint32_t core, unsigned state, bool holds,
                 uint64_t from_ns, uint64_t to_ns)
{
    if (to_ns == from_ns || state == TASK_UNBORN || state == TASK_DONE)
        return;
    keep(trace, TIMELINE_THREAD, thread, state == TASK_RUNNING && holds ? WITH_LOCK : state,
         from_ns, to_ns);
    if (state == TASK_RUNNING)
        keep(trace, TIMELINE_ON_CORE, core, thread, from_ns, to_ns);
}

void trace_holder(struct trace *trace, uint32_t lock, uint32_t thread, uint64_t from_ns,
                  uint64_t to_ns)
{
    if (to_ns != from_ns)
        keep(trace, TIMELINE_HOLDER, lock, thread, from_ns, to_ns);
}

void trace_turn(struct trace *trace, uint32_t worker, uint32_t thread, uint64_t from_ns,
                uint64_t to_ns)
{
    if (to_ns != from_ns)
        keep(trace, TIMELINE_WORKER, worker, thread, from_ns, to_ns);
}
