#include "emulator/output.h"
#include "emulator/timers.h"
#include "tests/unit/harness.h"

#include "base/clock.h"

static void fill(struct output *output, size_t len)
{
    for (size_t i = 0; i < len; i++)
        buf_putc(&output->bytes, 'x');
}

static void test_without_a_rate_everything_may_go_at_once(void **state)
{
    (void)state;
    struct output output = {0};
    fill(&output, 5000);
    output_pace(&output, 0, 100);
    assert_int_equal(output_ready(&output, 100), 5000);
    assert_int_equal(output_next_ns(&output, 100), TIMERS_NEVER);
    output_fini(&output);
}

static const struct {
    uint64_t rate;
    size_t len;
} paces[] = {{1, 3}, {9600, 2000}, {1000000, 100000}, {1000000000, 1000000}, {7, 20}};

static void test_paced_bytes_take_their_length_by_the_rate(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof paces / sizeof *paces; i++) {
        uint64_t rate = paces[i].rate;
        struct output output = {0};
        uint64_t start = 12345;
        uint64_t now = start;
        fill(&output, paces[i].len);
        output_pace(&output, rate, now);
        assert_int_equal(output_ready(&output, now), 1); // the first byte is not held up
        size_t sent = 0;
        while (output_waiting(&output)) {
            size_t may = output_ready(&output, now);
            if (may) {
                output_sent(&output, may);
                sent += may;
                // None earlier than its own time on the line.
                assert_true(sent <= 1 ||
                            (now - start) * (double)rate + 1 >= (double)sent * CLOCK_NS_PER_S);
                continue;
            }
            uint64_t next = output_next_ns(&output, now);
            assert_true(next > now && next != TIMERS_NEVER);
            now = next;
        }
        assert_int_equal(sent, paces[i].len);
        double took = (double)(now - start) / 1e9;
        double right = (double)paces[i].len / (double)rate;
        assert_true(took >= right - 1e-9 && took <= right + 0.001);
        output_fini(&output);
    }
}

static void test_an_emptied_output_gives_its_memory_back(void **state)
{
    (void)state;
    struct output output = {0};
    fill(&output, 100000);
    output_sent(&output, 100000);
    assert_int_equal(output.bytes.cap, 0);
    output_fini(&output);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_without_a_rate_everything_may_go_at_once),
        cmocka_unit_test(test_paced_bytes_take_their_length_by_the_rate),
        cmocka_unit_test(test_an_emptied_output_gives_its_memory_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
