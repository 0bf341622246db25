#include "emulator/unattended.h"

#include "base/alloc.h"

#include <stdlib.h>

// Whoever begins copies and leaves, over and over, gets no further than with so many sessions.
enum { SHELLS_MAX = 64 };

struct unattended_shell {
    struct shell *shell;
    struct device *device;
    int line;
    struct unattended_shell *next;
};

static struct unattended *of_timer(struct timer *timer)
{
    return (struct unattended *)((char *)timer - offsetof(struct unattended, timer));
}

static void give_back(struct unattended *unattended, struct unattended_shell *left)
{
    shell_free(left->shell);
    if (left->line >= 0)
        limits_give_line(unattended->limits, device_number(left->device), left->line);
    device_close(unattended->devices, left->device);
    free(left);
}

static void drop_first(struct unattended *unattended)
{
    struct unattended_shell *first = unattended->first;
    unattended->first = first->next;
    unattended->len--;
    give_back(unattended, first);
}

static void enter_piece(struct timer *timer)
{
    struct unattended *unattended = of_timer(timer);
    struct shell *shell = unattended->first->shell;
    struct buf nobody = {0};
    shell_resume(shell, &nobody);
    buf_fini(&nobody);
    // A restart of the device ends it, too.
    if (!shell_is_entering(shell) || shell_status(shell) != SHELL_BUSY)
        drop_first(unattended);
    if (unattended->first)
        timers_set(unattended->timers, timer, timers_now(unattended->timers));
}

void unattended_init(struct unattended *unattended, const struct session_env *env)
{
    *unattended = (struct unattended){.devices = env->devices,
                                      .limits = env->limits,
                                      .timers = env->timers,
                                      .timer = {.fire = enter_piece}};
}

void unattended_fini(struct unattended *unattended)
{
    timers_stop(unattended->timers, &unattended->timer);
    while (unattended->first)
        drop_first(unattended);
}

void unattended_take(struct unattended *unattended, struct shell *shell, struct device *device,
                     int line)
{
    struct unattended_shell *left = alloc_zero(1, sizeof *left);
    *left = (struct unattended_shell){.shell = shell, .device = device, .line = line};
    if (unattended->len == SHELLS_MAX) {
        give_back(unattended, left);
        return;
    }
    shell_leave(shell);
    struct unattended_shell **last = &unattended->first;
    while (*last)
        last = &(*last)->next;
    *last = left;
    unattended->len++;
    timers_set(unattended->timers, &unattended->timer, timers_now(unattended->timers));
}
