#include "tests/unit/fake_device.h"

#include "base/alloc.h"
#include "emulator/device.h"
#include "emulator/device_state.h"
#include "emulator/platform.h"
#include "emulator/shell.h"

#include <stdlib.h>
#include <string.h>

int fake_device_open;
int fake_pieces;
size_t fake_answer_len;

struct device {
    struct device_set *set;
    uint32_t number;
    uint64_t sessions;
};

struct device_set {
    uint32_t count;
    const struct device_settings *settings;
    struct device_settings *put;
    struct device device;
};

struct platform {
    char nothing;
};

struct shell {
    enum shell_status status;
    bool exec;
    bool expired;
    bool mistaken;
    size_t answer_end;
    struct buf line;
    struct buf ahead;
    bool entering;
};

struct device_set *device_set_new(const struct experiment *experiment,
                                  const struct platform *platform, uint32_t count)
{
    (void)platform;
    struct device_set *set = alloc_zero(1, sizeof *set);
    set->settings = experiment_device_settings(experiment, 0);
    set->device.set = set;
    set->count = count;
    return set;
}

void device_set_free(struct device_set *set)
{
    device_settings_free(set->put);
    free(set);
}

const struct device_settings *device_settings(const struct device *device)
{
    return device->set->settings;
}

void device_set_change(struct device_set *set, uint32_t number, struct device_settings *settings)
{
    (void)number;
    device_settings_free(set->put);
    set->settings = set->put = settings;
}

struct device *device_open(struct device_set *set, uint32_t number)
{
    fake_device_open++;
    set->device.number = number;
    return &set->device;
}

void device_close(struct device_set *set, struct device *device)
{
    (void)set, (void)device;
    fake_device_open--;
}

uint32_t device_number(const struct device *device)
{
    return device->number;
}

uint64_t device_next_session(struct device *device)
{
    return device->sessions++;
}

bool device_check_password(struct device *device, const char *user, const char *password)
{
    (void)device;
    return !strcmp(user, "cisco") && !strcmp(password, "secret");
}

bool platform_many_execs(const struct platform *platform)
{
    (void)platform;
    return false;
}

bool device_check_key(struct device *device, const char *user, const char *key)
{
    (void)device;
    return !strcmp(user, "cisco") && !strcmp(key, "AAAA");
}

bool device_has_keys(struct device *device)
{
    (void)device;
    return true;
}

void device_put_banner(struct device *device, const char *kind, struct buf *out)
{
    (void)device, (void)kind, (void)out;
}

uint8_t device_user_privilege(struct device *device, const char *user)
{
    (void)device;
    (void)user;
    return 1;
}

bool device_is_down(struct device *device)
{
    (void)device;
    return false;
}

struct platform *platform_load(const char *name, const char *overlay, struct err *err)
{
    (void)name, (void)overlay, (void)err;
    return alloc_zero(1, sizeof(struct platform));
}

void platform_free(struct platform *platform)
{
    free(platform);
}

const char *platform_ssh_version(const struct platform *platform)
{
    (void)platform;
    return "Cisco-1.25";
}

const char *platform_telnet_banner(const struct platform *platform)
{
    (void)platform;
    return "\r\n\r\nUser Access Verification\r\n\r\n";
}

const char *platform_username_prompt(const struct platform *platform)
{
    (void)platform;
    return "Username: ";
}

const char *platform_password_prompt(const struct platform *platform)
{
    (void)platform;
    return "Password: ";
}

const char *platform_login_failed(const struct platform *platform)
{
    (void)platform;
    return "% Login invalid\r\n\r\n";
}

struct shell *shell_new(struct device *device, const struct shell_options *options)
{
    (void)device;
    struct shell *shell = alloc_zero(1, sizeof *shell);
    shell->expired = options->password_expired;
    return shell;
}

void shell_free(struct shell *shell)
{
    if (!shell)
        return;
    buf_fini(&shell->line);
    buf_fini(&shell->ahead);
    free(shell);
}

