// The rules of the lock, each seen without hoping for a moment: a test waits for a state, and looks
// at the lock's own counters.
#include "base/clock.h"
#include "client/burn.h"
#include "client/gil_ticks.h"
#include "client/gil_timed.h"
#include "tests/unit/harness.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#define FOREVER_NS (UINT64_C(1000) * CLOCK_NS_PER_S)
#define LIMIT_NS (UINT64_C(20) * CLOCK_NS_PER_S)

// A thread that takes the lock once, holds it until it may go on, and drops it.
struct taker {
    struct gil_timed *gil;
    struct gil_thread me;
    atomic_bool has;
    atomic_bool may_drop;
    atomic_bool has_ended;
    pthread_t thread;
};

static void *take_once(void *argument)
{
    struct taker *taker = argument;
    gil_timed_take(taker->gil, &taker->me);
    atomic_store(&taker->has, true);
    while (!atomic_load(&taker->may_drop))
        sched_yield();
    gil_timed_drop(taker->gil, &taker->me);
    atomic_store(&taker->has_ended, true);
    return NULL;
}

static struct taker *taker_start(struct gil_timed *gil)
{
    struct taker *taker = calloc(1, sizeof *taker);
    taker->gil = gil;
    assert_int_equal(pthread_create(&taker->thread, NULL, take_once, taker), 0);
    return taker;
}

static void taker_end(struct taker *taker)
{
    atomic_store(&taker->may_drop, true);
    pthread_join(taker->thread, NULL);
    free(taker);
}

static void wait_until_it_has(const struct taker *taker)
{
    uint64_t end_ns = clock_now_ns() + LIMIT_NS;
    while (!atomic_load(&taker->has)) {
        assert_true(clock_now_ns() < end_ns);
        sched_yield();
    }
}

static uint64_t waits_of(struct gil_timed *gil)
{
    pthread_mutex_lock(&gil->mutex);
    uint64_t waits = gil->waits;
    pthread_mutex_unlock(&gil->mutex);
    return waits;
}

static void wait_for_waits(struct gil_timed *gil, uint64_t waits)
{
    uint64_t end_ns = clock_now_ns() + LIMIT_NS;
    while (waits_of(gil) < waits) {
        assert_true(clock_now_ns() < end_ns);
        sched_yield();
    }
}

static bool requested(struct gil_timed *gil)
{
    return atomic_load(&gil->drop_request);
}

static void wait_for_request(struct gil_timed *gil)
{
    uint64_t end_ns = clock_now_ns() + LIMIT_NS;
    while (!requested(gil)) {
        assert_true(clock_now_ns() < end_ns);
        sched_yield();
    }
}

static void test_retaking_is_no_switch(void **state)
{
    (void)state;
    struct gil_timed gil;
    struct gil_thread me = {0};
    struct gil_thread other = {0};
    gil_timed_init(&gil, FOREVER_NS);
    for (int i = 0; i < 3; i++) {
        gil_timed_take(&gil, &me);
        gil_timed_drop(&gil, &me);
    }
    assert_int_equal(gil.switch_number, 1);
    gil_timed_take(&gil, &other);
    gil_timed_drop(&gil, &other);
    assert_int_equal(gil.switch_number, 2);
    assert_int_equal(me.switches, 1);
    assert_int_equal(me.forced + other.forced + me.requests + other.requests, 0);
    gil_timed_fini(&gil);
}

static void test_waiter_asks_after_an_interval(void **state)
{
    (void)state;
    struct gil_timed gil;
    struct gil_thread me = {0};
    gil_timed_init(&gil, 2 * CLOCK_NS_PER_MS);
    gil_timed_take(&gil, &me);
    uint64_t start_ns = clock_now_ns();
    struct taker *taker = taker_start(&gil);
    wait_for_request(&gil);
    assert_true(clock_now_ns() - start_ns >= 2 * CLOCK_NS_PER_MS);
    assert_false(atomic_load(&taker->has));
    gil_timed_drop(&gil, &me);
    wait_until_it_has(taker);
    assert_true(taker->me.requests >= 1);
    taker_end(taker);
    gil_timed_fini(&gil);
}

