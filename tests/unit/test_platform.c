#include "emulator/platform.h"
#include "tests/unit/harness.h"

#include "emulator/device.h"
#include "emulator/shell.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// A folder of a platform that is gone again when the test ends.
struct folder {
    char path[64];
    char files[4][128];
    size_t n_files;
};

static void folder_make(struct folder *folder)
{
    *folder = (struct folder){.path = "/tmp/netbaton-platform-XXXXXX"};
    assert_non_null(mkdtemp(folder->path));
}

static void folder_add(struct folder *folder, const char *name, const char *text)
{
    char path[sizeof folder->files[0]];
    snprintf(path, sizeof path, "%s/%s", folder->path, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    memcpy(folder->files[folder->n_files++], path, sizeof path);
    fputs(text, file);
    fclose(file);
}

static void folder_remove(struct folder *folder)
{
    for (size_t i = 0; i < folder->n_files; i++)
        unlink(folder->files[i]);
    rmdir(folder->path);
}

static void test_mistakes_name_file_line_and_nearest_word(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"comands: {}\n", "platform.yaml:1:1: "},
        {"commands:\n  exce: {}\n",
         "platform.yaml:2:3: no mode is called 'exce'; did you mean 'exec'?"},
        {"commands:\n  exec:\n    show x: {ouptut: hi}\n", "platform.yaml:3:14: "},
        {"commands:\n  exec:\n    show x <n:nmae>: hi\n",
         "platform.yaml:3:5: no type of argument is called 'nmae'; did you mean 'name'?"},
        {"commands:\n  exec:\n    show x: '{{hostnam}}'\n",
         "platform.yaml:3:13: no value is called 'hostnam'; did you mean 'hostname'?"},
        {"commands:\n  exec:\n    show x: {template: nothing.txt}\n",
         "platform.yaml:3:24: there is no file 'templates/nothing.txt'"},
        {"commands:\n  exec:\n    show x: {handler: exti}\n",
         "platform.yaml:3:23: no handler is called 'exti'; did you mean 'exit'?"},
        {"commands:\n  exec:\n    show [x: hi\n",
         "platform.yaml:3:5: a '[' or '(' that is not closed"},
        {"commands:\n  exec:\n    show nothing: removed\n",
         "platform.yaml:3:5: there is no command"},
        {"modes:\n  exec: {parent: privilegd}\n",
         "platform.yaml:2:18: no mode is called 'privilegd'; did you mean 'privileged'?"},
        {"facts:\n  serial: \"serial ~ 'X'\"\n",
         "platform.yaml:2:11: 'serial' uses itself or one behind it"},
        {"facts:\n  version: image\n", "platform.yaml:2:12: 'version' uses itself or one behind"},
        {"facts:\n  mine: yours\n  yours: mine\n", "platform.yaml:2:9: no value is called 'yours'"},
        {"facts:\n  mine: serail\n",
         "platform.yaml:2:9: no value is called 'serail'; did you mean 'serial'?"},
        {"modes:\n  config: {parent: config-if}\n", "the mode 'config' is its own parent"},
        {"modes:\n  exec: {fallback: exec}\n", "the mode 'exec' falls back on itself"},
        {"modes:\n  exec: {fallback: config}\n  config: {fallback: exec}\n",
         "the mode 'exec' falls back on itself"},
        {"pager: {rows: many}\n", "platform.yaml:1:15: "},
        {"help: {frobnicate: x}\n", "platform.yaml:1:8: no command begins with 'frobnicate'"},
        {"help: {config-if: {ip frob: x}}\n",
         "no command of the mode 'config-if' begins with 'ip frob'"},
        {"help: {config-of: {ip: x}}\n", "'config-of'"},
        {"base: cisco_iso\n",
         "platform.yaml:1:7: no platform is called 'cisco_iso'; did you mean 'cisco_ios'?"},
        {"commands: [\n", "platform.yaml:2:1: not valid YAML"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct folder folder;
        struct err err = {0};
        folder_make(&folder);
        folder_add(&folder, "platform.yaml", cases[i].text);
        assert_null(platform_load("cisco_ios", folder.path, &err));
        if (!strstr(err.text, cases[i].says) || err.kind != ERR_INPUT)
            fail_msg("%s\nsays: %s", cases[i].text, err.text);
        folder_remove(&folder);
    }
}

static void test_unknown_platforms_and_folders_are_refused(void **state)
{
    (void)state;
    struct err err = {0};
    assert_null(platform_load("cisco_iox", NULL, &err));
    assert_non_null(strstr(err.text, "did you mean 'cisco_ios'"));
    assert_null(platform_load("cisco_ios", "/nowhere/at/all", &err));
    assert_non_null(strstr(err.text, "/nowhere/at/all"));
}

// What a fresh session with the platform answers to a line.
static char *answer(const struct platform *platform, const char *line)
{
    struct err err;
    struct experiment *experiment = experiment_load(NULL, NULL, &err);
    struct device_set *set = device_set_new(experiment, platform, 5);
    struct device *device = device_open(set, 2);
    struct shell *shell =
        shell_new(device, &(struct shell_options){.user = "cisco", .privilege = 15});
    struct buf out = {0};
    shell_start(shell, &out);
    buf_clear(&out);
    shell_input(shell, line, strlen(line), &out);
    while (shell_status(shell) == SHELL_BUSY)
        shell_resume(shell, &out);
    shell_free(shell);
    device_close(set, device);
    device_set_free(set);
    experiment_free(experiment);
    return buf_take(&out);
}

static void test_a_text_editor_adds_and_replaces_commands(void **state)
{
    (void)state;
    struct folder folder;
    struct err err = {0};
    folder_make(&folder);
    folder_add(&folder, "mine.yaml",
               "commands:\n  exec:\n    show lunch [<day:word>]: '{{hostname}} eats {{day or "
               "\"daily\"}}\n\n      '\n"
               "    show clock: \"noon\\n\"\n    show version: removed\n");
    struct platform *platform = platform_load("cisco_ios", folder.path, &err);
    if (!platform)
        fail_msg("%s", err.text);
    char *text = answer(platform, "sh lunch monday\r");
    assert_string_equal(text, "sh lunch monday\r\nR2 eats monday\r\nR2#");
    free(text);
    text = answer(platform, "sh clo\r");
    assert_string_equal(text, "sh clo\r\nnoon\r\nR2#");
    free(text);
    text = answer(platform, "show version\r");
    assert_non_null(strstr(text, "% Invalid input"));
    free(text);
    platform_free(platform);
    folder_remove(&folder);
}

static void test_recorded_files_become_commands(void **state)
{
    (void)state;
    struct folder folder;
    struct err err = {0};
    folder_make(&folder);
    folder_add(&folder, "show_ip_route.txt", "a {{route}}\nb\n");
    folder_add(&folder, "show moon phase.out", "full\r\n");
    struct platform *platform = platform_load("my_router", folder.path, &err);
    if (!platform)
        fail_msg("%s", err.text);
    char *text = answer(platform, "sh ip ro\r");
    assert_string_equal(text, "sh ip ro\r\na {{route}}\r\nb\r\nR2#");
    free(text);
    text = answer(platform, "show moon ph\r");
    assert_string_equal(text, "show moon ph\r\nfull\r\nR2#");
    free(text);
    platform_free(platform);
    folder_remove(&folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mistakes_name_file_line_and_nearest_word),
        cmocka_unit_test(test_unknown_platforms_and_folders_are_refused),
        cmocka_unit_test(test_a_text_editor_adds_and_replaces_commands),
        cmocka_unit_test(test_recorded_files_become_commands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
