#include "base/alloc.h"
#include "base/results.h"
#include "tests/unit/harness.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

// A folder of its own for each test, removed after it.
static int setup(void **state)
{
    char *dir = alloc_strdup("/tmp/netbaton-test-XXXXXX");
    *state = dir;
    return mkdtemp(dir) ? 0 : -1;
}

static int teardown(void **state)
{
    char *command = alloc_printf("rm -rf '%s'", (char *)*state);
    int result = system(command);
    free(command);
    free(*state);
    return result;
}

static struct results *create(const char *dir, struct experiment *experiment)
{
    struct err err = {0};
    struct results *results = results_create(dir, experiment, "{}", &err);
    assert_string_equal(err.text, "");
    return results;
}

static struct experiment *defaults(void)
{
    struct err err = {0};
    struct experiment *experiment = experiment_load(NULL, NULL, &err);
    assert_string_equal(err.text, "");
    return experiment;
}

static struct run_row a_run(const struct experiment *experiment, double repeat)
{
    size_t count;
    struct run_spec *specs = experiment_runs(experiment, &count);
    struct run_row row;
    run_row_init(&row, &specs[0]);
    free(specs);
    snprintf(row.source, sizeof row.source, "a \"source\", with comma");
    snprintf(row.kind, sizeof row.kind, "measured");
    row.repeat = repeat;
    row.wall_s = 1.23456789;
    row.sessions_ok = 39;
    row.sessions_failed = 1;
    row.failed[JOB_TIMEOUT] = 1;
    row.state_s[STATE_WAIT_GIL] = 0.25;
    return row;
}

static void test_rows_read_back_as_they_were_written(void **state)
{
    const char *dir = *state;
    struct err err = {0};
    struct experiment *experiment = defaults();
    struct results *results = create(dir, experiment);
    struct run_row run = a_run(experiment, 2);
    struct session_row session = {
        .run = 3, .device = 4, .worker = 5, .end = JOB_AUTH, .start_ns = 1, .end_ns = 5000000001};
    assert_int_equal(results_add_run(results, &run, &err), 0);
    assert_int_equal(results_add_sessions(results, &session, 1, &err), 0);
    results_close(results);

    size_t count = 0;
    struct run_row *runs = results_read_runs(dir, &count, &err);
    assert_int_equal(count, 1);
    assert_string_equal(runs[0].source, run.source);
    assert_string_equal(runs[0].strategy, "sequential");
    assert_string_equal(runs[0].transport, "ssh");
    assert_true(runs[0].wall_s == run.wall_s);
    assert_true(runs[0].repeat == 2);
    assert_true(runs[0].failed[JOB_TIMEOUT] == 1);
    assert_true(runs[0].state_s[STATE_WAIT_GIL] == 0.25);
    assert_true(isnan(runs[0].p50_s)); // what is unknown stays unknown
    free(runs);
    struct session_row *sessions = results_read_sessions(dir, &count, &err);
    assert_int_equal(count, 1);
    assert_memory_equal(&sessions[0], &session, sizeof session);
    free(sessions);
    experiment_free(experiment);
}

static void test_a_folder_that_holds_something_is_never_touched(void **state)
{
    const char *dir = *state;
    struct err err = {0};
    struct experiment *experiment = defaults();
    char *file = alloc_printf("%s/mine", dir);
    fclose(fopen(file, "w"));
    assert_null(results_create(dir, experiment, "{}", &err));
    char *expected = alloc_printf(
        "the folder '%s' is not empty; nothing is overwritten (choose another with -o DIR)", dir);
    assert_string_equal(err.text, expected);
    assert_int_equal(err_exit_code(&err), 2);
    free(expected);
    free(file);
    experiment_free(experiment);
}

static void limit_files_to(rlim_t bytes)
{
    struct rlimit limit;
    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

// A limit on the size of files fails as a full disk does: a part of the row is written, the rest is
// not.
static void test_a_full_disk_costs_the_row_in_hand_only(void **state)
{
    const char *dir = *state;
    struct err err = {0};
    struct experiment *experiment = defaults();
    struct results *results = create(dir, experiment);
    struct run_row row = a_run(experiment, 0);
    assert_int_equal(results_add_run(results, &row, &err), 0);

    char *path = alloc_printf("%s/runs.csv", dir);
    struct stat info;
    assert_int_equal(stat(path, &info), 0);
    off_t whole = info.st_size;
    signal(SIGXFSZ, SIG_IGN);
    limit_files_to((rlim_t)whole + 10);
    row.repeat = 1;
    assert_int_equal(results_add_run(results, &row, &err), -1);
    limit_files_to(RLIM_INFINITY);
    assert_int_equal(err_exit_code(&err), 1);
    assert_non_null(strstr(err.text, "File too large (the finished runs are kept)"));
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_size, whole);

    row.repeat = 2; // and when there is room again, it goes on
    assert_int_equal(results_add_run(results, &row, &err), 0);
    results_close(results);
    size_t count = 0;
    struct run_row *runs = results_read_runs(dir, &count, &err);
    assert_int_equal(count, 2);
    assert_true(runs[1].repeat == 2);
    free(runs);
    free(path);
    experiment_free(experiment);
}

static void write_runs(const char *dir, const char *text)
{
    char *path = alloc_printf("%s/runs.csv", dir);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    free(path);
}