static void test_no_request_before_the_interval_ends(void **state)
{
    (void)state;
    struct gil_timed gil;
    struct gil_thread me = {0};
    gil_timed_init(&gil, FOREVER_NS);
    gil_timed_take(&gil, &me);
    struct taker *taker = taker_start(&gil);
    wait_for_waits(&gil, 1);
    gil_timed_check(&gil, &me); // nobody asked: goes on
    assert_int_equal(me.checks, 0);
    assert_false(requested(&gil));
    gil_timed_drop(&gil, &me); // not forced: returns whether or not the other is there
    assert_int_equal(me.forced, 0);
    wait_until_it_has(taker);
    assert_int_equal(taker->me.requests, 0);
    taker_end(taker);
    gil_timed_fini(&gil);
}

// The waiter's interval ends, but a switch came in between: it waits a whole interval more.
static void test_no_request_when_a_switch_came_in_between(void **state)
{
    (void)state;
    for (uint64_t interval_ns = 50 * CLOCK_NS_PER_MS;; interval_ns *= 2) {
        struct gil_timed gil;
        struct gil_thread me = {0};
        gil_timed_init(&gil, interval_ns);
        gil_timed_take(&gil, &me);
        struct taker *taker = taker_start(&gil);
        wait_for_waits(&gil, 1);
        pthread_mutex_lock(&gil.mutex);
        bool in_time = gil.waits == 1; // else this thread had no core for a whole interval
        gil.switch_number++;
        pthread_mutex_unlock(&gil.mutex);
        if (in_time) {
            wait_for_waits(&gil, 2);
            pthread_mutex_lock(&gil.mutex);
            // Under the mutex in its second wait the waiter cannot have asked for another reason.
            bool asked = gil.waits == 2 && requested(&gil);
            pthread_mutex_unlock(&gil.mutex);
            assert_false(asked);
            wait_for_request(&gil);
            assert_true(waits_of(&gil) >= 2);
        }
        gil_timed_drop(&gil, &me);
        taker_end(taker);
        gil_timed_fini(&gil);
        if (in_time)
            return;
    }
}

static void test_drop_with_a_request_waits_until_another_has_it(void **state)
{
    (void)state;
    for (int i = 0; i < 50; i++) {
        struct gil_timed gil;
        struct gil_thread me = {0};
        gil_timed_init(&gil, CLOCK_NS_PER_MS / 10);
        gil_timed_take(&gil, &me);
        struct taker *taker = taker_start(&gil);
        wait_for_request(&gil);
        gil_timed_drop(&gil, &me); // not forced if the other was quick
        assert_true(me.forced <= 1);
        assert_ptr_equal(atomic_load(&gil.last_holder), &taker->me);
        wait_until_it_has(taker); // the request is forgotten a moment after the lock is taken
        assert_false(requested(&gil));
        taker_end(taker);
        gil_timed_fini(&gil);
    }
}

static uint64_t forced_of(struct taker *taker)
{
    pthread_mutex_lock(&taker->gil->switch_mutex);
    uint64_t forced = taker->me.forced;
    pthread_mutex_unlock(&taker->gil->switch_mutex);
    return forced;
}

static void test_forced_drop_stays_until_another_took_it(void **state)
{
    (void)state;
    struct gil_timed gil;
    struct gil_thread me = {0};
    gil_timed_init(&gil, FOREVER_NS);
    struct taker *taker = taker_start(&gil);
    wait_until_it_has(taker);
    atomic_store(&gil.drop_request, true); // as if somebody asked who then went away
    atomic_store(&taker->may_drop, true);
    uint64_t end_ns = clock_now_ns() + LIMIT_NS;
    while (!forced_of(taker)) {
        assert_true(clock_now_ns() < end_ns);
        sched_yield();
    }
    assert_false(atomic_load(&taker->has_ended));
    assert_false(requested(&gil));
    gil_timed_take(&gil, &me); // free, though a thread is parked
    assert_int_equal(me.requests, 0);
    taker_end(taker);
    gil_timed_drop(&gil, &me);
    gil_timed_fini(&gil);
}

