#include "emulator/platform_load.h"

#include "base/alloc.h"
#include "base/units.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

// Settings that are one text: KEY or GROUP.KEY of the file, and where it goes.
static const struct text_setting {
    const char *group; // NULL: a top key
    const char *key;
    size_t offset;
    const char *otherwise;
} text_settings[] = {
    {NULL, "ssh_version", offsetof(struct platform, ssh_version), "Cisco-1.25"},
    {"login", "telnet_banner", offsetof(struct platform, telnet_banner), ""},
    {"login", "username_prompt", offsetof(struct platform, username_prompt), "Username: "},
    {"login", "password_prompt", offsetof(struct platform, password_prompt), "Password: "},
    {"login", "failed", offsetof(struct platform, login_failed), "% Login invalid\r\n\r\n"},
    {"login", "suffix", offsetof(struct platform, login_suffix), ""},
    {"login", "bad_secrets", offsetof(struct platform, bad_secrets), "% Bad secrets\n"},
    {"login", "expired", offsetof(struct platform, password_expired),
     "Your password has expired.\n"},
    {"login", "new_password", offsetof(struct platform, new_password_prompt), "New password: "},
    {"login", "repeat_password", offsetof(struct platform, repeat_password_prompt),
     "Retype new password: "},
    {"login", "differ", offsetof(struct platform, passwords_differ),
     "Sorry, passwords do not match.\n"},
    {"errors", "invalid", offsetof(struct platform, errors.invalid),
     "% Invalid input detected at '^' marker.\n\n"},
    {"errors", "incomplete", offsetof(struct platform, errors.incomplete),
     "% Incomplete command.\n\n"},
    {"errors", "ambiguous", offsetof(struct platform, errors.ambiguous),
     "% Ambiguous command:  \"{{line}}\"\n"},
    {"errors", "unknown", offsetof(struct platform, errors.unknown), ""},
    {"errors", "yes_or_no", offsetof(struct platform, errors.yes_or_no), ""},
    {"errors", "no_json", offsetof(struct platform, errors.no_json), ""},
    {"errors", "bad_regex", offsetof(struct platform, errors.bad_regex),
     "% Failed to compile regular expression\n\n"},
    {"question_mark", "partial", offsetof(struct platform, partial_help), ""},
    {"pager", "prompt", offsetof(struct platform, pager.prompt), " --More-- "},
    {"pager", "help", offsetof(struct platform, pager.help), ""},
    {"pager", "erase", offsetof(struct platform, pager.erase),
     "\b\b\b\b\b\b\b\b\b        \b\b\b\b\b\b\b\b\b"},
    {"configuration", "hostname", offsetof(struct platform, hostname_line), "hostname"},
    {"configuration", "section_end", offsetof(struct platform, section_end), ""},
    {"configuration", "indent", offsetof(struct platform, config_indent), " "},
    {"configuration", "verb", offsetof(struct platform, verb), ""},
    {"configuration", "scp", offsetof(struct platform, scp_line), ""},
    {"configuration", "restore_word", offsetof(struct platform, restore_word), ""},
    {"pipes", "counted", offsetof(struct platform, counted),
     "Number of lines which match regexp = {{count}}\n"},
};
enum { TEXT_SETTINGS = sizeof text_settings / sizeof *text_settings };

static char **text_at(struct platform *platform, const struct text_setting *setting)
{
    return (char **)(void *)((char *)platform + setting->offset);
}

static const struct yaml_node *find_setting(const struct yaml_node *root, const char *group,
                                            const char *key)
{
    const struct yaml_node *map = group ? yaml_find(root, group) : root;
    return map && yaml_kind(map) == YAML_MAP ? yaml_find(map, key) : NULL;
}

static int check_keys(const struct yaml_node *root, struct err *err)
{
    static const char *const top[] = {"base",          "ssh_version", "login",         "errors",
                                      "pager",         "interfaces",  "modes",         "pipes",
                                      "facts",         "fields",      "configuration", "commands",
                                      "help",          "banner",      "before_answer", "repaint",
                                      "question_mark", "many_execs",  "log",           NULL};
    static const struct {
        const char *group;
        const char *keys[12];
    } groups[] = {
        {"login",
         {"telnet_banner", "username_prompt", "password_prompt", "failed", "suffix", "bad_secrets",
          "expired", "new_password", "repeat_password", "differ"}},
        {"errors",
         {"invalid", "incomplete", "ambiguous", "unknown", "bad_regex", "no_json", "yes_or_no",
          "caret"}},
        {"log", {"in_output", "behind_prompt"}},
        {"pager", {"prompt", "erase", "help", "rows", "columns"}},
        {"question_mark", {"partial"}},
        {"configuration",
         {"hostname", "section_end", "nested_ends", "indent", "template", "order", "commits",
          "verb", "restore_word", "left", "scp"}},
        {"pipes", {"chain", "words", "counted"}},
    };
    if (yaml_check_keys(root, top, err) < 0)
        return -1;
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
        const struct yaml_node *map = yaml_find(root, groups[i].group);
        if (map && (yaml_expect(map, YAML_MAP, groups[i].group, err) < 0 ||
                    yaml_check_keys(map, groups[i].keys, err) < 0))
            return -1;
    }
    return 0;
}

