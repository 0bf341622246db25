#include "emulator/platform_set.h"

#include "base/alloc.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct platform_set {
    struct platform **platforms;
    char **names; // as the experiment calls them
    size_t len;
};

static const struct platform *find(const struct platform_set *set, const char *name)
{
    for (size_t i = 0; i < set->len; i++)
        if (!strcmp(set->names[i], name))
            return set->platforms[i];
    return NULL;
}

const struct platform *platform_set_find(const struct platform_set *set, const char *name)
{
    const struct platform *platform = find(set, name);
    assert(platform);
    return platform;
}

// "mine" of "/home/me/mine/"; the caller frees.
static char *folder_name(const char *folder)
{
    size_t len = strlen(folder);
    while (len > 1 && folder[len - 1] == '/')
        len--;
    size_t start = len;
    while (start && folder[start - 1] != '/')
        start--;
    return alloc_strndup(folder + start, len - start);
}

// A name with a slash is a folder's: it lies over the built-in platform that is called as it is.
static int load(struct platform_set *set, const char *name, const char *overlay, struct err *err)
{
    if (find(set, name))
        return 0;
    bool folder = strchr(name, '/') != NULL;
    if (folder && overlay)
        return err_input(err, "'%s' is a folder, '%s' would be laid over it; name one of them",
                         name, overlay);
    char *own = folder ? folder_name(name) : alloc_strdup(name);
    struct platform *platform = platform_load(own, folder ? name : overlay, err);
    free(own);
    if (!platform)
        return -1;
    set->platforms = alloc_resize(set->platforms, set->len + 1, sizeof(struct platform *));
    set->names = alloc_resize(set->names, set->len + 1, sizeof(char *));
    set->platforms[set->len] = platform;
    set->names[set->len++] = alloc_strdup(name);
    return 0;
}

static bool some_device_is(const struct experiment *experiment, const char *name)
{
    for (size_t i = 0; i < experiment->devices.named.len; i++)
        if (!strcmp(experiment->devices.named.items[i].settings->platform, name))
            return true;
    return false;
}

static int load_all(struct platform_set *set, const struct experiment *experiment,
                    const char *overlay, const char *below, struct err *err)
{
    const char *general = experiment->devices.settings.platform;
    if (load(set, general, strcmp(below, general) ? NULL : overlay, err) < 0)
        return -1;
    for (size_t i = 0; i < experiment->devices.named.len; i++) {
        const struct named_device *device = &experiment->devices.named.items[i];
        const char *name = device->settings->platform;
        if (load(set, name, strcmp(below, name) ? NULL : overlay, err) < 0)
            return err_prefix(err, "%s", device->where ? device->where : "");
    }
    return 0;
}

struct platform_set *platform_set_load(const struct experiment *experiment, const char *overlay,
                                       struct err *err)
{
    struct platform_set *set = alloc_zero(1, sizeof *set);
    char *below = folder_name(overlay ? overlay : "");
    if (!some_device_is(experiment, below)) {
        free(below);
        below = alloc_strdup(experiment->devices.settings.platform);
    }
    int result = load_all(set, experiment, overlay, below, err);
    free(below);
    if (result == 0)
        return set;
    platform_set_free(set);
    return NULL;
}

void platform_set_free(struct platform_set *set)
{
    if (!set)
        return;
    for (size_t i = 0; i < set->len; i++) {
        platform_free(set->platforms[i]);
        free(set->names[i]);
    }
    free(set->platforms);
    free(set->names);
    free(set);
}
