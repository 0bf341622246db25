#include "emulator/platform.h"

#include "emulator/platform_data.h"
#include "emulator/platform_load.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

struct platform *platform_load(const char *name, const char *overlay, struct err *err)
{
    struct platform *platform = alloc_zero(1, sizeof *platform);
    platform->name = alloc_strdup(name);
    struct loader loader = {.platform = platform, .err = err};
    int result = loader_open(&loader, name, overlay);
    if (result == 0)
        result = loader_read_settings(&loader);
    if (result == 0)
        result = loader_read_commands(&loader);
    loader_close(&loader);
    if (result == 0)
        return platform;
    platform_free(platform);
    return NULL;
}

static void free_command(struct platform_command *command)
{
    for (size_t i = 0; i < command->n_asks; i++) {
        free(command->asks[i].name);
        template_free(command->asks[i].prompt);
        template_free(command->asks[i].when);
        free(command->asks[i].otherwise);
    }
    for (size_t i = 0; i < command->n_fresh; i++)
        free(command->fresh[i]);
    for (size_t i = 0; i < command->n_parts; i++)
        free(command->parts[i]);
    free(command->asks);
    free(command->fresh);
    free(command->parts);
    free(command->pattern);
    free(command->with);
    template_free(command->output);
    template_free(command->json);
    template_free(command->takes_ms);
    template_free(command->log);
    template_free(command->refuse);
    template_free(command->reset);
    free(command);
}

static void free_help_words(struct mode *mode)
{
    for (size_t i = 0; i < mode->n_more; i++) {
        free(mode->more[i].word);
        free(mode->more[i].help);
    }
    free(mode->more);
}

static void free_named(struct named_template *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        free(list[i].name);
        template_free(list[i].value);
    }
    free(list);
}

static void free_texts(struct platform *platform)
{
    char *const texts[] = {
        platform->name,
        platform->ssh_version,
        platform->telnet_banner,
        platform->username_prompt,
        platform->password_prompt,
        platform->login_failed,
        platform->login_suffix,
        platform->bad_secrets,
        platform->password_expired,
        platform->new_password_prompt,
        platform->repeat_password_prompt,
        platform->passwords_differ,
        platform->errors.invalid,
        platform->errors.incomplete,
        platform->errors.ambiguous,
        platform->errors.unknown,
        platform->errors.bad_regex,
        platform->errors.no_json,
        platform->errors.yes_or_no,
        platform->partial_help,
        platform->pager.prompt,
        platform->pager.erase,
        platform->pager.help,
        platform->hostname_line,
        platform->section_end,
        platform->config_indent,
        platform->verb,
        platform->restore_word,
        platform->scp_line,
        platform->counted,
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        free(texts[i]);
}

void platform_free(struct platform *platform)
{
    if (!platform)
        return;
    free_texts(platform);
    for (size_t i = 0; i < platform->n_modes; i++) {
        free(platform->modes[i].name);
        free(platform->modes[i].heading);
        free_help_words(&platform->modes[i]);
        free(platform->modes[i].negation);
        free(platform->modes[i].do_word);
        for (size_t k = 0; k < platform->modes[i].n_relative; k++)
            free(platform->modes[i].relative[k]);
        free(platform->modes[i].relative);
        template_free(platform->modes[i].prompt);
        command_tree_free(platform->modes[i].root);
    }
    for (size_t i = 0; i < platform->n_commands; i++)
        free_command(platform->commands[i]);
    for (size_t i = 0; i < platform->n_interfaces; i++)
        free(platform->interfaces[i].name);
    for (size_t i = 0; i < platform->n_pipes; i++)
        free(platform->pipes[i].word);
    for (size_t i = 0; i < platform->n_order; i++)
        free(platform->order[i]);
    free_named(platform->facts, platform->n_facts);
    free_named(platform->fields, platform->n_fields);
    template_free(platform->left);
    template_free(platform->banner);
    template_free(platform->before_answer);
    template_free(platform->repaint);
    template_free(platform->log_in_output);
    template_free(platform->log_behind_prompt);
    template_free(platform->config);
    free(platform->order);
    free(platform->modes);
    free(platform->commands);
    free(platform->interfaces);
    free(platform->pipes);
    free(platform);
}

int platform_mode(const struct platform *platform, const char *name)
{
    for (size_t i = 0; i < platform->n_modes; i++)
        if (!strcmp(platform->modes[i].name, name))
            return (int)i;
    return -1;
}

bool platform_many_execs(const struct platform *platform)
{
    return platform->many_execs;
}

const char *platform_ssh_version(const struct platform *platform)
{
    return platform->ssh_version;
}

const char *platform_telnet_banner(const struct platform *platform)
{
    return platform->telnet_banner;
}

const char *platform_username_prompt(const struct platform *platform)
{
    return platform->username_prompt;
}

const char *platform_password_prompt(const struct platform *platform)
{
    return platform->password_prompt;
}

const char *platform_login_failed(const struct platform *platform)
{
    return platform->login_failed;
}

const char *platform_password_expired(const struct platform *platform)
{
    return platform->password_expired;
}

const char *platform_new_password_prompt(const struct platform *platform)
{
    return platform->new_password_prompt;
}

const char *platform_repeat_password_prompt(const struct platform *platform)
{
    return platform->repeat_password_prompt;
}
