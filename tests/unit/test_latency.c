#include "base/latency.h"
#include "tests/unit/harness.h"

#include <math.h>
#include <stdlib.h>

static struct latency parse(const char *text)
{
    struct latency latency;
    struct err err = {0};
    assert_int_equal(latency_parse(text, &latency, &err), 0);
    assert_string_equal(err.text, "");
    return latency;
}

static void test_what_is_formatted_parses_to_the_same(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *formatted;
    } cases[] = {
        {"0", "0"},
        {"150ms", "150ms"},
        {"uniform(100ms,200ms)", "uniform(100ms, 200ms)"},
        {"uniform( 1ms , 1ms )", "uniform(1ms, 1ms)"},
        {"normal(150ms, 30ms)", "normal(150ms, 30ms)"},
        {"lognormal(80ms, 0.5)", "lognormal(80ms, 0.5)"},
        {"exponential(1.5s)", "exponential(1.5s)"},
        {"pareto(100ms, 2.5)", "pareto(100ms, 2.5)"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct latency first = parse(cases[i].text);
        char text[128];
        assert_string_equal(latency_format(&first, text, sizeof text), cases[i].formatted);
        struct latency again = parse(text);
        assert_int_equal(again.kind, first.kind);
        assert_true(again.a_ns == first.a_ns && again.b_ns == first.b_ns);
        assert_true(again.shape == first.shape);
    }
}

static void test_wrong_texts_say_what_would_be_right(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *message;
    } cases[] = {
        {"5", "'5' has no unit; write it like 5ms or 5s"},
        {"unifrom(1ms, 2ms)", "unknown distribution 'unifrom'; did you mean 'uniform'?"},
        {"weibull(1ms)", "unknown distribution 'weibull'; there are uniform, normal, lognormal, "
                         "exponential and pareto"},
        {"uniform(2ms, 1ms)", "uniform wants the lowest value first, like uniform(100ms, 200ms)"},
        {"uniform(2ms)", "uniform takes two values, like uniform(100ms, 200ms)"},
        {"exponential(2ms, 1)", "exponential takes one value, like exponential(150ms)"},
        {"normal(150ms, 30)", "'30' has no unit; write it like 30ms or 30s"},
        {"normal(1ms, 2ms", "'normal(1ms, 2ms' does not end in ')'"},
        {"normal(1ms", "'normal(1ms' does not end in ')'; in { } it needs quotes, like "
                       "\"lognormal(150ms, 0.5)\""},
        {"normal(1ms, 2ms) x", "'normal(1ms, 2ms) x' does not end in ')'"},
        {"pareto(1ms, 1)", "'1' is not a shape for pareto; it must be above 1 and at most 100, "
                           "like pareto(100ms, 2.5)"},
        {"lognormal(1ms, nan)", "'nan' is not a shape for lognormal; it must be above 0 and at "
                                "most 100, like lognormal(150ms, 0.5)"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct latency latency;
        struct err err = {0};
        assert_int_equal(latency_parse(cases[i].text, &latency, &err), -1);
        assert_string_equal(err.text, cases[i].message);
    }
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

// Each distribution is held to its own theory at five quantiles and in its mean: 40,000 draws of as
// many keys, in ms. The bounds are five standard errors of a quantile, p(1-p)/n / density^2, which
// is 2 % for the widest here.
static void test_draws_follow_the_distribution(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double quantiles[5]; // 5 %, 25 %, 50 %, 75 %, 95 %, in ms
        double mean;
        double mean_tolerance;
    } cases[] = {
        {"uniform(100ms, 200ms)", {105, 125, 150, 175, 195}, 150, 0.01},
        {"normal(150ms, 30ms)", {100.654, 129.765, 150, 170.235, 199.346}, 150, 0.01},
        {"lognormal(150ms, 0.5)",
         {65.9067, 107.059, 150, 210.164, 341.392},
         169.972,
         0.02}, // 150 exp(0.5^2 / 2)
        {"exponential(150ms)", {7.69399, 43.1523, 103.972, 207.944, 449.360}, 150, 0.03},
        {"pareto(100ms, 2.5)",
         {102.073, 112.196, 131.951, 174.110, 331.445},
         166.667,
         0.05}, // 100 * 2.5 / 1.5
    };
    static const double shares[5] = {0.05, 0.25, 0.50, 0.75, 0.95};
    enum { DRAWS = 40000 };
    double *ms = malloc(DRAWS * sizeof *ms);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct latency latency = parse(cases[i].text);
        double sum = 0;
        for (int n = 0; n < DRAWS; n++) {
            struct rng rng;
            rng_key(&rng, 5, (uint64_t)n + 1, 0, RNG_STEP_COMMAND);
            ms[n] = (double)latency_draw(&latency, &rng) / 1e6;
            sum += ms[n];
        }
        qsort(ms, DRAWS, sizeof *ms, compare);
        for (int q = 0; q < 5; q++) {
            double drawn = ms[(int)(shares[q] * DRAWS)];
            double wide =
                q == 0 && i == 3 ? 0.12 : 0.03; // near 0 an exponential is relatively wide
            if (fabs(drawn / cases[i].quantiles[q] - 1) > wide)
                fail_msg("%s: %g of the draws are below %g, not %g ms", cases[i].text, shares[q],
                         drawn, cases[i].quantiles[q]);
        }
        assert_float_equal(sum / DRAWS / cases[i].mean, 1, cases[i].mean_tolerance);
    }
    free(ms);
}

static void test_draws_stay_between_zero_and_seven_days(void **state)
{
    (void)state;
    struct latency wide = parse("normal(1ms, 1h)");
    struct latency heavy = parse("lognormal(168h, 100)");
    int zeros = 0;
    int longest = 0;
    for (uint64_t i = 0; i < 1000; i++) {
        struct rng rng;
        rng_key(&rng, 1, i, 0, 0);
        zeros += latency_draw(&wide, &rng) == 0;
        uint64_t ns = latency_draw(&heavy, &rng);
        assert_true(ns <= UINT64_C(7) * 24 * 3600 * 1000000000);
        longest += ns == UINT64_C(7) * 24 * 3600 * 1000000000;
    }
    assert_in_range(zeros, 420, 580);
    assert_in_range(longest, 420, 580);
}

static void test_only_a_wait_that_is_always_zero_is_zero(void **state)
{
    (void)state;
    struct latency zero = parse("0");
    struct latency short_one = parse("1ns");
    struct latency from_zero = parse("uniform(0, 1ms)");
    assert_true(latency_is_zero(&zero));
    assert_false(latency_is_zero(&short_one));
    assert_false(latency_is_zero(&from_zero));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_formatted_parses_to_the_same),
        cmocka_unit_test(test_wrong_texts_say_what_would_be_right),
        cmocka_unit_test(test_draws_follow_the_distribution),
        cmocka_unit_test(test_draws_stay_between_zero_and_seven_days),
        cmocka_unit_test(test_only_a_wait_that_is_always_zero_is_zero),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
