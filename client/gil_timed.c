#include "client/gil_timed.h"

#include "base/clock.h"
#include "client/interval_wait.h"

#include <assert.h>

enum { INTERVAL_MIN_NS = 1000 };

void gil_timed_init(struct gil_timed *gil, uint64_t interval_ns)
{
    *gil = (struct gil_timed){.interval_ns =
                                  interval_ns < INTERVAL_MIN_NS ? INTERVAL_MIN_NS : interval_ns};
    pthread_mutex_init(&gil->mutex, NULL);
    interval_cond_init(&gil->cond);
    pthread_mutex_init(&gil->switch_mutex, NULL);
    pthread_cond_init(&gil->switch_cond, NULL);
}

void gil_timed_fini(struct gil_timed *gil)
{
    pthread_cond_destroy(&gil->switch_cond);
    pthread_mutex_destroy(&gil->switch_mutex);
    pthread_cond_destroy(&gil->cond);
    pthread_mutex_destroy(&gil->mutex);
}

// take_gil from its `_ready:` on. Under gil->mutex.
static void have(struct gil_timed *gil, struct gil_thread *thread)
{
    pthread_mutex_lock(&gil->switch_mutex);
    gil->locked = true;
    if (atomic_load_explicit(&gil->last_holder, memory_order_relaxed) != thread) {
        atomic_store_explicit(&gil->last_holder, thread, memory_order_relaxed);
        gil->switch_number++;
        thread->switches++;
    }
    pthread_cond_signal(&gil->switch_cond);
    pthread_mutex_unlock(&gil->switch_mutex);
    atomic_store_explicit(&gil->drop_request, false, memory_order_relaxed);
}

void gil_timed_take(struct gil_timed *gil, struct gil_thread *thread)
{
    uint64_t asked_ns = clock_now_ns();
    pthread_mutex_lock(&gil->mutex);
    while (gil->locked) {
        uint64_t saved = gil->switch_number;
        gil->waits++;
        bool timed_out = interval_wait(&gil->cond, &gil->mutex, gil->interval_ns);
        if (timed_out && gil->locked && gil->switch_number == saved) {
            atomic_store_explicit(&gil->drop_request, true, memory_order_relaxed);
            thread->requests++;
        }
    }
    have(gil, thread);
    gil->took_ns = clock_now_ns();
    gil_thread_waited(thread, asked_ns, gil->took_ns);
    pthread_mutex_unlock(&gil->mutex);
}

void gil_timed_drop(struct gil_timed *gil, struct gil_thread *thread)
{
    uint64_t dropped_ns = clock_now_ns();
    gil_thread_held(thread, gil->took_ns, dropped_ns);
    // Already so, unless the lock was given on without a take.
    atomic_store_explicit(&gil->last_holder, thread, memory_order_relaxed);
    pthread_mutex_lock(&gil->mutex);
    assert(gil->locked);
    gil->locked = false;
    pthread_cond_signal(&gil->cond);
    pthread_mutex_unlock(&gil->mutex);
    if (!atomic_load_explicit(&gil->drop_request, memory_order_relaxed))
        return;
    pthread_mutex_lock(&gil->switch_mutex);
    if (atomic_load_explicit(&gil->last_holder, memory_order_relaxed) == thread) {
        atomic_store_explicit(&gil->drop_request, false, memory_order_relaxed);
        thread->forced++;
        // CPython waits once; a wake without cause would let it retake, which it does not mean.
        while (atomic_load_explicit(&gil->last_holder, memory_order_relaxed) == thread)
            pthread_cond_wait(&gil->switch_cond, &gil->switch_mutex);
        gil_thread_waited(thread, dropped_ns, clock_now_ns());
    }
    pthread_mutex_unlock(&gil->switch_mutex);
}

// The eval breaker's part in _PyEval_EvalFrameDefault: `if (gil_drop_request) drop_gil, take_gil`.
void gil_timed_check(struct gil_timed *gil, struct gil_thread *thread)
{
    if (!atomic_load_explicit(&gil->drop_request, memory_order_relaxed))
        return;
    thread->checks++;
    gil_timed_drop(gil, thread);
    gil_timed_take(gil, thread);
}
