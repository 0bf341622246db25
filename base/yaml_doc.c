#include "base/yaml_doc.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/units.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <yaml.h>

enum {
    FILE_MAX_BYTES = 16 << 20,
    DEPTH_MAX = 32,
    MAP_MAX = 10000, // entries; a key is looked for among all before it
    LIST_MAX = 1000000,
    READABLE_MAX = 24, // keys that a message can list
};

struct yaml_node {
    const struct yaml_doc *doc;
    enum yaml_kind kind;
    bool plain; // a scalar written without quotes
    size_t line;
    size_t column;
    char *text;
    size_t len;
    struct yaml_node **keys; // of a map; NULL in a list
    struct yaml_node **values;
};

struct yaml_doc {
    char *name;
    const char *text; // borrowed; while it is read
    size_t len;
    bool is_value; // of an option, not a file
    struct yaml_node *root;
};

static void free_node(struct yaml_node *node)
{
    if (!node)
        return;
    for (size_t i = 0; i < node->len; i++) {
        if (node->keys)
            free_node(node->keys[i]);
        free_node(node->values[i]);
    }
    free(node->keys);
    free(node->values);
    free(node->text);
    free(node);
}

void yaml_doc_free(struct yaml_doc *doc)
{
    if (!doc)
        return;
    free_node(doc->root);
    free(doc->name);
    free(doc);
}

static struct yaml_node *node_new(const struct yaml_doc *doc, const yaml_event_t *event,
                                  enum yaml_kind kind)
{
    struct yaml_node *node = alloc_zero(1, sizeof *node);
    node->doc = doc;
    node->kind = kind;
    node->line = event->start_mark.line + 1;
    node->column = event->start_mark.column + 1;
    return node;
}

// Bytes that are no text have an offset, but no mark.
static int reader_error(const struct yaml_doc *doc, const yaml_parser_t *parser, struct err *err)
{
    size_t line = 1;
    size_t column = 1;
    for (size_t i = 0; i < parser->problem_offset && i < doc->len; i++) {
        bool is_end = doc->text[i] == '\n';
        line += is_end;
        column = is_end ? 1 : column + 1;
    }
    return err_input(err, "%s:%zu:%zu: not valid YAML: %s; a file is text in UTF-8", doc->name,
                     line, column, parser->problem);
}

// Is the line of the problem indented with tabs?
static bool has_tab(const struct yaml_doc *doc, const yaml_parser_t *parser)
{
    const char *at = doc->text;
    const char *end = doc->text + doc->len;
    for (size_t line = 0; line < parser->problem_mark.line && at < end; line++) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        at = newline ? newline + 1 : end;
    }
    while (at < end && *at == ' ')
        at++;
    return at < end && *at == '\t';
}

static int parser_error(const struct yaml_doc *doc, const yaml_parser_t *parser, struct err *err)
{
    if (parser->error == YAML_READER_ERROR)
        return reader_error(doc, parser, err);
    if (has_tab(doc, parser))
        return err_input(err,
                         "%s:%zu:%zu: not valid YAML: a tab at the beginning of the line; "
                         "indent with spaces",
                         doc->name, parser->problem_mark.line + 1, parser->problem_mark.column + 1);
    const char *context = parser->context ? parser->context : "";
    return err_input(err, "%s:%zu:%zu: not valid YAML: %s%s%s", doc->name,
                     parser->problem_mark.line + 1, parser->problem_mark.column + 1, context,
                     *context ? ", " : "", parser->problem ? parser->problem : "unknown problem");
}

static int next_event(const struct yaml_doc *doc, yaml_parser_t *parser, yaml_event_t *event,
                      struct err *err)
{
    if (!yaml_parser_parse(parser, event))
        return parser_error(doc, parser, err);
    if (event->type == YAML_ALIAS_EVENT) {
        err_input(err, "%s:%zu:%zu: aliases (*name) are not supported; write the value out",
                  doc->name, event->start_mark.line + 1, event->start_mark.column + 1);
        yaml_event_delete(event);
        return -1;
    }
    return 0;
}

static struct yaml_node *read_node(const struct yaml_doc *doc, yaml_parser_t *parser,
                                   yaml_event_t *event, int depth, struct err *err);

static void grow(struct yaml_node *node)
{
    if (node->len & (node->len - 1)) // the arrays double at each power of two
        return;
    size_t cap = node->len ? node->len * 2 : 1;
    node->values = alloc_resize(node->values, cap, sizeof(struct yaml_node *));
    if (node->kind == YAML_MAP)
        node->keys = alloc_resize(node->keys, cap, sizeof(struct yaml_node *));
}