static void test_check_point_gives_the_lock_to_another(void **state)
{
    (void)state;
    struct gil_timed gil;
    struct gil_thread me = {0};
    gil_timed_init(&gil, CLOCK_NS_PER_MS / 10);
    gil_timed_take(&gil, &me);
    struct taker *taker = taker_start(&gil);
    atomic_store(&taker->may_drop, true);
    wait_for_request(&gil);
    gil_timed_check(&gil, &me);
    assert_true(atomic_load(&taker->has));
    assert_int_equal(gil.switch_number, 3); // me, the other, me
    assert_int_equal(me.checks, 1);
    gil_timed_drop(&gil, &me);
    taker_end(taker);
    gil_timed_fini(&gil);
}

// Threads of one lock and what only its holder may touch.
struct crowd {
    struct gil *gil;
    struct burner burner;
    uint64_t inside; // threads that hold the lock
    uint64_t turns;
    bool broken; // two held it at once
};

enum { CROWD = 4, TURNS = 200 };

struct member {
    struct crowd *crowd;
    struct gil_thread me;
    pthread_t thread;
};

static void *work_in_crowd(void *argument)
{
    struct member *member = argument;
    struct crowd *crowd = member->crowd;
    for (int i = 0; i < TURNS; i++) {
        gil_take(crowd->gil, &member->me);
        crowd->inside++;
        crowd->broken |= crowd->inside != 1;
        crowd->turns++;
        crowd->inside--;
        burn(&crowd->burner, crowd->gil, &member->me, 5 * CLOCK_NS_PER_US);
        gil_drop(crowd->gil, &member->me);
    }
    return NULL;
}

static void run_crowd(const char *name, uint64_t interval_ns, struct member *members)
{
    struct err err;
    struct interpreter interpreter;
    assert_int_equal(interpreter_parse(name, &interpreter, &err), 0);
    struct crowd crowd = {.gil = gil_new(&interpreter, interval_ns, 10, 10),
                          .burner = {.passes_per_ns = 0.5}};
    for (int i = 0; i < CROWD; i++) {
        members[i].crowd = &crowd;
        gil_thread_init(crowd.gil, &members[i].me);
        pthread_create(&members[i].thread, NULL, work_in_crowd, &members[i]);
    }
    for (int i = 0; i < CROWD; i++) {
        pthread_join(members[i].thread, NULL);
        gil_thread_fini(&members[i].me);
    }
    assert_false(crowd.broken);
    assert_int_equal(crowd.turns, CROWD * TURNS);
    gil_free(crowd.gil);
}

static void test_one_thread_holds_the_lock_at_a_time(void **state)
{
    (void)state;
    static const struct {
        const char *interpreter;
        uint64_t interval_ns;
    } cases[] = {{"cpython-2.7", 0}, {"cpython-3.11", 1000}, {"cpython-3.13", 5000000}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct member members[CROWD] = {0};
        uint64_t switches = 0;
        uint64_t forced = 0;
        uint64_t held_ns = 0;
        uint64_t start_ns = clock_now_ns();
        run_crowd(cases[i].interpreter, cases[i].interval_ns, members);
        uint64_t took_ns = clock_now_ns() - start_ns;
        for (int m = 0; m < CROWD; m++) {
            held_ns += members[m].me.held_ns;
            switches += members[m].me.switches;
            forced += members[m].me.forced;
            assert_true(members[m].me.held_ns > 0);
        }
        assert_true(held_ns <= took_ns);
        assert_true(switches >= CROWD);
        assert_true(forced <= switches); // each ends by a switch to another
    }
}

static void test_workers_with_a_lock_each_do_not_wait(void **state)
{
    (void)state;
    struct err err;
    struct interpreter interpreter;
    assert_int_equal(interpreter_parse("subinterpreters", &interpreter, &err), 0);
    struct gil *gil = gil_new(&interpreter, FOREVER_NS, 0, 0);
    struct gil_thread a;
    struct gil_thread b;
    gil_thread_init(gil, &a);
    gil_thread_init(gil, &b);
    gil_take(gil, &a);
    gil_take(gil, &b); // would not return under one lock
    gil_drop(gil, &b);
    gil_drop(gil, &a);
    gil_thread_fini(&a);
    gil_thread_fini(&b);
    assert_int_equal(a.switches + b.switches, 2);
    gil_free(gil);
}

