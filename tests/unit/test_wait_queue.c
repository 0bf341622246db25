// The sleepers of a lock: who comes, who goes, whom a late timer overtakes.
#include "base/rng.h"
#include "sim/thread.h"
#include "sim/wait_queue.h"
#include "tests/unit/harness.h"

#include <string.h>

enum { THREADS = 100, ROUNDS = 20000, OVERTAKES = 8 };

static void expect(struct wait_queue *queue, const struct thread *threads, const char *ids)
{
    assert_int_equal(queue->len, strlen(ids));
    for (; *ids; ids++) {
        assert_ptr_equal(wait_queue_first(queue)->thread, &threads[*ids - 'a']);
        assert_ptr_equal(wait_queue_take(queue), &threads[*ids - 'a']);
    }
}

static void test_sleepers_leave_by_deadline_and_those_of_one_time_as_they_came(void **state)
{
    (void)state;
    static const uint64_t deadlines_ns[] = {50, 30, 50, 10, 30, 90};
    struct thread threads[6] = {0};
    struct wait_queue queue = {0};
    for (uint32_t i = 0; i < 6; i++)
        wait_queue_put(&queue, &threads[i], deadlines_ns[i]);
    expect(&queue, threads, "dbeacf");
    wait_queue_fini(&queue);
}

static void test_who_overtakes_passes_eight_and_no_more(void **state)
{
    (void)state;
    struct thread threads[11] = {0};
    struct wait_queue queue = {0};
    for (uint32_t i = 0; i < 10; i++)
        wait_queue_put(&queue, &threads[i], 100 + i);
    wait_queue_put(&queue, &threads[10], 1);
    expect(&queue, threads, "abkcdefghij");
    wait_queue_fini(&queue);
}

static void test_a_sleeper_leaves_from_any_place(void **state)
{
    (void)state;
    struct thread threads[5] = {0};
    struct wait_queue queue = {0};
    for (uint32_t i = 0; i < 5; i++)
        wait_queue_put(&queue, &threads[i], i);
    wait_queue_remove(&queue, &threads[2]);
    wait_queue_remove(&queue, &threads[4]);
    wait_queue_remove(&queue, &threads[0]);
    expect(&queue, threads, "bd");
    wait_queue_fini(&queue);
}

// Beside a plain list that does the same step by step, with the ring's front all the way around.
static void test_any_mix_is_as_a_plain_list_has_it(void **state)
{
    (void)state;
    static struct thread threads[THREADS];
    struct waiter list[THREADS];
    uint32_t len = 0;
    struct wait_queue queue = {0};
    struct rng rng;
    rng_seed(&rng, 1);
    for (uint32_t round = 0; round < ROUNDS; round++) {
        uint64_t what = rng_below(&rng, 3);
        if (what && len < THREADS) {
            struct thread *thread = &threads[round % THREADS];
            for (uint32_t i = 0; i < len; i++)
                if (list[i].thread == thread)
                    thread = NULL;
            if (!thread)
                continue;
            struct waiter waiter = {round + rng_below(&rng, 30), thread};
            uint32_t place = len++;
            for (int i = 0; i < OVERTAKES && place; i++, place--) {
                if (list[place - 1].deadline_ns <= waiter.deadline_ns)
                    break;
                list[place] = list[place - 1];
            }
            list[place] = waiter;
            wait_queue_put(&queue, thread, waiter.deadline_ns);
        } else if (len) {
            uint32_t place = round % 5 ? 0 : (uint32_t)rng_below(&rng, len);
            if (place)
                wait_queue_remove(&queue, list[place].thread);
            else
                assert_ptr_equal(wait_queue_take(&queue), list[0].thread);
            memmove(&list[place], &list[place + 1], (--len - place) * sizeof *list);
        }
        assert_int_equal(queue.len, len);
        assert_true(!len || wait_queue_first(&queue)->deadline_ns == list[0].deadline_ns);
    }
    wait_queue_fini(&queue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sleepers_leave_by_deadline_and_those_of_one_time_as_they_came),
        cmocka_unit_test(test_who_overtakes_passes_eight_and_no_more),
        cmocka_unit_test(test_a_sleeper_leaves_from_any_place),
        cmocka_unit_test(test_any_mix_is_as_a_plain_list_has_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
