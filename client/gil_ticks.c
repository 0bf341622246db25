#include "client/gil_ticks.h"

#include "base/clock.h"

#include <assert.h>
#include <errno.h>

// What is left after a whole gap was worked may be a little above 0.
static const double rounding_ns = 0.001;

void gil_ticks_init(struct gil_ticks *gil, uint32_t check_interval, double tick_ns)
{
    assert(tick_ns > 0);
    // ceval.c: `if (--_Py_Ticker < 0) { ... _Py_Ticker = _Py_CheckInterval;`
    double interval_ns = ((double)check_interval + 1) * tick_ns;
    *gil = (struct gil_ticks){.interval_ns = interval_ns, .left_ns = interval_ns};
    sem_init(&gil->free, 0, 1);
}

void gil_ticks_fini(struct gil_ticks *gil)
{
    sem_destroy(&gil->free);
}

// PyThread_acquire_lock: sem_wait, again after a signal. The lock that is free is taken without
// reading the clock: checks are too many for that.
static bool acquire_at_once(struct gil_ticks *gil)
{
    return sem_trywait(&gil->free) == 0;
}

static void acquire(struct gil_ticks *gil)
{
    while (sem_wait(&gil->free) != 0)
        assert(errno == EINTR);
}

static void have(struct gil_ticks *gil, struct gil_thread *thread)
{
    if (gil->last_holder != thread) {
        gil->last_holder = thread;
        thread->switches++;
    }
}

void gil_ticks_take(struct gil_ticks *gil, struct gil_thread *thread)
{
    uint64_t asked_ns = clock_now_ns();
    if (!acquire_at_once(gil))
        acquire(gil);
    have(gil, thread);
    thread->took_ns = clock_now_ns();
    thread->wait_ns += thread->took_ns - asked_ns;
}

void gil_ticks_drop(struct gil_ticks *gil, struct gil_thread *thread)
{
    thread->held_ns += clock_now_ns() - thread->took_ns;
    sem_post(&gil->free);
}

void gil_ticks_check(struct gil_ticks *gil, struct gil_thread *thread, double worked_ns)
{
    gil->left_ns -= worked_ns;
    if (gil->left_ns > rounding_ns)
        return;
    gil->left_ns = gil->interval_ns;
    thread->checks++;
    sem_post(&gil->free);
    if (acquire_at_once(gil)) {
        have(gil, thread);
        return;
    }
    uint64_t lost_ns = clock_now_ns();
    thread->held_ns += lost_ns - thread->took_ns;
    acquire(gil);
    have(gil, thread);
    thread->took_ns = clock_now_ns();
    thread->wait_ns += thread->took_ns - lost_ns;
}
