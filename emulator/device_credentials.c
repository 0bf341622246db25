// Who may log in to a device, and as what.
#include "emulator/device_data.h"

#include "emulator/authorized_keys.h"
#include "emulator/platform_data.h"
#include "emulator/word.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

// "username bob privilege 15 secret 9 $9$...": the line of a user; NULL when the configuration has
// none.
static const struct config_line *user_line(struct device *device, const char *user)
{
    static const char *const words[] = {"username", "local-user"};
    const struct config_line *found = NULL;
    for (size_t i = 0; i < sizeof words / sizeof *words && !found; i++) {
        char *heading = alloc_printf("%s %s", words[i], user);
        found = config_find(&device_running(device)->top, heading);
        free(heading);
    }
    return found;
}

// In its line, or as IOS-XR has it, in one under it.
static bool text_is_in(const struct config_line *line, const char *text)
{
    bool found = strstr(line->text, text) != NULL;
    for (size_t i = 0; i < line->n_lines && !found; i++)
        found = text_is_in(line->lines[i], text);
    return found;
}

static bool line_holds(const struct config_line *line, const char *password)
{
    struct buf scrambled = {0};
    word_scramble(password, strlen(password), &scrambled);
    // The text behind its kind, "9 ": what a platform calls that differs.
    bool holds = text_is_in(line, buf_text(&scrambled) + 2);
    buf_fini(&scrambled);
    return holds;
}

static bool check_configured(struct device *device, const char *user, const char *password)
{
    const struct config_line *line = user_line(device, user);
    if (line)
        return line_holds(line, password);
    const struct device_settings *settings = device_settings(device);
    bool keeps_users = config_find(&device_running(device)->top, "username") != NULL;
    return !keeps_users && !strcmp(user, settings->username) &&
           !strcmp(password, settings->password);
}

// "admin" of "admin+ct511w4098h"; the caller frees.
static char *plain_user(const struct device *device, const char *user)
{
    const char *suffix = device->platform->login_suffix;
    return alloc_strndup(user, *suffix ? strcspn(user, suffix) : strlen(user));
}

bool device_check_password(struct device *device, const char *user, const char *password)
{
    const struct device_settings *settings = device_settings(device);
    char *plain = plain_user(device, user);
    bool right;
    device_lock(device);
    if (!*plain)
        right = !strcmp(password, settings->password);
    else if (device->changed)
        right = check_configured(device, plain, password);
    else
        right = !strcmp(plain, settings->username) && !strcmp(password, settings->password);
    device_unlock(device);
    free(plain);
    return right;
}

bool device_check_key(struct device *device, const char *user, const char *key)
{
    char *plain = plain_user(device, user);
    bool right = !strcmp(plain, device_settings(device)->username) &&
                 authorized_keys_hold(device->set->keys, key);
    device_lock(device);
    if (!right && device->changed)
        right = authorized_keys_chain_holds(device_running(device), plain, key);
    device_unlock(device);
    free(plain);
    return right;
}

bool device_has_keys(struct device *device)
{
    device_lock(device);
    bool has =
        device->set->keys || (device->changed && authorized_keys_chain(device_running(device)));
    device_unlock(device);
    return has;
}

bool device_check_enable(struct device *device, const char *secret)
{
    bool right = !strcmp(secret, device_settings(device)->enable_secret);
    device_lock(device);
    const struct config_line *line =
        device->changed ? config_find(&device_running(device)->top, "enable secret") : NULL;
    if (line)
        right = line_holds(line, secret);
    device_unlock(device);
    return right;
}

static uint8_t configured_privilege(struct device *device, const char *user)
{
    const struct config_line *line = user_line(device, user);
    const char *word = line ? strstr(line->text, " privilege ") : NULL;
    unsigned long privilege = word ? strtoul(word + strlen(" privilege "), NULL, 10) : 1;
    return privilege > 15 ? 15 : (uint8_t)privilege;
}

uint8_t device_user_privilege(struct device *device, const char *user)
{
    struct device_set *set = device->set;
    bool named = device->number <= set->experiment->devices.named.len;
    _Atomic uint8_t *factory = &set->factory_privilege[named ? device->number : 0];
    device_lock(device);
    uint8_t privilege = device->changed ? 0 : atomic_load(factory);
    if (!privilege) {
        privilege = configured_privilege(
            device, device->changed ? user : device_settings(device)->username);
        if (!device->changed)
            atomic_store(factory, privilege);
    }
    device_unlock(device);
    return privilege;
}
