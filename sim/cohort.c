#include "sim/cohort.h"

#include "sim/grain.h"
#include "sim/thread.h"

#include <stddef.h>

uint32_t cohort_of(const struct experiment *experiment, const struct run_spec *spec,
                   const struct sim_costs *costs, uint32_t cores)
{
    if (spec->interpreter->gil != GIL_TIMED || !spec->switch_interval_ns ||
        !grain_is_plain(experiment, spec, costs, cores))
        return 1;
    double intervals =
        grain_session_ns(experiment) * spec->devices / (double)spec->switch_interval_ns;
    double cohort = intervals * spec->workers / COHORT_LOOKS_MAX;
    if (cohort > COHORT_MAX)
        cohort = COHORT_MAX;
    return cohort > 1 ? (uint32_t)cohort : 1;
}

static struct thread *last_of(struct thread *leader)
{
    return leader->members > 1 ? leader->cohort_last : leader;
}

bool cohort_join(struct thread *leader, struct thread *other, uint32_t most)
{
    if (leader->members + other->members > most)
        return false;
    struct thread *last = last_of(other);
    last_of(leader)->next = other;
    leader->cohort_last = last;
    leader->members += other->members;
    other->members = 1;
    return true;
}

// Brings one of the others to their front. Which of them slept first is chance: it hangs on the
// cores on which they ran.
static void shuffle(struct thread *leader, struct rng *rng)
{
    for (uint64_t i = rng_below(rng, leader->members - 1); i; i--) {
        struct thread *first = leader->next;
        leader->next = first->next;
        leader->cohort_last->next = first;
        leader->cohort_last = first;
    }
}

struct thread *cohort_leave(struct thread *leader, struct rng *rng)
{
    if (leader->members == 1)
        return NULL;
    shuffle(leader, rng);
    struct thread *next = leader->next;
    next->members = leader->members - 1;
    next->cohort_last = leader->cohort_last;
    leader->members = 1;
    next->core = leader->core;
    next->vruntime_ns = leader->vruntime_ns;
    next->lag_ns = leader->lag_ns;
    next->ran_ns = leader->ran_ns;
    next->saved_switch = leader->saved_switch;
    next->wait_number = leader->wait_number + 1;
    next->due_ns = leader->due_ns;
    next->asleep_ns = leader->asleep_ns;
    next->timed_out = false;
    next->in_kernel = true;
    return next;
}
