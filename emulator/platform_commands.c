#include "emulator/handlers.h"
#include "emulator/platform_load.h"

#include "base/alloc.h"
#include "base/units.h"

#include <stdlib.h>
#include <string.h>

enum { ASKS_MAX = 8 };

static struct platform_command *add_command(struct loader *loader, const char *pattern)
{
    struct platform *platform = loader->platform;
    struct platform_command *command = alloc_zero(1, sizeof *command);
    command->pattern = alloc_strdup(pattern);
    command->with = alloc_strdup("");
    command->enter = -1;
    platform->commands = alloc_resize(platform->commands, platform->n_commands + 1,
                                      sizeof(struct platform_command *));
    platform->commands[platform->n_commands++] = command;
    return command;
}

static int read_handler(struct loader *loader, const struct yaml_node *map,
                        struct platform_command *command)
{
    const struct yaml_node *node = yaml_find(map, "handler");
    const struct yaml_node *with = yaml_find(map, "with");
    if (with) {
        free(command->with);
        command->with = alloc_strdup(yaml_text(with));
    }
    if (!node)
        return 0;
    command->handler = handler_find(yaml_text(node));
    if (command->handler)
        return 0;
    const char *names[128] = {0};
    for (size_t i = 0; handler_name(i) && i < 127; i++)
        names[i] = handler_name(i);
    const char *near = units_nearest_word(yaml_text(node), names);
    return yaml_error(node, loader->err, "no handler is called '%s'%s%s%s", yaml_text(node),
                      near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
}

static int read_ask(struct loader *loader, const struct yaml_node *map,
                    const struct template_names *names, struct ask *ask)
{
    static const char *const keys[] = {"name", "prompt", "kind", "when", "otherwise", NULL};
    static const char *const kinds[] = {"text", "secret", "key", "yes or no", "choice", NULL};
    if (yaml_expect(map, YAML_MAP, "a question", loader->err) < 0 ||
        yaml_check_keys(map, keys, loader->err) < 0)
        return -1;
    const struct yaml_node *prompt = yaml_find(map, "prompt");
    const struct yaml_node *name = yaml_find(map, "name");
    const struct yaml_node *kind = yaml_find(map, "kind");
    if (!prompt)
        return yaml_error(map, loader->err, "a question needs a 'prompt'");
    ask->prompt = loader_template(loader, prompt, names);
    if (!ask->prompt)
        return -1;
    const struct yaml_node *when = yaml_find(map, "when");
    if (when && !(ask->when = loader_expression(loader, when, names)))
        return -1;
    const struct yaml_node *otherwise = yaml_find(map, "otherwise");
    ask->otherwise = otherwise ? alloc_strdup(yaml_text(otherwise)) : NULL;
    ask->name = alloc_strdup(name ? yaml_text(name) : "answer");
    const char *text = kind ? yaml_text(kind) : "text";
    size_t k = 0;
    while (kinds[k] && strcmp(kinds[k], text) != 0)
        k++;
    if (!kinds[k])
        return yaml_error(kind, loader->err,
                          "a question's kind is text, secret, key, 'yes or no' or choice, not '%s'",
                          text);
    ask->secret = !strcmp(text, kinds[1]);
    ask->one_key = !strcmp(text, kinds[2]);
    ask->choice = !strcmp(text, kinds[4]);
    ask->yes_no = !strcmp(text, kinds[3]) || ask->choice;
    return 0;
}

// others: takes the names of the questions, each known to those behind it.
static int read_asks(struct loader *loader, const struct yaml_node *list,
                     const struct template_names *names, struct platform_command *command,
                     const char **others)
{
    if (yaml_expect(list, YAML_LIST, "ask", loader->err) < 0)
        return -1;
    if (yaml_len(list) > ASKS_MAX)
        return yaml_error(list, loader->err, "more than %d questions", ASKS_MAX);
    command->asks = alloc_zero(yaml_len(list), sizeof *command->asks);
    for (size_t i = 0; i < yaml_len(list); i++) {
        command->n_asks++;
        if (read_ask(loader, yaml_item(list, i), names, &command->asks[i]) < 0)
            return -1;
        others[i] = command->asks[i].name;
    }
    return 0;
}

static int read_store_kind(struct loader *loader, const struct yaml_node *node,
                           struct platform_command *command)
{
    static const struct {
        const char *word;
        enum command_store store;
        bool many, no_is_stored, no_is_default;
    } kinds[] = {
        {"line", STORE_LINE, false, false, false},
        {"list", STORE_LINE, true, false, false},
        {"switch", STORE_LINE, false, true, false},
        {"default", STORE_LINE, false, true, true},
        {"section", STORE_SECTION, false, false, false},
        {"leaf", STORE_LEAF, false, false, false},
        {"leaves", STORE_LEAF, true, false, false},
        {"sequence", STORE_SEQUENCE, true, false, false},
        {"range", STORE_RANGE, false, false, false},
        {"lines", STORE_LINES, false, false, false},
    };
    enum { KINDS = sizeof kinds / sizeof *kinds };
    const char *words[KINDS + 1] = {0};
    for (size_t i = 0; i < KINDS; i++) {
        words[i] = kinds[i].word;
        if (strcmp(kinds[i].word, yaml_text(node)) != 0)
            continue;
        command->store = kinds[i].store;
        command->many = kinds[i].many;
        command->no_is_stored = kinds[i].no_is_stored;
        command->no_is_default = kinds[i].no_is_default;
        return 0;
    }
    const char *near = units_nearest_word(yaml_text(node), words);
    return yaml_error(node, loader->err,
                      "'store' is line, list, switch, default, section, leaf, leaves, sequence, "
                      "range or lines, not '%s'%s%s%s",
                      yaml_text(node), near ? "; did you mean '" : "", near ? near : "",
                      near ? "'?" : "");
}

static int read_list(struct loader *loader, const struct yaml_node *map, const char *key,
                     char ***texts, size_t *n)
{
    const struct yaml_node *list = yaml_find(map, key);
    if (!list)
        return 0;
    if (yaml_expect(list, YAML_LIST, key, loader->err) < 0)
        return -1;
    *texts = alloc_zero(yaml_len(list) + 1, sizeof(char *));
    for (size_t i = 0; i < yaml_len(list); i++)
        (*texts)[(*n)++] = alloc_strdup(yaml_text(yaml_item(list, i)));
    return 0;
}

static int read_store(struct loader *loader, const struct yaml_node *map,
                      struct platform_command *command)
{
    const struct yaml_node *store = yaml_find(map, "store");
    const struct yaml_node *key = yaml_find(map, "key_words");
    if (store && read_store_kind(loader, store, command) < 0)
        return -1;
    uint64_t words = 0;
    if (key && units_count(yaml_text(key), 1, 16, &words, loader->err) < 0)
        return yaml_place(key, loader->err);
    command->key_words = words;
    return read_list(loader, map, "new", &command->fresh, &command->n_fresh) < 0
               ? -1
               : read_list(loader, map, "parts", &command->parts, &command->n_parts);
}

static int read_flag_key(struct loader *loader, const struct yaml_node *map, const char *key,
                         bool *flag)
{
    const struct yaml_node *node = yaml_find(map, key);
    if (!node)
        return 0;
    if (strcmp(yaml_text(node), "true") != 0 && strcmp(yaml_text(node), "false") != 0)
        return yaml_error(node, loader->err, "'%s' is neither true nor false", yaml_text(node));
    *flag = !strcmp(yaml_text(node), "true");
    return 0;
}

static int read_output(struct loader *loader, const struct yaml_node *map,
                       const struct template_names *names, struct platform_command *command)
{
    const struct yaml_node *output = yaml_find(map, "output");
    const struct yaml_node *file = yaml_find(map, "template");
    const struct yaml_node *takes = yaml_find(map, "takes_ms");
    if (output && file)
        return yaml_error(file, loader->err, "either 'output' or 'template', not both");
    if (output && !(command->output = loader_template(loader, output, names)))
        return -1;
    if (file && !(command->output = loader_template_file(loader, file, names)))
        return -1;
    if (takes && !(command->takes_ms = loader_expression(loader, takes, names)))
        return -1;
    const struct yaml_node *refuse = yaml_find(map, "refuse");
    const struct yaml_node *reset = yaml_find(map, "reset");
    const struct yaml_node *arrange = yaml_find(map, "arrange");
    if (arrange && strcmp(yaml_text(arrange), "routes") != 0)
        return yaml_error(arrange, loader->err, "'arrange' is routes, not '%s'",
                          yaml_text(arrange));
    command->routes = arrange != NULL;
    const struct yaml_node *json = yaml_find(map, "json");
    if (json && !(command->json = loader_template_file(loader, json, names)))
        return -1;
    const struct yaml_node *log = yaml_find(map, "log");
    if (log && !(command->log = loader_template_file(loader, log, names)))
        return -1;
    if (refuse && !(command->refuse = loader_template_file(loader, refuse, names)))
        return -1;
    if (reset && !(command->reset = loader_template(loader, reset, names)))
        return -1;
    return 0;
}

static int read_details(struct loader *loader, const struct yaml_node *map,
                        struct platform_command *command)
{
    static const char *const keys[] = {
        "help",      "output", "template", "handler", "with",    "ask",      "store",
        "key_words", "new",    "parts",    "enter",   "instant", "no_pager", "takes_ms",
        "refuse",    "reset",  "lone",     "arrange", "log",     "json",     NULL};
    if (yaml_check_keys(map, keys, loader->err) < 0)
        return -1;
    const char *others[ASKS_MAX + 1] = {0};
    const struct template_names names = {
        .platform = loader->platform, .pattern = command->pattern, .others = others};
    const struct yaml_node *asks = yaml_find(map, "ask");
    if (asks && read_asks(loader, asks, &names, command, others) < 0)
        return -1;
    const struct yaml_node *enter = yaml_find(map, "enter");
    if (enter && (command->enter = loader_mode(loader, enter, yaml_text(enter))) < 0)
        return -1;
    if (read_flag_key(loader, map, "instant", &command->instant) < 0 ||
        read_flag_key(loader, map, "no_pager", &command->no_pager) < 0)
        return -1;
    if (read_handler(loader, map, command) < 0 || read_store(loader, map, command) < 0)
        return -1;
    return read_output(loader, map, &names, command);
}

static int read_command(struct loader *loader, int mode, const struct yaml_node *key,
                        const struct yaml_node *value)
{
    struct tree_node *root = loader->platform->modes[mode].root;
    const char *pattern = yaml_text(key);
    if (yaml_kind(value) == YAML_SCALAR && !strcmp(yaml_text(value), "removed")) {
        if (command_tree_remove(root, pattern))
            return 0;
        return yaml_error(key, loader->err, "there is no command '%s' to remove", pattern);
    }
    struct platform_command *command = add_command(loader, pattern);
    if (yaml_kind(value) == YAML_MAP) {
        bool lone = false;
        if (read_details(loader, value, command) < 0 ||
            read_flag_key(loader, value, "lone", &lone) < 0)
            return -1;
        if (lone) {
            loader->platform->lone_word = command;
            return 0;
        }
    } else if (yaml_kind(value) == YAML_SCALAR) {
        const struct template_names names = {.platform = loader->platform, .pattern = pattern};
        command->output = loader_template(loader, value, &names);
        if (!command->output)
            return -1;
    } else
        return yaml_error(value, loader->err, "a command is its output's text, or a map");
    size_t column = 0;
    if (command_tree_add(root, pattern, command, &column, loader->err) < 0)
        return yaml_place(key, loader->err);
    return 0;
}

static int read_commands(struct loader *loader, const struct yaml_node *root)
{
    const struct yaml_node *modes = yaml_find(root, "commands");
    if (!modes)
        return 0;
    if (yaml_expect(modes, YAML_MAP, "commands", loader->err) < 0)
        return -1;
    for (size_t i = 0; i < yaml_len(modes); i++) {
        const struct yaml_node *name = yaml_key(modes, i);
        const struct yaml_node *list = yaml_value(modes, i);
        int mode = loader_mode(loader, name, yaml_text(name));
        if (mode < 0 || yaml_expect(list, YAML_MAP, "a mode's commands", loader->err) < 0)
            return -1;
        for (size_t k = 0; k < yaml_len(list); k++)
            if (read_command(loader, mode, yaml_key(list, k), yaml_value(list, k)) < 0)
                return -1;
    }
    return 0;
}

static bool set_help(struct platform *platform, const char *path, const char *help)
{
    bool found = false;
    for (size_t i = 0; i < platform->n_modes; i++)
        found |= command_tree_set_help(platform->modes[i].root, path, help);
    return found;
}

static bool is_topmost(const struct loader *loader, const struct yaml_node *root)
{
    const struct source_layer *top = &loader->layers[loader->n_layers - 1];
    for (size_t i = 0; i < top->n_docs; i++)
        if (yaml_doc_root(top->docs[i]) == root)
            return true;
    return false;
}

// Of a word that is no command of the mode.
static void set_more_help(struct mode *mode, const char *word, const char *help)
{
    size_t i = 0;
    while (i < mode->n_more && strcmp(mode->more[i].word, word) != 0)
        i++;
    if (i == mode->n_more) {
        mode->more = alloc_resize(mode->more, i + 1, sizeof *mode->more);
        mode->more[mode->n_more++] = (struct help_word){.word = alloc_strdup(word)};
    }
    free(mode->more[i].help);
    mode->more[i].help = alloc_strdup(help);
}

static int set_mode_help(struct loader *loader, struct mode *mode, const struct yaml_node *words)
{
    for (size_t i = 0; i < yaml_len(words); i++) {
        const char *path = yaml_text(yaml_key(words, i));
        const char *help = yaml_text(yaml_value(words, i));
        if (command_tree_set_help(mode->root, path, help))
            continue;
        if (strchr(path, ' '))
            return yaml_error(yaml_key(words, i), loader->err,
                              "no command of the mode '%s' begins with '%s'", mode->name, path);
        set_more_help(mode, path, help);
    }
    return 0;
}

// `config-if: {ip: ...}`: of that mode alone. "configuring" stands for all modes that configure.
static int read_mode_help(struct loader *loader, const struct yaml_node *name,
                          const struct yaml_node *words)
{
    struct platform *platform = loader->platform;
    bool all = !strcmp(yaml_text(name), "configuring");
    int mode = all ? 0 : loader_mode(loader, name, yaml_text(name));
    if (mode < 0)
        return -1;
    if (!all)
        return set_mode_help(loader, &platform->modes[mode], words);
    for (size_t i = 0; i < platform->n_modes; i++)
        if (platform->modes[i].configures && set_mode_help(loader, &platform->modes[i], words) < 0)
            return -1;
    return 0;
}

// What holds for all modes.
static int read_help(struct loader *loader, const struct yaml_node *root)
{
    const struct yaml_node *map = yaml_find(root, "help");
    if (map && yaml_expect(map, YAML_MAP, "help", loader->err) < 0)
        return -1;
    for (size_t i = 0; map && i < yaml_len(map); i++) {
        const struct yaml_node *path = yaml_key(map, i);
        const struct yaml_node *help = yaml_value(map, i);
        if (yaml_kind(help) == YAML_MAP)
            continue;
        bool known = set_help(loader->platform, yaml_text(path), yaml_text(help));
        if (!known && is_topmost(loader, root)) // a lower layer's command may have been removed
            return yaml_error(path, loader->err, "no command begins with '%s'", yaml_text(path));
    }
    return 0;
}

// `help:` within a command.
static int read_command_help(struct loader *loader, const struct yaml_node *root)
{
    const struct yaml_node *modes = yaml_find(root, "commands");
    for (size_t i = 0; modes && i < yaml_len(modes); i++) {
        const struct yaml_node *list = yaml_value(modes, i);
        int mode = platform_mode(loader->platform, yaml_text(yaml_key(modes, i)));
        for (size_t k = 0; k < yaml_len(list); k++) {
            const struct yaml_node *help = yaml_kind(yaml_value(list, k)) == YAML_MAP
                                               ? yaml_find(yaml_value(list, k), "help")
                                               : NULL;
            if (help)
                command_tree_set_help(loader->platform->modes[mode].root,
                                      yaml_text(yaml_key(list, k)), yaml_text(help));
        }
    }
    return 0;
}

// What one mode says otherwise.
static int read_help_of_modes(struct loader *loader, const struct yaml_node *root)
{
    const struct yaml_node *map = yaml_find(root, "help");
    for (size_t i = 0; map && i < yaml_len(map); i++)
        if (yaml_kind(yaml_value(map, i)) == YAML_MAP &&
            read_mode_help(loader, yaml_key(map, i), yaml_value(map, i)) < 0)
            return -1;
    return 0;
}

// `also: exec`: the mode knows that mode's commands too.
static int merge_modes(struct loader *loader, const struct yaml_node *root)
{
    const struct yaml_node *modes = yaml_find(root, "modes");
    for (size_t i = 0; modes && i < yaml_len(modes); i++) {
        const struct yaml_node *also = yaml_find(yaml_value(modes, i), "also");
        if (!also)
            continue;
        int from = loader_mode(loader, also, yaml_text(also));
        if (from < 0)
            return -1;
        int to = platform_mode(loader->platform, yaml_text(yaml_key(modes, i)));
        command_tree_merge(loader->platform->modes[to].root, loader->platform->modes[from].root);
    }
    return 0;
}

// A recorded output: "show ip route.txt", "show_ip_route.txt" or the same under recordings/. The
// text is taken as it is.

static char *recorded_command(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *command = alloc_strdup(slash ? slash + 1 : path);
    char *dot = strrchr(command, '.');
    if (dot && (!strcmp(dot, ".txt") || !strcmp(dot, ".out") || !strcmp(dot, ".log") ||
                !strcmp(dot, ".raw")))
        *dot = '\0';
    if (!strchr(command, ' '))
        for (char *p = command; *p; p++)
            *p = *p == '_' ? ' ' : *p;
    return command;
}

static bool is_recording(const struct source_file *file)
{
    const char *dot = strrchr(file->path, '.');
    if (!strncmp(file->path, "recordings/", 11))
        return true;
    return !strchr(file->path, '/') &&
           (!dot ||
            (strcmp(dot, ".yaml") != 0 && strcmp(dot, ".yml") != 0 && strcmp(dot, ".md") != 0));
}

// The braces of a recording are text, not templates.
static struct template *literal_template(const char *text)
{
    char *safe = alloc_zero(strlen(text) * 9 + 1, 1);
    char *to = safe;
    for (const char *p = text; *p; p++) {
        if (*p == '\r')
            continue;
        if (p[0] == '{' && p[1] == '{') {
            to = stpcpy(to, "{{'{{'}}");
            p++;
        } else
            *to++ = *p;
    }
    size_t offset;
    struct err err;
    struct template *template = template_compile(safe, NULL, &offset, &err);
    free(safe);
    return template;
}

static int read_recording(struct loader *loader, const struct source_file *file)
{
    char *name = recorded_command(file->path);
    struct platform_command *command = add_command(loader, name);
    free(name);
    command->output = literal_template(file->text);
    size_t column;
    struct platform *platform = loader->platform;
    int start = platform->start_mode;
    for (int mode = start;; mode = platform->privileged_mode) {
        if (command_tree_add(platform->modes[mode].root, command->pattern, command, &column,
                             loader->err) < 0)
            return err_prefix(loader->err, "%s: ", file->shown);
        if (mode == platform->privileged_mode)
            return 0;
    }
}

static int read_recordings(struct loader *loader)
{
    for (size_t i = 0; i < loader->n_layers; i++)
        for (size_t k = 0; k < loader->layers[i].n_files; k++)
            if (is_recording(&loader->layers[i].files[k]) &&
                read_recording(loader, &loader->layers[i].files[k]) < 0)
                return -1;
    return 0;
}

int loader_read_commands(struct loader *loader)
{
    if (loader_each_document(loader, read_commands) < 0 || read_recordings(loader) < 0 ||
        loader_each_document(loader, read_help) < 0 ||
        loader_each_document(loader, read_command_help) < 0 ||
        loader_each_document(loader, read_help_of_modes) < 0)
        return -1;
    return loader_each_document(loader, merge_modes);
}
