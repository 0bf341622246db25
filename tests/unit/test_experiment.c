#include "base/experiment.h"
#include "base/yaml_doc.h"
#include "tests/unit/harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// A file that is gone again when the test ends.
struct temporary {
    char path[64];
};

static void write_file(struct temporary *file, const char *text)
{
    strcpy(file->path, "/tmp/netbaton-test-XXXXXX");
    int fd = mkstemp(file->path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

static void test_terminal_commands_are_instant_unless_named(void **state)
{
    (void)state;
    static char enable[] = "enable";
    struct command_latency named = {.pattern = enable};
    struct device_latency latency = {0};
    assert_true(experiment_command_is_instant(&latency, "terminal length 0"));
    assert_true(experiment_command_is_instant(&latency, "enable"));
    assert_false(experiment_command_is_instant(&latency, "show terminal "));
    assert_false(experiment_command_is_instant(&latency, "exits"));
    latency.per_command = &named;
    latency.n_per_command = 1;
    assert_false(experiment_command_is_instant(&latency, "enable"));
}

static void test_defaults_are_forty_ssh_devices(void **state)
{
    (void)state;
    struct err err;
    struct experiment *e = experiment_load(NULL, NULL, &err);
    assert_non_null(e);
    assert_int_equal(e->devices.count.items[0], 40);
    assert_int_equal(e->devices.transport.items[0], TRANSPORT_SSH);
    assert_string_equal(e->devices.settings.username, "cisco");
    assert_int_equal(e->runs.timeout_login_ns, 30000000000);
    experiment_free(e);
}

static void test_what_is_written_reads_back_the_same(void **state)
{
    (void)state;
    struct temporary file;
    write_file(&file, "name: all\nseed: 9\n"
                      "devices: {count: [1, 2], latency: {command: 'lognormal(80ms, 0.3)',"
                      " per_command: {'show \"run*': 2s}, bandwidth: 1MB/s}}\n"
                      "work: {commands: ['a \\ b', show clock], cpu: {login: 20ms}}\n"
                      "runs: {strategy: [threads, processes], interpreter: [native, cpython-3.11],"
                      " timeout: 7s}\n");
    char *first = NULL;
    char *second = NULL;
    size_t first_len = 0;
    size_t second_len = 0;
    struct err err;
    struct experiment *e = experiment_load(file.path, NULL, &err);
    assert_non_null(e);
    FILE *out = open_memstream(&first, &first_len);
    assert_int_equal(experiment_write(e, out, &err), 0);
    fclose(out);
    experiment_free(e);
    unlink(file.path);
    write_file(&file, first);
    e = experiment_load(file.path, NULL, &err);
    if (!e)
        fail_msg("%s", err.text);
    assert_int_equal(e->runs.timeout_command_ns, 7000000000);
    out = open_memstream(&second, &second_len);
    assert_int_equal(experiment_write(e, out, &err), 0);
    fclose(out);
    assert_string_equal(first, second);
    experiment_free(e);
    unlink(file.path);
    free(first);
    free(second);
}

static void test_wrong_files_are_refused_at_the_place(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *message; // after the file's name
    } cases[] = {
        {"devices:\n  cuont: 4\n", ":2:3: unknown key 'cuont'; did you mean 'count'?"},
        {"devices: {count: 1000000000000}\n",
         ":1:18: '1000000000000' is out of range; it must be 0 to 10000000"},
        {"devices: {count: -1}\n", ":1:18: '-1' is out of range; it must be 0 to 10000000"},
        {"devices: {count: []}\n",
         ":1:18: 'devices.count' is an empty list; name at least one value"},
        {"devices: {latency: {login: 5}}\n", ":1:28: '5' has no unit; write it like 5ms or 5s"},
        {"devices: {latency: {login: 5 parsec}}\n",
         ":1:28: '5 parsec' has the unknown unit 'parsec'; a duration ends in us, ms, s, m or h"},
        {"runs:\n  strategy: [thread]\n",
         ":2:14: unknown strategy 'thread'; did you mean 'threads'?"},
        {"work: {echo: 1s}\nruns:\n  strategy: [threads, hybrid]\n",
         ":3:23: strategy 'hybrid' cannot answer work.echo, which one thread does; use threads or "
         "sequential"},
        {"runs: {strategy: async}\nwork: {echo: 1s}\n",
         ":1:18: strategy 'async' cannot answer work.echo, which one thread does; use threads or "
         "sequential"},
        {"machine: [1]\n",
         ":1:10: 'machine' must be a map of keys, not a list; known in it: cores"},
        {"machine:\n", ":1:9: 'machine' must be a map of keys, not empty; known in it: cores"},
        {"work: {cpu: 50ms}\n", ":1:13: 'work.cpu' must be a map of keys, not a single value; "
                                "known in it: login, command"},
        {"runs: {interpreter: 3.13t}\n",
         ":1:21: unknown interpreter '3.13t'; did you mean 'free-threaded-3.13'?"},
        {"runs: {interpreter: cpython-3.14t}\n",
         ":1:21: unknown interpreter 'cpython-3.14t'; did you mean 'free-threaded-3.14'?"},
        {"runs: {interpreter: 3.11}\n",
         ":1:21: unknown interpreter '3.11'; did you mean 'cpython-3.11'?"},
        {"runs: {interpreter: python2.7}\n",
         ":1:21: unknown interpreter 'python2.7'; did you mean 'cpython-2.7'?"},
        {"runs: {interpreter: python3}\n",
         ":1:21: unknown interpreter 'python3'; did you mean 'python:python3'?"},
        {"runs: {interpreter: /opt/bin/python3}\n",
         ":1:21: unknown interpreter '/opt/bin/python3'; did you mean 'python:/opt/bin/python3'?"},
        {"runs: {interpreter: cpython-3.12t}\n",
         ":1:21: 'cpython-3.12t' names no version; write it like cpython-2.7 or cpython-3.11"},
        {"runs: {interpreter: cpython-3.99}\n",
         ":1:21: no rules for 'cpython-3.99'; there are cpython-2.7 and cpython-3.2 to "
         "cpython-3.14"},
        {"runs: {interpreter: nativ}\n",
         ":1:21: unknown interpreter 'nativ'; did you mean 'native'?"},
        {"devices: {faults: {hang: 2}}\n",
         ":1:26: '2' is out of range; a share is 0 to 1 (0% to 100%)"},
        {"seed: 1\nseed: 2\n", ":2:1: 'seed' is there twice; keep one"},
        {"a: [\n",
         ":2:1: not valid YAML: while parsing a flow node, did not find expected node content"},
        {"", ": the file is empty; an experiment has at least devices: and runs:"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct temporary file;
        struct err err = {0};
        char expected[512];
        write_file(&file, cases[i].text);
        assert_null(experiment_load(file.path, NULL, &err));
        snprintf(expected, sizeof expected, "%s%s", file.path, cases[i].message);
        assert_string_equal(err.text, expected);
        assert_int_equal(err_exit_code(&err), 2);
        unlink(file.path);
    }
}

static void test_overrides_win_over_the_file(void **state)
{
    (void)state;
    static const char *const good[] = {"runs.workers=[1, 7]", "devices.latency.login=1s", NULL};
    struct err err;
    struct experiment *e = experiment_load(NULL, good, &err);
    assert_non_null(e);
    assert_int_equal(e->runs.workers.items[1], 7);
    assert_int_equal(e->devices.settings.latency.login.a_ns, 1000000000);
    experiment_free(e);
}

static void test_an_unknown_override_tells_what_is_meant(void **state)
{
    (void)state;
    static const struct {
        const char *key;
        const char *meant;
    } cases[] = {
        {"runs.wrokers", "; did you mean 'runs.workers'?"},
        {"workers", "; did you mean 'runs.workers'?"},
        {"devices.aaa_rate", "; did you mean 'devices.limits.aaa_rate'?"},
        {"latency.command", "; did you mean 'devices.latency.command'?"},
        {"command", "; did you mean 'devices.latency.command' or 'work.cpu.command' or "
                    "'runs.timeout.command'?"},
        {"xyzzy", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err err = {0};
        char override[64];
        char expected[256];
        snprintf(override, sizeof override, "%s=1", cases[i].key);
        snprintf(expected, sizeof expected, "--set %s: unknown key '%s'%s", override, cases[i].key,
                 cases[i].meant);
        const char *const overrides[] = {override, NULL};
        assert_null(experiment_load(NULL, overrides, &err));
        assert_string_equal(err.text, expected);
    }
}

static void test_a_wrong_override_is_told_by_its_option(void **state)
{
    (void)state;
    static const struct {
        const char *override;
        const char *message;
    } cases[] = {
        {"runs.workers", "--set runs.workers: write it as KEY=VALUE, like runs.workers=[1, 10]"},
        {"runs.workers=", "--set runs.workers: no value after the ="},
        {"seed=x", "--set seed: 'x' is not a whole number"},
        {"--seed=x", "--seed: 'x' is not a whole number"},
        {"--seed=", "--seed: no value after the ="},
        {"runs.workers=[1, x]", "--set runs.workers:1:5: 'x' is not a whole number"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err err = {0};
        const char *const overrides[] = {cases[i].override, NULL};
        assert_null(experiment_load(NULL, overrides, &err));
        assert_string_equal(err.text, cases[i].message);
        assert_int_equal(err.kind, ERR_INPUT);
    }
}

static void test_sequential_runs_once_whatever_the_workers(void **state)
{
    (void)state;
    static const char *const sets[] = {
        "runs.workers=[1, 5, 10]", "runs.strategy=[sequential, threads]", "runs.repeat=2", NULL};
    struct err err;
    struct experiment *e = experiment_load(NULL, sets, &err);
    assert_non_null(e);
    size_t count;
    struct run_spec *runs = experiment_runs(e, &count);
    assert_int_equal(count, 2 + 3 * 2);
    assert_int_equal(runs[0].strategy, STRATEGY_SEQUENTIAL);
    assert_int_equal(runs[1].repeat, 1);
    assert_int_equal(runs[2].strategy, STRATEGY_THREADS);
    free(runs);
    experiment_free(e);
}

static void test_a_python_runs_once_for_an_interval_it_has_not(void **state)
{
    (void)state;
    static const char *const sets[] = {"devices.transport=ssh",
                                       "runs.strategy=threads",
                                       "runs.interpreter=['python:/old', 'python:/new']",
                                       "runs.workers=4",
                                       "runs.switch_interval=[5ms, 1ms]",
                                       "runs.check_interval=[100, 1000, 10000]",
                                       "runs.repeat=1",
                                       NULL};
    struct err err;
    struct experiment *e = experiment_load(NULL, sets, &err);
    assert_non_null(e);
    size_t count;
    struct run_spec *runs = experiment_runs(e, &count);
    assert_int_equal(count, 2 * 2 * 3); // nobody has asked the pythons yet
    experiment_runs_of_version(runs, &count, &e->runs.interpreter.items[0], 2);
    assert_int_equal(count, 3 + 2 * 3);
    experiment_runs_of_version(runs, &count, &e->runs.interpreter.items[1], 3);
    assert_int_equal(count, 3 + 2);
    for (size_t i = 0; i < count; i++) {
        bool old = runs[i].interpreter == &e->runs.interpreter.items[0];
        assert_int_equal(runs[i].switch_interval_ns == 0, old);
        assert_int_equal(runs[i].check_interval == 0, !old);
    }
    free(runs);
    experiment_free(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_python_runs_once_for_an_interval_it_has_not),
        cmocka_unit_test(test_terminal_commands_are_instant_unless_named),
        cmocka_unit_test(test_defaults_are_forty_ssh_devices),
        cmocka_unit_test(test_what_is_written_reads_back_the_same),
        cmocka_unit_test(test_wrong_files_are_refused_at_the_place),
        cmocka_unit_test(test_overrides_win_over_the_file),
        cmocka_unit_test(test_an_unknown_override_tells_what_is_meant),
        cmocka_unit_test(test_a_wrong_override_is_told_by_its_option),
        cmocka_unit_test(test_sequential_runs_once_whatever_the_workers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