static int read_texts(struct loader *loader, const struct yaml_node *root)
{
    for (size_t i = 0; i < TEXT_SETTINGS; i++) {
        const struct text_setting *setting = &text_settings[i];
        const struct yaml_node *node = find_setting(root, setting->group, setting->key);
        if (!node)
            continue;
        if (yaml_expect(node, YAML_SCALAR, setting->key, loader->err) < 0)
            return -1;
        char **text = text_at(loader->platform, setting);
        free(*text);
        *text = alloc_strdup(yaml_text(node));
    }
    return 0;
}

static int read_number(const struct yaml_node *root, const char *group, const char *key,
                       uint16_t *number, struct err *err)
{
    const struct yaml_node *node = find_setting(root, group, key);
    uint64_t value = *number;
    if (node && units_count(yaml_text(node), 0, 65535, &value, err) < 0)
        return yaml_place(node, err);
    *number = (uint16_t)value;
    return 0;
}

int loader_read_flag(const struct yaml_node *node, bool *flag, struct err *err)
{
    const char *text = yaml_text(node);
    if (strcmp(text, "true") != 0 && strcmp(text, "false") != 0)
        return yaml_error(node, err, "'%s' is neither true nor false", text);
    *flag = *text == 't';
    return 0;
}

static int read_caret(struct loader *loader, const struct yaml_node *node)
{
    static const char *const words[] = {
        [CARET_INVALID] = "invalid", [CARET_NEVER] = "never", [CARET_ALWAYS] = "always", NULL};
    for (int i = 0; words[i]; i++)
        if (!strcmp(words[i], yaml_text(node))) {
            loader->platform->errors.caret = (enum caret)i;
            return 0;
        }
    return yaml_error(node, loader->err, "'caret' is invalid, never or always, not '%s'",
                      yaml_text(node));
}

