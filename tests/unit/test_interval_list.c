// Intervals joined where they are short: the shares stay true, rows never overlap, nothing long is
// touched.
#include "base/interval_list.h"
#include "base/rng.h"
#include "tests/unit/harness.h"

#include <stdlib.h>
#include <string.h>

enum { LIMIT = 1000, ROWS = 3, NAMES = 4, ADDED = 50000 };

static void test_a_list_that_is_not_full_is_left_alone(void **state)
{
    (void)state;
    struct interval items[LIMIT];
    struct interval_list list = {.items = items, .limit = LIMIT};
    for (uint64_t i = 0; i < LIMIT; i++)
        interval_list_add(&list, &(struct interval){10 * i, 10 * i + 1, i % ROWS, 0});
    assert_int_equal(list.len, LIMIT);
    assert_int_equal(list.grain_ns, 0);
    for (uint64_t i = 0; i < LIMIT; i++)
        assert_int_equal(items[i].from_ns, 10 * i);
}

static void test_short_pieces_become_one_a_name_and_long_ones_stay(void **state)
{
    (void)state;
    struct interval items[10];
    struct interval_list list = {.items = items, .limit = 10};
    static const struct interval pieces[] = {
        {0, 100, 0, 1},         {100, 150, 0, 2},       {200, 300, 0, 1},
        {400, 500, 0, 2},       {600, 700, 0, 1},       {1000, 501000, 0, 3},
        {501000, 501200, 0, 1}, {501300, 501400, 0, 1}, {501500, 501600, 0, 2},
        {501700, 501800, 0, 2}, {502000, 502100, 0, 1},
    };
    // Ten in half a millisecond: the first grain is 64 us. The last one came afterwards.
    static const struct interval expected[] = {
        {0, 300, 0, 1},         {300, 450, 0, 2},       {1000, 501000, 0, 3},
        {501000, 501300, 0, 1}, {501300, 501500, 0, 2}, {502000, 502100, 0, 1},
    };
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++)
        interval_list_add(&list, &pieces[i]);
    assert_int_equal(list.grain_ns, 64000);
    assert_int_equal(list.len, sizeof expected / sizeof *expected);
    assert_memory_equal(items, expected, sizeof expected);
}

static void test_shares_stay_true_and_rows_do_not_overlap(void **state)
{
    (void)state;
    struct interval *items = calloc(LIMIT, sizeof *items);
    struct interval_list list = {.items = items, .limit = LIMIT};
    uint64_t spent_ns[ROWS][NAMES] = {{0}};
    uint64_t end_ns[ROWS] = {0};
    struct rng rng;
    rng_seed(&rng, 1);
    for (int i = 0; i < ADDED; i++) {
        uint32_t row = (uint32_t)rng_below(&rng, ROWS);
        uint32_t name = (uint32_t)rng_below(&rng, NAMES);
        uint64_t from_ns = end_ns[row] + rng_below(&rng, 100);
        uint64_t length_ns = rng_below(&rng, 100) ? rng_below(&rng, 5000) + 1 : 10000000;
        interval_list_add(&list, &(struct interval){from_ns, from_ns + length_ns, row, name});
        end_ns[row] = from_ns + length_ns;
        spent_ns[row][name] += length_ns;
    }
    assert_true(list.grain_ns > 0);
    uint64_t done_ns[ROWS] = {0};
    for (uint32_t i = 0; i < list.len; i++) {
        assert_true(items[i].from_ns >= done_ns[items[i].row]);
        done_ns[items[i].row] = items[i].to_ns;
        assert_true(items[i].to_ns <= end_ns[items[i].row]);
        spent_ns[items[i].row][items[i].name] -= items[i].to_ns - items[i].from_ns;
    }
    for (int row = 0; row < ROWS; row++)
        for (int name = 0; name < NAMES; name++)
            assert_int_equal(spent_ns[row][name], 0);
    free(items);
}

static void test_what_can_be_joined_no_further_does_not_overflow(void **state)
{
    (void)state;
    struct interval items[8];
    struct interval_list list = {.items = items, .limit = 8};
    for (uint32_t i = 0; i < 100; i++) // each in a row of its own
        interval_list_add(&list, &(struct interval){i, i + 1, i, 0});
    assert_int_equal(list.len, 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_list_that_is_not_full_is_left_alone),
        cmocka_unit_test(test_short_pieces_become_one_a_name_and_long_ones_stay),
        cmocka_unit_test(test_shares_stay_true_and_rows_do_not_overlap),
        cmocka_unit_test(test_what_can_be_joined_no_further_does_not_overflow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
