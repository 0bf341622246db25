// `scp` on the exec channel: files to and from the device.
#include "emulator/shell_data.h"

#include "emulator/scp.h"

#include <stdlib.h>
#include <string.h>

static bool is_enabled(struct shell *shell)
{
    device_lock(shell->device);
    bool enabled = config_find(&device_running(shell->device)->top, shell->platform->scp_line);
    device_unlock(shell->device);
    return enabled;
}

static bool keep(void *owner, const char *name, struct buf *text)
{
    bool kept = shell_put_file(owner, name, text);
    buf_fini(text);
    return kept;
}

// OpenSSH wants the name as it was asked for, not as the device calls the file.
static const char *last_part(const char *name)
{
    const char *slash = strrchr(name, '/');
    return slash ? slash + 1 : name;
}

static void refuse(struct shell *shell, const char *why, struct buf *out)
{
    buf_printf(out, "\1%s\n", why);
    shell->exit_status = 1;
    shell->status = SHELL_CLOSED;
}

bool shell_start_scp(struct shell *shell, const char *command, struct buf *out)
{
    char *name = NULL;
    bool gives;
    if (!*shell->platform->scp_line || !scp_parse(command, &gives, &name))
        return false;
    struct buf text = {0};
    if (!is_enabled(shell))
        refuse(shell, "Administratively disabled.", out);
    else if (shell->privilege < 15)
        refuse(shell, "Privilege denied.", out);
    else if (!gives)
        shell->scp = scp_taker(name, keep, shell, out);
    else if (shell_read_file(shell, name, &text))
        shell->scp = scp_giver(last_part(name), &text);
    else
        refuse(shell, "scp: No such file or directory", out);
    buf_fini(&text);
    free(name);
    return true;
}

void shell_feed_scp(struct shell *shell, const void *bytes, size_t len, struct buf *out)
{
    bool failed = false;
    size_t answer = out->len;
    bool more = scp_input(shell->scp, bytes, len, out, &failed);
    if (more && shell->entry) { // the peer hears that the file is kept when it is entered
        shell_hold_answer(shell, out, answer);
        shell->status = SHELL_BUSY;
    }
    if (more)
        return;
    shell->exit_status = failed;
    shell->status = SHELL_CLOSED;
}
