#include "sim/sleepers.h"

#include "sim/cohort.h"
#include "sim/thread.h"

#include <stddef.h>

// Linux lets a timer be that late so that one interrupt serves several of a core (prctl(2),
// PR_SET_TIMERSLACK): it fires when the first may wait no longer, and with it all that are due.
enum { TIMER_SLACK_NS = 50000 };

void sleepers_fini(struct sleepers *sleepers)
{
    wait_queue_fini(&sleepers->queue);
}

static bool join(struct sleepers *sleepers, struct thread *leader, struct thread *other)
{
    if (!cohort_join(leader, other, sleepers->cohort_most))
        return false;
    if (leader->members > sleepers->cohort_largest)
        sleepers->cohort_largest = leader->members;
    return true;
}

// Does one interrupt serve its timer and that of whoever went to sleep last?
static bool joins_last(struct sleepers *sleepers, struct thread *thread)
{
    if (sleepers->cohort_most <= 1 || !sleepers->queue.len)
        return false;
    struct thread *last = wait_queue_last(&sleepers->queue)->thread;
    return last->core == thread->core && last->due_ns <= thread->due_ns &&
           thread->due_ns <= last->due_ns + TIMER_SLACK_NS && join(sleepers, last, thread);
}

void sleepers_put(struct sleepers *sleepers, struct thread *thread, uint64_t deadline_ns)
{
    thread->wait_number = sleepers->waits;
    sleepers->waits += thread->members;
    sleepers->count += thread->members;
    if (joins_last(sleepers, thread))
        return;
    wait_queue_put(&sleepers->queue, thread, deadline_ns);
    sleepers->newest = thread;
}

static void forget(struct sleepers *sleepers, const struct thread *thread)
{
    uint32_t inside = thread->members;
    if (thread->wait_number >= sleepers->group_end)
        inside = 0;
    else if (inside > sleepers->group_end - thread->wait_number)
        inside = (uint32_t)(sleepers->group_end - thread->wait_number);
    sleepers->group_len -= inside < sleepers->group_len ? inside : sleepers->group_len;
    sleepers->count -= thread->members;
}

uint64_t sleepers_served_until_ns(const struct thread *first, uint64_t now_ns)
{
    uint64_t until_ns = first->due_ns + TIMER_SLACK_NS;
    return until_ns < now_ns ? until_ns : now_ns;
}

static struct thread *next_due(const struct sleepers *sleepers, uint32_t core, uint64_t until_ns)
{
    if (!sleepers->queue.len)
        return NULL;
    struct thread *next = wait_queue_first(&sleepers->queue)->thread;
    return next->due_ns <= until_ns && next->core == core ? next : NULL;
}

static struct thread *take(struct sleepers *sleepers, uint64_t until_ns)
{
    struct thread *leader = wait_queue_take(&sleepers->queue);
    struct thread *next;
    forget(sleepers, leader);
    while (leader->members < sleepers->cohort_most &&
           (next = next_due(sleepers, leader->core, until_ns)) &&
           leader->members + next->members <= sleepers->cohort_most) {
        wait_queue_take(&sleepers->queue);
        forget(sleepers, next);
        join(sleepers, leader, next);
    }
    return leader;
}

struct thread *sleepers_time_out(struct sleepers *sleepers, uint64_t now_ns)
{
    const struct thread *first = wait_queue_first(&sleepers->queue)->thread;
    return take(sleepers, sleepers_served_until_ns(first, now_ns));
}

struct thread *sleepers_time_out_also(struct sleepers *sleepers, uint32_t core, uint64_t until_ns)
{
    return next_due(sleepers, core, until_ns) ? take(sleepers, until_ns) : NULL;
}

void sleepers_group(struct sleepers *sleepers)
{
    if (sleepers->group_len)
        return;
    sleepers->group_len = sleepers->count;
    sleepers->group_end = sleepers->waits;
}

void sleepers_leave(struct sleepers *sleepers, struct thread *thread, struct rng *rng)
{
    struct thread *next = cohort_leave(thread, rng);
    if (next)
        wait_queue_replace(&sleepers->queue, thread, next);
    else if (wait_queue_first(&sleepers->queue)->thread == thread)
        wait_queue_take(&sleepers->queue);
    else
        wait_queue_remove(&sleepers->queue, thread);
    forget(sleepers, thread);
}
