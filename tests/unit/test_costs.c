#include "base/costs.h"
#include "tests/unit/harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int load_text(const char *text, struct costs *costs, struct err *err)
{
    char path[] = "/tmp/netbaton-test-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
    int result = costs_load(path, costs, err);
    unlink(path);
    return result;
}

static void test_what_is_written_reads_back_the_same(void **state)
{
    (void)state;
    struct costs costs;
    struct costs again;
    struct err err;
    costs_init(&costs);
    costs.cores = 7;
    costs.tick_lock = TICK_LOCK_MACH_CONDVAR;
    costs.scheduler = SCHEDULER_TIMESHARE;
    costs.wake_latency = (struct cost){1.5, 2.25, 3};
    struct python_costs *python = costs_add_python(&costs, 3, 14);
    snprintf(python->path, sizeof python->path, "/a \"b\\c");
    python->has_lock = 0;
    python->ssh_has_lock = 1;
    python->fork = (struct cost){1, 2, 3};
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    assert_int_equal(costs_write(&costs, out, "m", &err), 0);
    fclose(out);
    assert_int_equal(load_text(text, &again, &err), 0);
    free(text);
    assert_int_equal(again.cores, 7);
    assert_int_equal(again.tick_lock, TICK_LOCK_MACH_CONDVAR);
    assert_int_equal(again.scheduler, SCHEDULER_TIMESHARE);
    assert_memory_equal(&again.wake_latency, &costs.wake_latency, sizeof costs.wake_latency);
    python = &again.pythons[again.n_pythons - 1];
    assert_string_equal(python->path, "/a \"b\\c");
    assert_int_equal(python->has_lock, 0);
    assert_int_equal(python->ssh_has_lock, 1);
    assert_int_equal(python->minor, 14);
    assert_true(python->fork.median == 2);
    costs_fini(&costs);
    costs_fini(&again);
}

static void test_a_file_without_pythons_reads_back(void **state)
{
    (void)state;
    struct costs costs;
    struct costs again;
    struct err err;
    char *text = NULL;
    size_t len = 0;
    costs_init(&costs);
    FILE *out = open_memstream(&text, &len);
    assert_int_equal(costs_write(&costs, out, "m", &err), 0);
    fclose(out);
    if (load_text(text, &again, &err) < 0)
        fail_msg("%s", err.text);
    assert_int_equal(again.n_pythons, costs.n_pythons);
    free(text);
    costs_fini(&costs);
    costs_fini(&again);
}

static void test_a_key_left_out_keeps_its_default(void **state)
{
    (void)state;
    struct costs standard;
    struct costs costs;
    struct err err;
    costs_init(&standard);
    assert_int_equal(load_text("cores: 3\nfork_ns: 5\n", &costs, &err), 0);
    assert_true(costs.fork.min == 5 && costs.fork.max == 5);
    assert_memory_equal(&costs.spawn, &standard.spawn, sizeof costs.spawn);
    assert_int_equal(costs.n_pythons, standard.n_pythons);
    costs_fini(&costs);
    costs_fini(&standard);
}

static void test_wrong_files_are_refused_at_their_place(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *message;
    } cases[] = {
        {"", "is empty"},
        {"cores: 0\n", ":1:8: "},
        {"frok_ns: 5\n", ":1:1: unknown key 'frok_ns'; did you mean 'fork_ns'?"},
        {"cores: 2\nquantum: 5\n", ":2:1: unknown key 'quantum'; did you mean 'os_quantum_ns'?"},
        {"zzz: 5\n", ":1:1: unknown key 'zzz', like none of the "},
        {"cores: 2\ntick_lock: mutex\n",
         ":2:12: 'mutex' is no 'tick_lock'; known are semaphore, condvar, mach_condvar"},
        {"scheduler: [fair]\n", ":1:12: 'scheduler' must be a single value"},
        {"fork_ns: -5\n", "not a number"},
        {"fork_ns: nan\n", "not a number"},
        {"fork_ns: 0x10\n", "not a number"},
        {"cores: 2\nfork_ns: {min: 1, median: 2}\n", ":2:10: 'fork_ns' has no 'max'"},
        {"fork_ns: {min: 3, median: 2, max: 4}\n", "out of order"},
        {"pythons: [{path: x}]\n", "no 'version'"},
        {"pythons: [{path: x, version: new}]\n", "not a version"},
        {"pythons: [{version: 3.11.7}]\n", "no 'path'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct costs costs;
        struct err err;
        assert_int_equal(load_text(cases[i].text, &costs, &err), -1);
        assert_int_equal(err.kind, ERR_INPUT);
        if (!strstr(err.text, cases[i].message))
            fail_msg("'%s' gives '%s'", cases[i].text, err.text);
    }
}

