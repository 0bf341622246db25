#include "client/gil.h"

#include "base/alloc.h"
#include "client/gil_ticks.h"
#include "client/gil_timed.h"
#include "client/lock_log.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>

// Between two looks at the drop request. CPython looks every 20 to 50 ns (a pass of a short loop);
// 0.2 us keeps the cost of looking below 1 % and is short beside a wake-up.
static const double gap_ns = 200;

struct gil {
    enum gil_kind kind;
    double work_factor;
    uint64_t switch_interval_ns;
    atomic_flag used;
    union {
        struct gil_timed timed;
        struct gil_ticks ticks;
    } lock;
};

struct gil *gil_new(const struct interpreter *interpreter, uint64_t switch_interval_ns,
                    uint32_t check_interval, double tick_ns)
{
    assert(interpreter->gil != GIL_REAL);
    struct gil *gil = alloc_zero(1, sizeof *gil);
    gil->kind = interpreter->gil;
    atomic_flag_clear(&gil->used);
    gil->work_factor = interpreter->work_factor;
    gil->switch_interval_ns = switch_interval_ns;
    if (gil->kind == GIL_TIMED)
        gil_timed_init(&gil->lock.timed, switch_interval_ns);
    if (gil->kind == GIL_TICKS)
        gil_ticks_init(&gil->lock.ticks, check_interval, tick_ns);
    return gil;
}

void gil_free(struct gil *gil)
{
    if (!gil)
        return;
    if (gil->kind == GIL_TIMED)
        gil_timed_fini(&gil->lock.timed);
    if (gil->kind == GIL_TICKS)
        gil_ticks_fini(&gil->lock.ticks);
    free(gil);
}

void gil_thread_init(struct gil *gil, struct gil_thread *thread)
{
    *thread = (struct gil_thread){0};
    if (!gil || gil->kind != GIL_PER_WORKER)
        return;
    thread->own = alloc_zero(1, sizeof *thread->own);
    gil_timed_init(thread->own, gil->switch_interval_ns);
}

void gil_thread_fini(struct gil_thread *thread)
{
    if (!thread->own)
        return;
    gil_timed_fini(thread->own);
    free(thread->own);
    thread->own = NULL;
}

void gil_thread_held(struct gil_thread *thread, uint64_t from_ns, uint64_t to_ns)
{
    thread->held_ns += to_ns - from_ns;
    if (thread->spans)
        lock_spans_add(thread->spans, true, from_ns, to_ns);
}

void gil_thread_waited(struct gil_thread *thread, uint64_t from_ns, uint64_t to_ns)
{
    thread->wait_ns += to_ns - from_ns;
    if (thread->spans)
        lock_spans_add(thread->spans, false, from_ns, to_ns);
}

bool gil_first_use(struct gil *gil, struct gil_thread *thread)
{
    if (!gil)
        return false;
    if (gil->kind != GIL_PER_WORKER)
        return !atomic_flag_test_and_set(&gil->used);
    bool first = !thread->used;
    thread->used = true;
    return first;
}

static enum gil_kind kind_of(const struct gil *gil)
{
    return gil ? gil->kind : GIL_NONE;
}

void gil_take(struct gil *gil, struct gil_thread *thread)
{
    switch (kind_of(gil)) {
    case GIL_TICKS:
        gil_ticks_take(&gil->lock.ticks, thread);
        break;
    case GIL_TIMED:
        gil_timed_take(&gil->lock.timed, thread);
        break;
    case GIL_PER_WORKER:
        gil_timed_take(thread->own, thread);
        break;
    case GIL_NONE:
    case GIL_REAL:
        break;
    }
}

void gil_drop(struct gil *gil, struct gil_thread *thread)
{
    switch (kind_of(gil)) {
    case GIL_TICKS:
        gil_ticks_drop(&gil->lock.ticks, thread);
        break;
    case GIL_TIMED:
        gil_timed_drop(&gil->lock.timed, thread);
        break;
    case GIL_PER_WORKER:
        gil_timed_drop(thread->own, thread);
        break;
    case GIL_NONE:
    case GIL_REAL:
        break;
    }
}

double gil_work_factor(const struct gil *gil)
{
    return gil ? gil->work_factor : 1.0;
}

double gil_gap_ns(const struct gil *gil, double tick_share)
{
    return kind_of(gil) == GIL_TICKS ? gil->lock.ticks.left_ns / tick_share : gap_ns;
}

void gil_check(struct gil *gil, struct gil_thread *thread, double worked_ns)
{
    switch (kind_of(gil)) {
    case GIL_TICKS:
        gil_ticks_check(&gil->lock.ticks, thread, worked_ns);
        break;
    case GIL_TIMED:
        gil_timed_check(&gil->lock.timed, thread);
        break;
    case GIL_PER_WORKER:
        gil_timed_check(thread->own, thread);
        break;
    case GIL_NONE:
    case GIL_REAL:
        break;
    }
}
