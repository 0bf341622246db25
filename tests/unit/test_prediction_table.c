// The table that `simulate` prints.
#include "sim/prediction_table.h"
#include "tests/unit/harness.h"

#include <stdio.h>
#include <stdlib.h>

// Two runs of two repeats, interrupted before the last repeat.
static void test_repeats_are_one_line_with_median_and_range(void **state)
{
    (void)state;
    struct interpreter native = {.name = "native"};
    struct run_spec specs[4];
    static const double walls[] = {1, 2, 0.5, 0.7};
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    struct prediction_table table;
    for (size_t i = 0; i < 4; i++)
        specs[i] = (struct run_spec){.devices = 40,
                                     .interpreter = &native,
                                     .strategy = STRATEGY_THREADS,
                                     .workers = i < 2 ? 10 : 20,
                                     .processes = 1,
                                     .repeat = i % 2};
    prediction_table_init(&table, out, specs, 4);
    prediction_table_head(&table);
    for (size_t i = 0; i < 3; i++) {
        struct run_row row;
        run_row_init(&row, &specs[i]);
        row.wall_s = walls[i];
        row.state_s[STATE_RUNNING] = 2 * walls[i];
        row.sessions_failed = i < 2;
        prediction_table_row(&table, &row);
    }
    prediction_table_end(&table);
    fclose(out);
    assert_string_equal(
        text,
        "strategy     interpreter        devices  workers       wall    lowest   highest       run"
        "      lock      core    device      idle\n"
        "threads      native                  40       10     1.50 s    1.00 s    2.00 s    3.00 s"
        "         -         -         -         -  2 failed\n"
        "threads      native                  40       20     500 ms    500 ms    500 ms    1.00 s"
        "         -         -         -         -\n");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_repeats_are_one_line_with_median_and_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
