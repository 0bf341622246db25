// Files as a device names them: "running-config", "startup-config", "flash:backup.cfg",
// "tftp://10.0.0.1/r1.cfg".
#include "emulator/shell_data.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

// Of a text that becomes configuration: while it is entered the loop's other sessions wait, and the
// more there is already the longer.
enum { CONFIG_MAX_BYTES = 128 * 1024 };

static bool is_in(const char *url, const char *scheme)
{
    return !strncmp(url, scheme, strlen(scheme));
}

enum file_place shell_file_place(const char *url)
{
    static const char *const networks[] = {
        "tftp:", "ftp:", "scp:", "rcp:", "http:", "https:", "sftp:"};
    if (!strcmp(url, "running-config") || !strcmp(url, "system:running-config") ||
        !strcmp(url, "system:/running-config"))
        return FILE_RUNNING;
    if (!strcmp(url, "startup-config") || !strcmp(url, "nvram:startup-config") ||
        !strcmp(url, "nvram:/startup-config"))
        return FILE_STARTUP;
    for (size_t i = 0; i < sizeof networks / sizeof *networks; i++)
        if (is_in(url, networks[i]))
            return FILE_NETWORK;
    return FILE_FLASH;
}

const char *shell_file_name(const char *url)
{
    const char *colon = strchr(url, ':');
    const char *name = colon ? colon + 1 : url;
    return name + strspn(name, "/");
}

bool shell_read_file(struct shell *shell, const char *url, struct buf *text)
{
    struct device *device = shell->device;
    const struct buf *file = NULL;
    device_lock(device);
    enum file_place place = shell_file_place(url);
    if (place == FILE_RUNNING)
        config_write(device_running(device), shell->platform, text);
    else if (place == FILE_STARTUP)
        buf_puts(text, device_startup(device));
    else if (place == FILE_FLASH && (file = device_file(device, shell_file_name(url))))
        buf_add(text, buf_text(file), file->len);
    device_unlock(device);
    return place == FILE_RUNNING || place == FILE_STARTUP || file;
}

bool shell_write_file(struct shell *shell, const char *url, const struct buf *text, bool append)
{
    struct buf all = {0};
    if (shell_file_place(url) == FILE_NETWORK)
        return true; // nobody reads it there
    if (shell_file_place(url) != FILE_FLASH || !*shell_file_name(url))
        return false;
    if (append)
        shell_read_file(shell, url, &all);
    buf_add(&all, buf_text(text), text->len);
    device_lock(shell->device);
    bool good = device_put_file(shell->device, shell_file_name(url), &all);
    device_unlock(shell->device);
    return good;
}

// The mode in which whole files are entered: the topmost that configures.
static int configuration_mode(const struct platform *platform)
{
    for (size_t i = 0; i < platform->n_modes; i++)
        if (platform->modes[i].configures && !platform->modes[i].depth &&
            platform->modes[i].parent == platform->privileged_mode)
            return (int)i;
    return platform->privileged_mode;
}

static void enter_line(struct shell *shell, char *line)
{
    struct buf nobody = {0};
    if (shell->dialog) // a banner goes on
        shell_answer(shell, line, &nobody);
    else {
        shell->command = line;
        shell_run(shell, &nobody);
    }
    buf_fini(&nobody);
}

static void enter_text(struct shell *shell, const char *text)
{
    if (shell->quiet)
        return; // a file that copies itself would never end
    struct shell kept = *shell;
    shell->path = shell->others = NULL;
    shell->dialog = NULL;
    shell->rows = 0;
    shell->quiet = true;
    shell->mode = (int16_t)configuration_mode(shell->platform);
    while (*text) {
        size_t len = strcspn(text, "\r\n");
        char *line = alloc_strndup(text, len);
        text += len + strspn(text + len, "\r\n");
        bool ends = !shell->dialog && !strcmp(line, "end");
        if (!ends)
            enter_line(shell, line);
        free(line);
        if (ends)
            break;
    }
    shell_close_dialog(shell);
    free(shell->path);
    free(shell->others);
    shell->mode = kept.mode;
    shell->path = kept.path;
    shell->others = kept.others;
    shell->dialog = kept.dialog;
    shell->rows = kept.rows;
    shell->quiet = kept.quiet;
    shell->command = kept.command;
    shell->status = kept.status;
    shell->exit_status = kept.exit_status;
}

bool shell_is_short_enough(const struct buf *text)
{
    return text->len <= CONFIG_MAX_BYTES;
}

static bool is_running_short_enough(struct shell *shell)
{
    struct buf running = {0};
    shell_read_file(shell, "running-config", &running);
    bool fine = shell_is_short_enough(&running);
    buf_fini(&running);
    return fine;
}

bool shell_put_file(struct shell *shell, const char *url, const struct buf *text)
{
    enum file_place place = shell_file_place(url);
    if (place == FILE_FLASH || place == FILE_NETWORK)
        return shell_write_file(shell, url, text, false);
    if (!shell_is_short_enough(text))
        return false;
    if (place == FILE_RUNNING) {
        bool fine = is_running_short_enough(shell);
        if (fine)
            enter_text(shell, buf_text(text));
        return fine;
    }
    device_lock(shell->device);
    device_save_text(shell->device, buf_text(text));
    device_unlock(shell->device);
    return true;
}
