// A YAML file as a tree whose every node knows its place, for messages "FILE:LINE:COLUMN: ...".
//
// One document, aliases and duplicate keys refused, at most 16 MiB, 10000 keys in a map. Built on
// libyaml's document tree.
#ifndef BASE_YAML_DOC_H
#define BASE_YAML_DOC_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

struct yaml_doc;
struct yaml_node; // lives as long as its document

enum yaml_kind { YAML_SCALAR, YAML_LIST, YAML_MAP };

// The caller frees with yaml_doc_free. name is what messages call the text.
struct yaml_doc *yaml_doc_load_file(const char *path, struct err *err);
struct yaml_doc *yaml_doc_load_text(const char *name, const char *text, size_t len,
                                    struct err *err);
// The value of an option: messages about the whole of it are "NAME: ...", without a place.
struct yaml_doc *yaml_doc_load_value(const char *name, const char *text, struct err *err);
void yaml_doc_free(struct yaml_doc *doc);

const char *yaml_doc_name(const struct yaml_doc *doc);
const struct yaml_node *yaml_doc_root(const struct yaml_doc *doc); // NULL when the file is empty

enum yaml_kind yaml_kind(const struct yaml_node *node);
const char *yaml_text(const struct yaml_node *node); // of a scalar; "" otherwise
bool yaml_is_null(const struct yaml_node *node);     // an unquoted empty scalar, ~ or null
size_t yaml_len(const struct yaml_node *node);       // entries of a list or map; 0 for a scalar
const struct yaml_node *yaml_item(const struct yaml_node *list, size_t i);
const struct yaml_node *yaml_key(const struct yaml_node *map, size_t i); // a scalar
const struct yaml_node *yaml_value(const struct yaml_node *map, size_t i);
const struct yaml_node *yaml_find(const struct yaml_node *map,
                                  const char *key); // the value, or NULL

// Puts "FILE:LINE:COLUMN: " in front of err's text; returns -1.
int yaml_place(const struct yaml_node *node, struct err *err);
// The same with a text of its own (an input error).
int yaml_error(const struct yaml_node *node, struct err *err, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
// An input error when the node is not of that kind: "'devices' must be a map of keys, not a list".
int yaml_expect(const struct yaml_node *node, enum yaml_kind kind, const char *what,
                struct err *err);
// An input error when the node is no map: tells the names that may stand in it (ended by NULL).
int yaml_expect_keys(const struct yaml_node *node, const char *what, const char *const *names,
                     struct err *err);
// An input error when the map has a key that names (ended by NULL) does not list: tells the nearest
// right name.
int yaml_check_keys(const struct yaml_node *map, const char *const *names, struct err *err);

#endif
