// Files as a device names them: "running-config", "startup-config", "flash:backup.cfg",
// "tftp://10.0.0.1/r1.cfg".
#include "emulator/shell_data.h"

#include <stdlib.h>
#include <string.h>

// Of a configuration that comes as a file: where one is read or compared as a whole it holds the
// loop for some ten milliseconds.
enum { CONFIG_MAX_BYTES = 4 * 1024 * 1024, MERGED_MAX_BYTES = 2 * CONFIG_MAX_BYTES };

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

bool shell_is_short_enough(const struct buf *text)
{
    return text->len <= CONFIG_MAX_BYTES;
}

// What is there already makes each line dearer.
static bool has_room_for(struct shell *shell, const struct buf *text)
{
    device_lock(shell->device);
    size_t has = config_bytes(&device_running(shell->device)->top);
    device_unlock(shell->device);
    return has + text->len <= MERGED_MAX_BYTES;
}

bool shell_put_file(struct shell *shell, const char *url, const struct buf *text)
{
    enum file_place place = shell_file_place(url);
    if (place == FILE_FLASH || place == FILE_NETWORK)
        return shell_write_file(shell, url, text, false);
    if (!shell_is_short_enough(text))
        return false;
    if (place == FILE_RUNNING)
        return has_room_for(shell, text) && shell_begin_entry(shell, text);
    device_lock(shell->device);
    device_save_text(shell->device, buf_text(text));
    device_unlock(shell->device);
    return true;
}