int loader_mode(struct loader *loader, const struct yaml_node *node, const char *name)
{
    const struct platform *platform = loader->platform;
    int mode = platform_mode(platform, name);
    if (mode >= 0)
        return mode;
    const char **names = alloc_zero(platform->n_modes + 1, sizeof *names);
    for (size_t i = 0; i < platform->n_modes; i++)
        names[i] = platform->modes[i].name;
    const char *near = units_nearest_word(name, names);
    yaml_error(node, loader->err, "no mode is called '%s'%s%s%s", name,
               near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
    free(names);
    return -1;
}

static struct template *compiled(struct loader *loader, const struct yaml_node *node,
                                 struct template *template)
{
    if (!template)
        yaml_place(node, loader->err);
    return template;
}

struct template *loader_template(struct loader *loader, const struct yaml_node *node,
                                 const struct template_names *names)
{
    size_t offset;
    return compiled(loader, node, template_compile(yaml_text(node), names, &offset, loader->err));
}

struct template *loader_expression(struct loader *loader, const struct yaml_node *node,
                                   const struct template_names *names)
{
    size_t offset;
    return compiled(loader, node,
                    template_compile_expression(yaml_text(node), names, &offset, loader->err));
}

static void place_in_file(const struct source_file *file, size_t offset, struct err *err)
{
    size_t line = 1;
    size_t column = 1;
    for (size_t i = 0; i < offset && i < file->len; i++) {
        column = file->text[i] == '\n' ? 1 : column + 1;
        line += file->text[i] == '\n';
    }
    err_prefix(err, "%s:%zu:%zu: ", file->shown, line, column);
}

static void unknown_file(const struct loader *loader, const struct yaml_node *node)
{
    const char *names[512] = {0};
    size_t n = 0;
    for (size_t i = 0; i < loader->n_layers; i++)
        for (size_t k = 0; k < loader->layers[i].n_files && n < 511; k++)
            if (!strncmp(loader->layers[i].files[k].path, "templates/", 10))
                names[n++] = loader->layers[i].files[k].path + 10;
    const char *near = units_nearest_word(yaml_text(node), names);
    yaml_error(node, loader->err, "there is no file 'templates/%s'%s%s%s", yaml_text(node),
               near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
}

struct template *loader_template_file(struct loader *loader, const struct yaml_node *node,
                                      const struct template_names *names)
{
    char *path = alloc_printf("templates/%s", yaml_text(node));
    const struct source_file *file = loader_file(loader, path);
    free(path);
    if (!file) {
        unknown_file(loader, node);
        return NULL;
    }
    size_t offset = 0;
    struct template *template = template_compile(file->text, names, &offset, loader->err);
    if (!template)
        place_in_file(file, offset, loader->err);
    return template;
}

// The expression of a fact or a field, before which there are n of its kind. It may use those, and
// a field all facts: in a later file, too, or what replaces one would come round to itself.
static struct template *read_value(struct loader *loader, const struct yaml_node *node,
                                   const char *name, bool is_field, size_t n)
{
    struct platform before = *loader->platform;
    struct template_names names = {.platform = &before};
    *(is_field ? &before.n_fields : &before.n_facts) = n;
    if (!is_field)
        before.n_fields = 0;
    struct template *value = loader_expression(loader, node, &names);
    if (value)
        return value;
    names.platform = loader->platform;
    value = loader_expression(loader, node, &names);
    if (value)
        yaml_error(node, loader->err,
                   "'%s' uses itself or one behind it; it may use those in front of it", name);
    template_free(value);
    return NULL;
}

// Facts and fields: expressions with names.
static int read_named(struct loader *loader, const struct yaml_node *map,
                      struct named_template **list, size_t *n)
{
    bool is_field = list == &loader->platform->fields;
    if (yaml_expect(map, YAML_MAP, "facts and fields", loader->err) < 0)
        return -1;
    for (size_t i = 0; i < yaml_len(map); i++) {
        const char *name = yaml_text(yaml_key(map, i));
        size_t at = 0;
        while (at < *n && strcmp((*list)[at].name, name) != 0)
            at++;
        struct template *value = read_value(loader, yaml_value(map, i), name, is_field, at);
        if (!value)
            return -1;
        if (at == *n) {
            *list = alloc_resize(*list, *n + 1, sizeof **list);
            (*list)[(*n)++] = (struct named_template){.name = alloc_strdup(name)};
        }
        template_free((*list)[at].value);
        (*list)[at].value = value;
    }
    return 0;
}

static int read_interfaces(struct loader *loader, const struct yaml_node *map)
{
    struct platform *platform = loader->platform;
    static const char *const words[] = {"fixed", "made on use", NULL};
    if (yaml_expect(map, YAML_MAP, "interfaces", loader->err) < 0)
        return -1;
    for (size_t i = 0; i < platform->n_interfaces; i++)
        free(platform->interfaces[i].name);
    platform->n_interfaces = 0;
    platform->interfaces =
        alloc_resize(platform->interfaces, yaml_len(map) + 1, sizeof *platform->interfaces);
    for (size_t i = 0; i < yaml_len(map); i++) {
        const char *text = yaml_text(yaml_value(map, i));
        if (strcmp(text, words[0]) != 0 && strcmp(text, words[1]) != 0)
            return yaml_error(yaml_value(map, i), loader->err,
                              "'%s' is neither 'fixed' nor 'made on use'", text);
        platform->interfaces[platform->n_interfaces++] =
            (struct interface_kind){alloc_strdup(yaml_text(yaml_key(map, i))), *text == 'm'};
    }
    return 0;
}

static void set_pipe(struct platform *platform, const char *word, enum filter_kind kind)
{
    size_t at = 0;
    while (at < platform->n_pipes && strcmp(platform->pipes[at].word, word) != 0)
        at++;
    if (at == platform->n_pipes) {
        platform->pipes = alloc_resize(platform->pipes, at + 1, sizeof *platform->pipes);
        platform->pipes[platform->n_pipes++].word = alloc_strdup(word);
    }
    platform->pipes[at].kind = kind;
}

static int read_pipes(struct loader *loader, const struct yaml_node *map)
{
    struct platform *platform = loader->platform;
    const struct yaml_node *chain = yaml_find(map, "chain");
    const struct yaml_node *words = yaml_find(map, "words");
    if (chain && loader_read_flag(chain, &platform->pipes_chain, loader->err) < 0)
        return -1;
    for (size_t i = 0; words && i < yaml_len(words); i++) {
        const char *kind = yaml_text(yaml_value(words, i));
        size_t k = 0;
        while (filter_names[k] && strcmp(filter_names[k], kind) != 0)
            k++;
        if (!filter_names[k]) {
            const char *near = units_nearest_word(kind, filter_names);
            return yaml_error(yaml_value(words, i), loader->err, "no filter is called '%s'%s%s%s",
                              kind, near ? "; did you mean '" : "", near ? near : "",
                              near ? "'?" : "");
        }
        set_pipe(platform, yaml_text(yaml_key(words, i)), (enum filter_kind)k);
    }
    return 0;
}

int loader_read_texts(struct loader *loader, const struct yaml_node *list, char ***texts, size_t *n)
{
    if (yaml_expect(list, YAML_LIST, "a list of texts", loader->err) < 0)
        return -1;
    for (size_t i = 0; i < *n; i++)
        free((*texts)[i]);
    *n = 0;
    *texts = alloc_resize(*texts, yaml_len(list) + 1, sizeof **texts);
    for (size_t i = 0; i < yaml_len(list); i++)
        (*texts)[(*n)++] = alloc_strdup(yaml_text(yaml_item(list, i)));
    return 0;
}

int loader_set_template(struct loader *loader, const struct yaml_node *node, struct template **slot,
                        bool file)
{
    const struct template_names names = {.platform = loader->platform};
    struct template *template =
        file ? loader_template_file(loader, node, &names) : loader_template(loader, node, &names);
    if (!template)
        return -1;
    template_free(*slot);
    *slot = template;
    return 0;
}

static int read_structures(struct loader *loader, const struct yaml_node *root)
{
    struct platform *platform = loader->platform;
    const struct yaml_node *node;
    if ((node = yaml_find(root, "interfaces")) && read_interfaces(loader, node) < 0)
        return -1;
    if ((node = yaml_find(root, "pipes")) && read_pipes(loader, node) < 0)
        return -1;
    if ((node = yaml_find(root, "facts")) &&
        read_named(loader, node, &platform->facts, &platform->n_facts) < 0)
        return -1;
    if ((node = yaml_find(root, "fields")) &&
        read_named(loader, node, &platform->fields, &platform->n_fields) < 0)
        return -1;
    if ((node = find_setting(root, "configuration", "order")) &&
        loader_read_texts(loader, node, &platform->order, &platform->n_order) < 0)
        return -1;
    if ((node = find_setting(root, "configuration", "template")) &&
        loader_set_template(loader, node, &platform->config, true) < 0)
        return -1;
    if ((node = find_setting(root, "configuration", "left")) &&
        loader_set_template(loader, node, &platform->left, true) < 0)
        return -1;
    if ((node = yaml_find(root, "many_execs")) &&
        loader_read_flag(node, &platform->many_execs, loader->err) < 0)
        return -1;
    if ((node = yaml_find(root, "banner")) &&
        loader_set_template(loader, node, &platform->banner, false) < 0)
        return -1;
    if ((node = yaml_find(root, "before_answer")) &&
        loader_set_template(loader, node, &platform->before_answer, false) < 0)
        return -1;
    if ((node = yaml_find(root, "repaint")) &&
        loader_set_template(loader, node, &platform->repaint, false) < 0)
        return -1;
    if ((node = find_setting(root, "log", "in_output")) &&
        loader_set_template(loader, node, &platform->log_in_output, false) < 0)
        return -1;
    if ((node = find_setting(root, "log", "behind_prompt")) &&
        loader_set_template(loader, node, &platform->log_behind_prompt, false) < 0)
        return -1;
    if ((node = find_setting(root, "configuration", "nested_ends")) &&
        loader_read_flag(node, &platform->nested_ends, loader->err) < 0)
        return -1;
    if ((node = find_setting(root, "configuration", "commits")) &&
        loader_read_flag(node, &platform->commits, loader->err) < 0)
        return -1;
    if ((node = find_setting(root, "errors", "caret")) && read_caret(loader, node) < 0)
        return -1;
    return read_number(root, "pager", "rows", &platform->pager.rows, loader->err) < 0
               ? -1
               : read_number(root, "pager", "columns", &platform->pager.columns, loader->err);
}

int loader_each_document(struct loader *loader,
                         int (*read)(struct loader *loader, const struct yaml_node *root))
{
    for (size_t i = 0; i < loader->n_layers; i++)
        for (size_t k = 0; k < loader->layers[i].n_docs; k++)
            if (read(loader, yaml_doc_root(loader->layers[i].docs[k])) < 0)
                return -1;
    return 0;
}

static int check_document(struct loader *loader, const struct yaml_node *root)
{
    return check_keys(root, loader->err);
}

int loader_read_settings(struct loader *loader)
{
    struct platform *platform = loader->platform;
    for (size_t i = 0; i < TEXT_SETTINGS; i++)
        *text_at(platform, &text_settings[i]) = alloc_strdup(text_settings[i].otherwise);
    platform->pager.rows = 24;
    platform->pager.columns = 80;
    platform->privileged_mode = -1;
    if (loader_each_document(loader, check_document) < 0 ||
        loader_each_document(loader, read_texts) < 0 ||
        loader_each_document(loader, loader_declare_modes) < 0 ||
        loader_each_document(loader, read_structures) < 0 ||
        loader_each_document(loader, loader_define_modes) < 0)
        return -1;
    return loader_check_modes(loader);
}