static void put_prompt(const struct shell *shell, struct buf *out)
{
    buf_puts(out, shell->expired ? "\r\nNew:" : shell->mistaken ? "\r\nS1>" : "\r\nR1>");
}

void shell_start(struct shell *shell, struct buf *out)
{
    put_prompt(shell, out);
}

enum shell_status shell_input(struct shell *shell, const void *bytes, size_t len, struct buf *out)
{
    const char *p = bytes;
    for (size_t i = 0; i < len; i++) {
        if (shell->status == SHELL_BUSY) {
            buf_add(&shell->ahead, p + i, len - i);
            break;
        }
        if (p[i] == '\r') {
            buf_puts(out, "\r\n");
            shell->status = SHELL_BUSY;
        } else {
            buf_putc(out, p[i]);
            buf_putc(&shell->line, p[i]);
        }
    }
    return shell->status;
}

enum shell_status shell_resume(struct shell *shell, struct buf *out)
{
    shell->entering = fake_pieces > 0;
    if (fake_pieces-- > 0)
        return SHELL_BUSY;
    fake_pieces = 0;
    if (!strcmp(buf_text(&shell->line), "exit") || shell->exec)
        shell->status = SHELL_CLOSED;
    else
        shell->status = SHELL_READY;
    if (shell->status == SHELL_READY || shell->exec)
        buf_printf(out, "<%s>", buf_text(&shell->line));
    for (size_t i = 0; i < fake_answer_len; i++)
        buf_putc(out, '.');
    buf_clear(&shell->line);
    shell->answer_end = out->len;
    if (shell->status == SHELL_READY)
        put_prompt(shell, out);
    if (shell->status == SHELL_READY && shell->ahead.len) {
        struct buf ahead = shell->ahead;
        shell->ahead = (struct buf){0};
        shell_input(shell, ahead.data, ahead.len, out);
        buf_fini(&ahead);
    }
    return shell->status;
}

enum shell_status shell_status(const struct shell *shell)
{
    return shell->status;
}

void shell_leave(struct shell *shell)
{
    (void)shell;
}

bool shell_is_entering(const struct shell *shell)
{
    return shell->entering;
}

const char *shell_command(const struct shell *shell, bool *instant)
{
    const char *command = buf_text(&shell->line);
    *instant = !*command || !strcmp(command, "exit") || !strcmp(command, "instant");
    return command;
}

uint64_t shell_command_takes_ns(const struct shell *shell)
{
    (void)shell;
    return 0;
}

enum shell_status shell_attend(struct shell *shell, struct buf *out)
{
    (void)out;
    return shell->status;
}

uint64_t shell_attend_in_ns(const struct shell *shell)
{
    (void)shell;
    return UINT64_MAX;
}

void shell_resize(struct shell *shell, uint16_t columns, uint16_t rows)
{
    (void)shell, (void)columns, (void)rows;
}

enum shell_status shell_exec(struct shell *shell, const char *command, struct buf *out)
{
    (void)out;
    buf_puts(&shell->line, command);
    shell->exec = true;
    return shell->status = SHELL_BUSY;
}

int shell_exit_status(const struct shell *shell)
{
    (void)shell;
    return 0;
}

size_t shell_answer_end(const struct shell *shell)
{
    return shell->answer_end;
}

void shell_mistake_prompt(struct shell *shell)
{
    shell->mistaken = true;
}

void shell_put_log(struct shell *shell, bool behind_prompt, struct buf *out)
{
    (void)shell;
    buf_puts(out, behind_prompt ? "\r\n[log behind]\r\n" : "[log]\r\n");
}

const struct platform *device_platform(const struct device *device)
{
    (void)device;
    return NULL;
}

const char *platform_password_expired(const struct platform *platform)
{
    (void)platform;
    return "expired\n";
}

const char *platform_new_password_prompt(const struct platform *platform)
{
    (void)platform;
    return "New:";
}

const char *platform_repeat_password_prompt(const struct platform *platform)
{
    (void)platform;
    return "Again:";
}
