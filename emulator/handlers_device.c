// Handlers that concern the device as a whole and who is there: restarts, lines, messages.
#include "emulator/handlers_data.h"

#include "emulator/shell_data.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

enum { BOOT_MS = 10000, MS_A_MINUTE = 60000, MINUTES_A_DAY = 1440, MINUTES_MAX = 999 * 60 + 99 };

typedef enum handler_result result;

static uint64_t boot_ms(const char *with)
{
    return *with ? strtoull(with, NULL, 10) : BOOT_MS;
}

// "Save?" was answered with yes.
static void save_if_wanted(struct shell *shell)
{
    const struct dialog *dialog = shell->dialog;
    for (size_t i = 0; dialog && dialog->asking && i < dialog->n_answers; i++)
        if (!strcmp(dialog->asking->asks[i].name, "save") &&
            (*dialog->answers[i] == 'y' || *dialog->answers[i] == 'Y'))
            device_save(shell->device);
}

static result run_reload(struct shell *shell, const struct parsed *parsed, const char *with,
                         struct buf *out)
{
    (void)parsed;
    (void)out;
    device_lock(shell->device);
    save_if_wanted(shell);
    device_reload(shell->device, boot_ms(with));
    device_unlock(shell->device);
    return HANDLER_DONE;
}

static uint64_t at_most(uint64_t minutes, uint64_t most)
{
    return minutes < most ? minutes : most;
}

// "90", "1:30": minutes, or hours and minutes; 999:99 at most.
static uint64_t minutes_of(const char *text)
{
    char *end;
    uint64_t first = at_most(strtoull(text, &end, 10), MINUTES_MAX);
    uint64_t second = *end == ':' ? at_most(strtoull(end + 1, NULL, 10), MINUTES_MAX) : 0;
    return at_most(*end == ':' ? first * 60 + second : first, MINUTES_MAX);
}

// `reload in 90`, `reload at 14:30`.
static result run_reload_later(struct shell *shell, const struct parsed *parsed, const char *with,
                               struct buf *out)
{
    (void)out;
    const struct parsed_argument *when = parsed_argument(parsed, "when");
    uint64_t minutes = when ? minutes_of(parsed->text.data + when->at) : 0;
    if (parsed_argument(parsed, "clock")) {
        when = parsed_argument(parsed, "clock");
        uint64_t now = (uint64_t)device_wall_ms(shell->device) / MS_A_MINUTE % MINUTES_A_DAY;
        uint64_t at = minutes_of(parsed->text.data + when->at) % MINUTES_A_DAY;
        minutes = (at + MINUTES_A_DAY - now) % MINUTES_A_DAY;
    }
    minutes = minutes ? minutes : 1;
    const char *space = strchr(shell->line_name, ' ');
    char *by = alloc_printf("%s on %.*s%s (%s)", shell->user, (int)strcspn(shell->line_name, " "),
                            shell->line_name, space ? space + 1 : "", shell->peer);
    device_lock(shell->device);
    save_if_wanted(shell);
    device_reload_later(shell->device, minutes * MS_A_MINUTE, boot_ms(with), by);
    device_unlock(shell->device);
    free(by);
    return HANDLER_DONE;
}

static result run_reload_cancel(struct shell *shell, const struct parsed *parsed, const char *with,
                                struct buf *out)
{
    (void)parsed;
    device_lock(shell->device);
    bool any = device_will_reload(shell->device);
    if (any)
        device_reload_later(shell->device, 0, 0, "");
    device_unlock(shell->device);
    if (any)
        return HANDLER_DONE;
    buf_puts(out, with);
    return HANDLER_FAILED;
}

// A line's number as the platform's lines are counted is its own business: vty N.
static result run_clear_line(struct shell *shell, const struct parsed *parsed, const char *with,
                             struct buf *out)
{
    (void)out;
    const struct parsed_argument *argument = parsed_argument(parsed, with);
    unsigned long number = argument ? strtoul(parsed->text.data + argument->at, NULL, 10) : 0;
    char *name = alloc_printf("vty %lu", number);
    device_lock(shell->device);
    device_drop_line(shell->device, name);
    device_unlock(shell->device);
    free(name);
    return HANDLER_DONE;
}

static result run_monitor(struct shell *shell, const struct parsed *parsed, const char *with,
                          struct buf *out)
{
    (void)parsed;
    (void)out;
    device_lock(shell->device);
    shell->visit.monitors = strcmp(with, "off") != 0;
    device_unlock(shell->device);
    return HANDLER_DONE;
}

static result run_clear_log(struct shell *shell, const struct parsed *parsed, const char *with,
                            struct buf *out)
{
    (void)parsed;
    (void)with;
    (void)out;
    device_lock(shell->device);
    device_clear_log(shell->device);
    device_unlock(shell->device);
    return HANDLER_DONE;
}

// A message to every session: the answer `message`.
static result run_tell(struct shell *shell, const struct parsed *parsed, const char *with,
                       struct buf *out)
{
    (void)out;
    const struct parsed_argument *argument = parsed_argument(parsed, with);
    const char *text = argument ? parsed->text.data + argument->at : "";
    char *message = alloc_printf("\n***\n***\n*** Message from %s to all terminals:\n***\n%.*s\n",
                                 shell->line_name, argument ? (int)argument->len : 0, text);
    device_lock(shell->device);
    device_tell(shell->device, message);
    device_unlock(shell->device);
    free(message);
    return HANDLER_DONE;
}

const struct handler handlers_of_devices[] = {
    {"clear_line", "the argument with the number", run_clear_line},
    {"clear_log", NULL, run_clear_log},
    {"monitor", "on or off", run_monitor},
    {"reload", "how long it boots, in ms", run_reload},
    {"reload_cancel", "what is said when none is to come", run_reload_cancel},
    {"reload_later", "how long it boots, in ms", run_reload_later},
    {"tell", "the argument with the message", run_tell},
    {0},
};
