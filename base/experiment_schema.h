// The keys of an experiment file: for each its path, where its value lies, how it is read, checked
// and written. Only experiment.c and experiment_schema.c use it.
#ifndef BASE_EXPERIMENT_SCHEMA_H
#define BASE_EXPERIMENT_SCHEMA_H

#include "base/buf.h"
#include "base/experiment.h"
#include "base/yaml_doc.h"

struct field;

// How a kind of value is read from a node into its place in the experiment, printed, and freed.
struct field_type {
    int (*read)(const struct field *field, const struct yaml_node *node, void *place,
                struct err *err);
    void (*print)(const struct field *field, const void *place, struct buf *out);
    void (*fini)(void *place); // NULL: nothing to free
};

struct field {
    const char *path; // "devices.latency.login"
    size_t offset;    // in struct experiment
    const struct field_type *type;
    const char *fallback; // the default, as it would stand in the file
    uint64_t min;         // of counts
    uint64_t max;
    const char *const *words; // of word lists: the names, the index is the value
};

extern const struct field
    experiment_fields[]; // ended by a NULL path, in the order they are written

#endif
