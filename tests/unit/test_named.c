#include "base/experiment.h"
#include "tests/unit/harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct experiment *load(const char *const *overrides)
{
    struct err err;
    struct experiment *experiment = experiment_load(NULL, overrides, &err);
    if (!experiment)
        fail_msg("%s", err.text);
    return experiment;
}

static const char *const three[] = {
    "devices.named=[{name: core1, username: admin, latency: {command: 5ms}},"
    " {name: edge, platform: juniper_junos, address: 192.168.100.2, ssh_port: 22,"
    "  commands: [show version], limits: {vty_lines: 2}},"
    " {name: sw, latency: {per_command: {\"display*\": 2ms}}}]",
    "devices.latency={connect: 7ms, command: 20ms}",
    "devices.count=[2, 5]",
    NULL,
};

static void test_only_the_keys_named_differ(void **state)
{
    (void)state;
    struct experiment *e = load(three);
    const struct device_settings *core = experiment_device_settings(e, 1);
    assert_string_equal(core->username, "admin");
    assert_string_equal(core->password, "cisco");
    assert_int_equal(core->latency.command.a_ns, 5000000);
    assert_int_equal(core->latency.connect.a_ns, 7000000); // said after the named ones
    const struct device_settings *edge = experiment_device_settings(e, 2);
    assert_string_equal(edge->platform, "juniper_junos");
    assert_int_equal(edge->latency.command.a_ns, 20000000);
    assert_int_equal(edge->limits.vty_lines, 2);
    assert_int_equal(e->devices.named.items[1].ssh_port, 22);
    assert_string_equal(e->devices.named.items[1].address, "192.168.100.2");
    assert_ptr_equal(experiment_device_settings(e, 4), &e->devices.settings);
    assert_ptr_equal(experiment_device_settings(e, 0), &e->devices.settings);
    assert_int_equal(e->devices.settings.limits.vty_lines, 0);
    assert_string_equal(experiment_device_commands(e, 2)->items[0], "show version");
    assert_ptr_equal(experiment_device_commands(e, 1), &e->work.commands);
    experiment_free(e);
}

static void test_names_and_numbers(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        uint32_t number;
    } cases[] = {{"core1", 1}, {"sw", 3}, {"R4", 4},  {"R8", 8}, {"R9", 0}, {"R1", 0},
                 {"R04", 0},   {"R", 0},  {"R4x", 0}, {"", 0},   {"r4", 0}, {"R99999999999", 0}};
    struct experiment *e = load(three);
    char text[DEVICE_NAME_MAX + 1];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(experiment_find_device(e, cases[i].name, 8), cases[i].number);
        if (cases[i].number)
            assert_string_equal(experiment_device_name(e, cases[i].number, text), cases[i].name);
    }
    experiment_free(e);
}

static void test_the_count_is_of_those_without_a_name(void **state)
{
    (void)state;
    size_t n;
    struct experiment *e = load(three);
    struct run_spec *specs = experiment_runs(e, &n);
    assert_int_equal(specs[0].devices, 5);
    assert_int_equal(specs[n - 1].devices, 8);
    free(specs);
    experiment_free(e);
    const char *const alone[] = {"devices.named=[{name: a}]", NULL};
    e = load(alone);
    specs = experiment_runs(e, &n);
    assert_int_equal(specs[0].devices, 1); // not 40 more
    free(specs);
    experiment_free(e);
}

static char *written(const struct experiment *e)
{
    char *text = NULL;
    size_t len = 0;
    struct err err;
    FILE *out = open_memstream(&text, &len);
    assert_int_equal(experiment_write(e, out, &err), 0);
    fclose(out);
    return text;
}

static void test_what_is_written_reads_back_the_same(void **state)
{
    (void)state;
    struct experiment *e = load(three);
    char *text = written(e);
    experiment_free(e);
    assert_non_null(strstr(text, "{name: \"core1\", username: \"admin\", "
                                 "latency: {command: \"5ms\"}}"));
    char path[] = "/tmp/netbaton-test-XXXXXX";
    int fd = mkstemp(path);
    FILE *file = fdopen(fd, "w");
    fputs(text, file);
    fclose(file);
    struct err err;
    e = experiment_load(path, NULL, &err);
    remove(path);
    if (!e)
        fail_msg("%s", err.text);
    char *again = written(e);
    assert_string_equal(again, text);
    experiment_free(e);
    free(again);
    free(text);
}