static void test_an_interpreter_finds_the_nearest_python(void **state)
{
    (void)state;
    static const struct {
        const char *interpreter;
        const char *path;
    } cases[] = {
        {"cpython-2.7", "/27"},   {"cpython-3.11", "/311"},        {"cpython-3.2", "/36"},
        {"cpython-3.14", "/313"}, {"free-threaded-3.13", "/313t"}, {"python:/36", "/36"},
        {"native", "/313"},
    };
    struct costs costs;
    struct err err;
    assert_int_equal(load_text("pythons:\n"
                               "- {path: /27, version: 2.7.18}\n"
                               "- {path: /36, version: 3.6.15}\n"
                               "- {path: /311, version: 3.11.7}\n"
                               "- {path: /313t, version: 3.13.0t, has_lock: 0}\n"
                               "- {path: /313, version: 3.13.0}\n",
                               &costs, &err),
                     0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct interpreter interpreter;
        assert_int_equal(interpreter_parse(cases[i].interpreter, &interpreter, &err), 0);
        assert_string_equal(costs_python(&costs, &interpreter)->path, cases[i].path);
    }
    costs_fini(&costs);
}

// What was measured before there were such figures: no lock but the build's, a share of the whole.
static void test_an_old_file_says_nothing_of_paramiko(void **state)
{
    (void)state;
    struct costs costs;
    struct err err;
    assert_int_equal(load_text("pythons:\n"
                               "- {path: /313t, version: 3.13.0t, has_lock: 0}\n"
                               "- {path: /311, version: 3.11.7, ssh_session_ns: 10000, "
                               "ssh_command_ns: 1000, ssh_worker_command_ns: 700}\n",
                               &costs, &err),
                     0);
    const struct python_costs *last = &costs.pythons[costs.n_pythons - 1];
    assert_int_equal(last[-1].ssh_has_lock, 0);
    assert_int_equal(last->ssh_has_lock, 1);
    assert_true(last->ssh_worker_session.median == 2100);
    assert_true(last->ssh_worker_command.median == 700);
    costs_fini(&costs);
}

static void test_both_loops_of_a_version_tell_how_slow_free_threads_are(void **state)
{
    (void)state;
    static const struct {
        const char *interpreter;
        double factor;
    } cases[] = {
        {"free-threaded-3.13", 1.25}, {"free-threaded", 1.08}, // 3.14t alone tells nothing
        {"cpython-3.13", 1},          {"subinterpreters", 1},  {"native", 1},
        {"python:/313t", 1}, // its own speed is its measure
    };
    struct costs costs;
    struct err err;
    assert_int_equal(load_text("pythons:\n"
                               "- {path: /313t, version: 3.13.0t, has_lock: 0, loop_ns: 50}\n"
                               "- {path: /314t, version: 3.14.0t, has_lock: 0, loop_ns: 50}\n"
                               "- {path: /313, version: 3.13.0, loop_ns: 40}\n",
                               &costs, &err),
                     0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct interpreter interpreter;
        assert_int_equal(interpreter_parse(cases[i].interpreter, &interpreter, &err), 0);
        costs_set_work_factors(&costs, &interpreter, 1);
        assert_true(interpreter.work_factor == cases[i].factor);
    }
    costs_fini(&costs);
}

static void test_a_full_disk_is_told_with_the_name_of_the_file(void **state)
{
    (void)state;
    struct costs costs;
    struct err err = {0};
    FILE *full = fopen("/dev/full", "w");
    if (!full)
        skip();
    costs_init(&costs);
    assert_int_equal(costs_write(&costs, full, "m.yaml", &err), -1);
    assert_non_null(strstr(err.text, "cannot write the machine file 'm.yaml': "));
    fclose(full);
    costs_fini(&costs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_written_reads_back_the_same),
        cmocka_unit_test(test_a_file_without_pythons_reads_back),
        cmocka_unit_test(test_a_key_left_out_keeps_its_default),
        cmocka_unit_test(test_wrong_files_are_refused_at_their_place),
        cmocka_unit_test(test_an_interpreter_finds_the_nearest_python),
        cmocka_unit_test(test_an_old_file_says_nothing_of_paramiko),
        cmocka_unit_test(test_both_loops_of_a_version_tell_how_slow_free_threads_are),
        cmocka_unit_test(test_a_full_disk_is_told_with_the_name_of_the_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
