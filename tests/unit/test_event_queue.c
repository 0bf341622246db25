// The event queue: order, ties, moving and cancelling, against a sort.
#include "base/alloc.h"
#include "base/rng.h"
#include "sim/event_queue.h"
#include "tests/unit/harness.h"

#include <stdlib.h>

enum { SLOTS = 500, ROUNDS = 20000 };

static void test_events_come_out_by_time_and_then_in_the_order_they_were_set(void **state)
{
    (void)state;
    static const uint32_t slots[] = {4, 2, 0, 5, 1, 3};
    static const uint64_t times[] = {3, 5, 5, 5, 3, 0}; // of those slots
    static const uint32_t expected[] = {3, 4, 1, 2, 0, 5};
    for (uint32_t near = 0; near <= 6; near++) {
        struct event_queue queue;
        uint32_t slot;
        event_queue_init(&queue, near, 6);
        for (uint32_t i = 0; i < 6; i++)
            event_queue_set(&queue, slots[i], times[i]);
        for (uint32_t i = 0; i < 6; i++) {
            assert_true(event_queue_take(&queue, &slot));
            assert_int_equal(slot, expected[i]);
        }
        assert_int_equal(queue.now_ns, 5);
        assert_false(event_queue_take(&queue, &slot));
        event_queue_fini(&queue);
    }
}

static void test_an_event_set_again_moves_and_a_cancelled_one_never_comes(void **state)
{
    (void)state;
    struct event_queue queue;
    uint32_t slot;
    event_queue_init(&queue, 1, 3);
    event_queue_set(&queue, 0, 10);
    event_queue_set(&queue, 1, 20);
    event_queue_set(&queue, 2, 30);
    event_queue_set(&queue, 0, 40);
    event_queue_cancel(&queue, 1);
    event_queue_cancel(&queue, 1);
    assert_false(event_queue_has(&queue, 1));
    assert_true(event_queue_take(&queue, &slot));
    assert_int_equal(slot, 2);
    assert_true(event_queue_take(&queue, &slot));
    assert_int_equal(slot, 0);
    assert_int_equal(queue.now_ns, 40);
    assert_false(event_queue_take(&queue, &slot));
    event_queue_fini(&queue);
}

static void test_any_mix_of_sets_cancels_and_takes_comes_out_in_order(void **state)
{
    (void)state;
    struct event_queue queue;
    struct rng rng;
    uint64_t *due = alloc_zero(SLOTS, sizeof *due);  // 0: none
    int *set_in = alloc_zero(SLOTS, sizeof *set_in); // round
    rng_seed(&rng, 1);
    event_queue_init(&queue, SLOTS / 10, SLOTS);
    for (int i = 0; i < ROUNDS; i++) {
        uint32_t slot = (uint32_t)rng_below(&rng, SLOTS);
        uint64_t what = rng_below(&rng, 4);
        if (what < 2) {
            due[slot] = queue.now_ns + 1 + rng_below(&rng, 40);
            set_in[slot] = i;
            event_queue_set(&queue, slot, due[slot]);
        } else if (what == 2) {
            due[slot] = 0;
            event_queue_cancel(&queue, slot);
        } else {
            uint64_t next_ns = event_queue_next_ns(&queue);
            if (!event_queue_take(&queue, &slot)) {
                assert_int_equal(next_ns, UINT64_MAX);
                continue;
            }
            assert_int_equal(next_ns, due[slot]);
            assert_int_equal(queue.now_ns, due[slot]);
            for (uint32_t s = 0; s < SLOTS; s++)
                assert_true(due[s] == 0 || due[s] > due[slot] ||
                            (due[s] == due[slot] && set_in[s] >= set_in[slot]));
            due[slot] = 0;
        }
    }
    event_queue_fini(&queue);
    free(set_in);
    free(due);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_events_come_out_by_time_and_then_in_the_order_they_were_set),
        cmocka_unit_test(test_an_event_set_again_moves_and_a_cancelled_one_never_comes),
        cmocka_unit_test(test_any_mix_of_sets_cancels_and_takes_comes_out_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
