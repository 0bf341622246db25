#include "emulator/platform_load.h"

#include "base/alloc.h"
#include "base/asset.h"
#include "base/units.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { FILES_MAX = 4096, FILE_MAX_BYTES = 1 << 20, FOLDER_DEPTH_MAX = 3 };

extern const struct asset platforms_assets[];

static void add_file(struct source_layer *layer, const char *path, char *shown, char *text,
                     size_t len)
{
    layer->files = alloc_resize(layer->files, layer->n_files + 1, sizeof *layer->files);
    layer->files[layer->n_files++] = (struct source_file){alloc_strdup(path), shown, text, len};
}

static bool is_builtin(const char *name)
{
    char *path = alloc_printf("platforms/%s/platform.yaml", name);
    bool found = asset_find(platforms_assets, path) != NULL;
    free(path);
    return found;
}

static void read_builtin(struct source_layer *layer, const char *name)
{
    char *folder = alloc_printf("platforms/%s/", name);
    size_t len = strlen(folder);
    for (const struct asset *asset = platforms_assets; asset->path; asset++)
        if (!strncmp(asset->path, folder, len))
            add_file(layer, asset->path + len, alloc_strdup(asset->path),
                     alloc_strndup(asset->data, asset->len), asset->len);
    free(folder);
}

static int read_text(const char *path, char **text, size_t *len, struct err *err)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return err_input(err, "cannot open '%s': %s", path, strerror(errno));
    *text = alloc_zero(FILE_MAX_BYTES + 1, 1);
    *len = fread(*text, 1, FILE_MAX_BYTES + 1, file);
    bool failed = ferror(file);
    fclose(file);
    const char *trouble = failed                   ? "cannot be read"
                          : *len > FILE_MAX_BYTES  ? "is larger than 1 MiB; is it the right file?"
                          : memchr(*text, 0, *len) ? "is no text file (it holds a zero byte)"
                                                   : NULL;
    if (trouble) {
        free(*text);
        return err_input(err, "'%s' %s", path, trouble);
    }
    *text = alloc_resize(*text, *len + 1, 1);
    (*text)[*len] = '\0';
    return 0;
}

static int read_folder(struct source_layer *layer, const char *root, const char *below, int depth,
                       struct err *err);

static int read_entry(struct source_layer *layer, const char *root, const char *path, int depth,
                      struct err *err)
{
    char *full = alloc_printf("%s/%s", root, path);
    struct stat info;
    int result = 0;
    if (stat(full, &info) < 0)
        result = err_input(err, "cannot read '%s': %s", full, strerror(errno));
    else if (S_ISDIR(info.st_mode) && depth < FOLDER_DEPTH_MAX)
        result = read_folder(layer, root, path, depth + 1, err);
    else if (S_ISREG(info.st_mode) && layer->n_files >= FILES_MAX)
        result = err_input(err, "'%s' holds more than %d files; is it the right folder?", root,
                           FILES_MAX);
    else if (S_ISREG(info.st_mode)) {
        char *text;
        size_t len;
        result = read_text(full, &text, &len, err);
        if (result == 0)
            add_file(layer, path, alloc_strdup(full), text, len);
    }
    free(full);
    return result;
}

static int read_folder(struct source_layer *layer, const char *root, const char *below, int depth,
                       struct err *err)
{
    char *folder = alloc_printf("%s/%s", root, below);
    DIR *dir = opendir(folder);
    if (!dir) {
        err_input(err, "cannot open the folder '%s': %s", *below ? folder : root, strerror(errno));
        free(folder);
        return -1;
    }
    int result = 0;
    for (struct dirent *entry = readdir(dir); entry && result == 0; entry = readdir(dir)) {
        if (*entry->d_name == '.')
            continue;
        char *path = alloc_printf("%s%s%s", below, *below ? "/" : "", entry->d_name);
        result = read_entry(layer, root, path, depth, err);
        free(path);
    }
    closedir(dir);
    free(folder);
    return result;
}

// platform.yaml first, the rest by name.
static int compare_files(const void *a, const void *b)
{
    const struct source_file *x = a;
    const struct source_file *y = b;
    int first = strcmp(y->path, "platform.yaml") == 0;
    int second = strcmp(x->path, "platform.yaml") == 0;
    return first != second ? first - second : strcmp(x->path, y->path);
}

static bool has_ending(const char *path, const char *ending)
{
    size_t len = strlen(path);
    size_t end = strlen(ending);
    return len > end && !strcmp(path + len - end, ending);
}

static int parse_documents(struct source_layer *layer, struct err *err)
{
    if (layer->n_files)
        qsort(layer->files, layer->n_files, sizeof *layer->files, compare_files);
    layer->docs = alloc_zero(layer->n_files + 1, sizeof(struct yaml_doc *));
    for (size_t i = 0; i < layer->n_files; i++) {
        const struct source_file *file = &layer->files[i];
        if (!has_ending(file->path, ".yaml") && !has_ending(file->path, ".yml"))
            continue;
        struct yaml_doc *doc = yaml_doc_load_text(file->shown, file->text, file->len, err);
        if (!doc)
            return -1;
        if (!yaml_doc_root(doc)) { // an empty file
            yaml_doc_free(doc);
            continue;
        }
        layer->docs[layer->n_docs++] = doc;
        if (yaml_expect(yaml_doc_root(doc), YAML_MAP, "a platform's file", err) < 0)
            return -1;
    }
    return 0;
}

