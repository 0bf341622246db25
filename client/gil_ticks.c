#include "client/gil_ticks.h"

#include "base/clock.h"

#include <assert.h>

// What is left after a whole gap was worked may be a little above 0.
static const double rounding_ns = 0.001;

void gil_ticks_init(struct gil_ticks *gil, uint32_t check_interval, double tick_ns)
{
    assert(tick_ns > 0);
    // ceval.c: `if (--_Py_Ticker < 0) { ... _Py_Ticker = _Py_CheckInterval;`
    double interval_ns = ((double)check_interval + 1) * tick_ns;
    *gil = (struct gil_ticks){
        .lock = tick_lock_new(), .interval_ns = interval_ns, .left_ns = interval_ns};
}

void gil_ticks_fini(struct gil_ticks *gil)
{
    tick_lock_free(gil->lock);
}

// The hold of a thread that released at a check point and did not get the lock back is over when
// another one has it: only then is there time to look at the clock. It has not ended meanwhile, as
// it waits for the lock.
static void have(struct gil_ticks *gil, struct gil_thread *thread, uint64_t now_ns)
{
    if (gil->since_ns && gil->last_holder != thread) {
        gil_thread_held(gil->last_holder, gil->since_ns, now_ns);
        gil->since_ns = 0;
    }
    if (!gil->since_ns)
        gil->since_ns = now_ns;
    if (gil->last_holder != thread)
        thread->switches++;
    gil->last_holder = thread;
}

void gil_ticks_take(struct gil_ticks *gil, struct gil_thread *thread)
{
    uint64_t asked_ns = clock_now_ns();
    if (!tick_lock_acquire_at_once(gil->lock))
        tick_lock_acquire(gil->lock);
    uint64_t now_ns = clock_now_ns();
    have(gil, thread, now_ns);
    gil_thread_waited(thread, asked_ns, now_ns);
}

void gil_ticks_drop(struct gil_ticks *gil, struct gil_thread *thread)
{
    gil_thread_held(thread, gil->since_ns, clock_now_ns());
    gil->since_ns = 0;
    tick_lock_release(gil->lock);
}

void gil_ticks_check(struct gil_ticks *gil, struct gil_thread *thread, double worked_ns)
{
    gil->left_ns -= worked_ns;
    if (gil->left_ns > rounding_ns)
        return;
    gil->left_ns = gil->interval_ns;
    thread->checks++;
    tick_lock_release(gil->lock);
    if (tick_lock_acquire_at_once(gil->lock)) {
        // Others may have had it in between when this thread lost its core.
        if (gil->last_holder != thread)
            have(gil, thread, clock_now_ns());
        return;
    }
    uint64_t asked_ns = clock_now_ns();
    tick_lock_acquire(gil->lock);
    uint64_t now_ns = clock_now_ns();
    have(gil, thread, now_ns);
    gil_thread_waited(thread, asked_ns, now_ns);
}