static int read_entry(struct yaml_node *node, yaml_parser_t *parser, yaml_event_t *event, int depth,
                      struct err *err)
{
    struct yaml_node *key = NULL;
    if (node->kind == YAML_MAP) {
        key = read_node(node->doc, parser, event, depth, err);
        if (!key)
            return -1;
        if (key->kind != YAML_SCALAR || yaml_find(node, key->text)) {
            if (key->kind != YAML_SCALAR)
                yaml_error(key, err, "a key must be a plain word");
            else
                yaml_error(key, err, "'%s' is there twice; keep one", key->text);
            free_node(key);
            return -1;
        }
        if (next_event(node->doc, parser, event, err) < 0) {
            free_node(key);
            return -1;
        }
    }
    struct yaml_node *value = read_node(node->doc, parser, event, depth, err);
    if (!value) {
        free_node(key);
        return -1;
    }
    grow(node);
    if (key)
        node->keys[node->len] = key;
    node->values[node->len++] = value;
    return 0;
}

static int read_entries(struct yaml_node *node, yaml_parser_t *parser, int depth, struct err *err)
{
    yaml_event_type_t end =
        node->kind == YAML_MAP ? YAML_MAPPING_END_EVENT : YAML_SEQUENCE_END_EVENT;
    for (;;) {
        yaml_event_t event;
        if (next_event(node->doc, parser, &event, err) < 0)
            return -1;
        if (event.type == end) {
            yaml_event_delete(&event);
            return 0;
        }
        size_t max = node->kind == YAML_MAP ? MAP_MAX : LIST_MAX;
        if (node->len == max) {
            yaml_event_delete(&event);
            return yaml_error(node, err, "more than %zu entries; is it the right file?", max);
        }
        if (read_entry(node, parser, &event, depth, err) < 0)
            return -1;
    }
}

// Takes over the event. A failure leaves nothing behind.
static struct yaml_node *read_node(const struct yaml_doc *doc, yaml_parser_t *parser,
                                   yaml_event_t *event, int depth, struct err *err)
{
    enum yaml_kind kind = event->type == YAML_SCALAR_EVENT           ? YAML_SCALAR
                          : event->type == YAML_SEQUENCE_START_EVENT ? YAML_LIST
                                                                     : YAML_MAP;
    struct yaml_node *node = node_new(doc, event, kind);
    if (kind == YAML_SCALAR) {
        node->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
        node->text =
            alloc_strndup((const char *)event->data.scalar.value, event->data.scalar.length);
    }
    bool has_nul = kind == YAML_SCALAR && strlen(node->text) != event->data.scalar.length;
    yaml_event_delete(event);
    if (depth > DEPTH_MAX || has_nul) {
        if (has_nul)
            yaml_error(node, err, "a text cannot hold a NUL byte");
        else
            yaml_error(node, err, "nested more than %d deep", DEPTH_MAX);
        free_node(node);
        return NULL;
    }
    if (kind != YAML_SCALAR && read_entries(node, parser, depth + 1, err) < 0) {
        free_node(node);
        return NULL;
    }
    return node;
}

static int read_document(struct yaml_doc *doc, yaml_parser_t *parser, struct err *err)
{
    for (;;) {
        yaml_event_t event;
        if (next_event(doc, parser, &event, err) < 0)
            return -1;
        yaml_event_type_t type = event.type;
        bool is_node = type == YAML_SCALAR_EVENT || type == YAML_SEQUENCE_START_EVENT ||
                       type == YAML_MAPPING_START_EVENT;
        if (is_node && doc->root) {
            err_input(err, "%s:%zu:1: a second document; keep one in a file", doc->name,
                      event.start_mark.line + 1);
            yaml_event_delete(&event);
            return -1;
        }
        if (is_node) {
            doc->root = read_node(doc, parser, &event, 0, err);
            if (!doc->root)
                return -1;
            continue;
        }
        yaml_event_delete(&event);
        if (type == YAML_STREAM_END_EVENT)
            return 0;
    }
}

static struct yaml_doc *load(const char *name, const char *text, size_t len, bool is_value,
                             struct err *err)
{
    struct yaml_doc *doc = alloc_zero(1, sizeof *doc);
    doc->name = alloc_strdup(name);
    doc->text = text;
    doc->len = len;
    doc->is_value = is_value;
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser)) {
        err_set(err, "cannot start the YAML parser");
        yaml_doc_free(doc);
        return NULL;
    }
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, len);
    int result = read_document(doc, &parser, err);
    yaml_parser_delete(&parser);
    if (result < 0) {
        yaml_doc_free(doc);
        return NULL;
    }
    doc->text = NULL;
    return doc;
}

struct yaml_doc *yaml_doc_load_text(const char *name, const char *text, size_t len, struct err *err)
{
    return load(name, text, len, false, err);
}

struct yaml_doc *yaml_doc_load_value(const char *name, const char *text, struct err *err)
{
    return load(name, text, strlen(text), true, err);
}

static int read_file(const char *path, struct buf *text, struct err *err)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return err_input(err, "cannot open '%s': %s", path, strerror(errno));
    struct stat info;
    if (fstat(fileno(file), &info) == 0 && S_ISDIR(info.st_mode)) {
        fclose(file);
        return err_input(err, "cannot read '%s': it is a folder, a YAML file is wanted", path);
    }
    char chunk[16384];
    size_t got;
    while ((got = fread(chunk, 1, sizeof chunk, file)) > 0 && text->len <= FILE_MAX_BYTES)
        buf_add(text, chunk, got);
    int failed = ferror(file);
    fclose(file);
    if (failed)
        return err_input(err, "cannot read '%s': %s", path, strerror(errno));
    if (text->len > FILE_MAX_BYTES)
        return err_input(err, "'%s' is larger than 16 MiB; is it the right file?", path);
    return 0;
}