static const struct yaml_node *base_of(const struct source_layer *layer)
{
    for (size_t i = 0; i < layer->n_docs; i++) {
        const struct yaml_node *base = yaml_find(yaml_doc_root(layer->docs[i]), "base");
        if (base)
            return base;
    }
    return NULL;
}

static void list_builtins(const char **names, char *storage, size_t room)
{
    size_t n = 0;
    for (const struct asset *asset = platforms_assets; asset->path && n + 1 < 32; asset++) {
        const char *start = asset->path + strlen("platforms/");
        const char *slash = strchr(start, '/');
        if (!slash || strcmp(slash, "/platform.yaml") != 0)
            continue;
        size_t len = (size_t)(slash - start);
        if (len + 1 > room)
            break;
        memcpy(storage, start, len);
        storage[len] = '\0';
        names[n++] = storage;
        storage += len + 1;
        room -= len + 1;
    }
    names[n] = NULL;
}

static int unknown_platform(const char *name, struct err *err)
{
    const char *names[32];
    char storage[1024];
    list_builtins(names, storage, sizeof storage);
    const char *near = units_nearest_word(name, names);
    if (near)
        return err_input(err, "no platform is called '%s'; did you mean '%s'?", name, near);
    char all[512] = "";
    for (size_t i = 0; names[i]; i++)
        snprintf(all + strlen(all), sizeof all - strlen(all), "%s%s", i ? ", " : "", names[i]);
    return err_input(err, "no platform is called '%s'; there are %s, or name a folder of your own",
                     name, all);
}

static int push_layer(struct loader *loader, struct source_layer *layer)
{
    loader->layers[loader->n_layers++] = *layer;
    return 0;
}

// The built-in platform, after the one it is based on.
static int open_builtin(struct loader *loader, const char *name, int depth)
{
    struct source_layer layer = {0};
    read_builtin(&layer, name);
    if (parse_documents(&layer, loader->err) < 0) {
        push_layer(loader, &layer);
        return -1;
    }
    const struct yaml_node *base = base_of(&layer);
    int result = 0;
    if (base && depth > 1)
        result = yaml_error(base, loader->err, "platforms based on each other more than twice");
    else if (base && !is_builtin(yaml_text(base))) {
        result = unknown_platform(yaml_text(base), loader->err);
        yaml_place(base, loader->err);
    } else if (base)
        result = open_builtin(loader, yaml_text(base), depth + 1);
    push_layer(loader, &layer);
    return result;
}

static int open_overlay(struct loader *loader, const char *name, const char *folder)
{
    struct source_layer layer = {0};
    int result = read_folder(&layer, folder, "", 0, loader->err);
    if (result == 0)
        result = parse_documents(&layer, loader->err);
    const struct yaml_node *base = result == 0 ? base_of(&layer) : NULL;
    const char *below = base ? yaml_text(base) : name;
    if (result == 0 && layer.n_files == 0)
        result = err_input(loader->err, "the folder '%s' is empty; a platform's files are wanted",
                           folder);
    else if (result == 0 && is_builtin(below))
        result = open_builtin(loader, below, 0);
    else if (result == 0 && base) {
        result = unknown_platform(below, loader->err);
        yaml_place(base, loader->err);
    } else if (result == 0 && layer.n_docs == 0)
        result = open_builtin(loader, "cisco_ios", 0); // recordings alone: the rest is a plain IOS
    push_layer(loader, &layer);
    return result;
}

int loader_open(struct loader *loader, const char *name, const char *overlay)
{
    if (overlay)
        return open_overlay(loader, name, overlay);
    return is_builtin(name) ? open_builtin(loader, name, 0) : unknown_platform(name, loader->err);
}

void loader_close(struct loader *loader)
{
    for (size_t i = 0; i < loader->n_layers; i++) {
        struct source_layer *layer = &loader->layers[i];
        for (size_t k = 0; k < layer->n_docs; k++)
            yaml_doc_free(layer->docs[k]);
        for (size_t k = 0; k < layer->n_files; k++) {
            free(layer->files[k].path);
            free(layer->files[k].shown);
            free(layer->files[k].text);
        }
        free(layer->docs);
        free(layer->files);
    }
}

const struct source_file *loader_file(const struct loader *loader, const char *path)
{
    for (size_t i = loader->n_layers; i-- > 0;)
        for (size_t k = 0; k < loader->layers[i].n_files; k++)
            if (!strcmp(loader->layers[i].files[k].path, path))
                return &loader->layers[i].files[k];
    return NULL;
}
