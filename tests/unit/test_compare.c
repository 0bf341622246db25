// Two results run by run, and what results say in words.
#include "base/alloc.h"
#include "base/buf.h"
#include "plots/compare_text.h"
#include "plots/pairs.h"
#include "plots/verdict.h"
#include "tests/unit/harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char header[] =
    "strategy,interpreter,transport,devices,workers,repeat,wall_s,kind,running_s,wait_gil_s,"
    "wait_core_s,wait_device_s,gil_wait_s,cpu_user_s,cpu_sys_s,emulator_cpu_s,cores,"
    "sessions_failed,answers_per_s";

// Folders of these rows, gone again when the test ends.
static struct dataset *load(const char *const *rows, size_t n_folders)
{
    char dirs[2][32];
    char *path[2];
    const char *names[2] = {dirs[0], dirs[1]};
    struct err err = {0};
    for (size_t i = 0; i < n_folders; i++) {
        strcpy(dirs[i], "/tmp/netbaton-test-XXXXXX");
        assert_non_null(mkdtemp(dirs[i]));
        path[i] = alloc_printf("%s/runs.csv", dirs[i]);
        FILE *file = fopen(path[i], "w");
        assert_non_null(file);
        fprintf(file, "%s\n%s", header, rows[i]);
        fclose(file);
    }
    struct dataset *dataset = dataset_load(names, n_folders, &err);
    for (size_t i = 0; i < n_folders; i++) {
        unlink(path[i]);
        rmdir(dirs[i]);
        free(path[i]);
    }
    if (!dataset)
        fail_msg("%s", err.text);
    return dataset;
}

static void test_the_table_has_the_worst_error_first(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "threads,native,ssh,4,1,0,1.1,predicted,,,,,,,,,,,\n"
        "threads,native,ssh,4,2,0,0.4,predicted,,,,,,,,,,,\n"
        "threads,native,ssh,4,3,0,0.4,predicted,,,,,,,,,,,\n",
        "threads,native,ssh,4,1,0,1.0,measured,,,,,,,,,,,\n"
        "threads,native,ssh,4,2,0,0.7,measured,,,,,,,,,,,\n"
        "threads,native,ssh,4,2,1,0.5,measured,,,,,,,,,,,\n"
        "threads,native,ssh,4,2,2,0.1,measured,,,,,,,,,,,\n",
    };
    struct dataset *dataset = load(rows, 2);
    struct pairs pairs;
    struct buf table = {0};
    pairs_of(dataset, &pairs);
    assert_int_equal(pairs.len, 2);
    assert_int_equal(pairs.reference, 1);
    compare_table(dataset, &pairs, &table);
    const char *expected =
        "run                 predicted   measured   ratio     error\n"
        "threads, 2 workers     400 ms     500 ms   0.800    -20.0 %\n"
        "threads, 1 worker      1.10 s     1.00 s   1.100    +10.0 %\n"
        "\n"
        "2 runs compared, by their median wall times: the error is\n"
        "10.0 % in the middle (median), at most 20.0 % in nine of ten, 20.0 % at "
        "worst\n"
        "1 run is only in predicted (";
    if (strncmp(buf_text(&table), expected, strlen(expected)) != 0)
        fail_msg("%s", buf_text(&table));
    buf_fini(&table);
    pairs_fini(&pairs);
    dataset_free(dataset);
}

static void test_two_pythons_are_compared_run_by_run(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "threads,cpython-2.7,ssh,4,1,0,2,measured,,,,,,,,,,,\n",
        "threads,cpython-3.11,ssh,4,1,0,1,measured,,,,,,,,,,,\n",
    };
    struct dataset *dataset = load(rows, 2);
    struct pairs pairs;
    pairs_of(dataset, &pairs);
    assert_int_equal(pairs.len, 1);
    assert_int_equal(pairs.reference, 0);
    assert_true(pairs.items[0].error == -0.5);
    pairs_fini(&pairs);
    dataset_free(dataset);
}

