// The modes of a platform, in two rounds: first their names, then what points from one to another.
#include "emulator/platform_load.h"

#include "base/alloc.h"

#include <stdlib.h>

static int add_modes(struct loader *loader, const struct yaml_node *map)
{
    struct platform *platform = loader->platform;
    static const char *const keys[] = {"prompt",     "parent",  "fallback", "also",       "do",
                                       "configures", "no",      "start",    "privileged", "do_word",
                                       "relative",   "heading", NULL};
    if (yaml_expect(map, YAML_MAP, "modes", loader->err) < 0)
        return -1;
    for (size_t i = 0; i < yaml_len(map); i++) {
        const char *name = yaml_text(yaml_key(map, i));
        if (yaml_expect(yaml_value(map, i), YAML_MAP, name, loader->err) < 0 ||
            yaml_check_keys(yaml_value(map, i), keys, loader->err) < 0)
            return -1;
        if (platform_mode(platform, name) >= 0)
            continue;
        platform->modes =
            alloc_resize(platform->modes, platform->n_modes + 1, sizeof *platform->modes);
        platform->modes[platform->n_modes++] = (struct mode){.name = alloc_strdup(name),
                                                             .root = command_tree_new(),
                                                             .parent = -1,
                                                             .fallback = -1,
                                                             .does = -1,
                                                             .negation = alloc_strdup("no"),
                                                             .do_word = alloc_strdup("do")};
    }
    return 0;
}

static int point(struct loader *loader, const struct yaml_node *mode, const char *key, int *target)
{
    const struct yaml_node *node = yaml_find(mode, key);
    if (!node)
        return 0;
    *target = loader_mode(loader, node, yaml_text(node));
    return *target < 0 ? -1 : 0;
}

static int read_mode(struct loader *loader, const struct yaml_node *map, int index)
{
    struct platform *platform = loader->platform;
    struct mode *mode = &platform->modes[index];
    const struct yaml_node *node;
    if ((node = yaml_find(map, "prompt")) &&
        loader_set_template(loader, node, &mode->prompt, false) < 0)
        return -1;
    if ((node = yaml_find(map, "configures")) &&
        loader_read_flag(node, &mode->configures, loader->err) < 0)
        return -1;
    if ((node = yaml_find(map, "privileged")) &&
        loader_read_flag(node, &mode->privileged, loader->err) < 0)
        return -1;
    if ((node = yaml_find(map, "no"))) {
        free(mode->negation);
        mode->negation = alloc_strdup(yaml_text(node));
    }
    if ((node = yaml_find(map, "heading"))) {
        free(mode->heading);
        mode->heading = alloc_strdup(yaml_text(node));
    }
    if ((node = yaml_find(map, "do_word"))) {
        free(mode->do_word);
        mode->do_word = alloc_strdup(yaml_text(node));
    }
    if ((node = yaml_find(map, "relative")) &&
        loader_read_texts(loader, node, &mode->relative, &mode->n_relative) < 0)
        return -1;
    if (mode->privileged)
        platform->privileged_mode = index;
    bool start = false;
    if ((node = yaml_find(map, "start")) && loader_read_flag(node, &start, loader->err) < 0)
        return -1;
    if (start)
        platform->start_mode = index;
    if (point(loader, map, "parent", &mode->parent) < 0 ||
        point(loader, map, "fallback", &mode->fallback) < 0)
        return -1;
    return point(loader, map, "do", &mode->does);
}

static int read_modes(struct loader *loader, const struct yaml_node *map)
{
    for (size_t i = 0; i < yaml_len(map); i++) {
        int index = platform_mode(loader->platform, yaml_text(yaml_key(map, i)));
        if (read_mode(loader, yaml_value(map, i), index) < 0)
            return -1;
    }
    return 0;
}

// What no mode knows would be tried for ever.
static int check_fallbacks(const struct platform *platform, const struct mode *mode,
                           struct err *err)
{
    size_t steps = 0;
    for (int next = mode->fallback; next >= 0; next = platform->modes[next].fallback)
        if (++steps > platform->n_modes)
            return err_input(err, "the mode '%s' falls back on itself in the end", mode->name);
    return 0;
}

// What must hold once all layers are read.
int loader_check_modes(struct loader *loader)
{
    struct platform *platform = loader->platform;
    if (!platform->n_modes)
        return err_input(
            loader->err,
            "the platform '%s' has no modes; name a built-in one with 'base: cisco_ios'",
            platform->name);
    for (size_t i = 0; i < platform->n_modes; i++) {
        struct mode *mode = &platform->modes[i];
        if (!mode->prompt)
            return err_input(loader->err, "the mode '%s' of platform '%s' has no prompt",
                             mode->name, platform->name);
        size_t steps = 0;
        mode->depth = 0;
        for (int up = mode->parent; up >= 0 && mode->configures; up = platform->modes[up].parent) {
            mode->depth += platform->modes[up].configures;
            if (++steps > platform->n_modes)
                return err_input(loader->err, "the mode '%s' is its own parent", mode->name);
        }
        if (check_fallbacks(platform, mode, loader->err) < 0)
            return -1;
    }
    if (platform->privileged_mode < 0)
        platform->privileged_mode = platform->start_mode;
    return 0;
}

int loader_declare_modes(struct loader *loader, const struct yaml_node *root)
{
    const struct yaml_node *modes = yaml_find(root, "modes");
    return modes ? add_modes(loader, modes) : 0;
}

int loader_define_modes(struct loader *loader, const struct yaml_node *root)
{
    const struct yaml_node *modes = yaml_find(root, "modes");
    return modes ? read_modes(loader, modes) : 0;
}
