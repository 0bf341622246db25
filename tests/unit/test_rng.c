#include "base/rng.h"
#include "tests/unit/harness.h"

#include <string.h>

// The numbers of a seed are a promise to every lab: they may never change.
static void test_a_seed_gives_these_numbers_for_ever(void **state)
{
    (void)state;
    struct rng rng;
    // The published first outputs of xoshiro256** with the state 1, 2, 3, 4.
    static const uint64_t published[] = {11520, 0, 1509978240, 1215971899390074240};
    rng = (struct rng){{1, 2, 3, 4}};
    for (size_t i = 0; i < sizeof published / sizeof *published; i++)
        assert_true(rng_next(&rng) == published[i]);
    // splitmix64 of seed 0 fills the state; its first output is the well-known one.
    rng_seed(&rng, 0);
    assert_true(rng.s[0] == UINT64_C(0xe220a8397b1dcdaf));
}

static void test_a_key_gives_the_same_stream_in_any_order(void **state)
{
    (void)state;
    uint64_t first[100];
    struct rng rng;
    for (uint64_t device = 0; device < 100; device++) {
        rng_key(&rng, 7, device, 0, RNG_STEP_LOGIN);
        first[device] = rng_next(&rng);
    }
    for (uint64_t device = 100; device-- > 0;) {
        rng_key(&rng, 7, device, 0, RNG_STEP_LOGIN);
        assert_true(rng_next(&rng) == first[device]);
    }
}

static void test_every_part_of_a_key_counts(void **state)
{
    (void)state;
    // Neighbours in one part, and the same two numbers in each other's place.
    static const uint64_t keys[][4] = {
        {7, 1, 0, 0}, {8, 1, 0, 0}, {7, 2, 0, 0}, {7, 1, 1, 0}, {7, 1, 0, 1}, {1, 7, 0, 0},
        {7, 0, 1, 0}, {7, 0, 0, 1}, {7, 1, 2, 3}, {7, 2, 1, 3}, {7, 1, 3, 2}, {0, 0, 0, 0},
    };
    enum { KEYS = sizeof keys / sizeof *keys };
    uint64_t drawn[KEYS];
    for (size_t i = 0; i < KEYS; i++) {
        struct rng rng;
        rng_key(&rng, keys[i][0], keys[i][1], keys[i][2], keys[i][3]);
        drawn[i] = rng_next(&rng);
        for (size_t j = 0; j < i; j++)
            assert_true(drawn[j] != drawn[i]);
    }
}

// One number from each of many neighbouring keys must look as even as one stream does: that is how
// devices draw.
static void test_neighbouring_keys_draw_evenly(void **state)
{
    (void)state;
    enum { BINS = 64, DRAWS = 64000 };
    int bins[BINS] = {0};
    double sum_of_products = 0;
    double before = 0.5;
    for (uint64_t device = 1; device <= DRAWS; device++) {
        struct rng rng;
        rng_key(&rng, 1, device, 0, RNG_STEP_CONNECT);
        double x = rng_uniform(&rng);
        assert_true(x >= 0 && x < 1);
        bins[(int)(x * BINS)]++;
        sum_of_products += (x - 0.5) * (before - 0.5);
        before = x;
    }
    double chi_square = 0;
    for (int i = 0; i < BINS; i++) {
        double off = bins[i] - (double)DRAWS / BINS;
        chi_square += off * off / ((double)DRAWS / BINS);
    }
    assert_true(chi_square < 115); // 63 degrees of freedom: 1 in 20,000 is above
    // The correlation of neighbours is 12 * mean of products; its deviation is 1 / sqrt(DRAWS).
    double correlation = 12 * sum_of_products / DRAWS;
    assert_true(correlation > -0.016 && correlation < 0.016);
}

static void test_below_reaches_every_number_and_no_more(void **state)
{
    (void)state;
    struct rng rng;
    rng_seed(&rng, 3);
    int seen[6] = {0};
    for (int i = 0; i < 6000; i++) {
        uint64_t n = rng_below(&rng, 6);
        assert_true(n < 6);
        seen[n]++;
    }
    for (int i = 0; i < 6; i++)
        assert_in_range(seen[i], 850, 1150);
    for (int i = 0; i < 100; i++)
        assert_true(rng_below(&rng, 1) == 0);
}

// 2^64 is no multiple of 3 * 2^62: the rest would make every other number fall into the first
// third.
static void test_no_number_below_a_limit_is_favoured(void **state)
{
    (void)state;
    enum { DRAWS = 30000 };
    const uint64_t third = UINT64_C(1) << 62;
    int in_first = 0;
    struct rng rng;
    rng_seed(&rng, 7);
    for (int i = 0; i < DRAWS; i++) {
        uint64_t draw = rng_below(&rng, 3 * third);
        assert_true(draw < 3 * third);
        in_first += draw < third;
    }
    assert_in_range(in_first, DRAWS / 3 - 500, DRAWS / 3 + 500);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_seed_gives_these_numbers_for_ever),
        cmocka_unit_test(test_a_key_gives_the_same_stream_in_any_order),
        cmocka_unit_test(test_every_part_of_a_key_counts),
        cmocka_unit_test(test_neighbouring_keys_draw_evenly),
        cmocka_unit_test(test_below_reaches_every_number_and_no_more),
        cmocka_unit_test(test_no_number_below_a_limit_is_favoured),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