static void test_folders_of_other_versions_and_of_crashes_are_read(void **state)
{
    static const struct {
        const char *text;
        size_t rows;
        double wall_s; // of the first row
    } cases[] = {
        {"wall_s,strategy\n1.5,threads\n", 1, 1.5},
        {"new_column,wall_s\n9,1.5\n", 1, 1.5}, // unknown columns are passed over
        {"strategy\nthreads\n", 1, NAN},        // missing ones are unknown
        {"wall_s\n1.5\n2.", 1, 1.5},            // the last line was cut by a crash
        {"wall_s,strategy\r\n1.5,threads\r\n", 1, 1.5},
        {"wall_s\n", 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err err = {0};
        size_t count = 99;
        write_runs(*state, cases[i].text);
        struct run_row *runs = results_read_runs(*state, &count, &err);
        assert_string_equal(err.text, "");
        assert_int_equal(count, cases[i].rows);
        if (count && isnan(cases[i].wall_s))
            assert_true(isnan(runs[0].wall_s));
        else if (count)
            assert_true(runs[0].wall_s == cases[i].wall_s);
        free(runs);
    }
}

static void test_files_that_are_no_results_are_refused(void **state)
{
    static const struct {
        const char *text;
        const char *message; // after the file's path
    } cases[] = {
        {"wall_s,strategy\n1.5\n", ": line 2: 1 cells, the header has 2"},
        {"wall_s\n1.5\nfast\n", ": line 3: column 'wall_s' cannot be 'fast'"},
        {"wall_s\ninf\n", ": line 2: column 'wall_s' cannot be 'inf'"},
        {"wall_s\n0x10\n", ": line 2: column 'wall_s' cannot be '0x10'"},
        {"wall_s\n-2e15\n", ": line 2: column 'wall_s' cannot be '-2e15'"},
        {"", "' has no header line"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err err = {0};
        size_t count;
        write_runs(*state, cases[i].text);
        assert_null(results_read_runs(*state, &count, &err));
        char *expected = alloc_printf("%s%s/runs.csv%s", *cases[i].text ? "" : "'", (char *)*state,
                                      cases[i].message);
        assert_string_equal(err.text, expected);
        assert_int_equal(err_exit_code(&err), 2);
        free(expected);
    }
}

static void test_sessions_that_are_none_are_refused(void **state)
{
    static const struct {
        const char *row;
        const char *message; // after the file's path; NULL: it is one
    } cases[] = {
        {"0,1,ok,0.000000001", NULL},
        {"0,1,ok,5", NULL},
        {"-1,1,ok,0", ": line 2: column 'run' cannot be '-1'"},
        {"0,4294967297,ok,0", ": line 2: column 'device' cannot be '4294967297'"},
        {"0, 1,ok,0", NULL}, // blanks around a cell are nobody's
        {"0,,ok,0", ": line 2: column 'device' cannot be ''"},
        {"0,1,okay,0", ": line 2: column 'end' cannot be 'okay'"},
        {"0,1,ok,-1", ": line 2: column 'end_s' cannot be '-1'"},
        {"0,1,ok,", ": line 2: column 'end_s' cannot be ''"},
        {"0,1,ok,.5", ": line 2: column 'end_s' cannot be '.5'"},
        {"0,1,ok,10000000000", ": line 2: column 'end_s' cannot be '10000000000'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err err = {0};
        size_t count;
        char *path = alloc_printf("%s/sessions.csv", (char *)*state);
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        fprintf(file, "run,device,end,end_s\n%s\n", cases[i].row);
        fclose(file);
        struct session_row *rows = results_read_sessions(*state, &count, &err);
        if (!cases[i].message && !rows)
            fail_msg("%s", err.text);
        if (cases[i].message && (rows || !strstr(err.text, cases[i].message)))
            fail_msg("'%s': %s", cases[i].row, err.text);
        free(rows);
        free(path);
    }
}

static void test_percentiles_are_of_sessions_that_were_there(void **state)
{
    (void)state;
    struct experiment *experiment = defaults();
    struct run_row row = a_run(experiment, 0);
    run_row_percentiles(&row, NULL, 0);
    assert_true(isnan(row.p50_s));
    uint64_t one[] = {3000000000};
    run_row_percentiles(&row, one, 1);
    assert_true(row.p50_s == 3 && row.p99_s == 3 && row.max_s == 3);
    uint64_t three[] = {3000000000, 1000000000, 2000000000};
    run_row_percentiles(&row, three, 3);
    assert_true(row.p50_s == 2 && row.p90_s == 3 && row.p99_s == 3 && row.max_s == 3);
    uint64_t hundred[100];
    for (uint64_t i = 0; i < 100; i++)
        hundred[i] = (100 - i) * 1000000000;
    run_row_percentiles(&row, hundred, 100);
    assert_true(row.p50_s == 50 && row.p90_s == 90 && row.p99_s == 99 && row.max_s == 100);
    experiment_free(experiment);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_rows_read_back_as_they_were_written, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_folder_that_holds_something_is_never_touched, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_a_full_disk_costs_the_row_in_hand_only, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_folders_of_other_versions_and_of_crashes_are_read,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(test_files_that_are_no_results_are_refused, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_sessions_that_are_none_are_refused, setup, teardown),
        cmocka_unit_test(test_percentiles_are_of_sessions_that_were_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