static void test_the_verdict_follows_from_the_rows(void **state)
{
    (void)state;
    static const struct {
        const char *rows;
        const char *verdict;
    } cases[] = {
        {"sequential,native,ssh,40,1,0,8,predicted,1,0,0,7,,,,,,,\n"
         "threads,native,ssh,40,10,0,1.02,predicted,1,6,0,3,,,,,,,\n"
         "threads,native,ssh,40,20,0,1,predicted,1,14,1,4,,,,,,,\n"
         "async,native,ssh,40,20,0,2,predicted,1,0,0,19,,,,,,,\n",
         "Fastest is threads, 20 workers: 1.00 s, 8 times as fast as one after the other. From 10 "
         "workers on, more gain less than 5 % (tried up to 20). Of their time its workers spend 70 "
         "% waiting for the lock, 20 % waiting for the devices, 5 % waiting for a core, 5 % "
         "computing. Nothing alone limits.\n"},
        {"threads,native,ssh,40,10,0,2,measured,,,,,1,0.5,0.5,,,,\n"
         "threads,native,ssh,40,20,0,1,measured,,,,,5,0.1,0.1,0.3,2,,\n"
         "async,native,ssh,40,20,0,1.01,measured,,,,,,1,1,,,,\n",
         "Fastest is threads, 20 workers: 1.00 s. Hardly slower, by less than 5 %: async, 20 "
         "workers. More than these 20 were not tried and may help still. The client computed for "
         "1 % of its workers' time and waited for the lock for 25 %. The cores were busy for 25 % "
         "of the run, the emulator was busy for 30 %: the wait limits.\n"},
        {"threads,native,ssh,4,4,0,1,measured,,,,,,0.9,0.2,0.7,2,,\n",
         "There is one run, threads, 4 workers: 1.00 s. Each device then has a worker of its own, "
         "so more cannot help. The client computed for 28 % of its workers' time. The cores were "
         "busy for 90 % of the run, the emulator was busy for 70 %: the cores limit.\n"},
        {"threads,native,ssh,4,4,0,0.1,measured,,,,,,,,,,4,\n"
         "async,native,ssh,4,4,0,0.2,measured,,,,,,,,,,4,\n",
         "No session ended well, so there is nothing to compare.\n"},
        {"threads,native,ssh,4,1,0,1,predicted,0.1,0,0,0.9,,,,,,,\n"
         "processes,native,ssh,4,2,0,1.02,predicted,,,,,,,,,,,\n"
         "processes,native,ssh,4,3,0,1.03,predicted,,,,,,,,,,,\n",
         "Fastest is threads, 1 worker: 1.00 s. Hardly slower, by less than 5 %: processes, 2 "
         "workers. Of its time the worker spends 90 % waiting for the devices, 10 % computing. The "
         "wait limits.\n"},
        {"processes,native,ssh,40,10,0,1,measured,,,,,,,,,,,\n"
         "threads,native,ssh,40,1,0,4,measured,,,,,,,,,,,\n"
         "threads,native,ssh,40,4,0,2,measured,,,,,,,,,,,\n" // as under the lock of 2.7
         "threads,native,ssh,40,40,0,3,measured,,,,,,,,,,,\n",
         "Fastest is processes, 10 workers: 1.00 s. More than these 10 were not tried and may help "
         "still. More workers make threads slower: 2.00 s with 4, 3.00 s with 40.\n"},
        {"threads,native,ssh,4,4,0,1,measured,,,,,,,,,,,\n",
         "There is one run, threads, 4 workers: 1.00 s. Each device then has a worker of its own, "
         "so more cannot help.\n"},
        {"threads,native,ssh,4,1,0,4,measured,,,,,,,,,,0,\n"
         "threads,native,ssh,4,2,0,2,measured,,,,,,,,,,0,\n"
         "threads,native,ssh,4,4,0,0.1,measured,,,,,,,,,,3,\n"
         "async,native,ssh,4,4,0,0.1,measured,,,,,,,,,,4,\n", // lines in use: refused at once
         "Fastest is threads, 2 workers: 2.00 s, 2 times as fast as one worker. 2 faster runs do "
         "not count, because more sessions "
         "failed. With more workers sessions failed.\n"},
        {"threads,native,ssh,40,1,0,4,measured,,,,,,,,,,2,\n" // the same devices fail in all runs
         "threads,native,ssh,40,1,1,4,measured,,,,,,,,,,2,\n"
         "threads,native,ssh,40,40,0,2,measured,,,,,,,,,,2,\n"
         "threads,native,ssh,40,40,1,2,measured,,,,,,,,,,2,\n",
         "Fastest is threads, 40 workers: 2.00 s, 2 times as fast as one worker. Of its sessions 5 "
         "% failed. Each device then has "
         "a worker of its own, so more cannot help.\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct dataset *dataset = load(&cases[i].rows, 1);
        struct buf text = {0};
        verdict_write(dataset, 0, &text);
        assert_string_equal(buf_text(&text), cases[i].verdict);
        buf_fini(&text);
        dataset_free(dataset);
    }
}

static void test_of_echo_the_answers_are_told(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "threads,cpython-3.11,sleep,1,1,0,0.5,predicted,0.01,0.98,0,0.01,,,,,,,479.4\n"};
    struct dataset *dataset = load(rows, 1);
    struct buf text = {0};
    verdict_write(dataset, 0, &text);
    assert_string_equal(buf_text(&text),
                        "479 answers a second. Of its time the worker spends 98 % waiting for the "
                        "lock, 1 % waiting for the devices, 1 % computing.\n");
    buf_fini(&text);
    dataset_free(dataset);
}