static const struct {
    const char *named;
    const char *message; // behind "--set devices.named:"
} mistakes[] = {
    {"{a: b}", " 'devices.named' must be a list, not a map of keys"},
    {"[x]", "1:2: 'an entry of devices.named' must be a map of keys, not a single value"},
    {"[{platform: x}]", "1:2: the device has no name; give it one, like name: core1"},
    {"[{name: }]", "1:9: 'name' is empty; give a value or leave the key out"},
    {"[{name: \"a b\"}]", "1:9: 'a b' cannot name a device; begin with a letter or a digit and use "
                          "up to 63 letters, digits, - _ and ."},
    {"[{name: a}, {name: b}, {name: a}]",
     "1:31: the name 'a' is that of 'a' too; each device has its own"},
    {"[{name: R42}, {name: R2}]",
     "1:9: 'R42' is the name of device 42, which has none of its own; choose another"},
    {"[{name: a, platfrom: x}]", "1:12: unknown key 'platfrom'; did you mean 'platform'?"},
    {"[{name: a, latency: {comand: 3ms}}]", "1:22: unknown key 'comand'; did you mean 'command'?"},
    {"[{name: a, count: 3}]", "1:12: 'count' is of all devices together; it stands in devices"},
    {"[{name: a, limits: {aaa_rate: 3/s}}]",
     "1:21: 'aaa_rate' is of all devices together; it stands in devices.limits"},
    {"[{name: a, faults: {drop: 0.7, hang: 0.7}}]",
     "1:2: a: faults add up to more than 1; they are shares of all sessions"},
    {"[{name: a, ssh_port: 70000}]", "1:22: '70000' is out of range; it must be 1 to 65535"},
    {"[{name: a, address: 1.2.3}]", "1:21: '1.2.3' is not an IPv4 address or a host's name; ports "
                                    "stand in ssh_port and telnet_port"},
    {"[{name: a, address: \"1.2.3.4:22\"}]",
     "1:21: '1.2.3.4:22' is not an IPv4 address or a host's "
     "name; ports stand in ssh_port and telnet_port"},
    {"[{name: a, address: 1.2.3.4}, {name: b, address: 1.2.3.4}]",
     "1:50: the address '1.2.3.4' is that of 'a' too; each device has its own"},
};

static void test_mistakes_are_told_with_their_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        char override[256];
        char message[256];
        struct err err = {0};
        snprintf(override, sizeof override, "devices.named=%s", mistakes[i].named);
        snprintf(message, sizeof message, "--set devices.named:%s", mistakes[i].message);
        const char *const overrides[] = {"devices.count=40", override, NULL};
        assert_null(experiment_load(NULL, overrides, &err));
        assert_string_equal(err.text, message);
        assert_int_equal(err.kind, ERR_INPUT);
    }
}

static void test_a_setting_is_changed_by_its_key(void **state)
{
    (void)state;
    static const struct {
        const char *key;
        const char *value;
        const char *message; // "": it is right
    } cases[] = {
        {"latency.command", "80ms", ""},
        {"devices.latency", "{command: 80ms}", ""},
        {"faults.drop", "0.9", ""},
        {"faults.hang", "0.2",
         "faults.hang: faults add up to more than 1; they are shares of all "
         "sessions"},
        {"latency.comand", "1ms", "unknown key 'latency.comand'; did you mean 'latency.command'?"},
        {"limits.vty_lines", "-1", "limits.vty_lines: '-1' is out of range; it must be 0 to 10000"},
        {"count", "3", "unknown key 'count'"},
    };
    struct experiment *e = load(three);
    struct device_settings *settings = device_settings_copy(experiment_device_settings(e, 3));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err err = {0};
        int result = device_settings_set(settings, cases[i].key, cases[i].value, &err);
        assert_string_equal(err.text, cases[i].message);
        assert_int_equal(result, *cases[i].message ? -1 : 0);
    }
    assert_int_equal(settings->latency.command.a_ns, 80000000);
    assert_int_equal(settings->latency.n_per_command, 1); // copied, and not that of the experiment
    assert_ptr_not_equal(settings->latency.per_command,
                         experiment_device_settings(e, 3)->latency.per_command);
    device_settings_free(settings);
    experiment_free(e);
}

static void count_keys(void *data, const char *key, const char *value)
{
    int *n = data;
    *n += !strcmp(key, "latency.command") && !strcmp(value, "\"5ms\"");
    *n += 100 * !strcmp(key, "username");
}

static void test_all_settings_can_be_listed(void **state)
{
    (void)state;
    struct experiment *e = load(three);
    int n = 0;
    device_settings_each(experiment_device_settings(e, 1), count_keys, &n);
    assert_int_equal(n, 101);
    experiment_free(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_only_the_keys_named_differ),
        cmocka_unit_test(test_names_and_numbers),
        cmocka_unit_test(test_the_count_is_of_those_without_a_name),
        cmocka_unit_test(test_what_is_written_reads_back_the_same),
        cmocka_unit_test(test_mistakes_are_told_with_their_place),
        cmocka_unit_test(test_a_setting_is_changed_by_its_key),
        cmocka_unit_test(test_all_settings_can_be_listed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
