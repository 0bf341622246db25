#include "client/lock_log.h"

#include "base/interval_list.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

// However many threads share the memory, a chart of each needs some.
enum { EACH_AT_LEAST = 500 };

enum span_kind { SPAN_WAITED, SPAN_HELD };

struct lock_spans {
    uint32_t lock;
    struct interval_list list; // of one row; names: enum span_kind
};

struct lock_log {
    size_t size_bytes;
    uint64_t zero_ns;
    uint32_t n_workers; // whose sessions have that number
    uint32_t n_threads;
    uint32_t n_turns; // workers of a loop; else 0
    uint32_t first_background;
    struct lock_spans threads[]; // then those of the loop's workers
};

bool lock_log_is_possible(const struct run_spec *spec)
{
    bool processes = spec->strategy == STRATEGY_PROCESSES || spec->strategy == STRATEGY_HYBRID;
    enum gil_kind kind = spec->interpreter->gil;
    return kind != GIL_NONE && kind != GIL_REAL &&
           !(processes && spec->start_method == START_SPAWN);
}

static bool is_loop(const struct run_spec *spec)
{
    return spec->strategy == STRATEGY_ASYNC;
}

uint32_t lock_log_worker_thread(const struct run_spec *spec, uint32_t worker)
{
    return is_loop(spec) ? (uint32_t)LOCK_LOG_MAIN : LOCK_LOG_FIRST_WORKER + worker;
}

uint32_t lock_log_first_background(const struct run_spec *spec)
{
    return LOCK_LOG_FIRST_WORKER + (is_loop(spec) ? 0 : spec->workers);
}

static uint32_t share_of(uint32_t all, uint32_t lists)
{
    return lists && all / lists > EACH_AT_LEAST ? all / lists : EACH_AT_LEAST;
}

// Gives each of n lists room for so many spans; returns what is behind them.
static struct interval *make_lists(struct lock_spans *lists, uint32_t n, uint32_t each,
                                   struct interval *items)
{
    for (uint32_t i = 0; i < n; i++)
        lists[i].list = (struct interval_list){.limit = each, .items = items + (size_t)i * each};
    return items + (size_t)n * each;
}

struct lock_log *lock_log_new(const struct run_spec *spec, uint32_t each, struct err *err)
{
    uint32_t first_background = lock_log_first_background(spec);
    uint32_t n_threads = first_background + spec->background;
    uint32_t n_turns = is_loop(spec) ? spec->workers : 0;
    uint32_t all = n_turns ? TIMELINE_INTERVALS_MAX / 2 : TIMELINE_INTERVALS_MAX;
    uint32_t each_thread = each ? each : share_of(all, n_threads);
    uint32_t each_turns = each ? each : share_of(all, n_turns);
    size_t head = sizeof(struct lock_log) + (n_threads + n_turns) * sizeof(struct lock_spans);
    size_t n_items = (size_t)n_threads * each_thread + (size_t)n_turns * each_turns;
    size_t size = head + n_items * sizeof(struct interval);
    struct lock_log *log =
        mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (log == MAP_FAILED) {
        err_set(err, "no memory for the timeline of %u threads: %s", n_threads, strerror(errno));
        return NULL;
    }
    log->size_bytes = size;
    log->n_workers = is_loop(spec) ? 0 : spec->workers;
    log->n_threads = n_threads;
    log->n_turns = n_turns;
    log->first_background = first_background;
    struct interval *items = (struct interval *)(void *)((char *)log + head);
    items = make_lists(log->threads, n_threads, each_thread, items);
    make_lists(log->threads + n_threads, n_turns, each_turns, items);
    return log;
}

void lock_log_free(struct lock_log *log)
{
    if (log)
        munmap(log, log->size_bytes);
}

void lock_log_start(struct lock_log *log, uint64_t zero_ns)
{
    if (log)
        log->zero_ns = zero_ns;
}

struct lock_spans *lock_log_thread(struct lock_log *log, uint32_t thread, uint32_t lock)
{
    if (!log)
        return NULL;
    assert(thread < log->n_threads);
    log->threads[thread].lock = lock;
    return &log->threads[thread];
}

struct lock_spans *lock_log_turns(struct lock_log *log, uint32_t worker)
{
    if (!log)
        return NULL;
    assert(worker < log->n_turns);
    return &log->threads[log->n_threads + worker];
}