static void test_of_echo_the_answers_are_compared(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "threads,cpython-3.11,sleep,1,1,0,0.5,predicted,,,,,,,,,,,400\n",
        "threads,cpython-3.11,sleep,1,1,0,0.5,measured,,,,,,,,,,,500\n"};
    struct dataset *dataset = load(rows, 2);
    struct pairs pairs;
    struct buf table = {0};
    pairs_of(dataset, &pairs);
    compare_table(dataset, &pairs, &table);
    if (!strstr(buf_text(&table), "     400 /s     500 /s   0.800    -20.0 %\n") ||
        !strstr(buf_text(&table), "\n1 run compared, by their answers a second:"))
        fail_msg("%s", buf_text(&table));
    buf_fini(&table);
    pairs_fini(&pairs);
    dataset_free(dataset);
}

// Rows of a strategy, workers and a wall time, behind them the failed sessions.
static void test_two_results_agree_or_not_on_the_fastest(void **state)
{
    (void)state;
    static const char predicted[] = "threads,native,ssh,40,10,0,2,predicted,,,,,,,,,,,\n"
                                    "threads,native,ssh,40,20,0,1,predicted,,,,,,,,,,,\n";
    static const struct {
        const char *measured;
        const char *sentence;
    } cases[] = {
        {"threads,native,ssh,40,10,0,3,measured,,,,,,,,,,,\n"
         "threads,native,ssh,40,20,0,2,measured,,,,,,,,,,,\n",
         "Both find threads, 20 workers fastest.\n"},
        {"threads,native,ssh,40,10,0,2,measured,,,,,,,,,,,\n"
         "threads,native,ssh,40,20,0,2.5,measured,,,,,,,,,,,\n",
         "threads, 20 workers is fastest in predicted; in measured it takes 1.25 times the time of "
         "the fastest.\n"},
        {"threads,native,ssh,40,10,0,2,measured,,,,,,,,,,0,\n"
         "threads,native,ssh,40,20,0,1,measured,,,,,,,,,,9,\n",
         "threads, 20 workers is fastest in predicted; in measured more sessions of it fail.\n"},
        {"threads,native,ssh,40,20,0,2.5,measured,,,,,,,,,,,\n", ""}, // nothing to choose from
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *const rows[] = {predicted, cases[i].measured};
        struct dataset *dataset = load(rows, 2);
        struct pairs pairs;
        struct buf text = {0};
        pairs_of(dataset, &pairs);
        verdict_write_agreement(dataset, &pairs, &text);
        assert_string_equal(buf_text(&text), cases[i].sentence);
        buf_fini(&text);
        pairs_fini(&pairs);
        dataset_free(dataset);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_table_has_the_worst_error_first),
        cmocka_unit_test(test_two_pythons_are_compared_run_by_run),
        cmocka_unit_test(test_the_verdict_follows_from_the_rows),
        cmocka_unit_test(test_of_echo_the_answers_are_told),
        cmocka_unit_test(test_of_echo_the_answers_are_compared),
        cmocka_unit_test(test_two_results_agree_or_not_on_the_fastest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
