#include "emulator/settings_table.h"
#include "tests/unit/harness.h"

#include <pthread.h>

enum { DEVICES = 20 };

static struct experiment *experiment(void)
{
    struct err err;
    struct experiment *experiment = experiment_load(NULL, NULL, &err);
    assert_non_null(experiment);
    return experiment;
}

static struct device_settings *with_lines(const struct settings_table *table, uint32_t device,
                                          uint32_t vty_lines)
{
    struct device_settings *copy = device_settings_copy(settings_table_get(table, device));
    copy->limits.vty_lines = vty_lines;
    return copy;
}

static uint32_t lines(const struct settings_table *table, uint32_t device)
{
    return settings_table_get(table, device)->limits.vty_lines;
}

static void test_a_change_of_all_leaves_what_a_device_has_of_its_own(void **state)
{
    (void)state;
    struct experiment *e = experiment();
    struct settings_table *table = settings_table_new(e, DEVICES);
    assert_ptr_equal(settings_table_get(table, DEVICES), &e->devices.settings);
    settings_table_put(table, 3, with_lines(table, 3, 7));
    assert_true(settings_table_is_own(table, 3));
    assert_false(settings_table_is_own(table, 4));
    settings_table_put(table, 0, with_lines(table, 0, 2));
    assert_int_equal(lines(table, 0), 2);
    assert_int_equal(lines(table, 3), 7);
    assert_int_equal(lines(table, 4), 2);
    assert_string_equal(settings_table_get(table, 4)->username, "cisco");
    settings_table_free(table);
    experiment_free(e);
}

static void test_what_was_replaced_is_freed_when_swept_and_what_counts_is_kept(void **state)
{
    (void)state;
    struct experiment *e = experiment();
    struct settings_table *table = settings_table_new(e, DEVICES);
    assert_int_equal(settings_table_sweep(table), 0);
    for (uint32_t i = 1; i <= 100; i++) {
        settings_table_put(table, 0, with_lines(table, 0, i));
        settings_table_put(table, i % 2 ? 3 : DEVICES, with_lines(table, 3, i));
    }
    assert_int_equal(settings_table_sweep(table), 99 + 98);
    assert_int_equal(settings_table_sweep(table), 0);
    assert_int_equal(lines(table, 1), 100);
    assert_int_equal(lines(table, 3), 99);
    assert_int_equal(lines(table, DEVICES), 100);
    settings_table_put(table, 3, NULL);
    assert_int_equal(settings_table_sweep(table), 1);
    assert_int_equal(lines(table, 3), 100);
    settings_table_put(table, 0, NULL);
    assert_int_equal(settings_table_sweep(table), 1);
    assert_ptr_equal(settings_table_get(table, 1), &e->devices.settings);
    settings_table_free(table);
    experiment_free(e);
}

static void *read_until_last(void *data)
{
    const struct settings_table *table = data;
    uint32_t seen = 0;
    while (seen < 1000) {
        uint32_t now = lines(table, 5);
        if (now < seen)
            return data;
        seen = now;
    }
    return NULL;
}

static void test_readers_see_each_change_whole_and_in_order(void **state)
{
    (void)state;
    struct experiment *e = experiment();
    struct settings_table *table = settings_table_new(e, DEVICES);
    pthread_t reader;
    void *failed;
    assert_int_equal(pthread_create(&reader, NULL, read_until_last, table), 0);
    for (uint32_t i = 1; i <= 1000; i++)
        settings_table_put(table, 5, with_lines(table, 5, i));
    pthread_join(reader, &failed);
    assert_null(failed);
    settings_table_free(table);
    experiment_free(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_change_of_all_leaves_what_a_device_has_of_its_own),
        cmocka_unit_test(test_what_was_replaced_is_freed_when_swept_and_what_counts_is_kept),
        cmocka_unit_test(test_readers_see_each_change_whole_and_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