void lock_spans_add(struct lock_spans *spans, bool held, uint64_t from_ns, uint64_t to_ns)
{
    if (!held && to_ns - from_ns < LOCK_LOG_WAIT_MIN_NS)
        return;
    // Under the lock of 2.7 a wait begins before the clock says that the hold is over.
    const struct interval_list *list = &spans->list;
    if (list->len && from_ns < list->items[list->len - 1].to_ns)
        from_ns = list->items[list->len - 1].to_ns;
    if (from_ns < to_ns)
        interval_list_add(&spans->list, &(struct interval){.from_ns = from_ns,
                                                           .to_ns = to_ns,
                                                           .name = held ? SPAN_HELD : SPAN_WAITED});
}

// Writes the intervals of one thread one after the other.
struct writer {
    struct timeline_file *file;
    uint32_t run;
    uint32_t thread;
    uint32_t lock;
    uint64_t zero_ns;
    uint64_t done_ns;    // what is before it is written
    const char *between; // what the thread does without the lock; NULL: nothing of its own
};

static void put_state(const struct writer *writer, const char *name, uint64_t from_ns,
                      uint64_t to_ns)
{
    timeline_file_put(writer->file, writer->run, TIMELINE_THREAD, writer->thread, name,
                      from_ns - writer->zero_ns, to_ns - writer->zero_ns);
}

static void write_span(struct writer *writer, const struct interval *span)
{
    bool held = span->name == SPAN_HELD;
    uint64_t from_ns = span->from_ns > writer->done_ns ? span->from_ns : writer->done_ns;
    if (span->to_ns <= from_ns)
        return;
    if (writer->between && writer->done_ns > writer->zero_ns && from_ns > writer->done_ns)
        put_state(writer, writer->between, writer->done_ns, from_ns);
    put_state(writer, held ? "runs with the lock" : "waits for the lock", from_ns, span->to_ns);
    if (held)
        timeline_file_put_thread(writer->file, writer->run, TIMELINE_HOLDER, writer->lock,
                                 writer->thread, from_ns - writer->zero_ns,
                                 span->to_ns - writer->zero_ns);
    writer->done_ns = span->to_ns;
}

// The main thread of a pool waits for its threads; those in the background do nothing but compute.
static const char *between(const struct lock_log *log, uint32_t thread)
{
    if (thread >= log->first_background)
        return NULL;
    return thread == LOCK_LOG_MAIN && log->n_workers ? "idle" : "waits for the device";
}

static void write_turns(const struct lock_log *log, uint32_t worker, uint32_t run,
                        struct timeline_file *file)
{
    const struct interval_list *list = &log->threads[log->n_threads + worker].list;
    for (uint32_t i = 0; i < list->len; i++) {
        const struct interval *turn = &list->items[i];
        uint64_t from_ns = turn->from_ns > log->zero_ns ? turn->from_ns : log->zero_ns;
        if (turn->to_ns > from_ns)
            timeline_file_put_thread(file, run, TIMELINE_WORKER, worker, LOCK_LOG_MAIN,
                                     from_ns - log->zero_ns, turn->to_ns - log->zero_ns);
    }
}

void lock_log_write(const struct lock_log *log, uint32_t run, struct timeline_file *file)
{
    for (uint32_t worker = 0; worker < log->n_workers; worker++)
        timeline_file_put_thread(file, run, TIMELINE_WORKER, worker, LOCK_LOG_FIRST_WORKER + worker,
                                 0, 0);
    for (uint32_t thread = 0; thread < log->n_threads; thread++) {
        const struct lock_spans *spans = &log->threads[thread];
        struct writer writer = {.file = file,
                                .run = run,
                                .thread = thread,
                                .lock = spans->lock,
                                .zero_ns = log->zero_ns,
                                .done_ns = log->zero_ns,
                                .between = between(log, thread)};
        for (uint32_t i = 0; i < spans->list.len; i++)
            write_span(&writer, &spans->list.items[i]);
    }
    for (uint32_t worker = 0; worker < log->n_turns; worker++)
        write_turns(log, worker, run, file);
    timeline_file_put_joined(file, run, lock_log_grain_ns(log));
}

uint64_t lock_log_grain_ns(const struct lock_log *log)
{
    uint64_t grain_ns = 0;
    for (uint32_t i = 0; i < log->n_threads + log->n_turns; i++)
        if (log->threads[i].list.grain_ns > grain_ns)
            grain_ns = log->threads[i].list.grain_ns;
    return grain_ns;
}
