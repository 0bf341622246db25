#include "emulator/rehearsal.h"

#include "emulator/device.h"
#include "emulator/shell.h"

#include "base/alloc.h"
#include "base/platform_words.h"

#include <ctype.h>
#include <string.h>

enum { QUESTIONS_MAX = 8 };

struct rehearsal {
    struct device *device;
    struct shell *shell;
    struct buf said; // since the last line was typed, its echo left out
};

static void type(struct rehearsal *rehearsal, const char *line)
{
    struct buf echo = {0};
    shell_input(rehearsal->shell, line, strlen(line), &echo);
    shell_input(rehearsal->shell, "\r", 1, &echo);
    while (shell_status(rehearsal->shell) == SHELL_BUSY)
        shell_resume(rehearsal->shell, &rehearsal->said);
    buf_fini(&echo);
}

static bool ends_with(const struct buf *text, const char *end)
{
    size_t len = text->len;
    while (len && isspace((unsigned char)text->data[len - 1]))
        len--;
    size_t end_len = strlen(end);
    return len >= end_len && !strncasecmp(text->data + len - end_len, end, end_len);
}

// A client types the secret or an Enter.
static void answer_questions(struct rehearsal *rehearsal)
{
    for (int i = 0; i < QUESTIONS_MAX; i++)
        if (ends_with(&rehearsal->said, "password:"))
            type(rehearsal, device_settings(rehearsal->device)->enable_secret);
        else if (ends_with(&rehearsal->said, "?") || ends_with(&rehearsal->said, ":") ||
                 ends_with(&rehearsal->said, ")") || ends_with(&rehearsal->said, "[confirm]"))
            type(rehearsal, "");
        else
            break;
}

static uint64_t answer_bytes(struct rehearsal *rehearsal, const char *command)
{
    buf_clear(&rehearsal->said);
    type(rehearsal, command);
    answer_questions(rehearsal);
    return rehearsal->said.len;
}

static void rehearse(struct device_set *set, uint32_t number, const struct text_list *commands,
                     struct u64_list *sizes)
{
    struct rehearsal rehearsal = {.device = device_open(set, number)};
    const struct device_settings *settings = device_settings(rehearsal.device);
    const struct shell_options options = {
        .user = settings->username,
        .privilege = device_user_privilege(rehearsal.device, settings->username),
        .peer = "127.0.0.1",
    };
    rehearsal.shell = shell_new(rehearsal.device, &options);
    shell_start(rehearsal.shell, &rehearsal.said);
    const char *no_paging = platform_words(settings->platform).no_paging;
    if (no_paging)
        answer_bytes(&rehearsal, no_paging);
    sizes->items = alloc_zero(commands->len ? commands->len : 1, sizeof *sizes->items);
    for (; sizes->len < commands->len; sizes->len++)
        sizes->items[sizes->len] = answer_bytes(&rehearsal, commands->items[sizes->len]);
    shell_free(rehearsal.shell);
    device_close(set, rehearsal.device);
    buf_fini(&rehearsal.said);
}

static uint32_t most(const struct u32_list *counts)
{
    uint32_t max = 0;
    for (size_t i = 0; i < counts->len; i++)
        if (counts->items[i] > max)
            max = counts->items[i];
    return max;
}

int rehearsal_answer_sizes(const struct experiment *experiment, struct answer_sizes *sizes,
                           struct err *err)
{
    struct platform_set *platforms = platform_set_load(experiment, NULL, err);
    if (!platforms)
        return -1;
    uint32_t named = (uint32_t)experiment->devices.named.len;
    uint32_t nameless = most(&experiment->devices.count);
    struct device_set *set = device_set_new(experiment, NULL, named + nameless);
    device_set_platforms(set, platforms);
    sizes->len = named + 1;
    sizes->of = alloc_zero(sizes->len, sizeof *sizes->of);
    for (uint32_t i = 1; i <= named; i++)
        rehearse(set, i, experiment_device_commands(experiment, i), &sizes->of[i]);
    if (nameless)
        rehearse(set, named + 1 + (nameless - 1) / 2, experiment_device_commands(experiment, 0),
                 &sizes->of[0]);
    device_set_free(set);
    platform_set_free(platforms);
    return 0;
}