static void test_no_lock_has_no_rules(void **state)
{
    (void)state;
    struct err err;
    struct interpreter interpreter;
    struct gil_thread a;
    assert_int_equal(interpreter_parse("free-threaded-3.13", &interpreter, &err), 0);
    struct gil *gil = gil_new(&interpreter, 0, 0, 0);
    gil_thread_init(gil, &a);
    gil_take(gil, &a);
    gil_take(gil, &a);
    gil_drop(gil, &a);
    assert_true(gil_work_factor(gil) > 1.3);
    gil_thread_fini(&a);
    gil_free(gil);
    gil_take(NULL, NULL);
    gil_drop(NULL, NULL);
    assert_true(gil_work_factor(NULL) == 1.0);
}

// 2.7: the counter is the process's, not the thread's.
static void test_ticks_go_on_where_the_holder_before_left_them(void **state)
{
    (void)state;
    struct gil_ticks gil;
    struct gil_thread a = {0};
    struct gil_thread b = {0};
    gil_ticks_init(&gil, 99, 10); // 100 ticks of 10 ns from check to check
    gil_ticks_take(&gil, &a);
    gil_ticks_check(&gil, &a, 600);
    gil_ticks_drop(&gil, &a);
    gil_ticks_take(&gil, &b);
    assert_true(gil.left_ns == 400);
    gil_ticks_check(&gil, &b, 400);
    assert_int_equal(a.checks, 0);
    assert_int_equal(b.checks, 1);
    assert_true(gil.left_ns == 1000);
    assert_int_equal(b.switches, 1); // nobody waited: it has its lock back
    gil_ticks_drop(&gil, &b);
    gil_ticks_fini(&gil);
}

static void test_burning_checks_every_hundred_ticks(void **state)
{
    (void)state;
    struct err err;
    struct interpreter interpreter;
    struct burner burner = {.passes_per_ns = 0.37, .code_share = 0.25};
    struct gil_thread me;
    assert_int_equal(interpreter_parse("cpython-2.7", &interpreter, &err), 0);
    struct gil *gil = gil_new(&interpreter, 0, 99, 10);
    gil_thread_init(gil, &me);
    gil_take(gil, &me);
    for (int i = 0; i < 100; i++)
        burn_loop(&burner, gil, &me, 10 * CLOCK_NS_PER_US);
    assert_in_range(me.checks, 999, 1001); // 1 ms of work, one a microsecond
    me.checks = 0;
    for (int i = 0; i < 100; i++) // a quarter of the ticks
        burn(&burner, gil, &me, 10 * CLOCK_NS_PER_US);
    assert_in_range(me.checks, 249, 251);
    me.checks = 0;
    for (int i = 0; i < 1000; i++) // five ticks each
        burn_calls(&burner, gil, &me, CLOCK_NS_PER_US, 50);
    assert_in_range(me.checks, 49, 51);
    gil_drop(gil, &me);
    gil_thread_fini(&me);
    gil_free(gil);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_retaking_is_no_switch),
        cmocka_unit_test(test_waiter_asks_after_an_interval),
        cmocka_unit_test(test_no_request_before_the_interval_ends),
        cmocka_unit_test(test_no_request_when_a_switch_came_in_between),
        cmocka_unit_test(test_drop_with_a_request_waits_until_another_has_it),
        cmocka_unit_test(test_forced_drop_stays_until_another_took_it),
        cmocka_unit_test(test_check_point_gives_the_lock_to_another),
        cmocka_unit_test(test_one_thread_holds_the_lock_at_a_time),
        cmocka_unit_test(test_workers_with_a_lock_each_do_not_wait),
        cmocka_unit_test(test_no_lock_has_no_rules),
        cmocka_unit_test(test_ticks_go_on_where_the_holder_before_left_them),
        cmocka_unit_test(test_burning_checks_every_hundred_ticks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
