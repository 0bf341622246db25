// Functions that compare configurations of different times: what runs, the candidate, records,
// files.
#include "emulator/functions_data.h"

#include "emulator/config_diff.h"
#include "emulator/config_forms.h"
#include "emulator/device_history.h"
#include "emulator/device_state.h"
#include "emulator/platform_data.h"
#include "emulator/template.h"

#include <string.h>

// One that a template names: "running", "candidate", "record 2" (the third newest), "commit 7",
// "before 7" (the record before that), "checkpoint NAME", "file flash:NAME".
struct named_config {
    const struct config *config; // NULL: there is none
    struct config *own;          // to be freed
};

static const struct config *config_of(const struct config_record *record)
{
    return record ? record->config : NULL;
}

static const struct config *config_of_number(const struct device *device, uint32_t number,
                                             size_t older)
{
    const struct config_record *at;
    size_t i = 0;
    while ((at = device_record_at(device, i)) && at->number != number)
        i++;
    return config_of(device_record_at(device, i + older));
}

static struct config *read_file(const struct device *device, const char *url)
{
    const char *colon = strchr(url, ':');
    const char *name = colon ? colon + 1 : url;
    const struct buf *file = device_file(device, name + strspn(name, "/"));
    struct config *config = file ? config_new() : NULL;
    if (file)
        config_read(config, buf_text(file));
    return config;
}

// "7" of "commit 7"; NULL: it begins with another word.
static const char *behind(const char *text, const char *word)
{
    size_t len = strlen(word);
    return !strncmp(text, word, len) && text[len] == ' ' ? text + len + 1 : NULL;
}

static struct named_config find(const struct template_scope *scope, const char *text)
{
    const struct device *device = scope->owner;
    struct named_config found = {0};
    const char *rest;
    if (!strcmp(text, "running"))
        found.config = scope->running;
    else if (!strcmp(text, "candidate"))
        found.config = scope->config;
    else if ((rest = behind(text, "record")))
        found.config = config_of(device_record_at(device, (size_t)integer(rest)));
    else if ((rest = behind(text, "commit")))
        found.config = config_of_number(device, (uint32_t)integer(rest), 0);
    else if ((rest = behind(text, "before")))
        found.config = config_of_number(device, (uint32_t)integer(rest), 1);
    else if ((rest = behind(text, "checkpoint")))
        found.config = config_of(device_record_named(device, rest));
    else if ((rest = behind(text, "file")))
        found.config = found.own = read_file(device, rest);
    return found;
}

// Is it there?
static void call_is_kept(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    (void)n;
    struct named_config config = find(scope, a[0]);
    buf_puts(out, config.config ? "1" : "");
    config_free(config.own);
}

static void call_kept(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    (void)n;
    struct named_config config = find(scope, a[0]);
    if (config.config)
        config_write(config.config, scope->platform, out);
    config_free(config.own);
}

struct two_configs {
    struct named_config from;
    struct named_config to;
    bool are_there;
};

static struct two_configs find_two(const struct template_scope *scope, arguments a)
{
    struct two_configs two = {.from = find(scope, a[0]), .to = find(scope, a[1])};
    two.are_there = two.from.config && two.to.config;
    return two;
}

static void free_two(const struct two_configs *two)
{
    config_free(two->from.own);
    config_free(two->to.own);
}

// The lines that make one the other: lines_between('record 1', 'running', 'no').
static void call_lines_between(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    (void)n;
    struct two_configs two = find_two(scope, a);
    if (two.are_there)
        config_compare_lines(&two.from.config->top, &two.to.config->top, scope->platform, a[2], 0,
                             out);
    free_two(&two);
}

// What went and what came between one and the other, by their places.
static void call_compare_between(struct template_scope *scope, arguments a, size_t n,
                                 struct buf *out)
{
    (void)n;
    struct two_configs two = find_two(scope, a);
    if (two.are_there)
        config_compare_braces(&two.from.config->top, &two.to.config->top, "", out);
    free_two(&two);
}

// The same line by line, as `diff -u` has it.
static void call_hunks_between(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    (void)n;
    struct two_configs two = find_two(scope, a);
    if (two.are_there)
        config_diff(two.from.config, two.to.config, scope->platform->config_indent, out);
    free_two(&two);
}

const struct function functions_of_history[] = {
    {"compare_between", 2, 2, true, call_compare_between},
    {"hunks_between", 2, 2, true, call_hunks_between},
    {"is_kept", 1, 1, true, call_is_kept},
    {"kept", 1, 1, true, call_kept},
    {"lines_between", 3, 3, true, call_lines_between},
    {0},
};
