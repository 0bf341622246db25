#include "client/samples.h"
#include "tests/unit/harness.h"

static void test_a_cost_is_the_median_and_the_middle_ninety_percent(void **state)
{
    (void)state;
    struct samples samples = {0};
    struct cost cost;
    for (int i = 100; i > 0; i--)
        samples_add(&samples, i);
    samples_take(&samples, &cost);
    assert_true(cost.min == 6 && cost.median == 50.5 && cost.max == 95);
    assert_null(samples.values);
}

static void test_few_samples_keep_their_extremes(void **state)
{
    (void)state;
    struct samples samples = {0};
    struct cost cost = {1, 2, 3};
    samples_cost(&samples, &cost);
    assert_true(cost.median == 2); // no sample: left alone
    samples_add(&samples, 7);
    samples_add(&samples, -4);
    samples_add(&samples, 9);
    samples_take(&samples, &cost);
    assert_true(cost.min == 0 && cost.median == 7 && cost.max == 9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_cost_is_the_median_and_the_middle_ninety_percent),
        cmocka_unit_test(test_few_samples_keep_their_extremes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
