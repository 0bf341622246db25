// A run in virtual time ends with its main thread, or at a standstill, whoever's timers go on.
#include "sim/engine.h"

#include "base/clock.h"
#include "tests/unit/harness.h"

enum { THREADS_MAX = 4 };

static struct channel never; // nobody posts to it

// Waits for what never comes.
static enum verdict wait_for_ever(struct engine *engine, struct thread *thread)
{
    (void)engine;
    return thread->pc++ ? STEP_EXIT : thread_call_channel(thread, 0, &never, TASK_IDLE);
}

static enum verdict take_lock_and_wait(struct engine *engine, struct thread *thread)
{
    switch (thread->pc++) {
    case 0:
        return sim_gil_take(engine, thread);
    default: // without giving it up
        cores_block(engine, thread, TASK_IDLE, 0);
        return STEP_BLOCK;
    }
}

static enum verdict take_lock(struct engine *engine, struct thread *thread)
{
    return thread->pc++ ? STEP_EXIT : sim_gil_take(engine, thread);
}

// Looks every 0.1 s whether there is something to do.
static enum verdict poll(struct engine *engine, struct thread *thread)
{
    (void)engine;
    return thread_call_sleep(thread, 1000, 100 * CLOCK_NS_PER_MS, TASK_IDLE);
}

static enum verdict poll_with_lock(struct engine *engine, struct thread *thread)
{
    return thread->pc++ ? poll(engine, thread) : sim_gil_take(engine, thread);
}

static enum verdict compute_for_ever(struct engine *engine, struct thread *thread)
{
    return thread->pc++ ? thread_run(thread, CLOCK_NS_PER_S) : sim_gil_take(engine, thread);
}

static enum verdict sleep_for_days(struct engine *engine, struct thread *thread)
{
    (void)engine;
    return thread->pc++ ? STEP_EXIT
                        : thread_call_sleep(thread, 0, 60000 * CLOCK_NS_PER_S, TASK_IDLE);
}

static enum verdict compute_for_long(struct engine *engine, struct thread *thread)
{
    switch (thread->pc++) {
    case 0:
        return sim_gil_take(engine, thread);
    case 1:
        return thread_run(thread, 750 * CLOCK_NS_PER_S);
    default:
        return STEP_EXIT;
    }
}

static const struct {
    const char *what;
    thread_program programs[THREADS_MAX]; // of main, of others; NULL: no more
    uint32_t n_endless;                   // the last of them
    bool ends;
} cases[] = {
    {"nobody does anything", {wait_for_ever}, 0, false},
    {"others only look now and then", {wait_for_ever, poll, poll}, 0, false},
    {"they look under the lock", {wait_for_ever, poll_with_lock, poll_with_lock}, 0, false},
    {"the lock's holder sleeps", {take_lock, take_lock_and_wait, take_lock}, 0, false},
    {"only endless threads compute", {wait_for_ever, compute_for_ever, compute_for_ever}, 2, false},
    {"main sleeps beside one that looks", {sleep_for_days, poll}, 0, true},
    {"main has its turns of the lock",
     {compute_for_long, poll_with_lock, compute_for_ever, compute_for_ever},
     2,
     true},
};

static bool runs_to_its_end(const thread_program *programs, uint32_t n_endless)
{
    const struct sim_costs costs = {.quantum_ns = 4 * CLOCK_NS_PER_MS, .grain = 1};
    uint32_t threads = 0;
    struct engine engine;
    while (threads < THREADS_MAX && programs[threads])
        threads++;
    never = (struct channel){0};
    engine_init(&engine, &costs, 2, threads, 1, 1);
    engine.gils[0].kind = GIL_TIMED;
    engine.gils[0].interval_ns = 5 * CLOCK_NS_PER_MS;
    engine.main = &engine.threads[0];
    engine.n_endless = n_endless;
    engine.first_endless = threads - n_endless;
    for (uint32_t i = 0; i < threads; i++) {
        engine.threads[i].program = programs[i];
        engine.threads[i].gil = &engine.gils[0];
        if (i)
            cores_wake(&engine, &engine.threads[i], WAKE_NEW);
    }
    bool ends = engine_run(&engine, NULL);
    engine_fini(&engine);
    return ends;
}

static void test_a_standstill_is_seen_and_nothing_is_taken_for_one(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (runs_to_its_end(cases[i].programs, cases[i].n_endless) != cases[i].ends)
            fail_msg("%s: it should %s", cases[i].what, cases[i].ends ? "end" : "stand still");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_standstill_is_seen_and_nothing_is_taken_for_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