struct yaml_doc *yaml_doc_load_file(const char *path, struct err *err)
{
    struct buf text = {0};
    struct yaml_doc *doc = NULL;
    if (read_file(path, &text, err) == 0)
        doc = yaml_doc_load_text(path, buf_text(&text), text.len, err);
    buf_fini(&text);
    return doc;
}

const char *yaml_doc_name(const struct yaml_doc *doc)
{
    return doc->name;
}

const struct yaml_node *yaml_doc_root(const struct yaml_doc *doc)
{
    return doc->root;
}

enum yaml_kind yaml_kind(const struct yaml_node *node)
{
    return node->kind;
}

const char *yaml_text(const struct yaml_node *node)
{
    return node->text ? node->text : "";
}

bool yaml_is_null(const struct yaml_node *node)
{
    if (node->kind != YAML_SCALAR || !node->plain)
        return false;
    return !*node->text || !strcmp(node->text, "~") || !strcmp(node->text, "null");
}

size_t yaml_len(const struct yaml_node *node)
{
    return node->len;
}

const struct yaml_node *yaml_item(const struct yaml_node *list, size_t i)
{
    return list->values[i];
}

const struct yaml_node *yaml_key(const struct yaml_node *map, size_t i)
{
    return map->keys[i];
}

const struct yaml_node *yaml_value(const struct yaml_node *map, size_t i)
{
    return map->values[i];
}

const struct yaml_node *yaml_find(const struct yaml_node *map, const char *key)
{
    if (map->kind != YAML_MAP)
        return NULL;
    for (size_t i = 0; i < map->len; i++)
        if (!strcmp(map->keys[i]->text, key))
            return map->values[i];
    return NULL;
}

int yaml_place(const struct yaml_node *node, struct err *err)
{
    if (node->doc->is_value && node == node->doc->root)
        return err_prefix(err, "%s: ", node->doc->name);
    return err_prefix(err, "%s:%zu:%zu: ", node->doc->name, node->line, node->column);
}

int yaml_error(const struct yaml_node *node, struct err *err, const char *fmt, ...)
{
    char text[768];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    err_input(err, "%s", text);
    return yaml_place(node, err);
}

int yaml_expect(const struct yaml_node *node, enum yaml_kind kind, const char *what,
                struct err *err)
{
    static const char *const names[] = {"a single value", "a list", "a map of keys"};
    if (node->kind == kind)
        return 0;
    return yaml_error(node, err, "'%s' must be %s, not %s", what, names[kind],
                      yaml_is_null(node) ? "empty" : names[node->kind]);
}

static void write_names(const char *const *names, struct buf *out)
{
    for (const char *const *name = names; *name; name++)
        buf_printf(out, "%s%s", name == names ? "" : ", ", *name);
}

int yaml_expect_keys(const struct yaml_node *node, const char *what, const char *const *names,
                     struct err *err)
{
    if (yaml_expect(node, YAML_MAP, what, err) == 0)
        return 0;
    struct buf known = {0};
    write_names(names, &known);
    err_input(err, "%s; known in it: %s", err->text, buf_text(&known));
    buf_fini(&known);
    return -1;
}

// {command: lognormal(80ms, 0.3)} has the keys `command` and `0.3)`.
static bool is_behind_a_comma(const struct yaml_node *map, size_t i)
{
    const struct yaml_node *before = map->values[i - 1];
    return strchr(map->keys[i]->text, ')') && before->kind == YAML_SCALAR && before->plain &&
           strchr(before->text, '(') && !strchr(before->text, ')');
}

int yaml_check_keys(const struct yaml_node *map, const char *const *names, struct err *err)
{
    for (size_t i = 0; i < map->len; i++) {
        const char *word = map->keys[i]->text;
        const char *const *name = names;
        while (*name && strcmp(*name, word) != 0)
            name++;
        if (*name)
            continue;
        const char *near = units_nearest_word(word, names);
        if (near)
            return yaml_error(map->keys[i], err, "unknown key '%s'; did you mean '%s'?", word,
                              near);
        if (i > 0 && is_behind_a_comma(map, i))
            return yaml_error(map->keys[i], err,
                              "between { and } a value with a comma needs quotes: \"%s, %s\"",
                              map->values[i - 1]->text, word);
        size_t n_known = (size_t)(name - names);
        if (n_known > READABLE_MAX)
            return yaml_error(map->keys[i], err,
                              "unknown key '%s', like none of the %zu that may stand here", word,
                              n_known);
        struct buf known = {0};
        write_names(names, &known);
        yaml_error(map->keys[i], err, "unknown key '%s'; known here: %s", word, buf_text(&known));
        buf_fini(&known);
        return -1;
    }
    return 0;
}
