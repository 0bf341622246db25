#include "emulator/timers.h"
#include "tests/unit/harness.h"

#include "base/rng.h"

static uint64_t time_ns;

static uint64_t clock_by_hand(void)
{
    return time_ns;
}

enum { MANY = 500 };

struct seen {
    struct timer timer;
    int *order;
    int place;
    uint64_t fired_ns;
};

static void note(struct timer *timer)
{
    struct seen *seen = (struct seen *)timer;
    seen->place = (*seen->order)++;
    seen->fired_ns = time_ns;
}

static void test_timers_fire_in_order_and_never_early(void **state)
{
    (void)state;
    struct timers timers;
    struct seen seen[MANY] = {0};
    struct rng rng;
    int order = 0;
    rng_seed(&rng, 1);
    time_ns = 0;
    timers_init(&timers, clock_by_hand);
    for (int i = 0; i < MANY; i++) {
        seen[i].timer.fire = note;
        seen[i].order = &order;
        timers_set(&timers, &seen[i].timer, rng_below(&rng, 100));
    }
    for (int i = 0; i < MANY; i += 3)
        timers_set(&timers, &seen[i].timer, rng_below(&rng, 100)); // moved
    for (int i = 0; i < MANY; i += 7)
        timers_stop(&timers, &seen[i].timer);
    for (time_ns = 0; time_ns < 100; time_ns++)
        timers_run(&timers);
    for (int i = 0; i < MANY; i++) {
        assert_int_equal(timer_is_set(&seen[i].timer), 0);
        if (i % 7 == 0)
            assert_int_equal(seen[i].fired_ns, 0);
        else
            assert_int_equal(seen[i].fired_ns, seen[i].timer.due_ns);
    }
    assert_int_equal(timers_next_ns(&timers), TIMERS_NEVER);
    timers_fini(&timers);
}

static void test_equal_due_times_fire_in_the_order_of_setting(void **state)
{
    (void)state;
    struct timers timers;
    struct seen seen[MANY] = {0};
    int order = 0;
    time_ns = 0;
    timers_init(&timers, clock_by_hand);
    for (int i = 0; i < MANY; i++) {
        seen[i].timer.fire = note;
        seen[i].order = &order;
        timers_set(&timers, &seen[i].timer, 7);
    }
    time_ns = 7;
    timers_run(&timers);
    for (int i = 0; i < MANY; i++)
        assert_int_equal(seen[i].place, i);
    timers_fini(&timers);
}

static struct timers *again_timers;

static void set_again(struct timer *timer)
{
    timers_set(again_timers, timer, 0);
}

static void test_a_timer_set_anew_while_firing_waits_for_the_next_run(void **state)
{
    (void)state;
    struct timers timers;
    struct timer timer = {.fire = set_again};
    time_ns = 10;
    again_timers = &timers;
    timers_init(&timers, clock_by_hand);
    timers_set(&timers, &timer, 5);
    timers_run(&timers); // would never return otherwise
    assert_true(timer_is_set(&timer));
    timers_fini(&timers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_timers_fire_in_order_and_never_early),
        cmocka_unit_test(test_equal_due_times_fire_in_the_order_of_setting),
        cmocka_unit_test(test_a_timer_set_anew_while_firing_waits_for_the_next_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
