// Feeds what somebody types to a device's shell and prints every byte that comes back: no socket,
// no real clock.
//
//     shell_driver PLATFORM [--overlay DIR] [--device N] [--privilege N] [--rows N] [--exec
//     COMMAND] [--sessions] < TYPED
//
// Escapes in the typed text: \r \n \t \e \\ and \xHH; a real newline ends a line of the script and
// is not typed. With
// --sessions, a line "@N" switches to session N of the same device, which is opened on first use.
#include "base/experiment.h"
#include "emulator/platform.h"
#include "emulator/shell.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SESSIONS_MAX = 4, LINE_BYTES_MAX = 16384 };

static int64_t fixed_clock(void)
{
    return INT64_C(1768473000123); // 2026-01-15 10:30:00.123 UTC
}

struct driver {
    const char *platform, *overlay, *exec;
    unsigned device, privilege, rows;
    bool timing;
    struct device_set *set;
    struct device *opened[SESSIONS_MAX];
    struct shell *shells[SESSIONS_MAX];
    size_t current;
};

static void show(struct driver *driver, struct buf *out)
{
    fwrite(buf_text(out), 1, out->len, stdout);
    buf_clear(out);
    (void)driver;
}

static void settle(struct driver *driver, struct buf *out)
{
    struct shell *shell = driver->shells[driver->current];
    while (shell_status(shell) == SHELL_BUSY) {
        bool instant;
        const char *command = shell_command(shell, &instant);
        if (driver->timing)
            buf_printf(out, "{%s: %s, %" PRIu64 " ms}\r\n", command, instant ? "instant" : "waits",
                       shell_command_takes_ns(shell) / 1000000);
        shell_resume(shell, out);
    }
    shell_attend(shell, out);
}

static void open_session(struct driver *driver, size_t n)
{
    driver->current = n;
    if (driver->shells[n])
        return;
    char line[16];
    snprintf(line, sizeof line, "vty %zu", n);
    driver->opened[n] = device_open(driver->set, driver->device);
    const struct shell_options options = {.user = "cisco",
                                          .privilege = (uint8_t)driver->privilege,
                                          .peer = "10.9.8.7",
                                          .line_name = line,
                                          .rows = (uint16_t)driver->rows};
    driver->shells[n] = shell_new(driver->opened[n], &options);
    struct buf out = {0};
    if (driver->exec)
        shell_exec(driver->shells[n], driver->exec, &out);
    else
        shell_start(driver->shells[n], &out);
    settle(driver, &out);
    show(driver, &out);
    buf_fini(&out);
}

static size_t unescape(const char *line, unsigned char *typed)
{
    static const char names[] = "rnte\\";
    static const char bytes[] = "\r\n\t\033\\";
    size_t n = 0;
    for (const char *p = line; *p; p++) {
        const char *name = *p == '\\' && p[1] ? strchr(names, p[1]) : NULL;
        unsigned value;
        if (name) {
            typed[n++] = (unsigned char)bytes[name - names];
            p++;
        } else if (*p == '\\' && p[1] == 'x' && sscanf(p + 2, "%2x", &value) == 1) {
            typed[n++] = (unsigned char)value;
            p += 3;
        } else
            typed[n++] = (unsigned char)*p;
    }
    return n;
}

static void type_line(struct driver *driver, const char *line)
{
    unsigned char typed[LINE_BYTES_MAX];
    struct buf out = {0};
    size_t len = unescape(line, typed);
    shell_input(driver->shells[driver->current], typed, len, &out);
    settle(driver, &out);
    show(driver, &out);
    if (shell_status(driver->shells[driver->current]) == SHELL_CLOSED)
        printf("{closed}\n");
    buf_fini(&out);
}

static void play(struct driver *driver)
{
    char line[LINE_BYTES_MAX];
    while (fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\n")] = '\0';
        if (line[0] == '@' && isdigit((unsigned char)line[1])) {
            printf("\n{session %c}\n", line[1]);
            open_session(driver, (size_t)(line[1] - '0') % SESSIONS_MAX);
        } else
            type_line(driver, line);
    }
}

static void read_options(struct driver *driver, int argc, char **argv)
{
    for (int i = 2; i + 1 < argc; i += 2) {
        const char *value = argv[i + 1];
        if (!strcmp(argv[i], "--overlay"))
            driver->overlay = value;
        else if (!strcmp(argv[i], "--exec"))
            driver->exec = value;
        else if (!strcmp(argv[i], "--device"))
            driver->device = (unsigned)atoi(value);
        else if (!strcmp(argv[i], "--privilege"))
            driver->privilege = (unsigned)atoi(value);
        else if (!strcmp(argv[i], "--rows"))
            driver->rows = (unsigned)atoi(value);
        else if (!strcmp(argv[i], "--timing"))
            driver->timing = *value == 'y';
    }
}

int main(int argc, char **argv)
{
    struct driver driver = {
        .platform = argc > 1 ? argv[1] : "cisco_ios", .device = 7, .privilege = 1};
    struct err err;
    read_options(&driver, argc, argv);
    struct experiment *experiment = experiment_load(NULL, NULL, &err);
    struct platform *platform = platform_load(driver.platform, driver.overlay, &err);
    if (!platform) {
        printf("%s\n", err.text);
        experiment_free(experiment);
        return 2;
    }
    driver.set = device_set_new(experiment, platform, 100);
    device_set_clock(driver.set, fixed_clock);
    open_session(&driver, 0);
    if (!driver.exec)
        play(&driver);
    int status = shell_exit_status(driver.shells[0]);
    for (size_t i = 0; i < SESSIONS_MAX; i++)
        if (driver.shells[i]) {
            shell_free(driver.shells[i]);
            device_close(driver.set, driver.opened[i]);
        }
    device_set_free(driver.set);
    platform_free(platform);
    experiment_free(experiment);
    return driver.exec ? status : 0;
}
