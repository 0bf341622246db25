// The keys of an experiment file: for each its path, where its value lies, how it is read, checked
// and written. Only experiment*.c use it.
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

// The fields whose place in struct experiment is from `first` to before `end`: those of an
// experiment or of what is set for one device. They lie in `base`, the one at `first` in front. The
// group that the reading begins with may have keys of another table too, whose fields lie in
// more_base.
struct field_range {
    void *base;
    size_t first;
    size_t end;
    const struct field *more; // NULL: none
    void *more_base;
};

// What a file and overrides say, while they are read.
struct experiment_reader {
    struct experiment *experiment;
    struct yaml_doc **docs; // kept, for nodes are looked at until the end
    size_t n_docs;
    const struct yaml_node *count;    // of devices.count; NULL: not said
    const struct yaml_node *named;    // of devices.named; NULL: not said
    const struct yaml_node *strategy; // of runs.strategy; NULL: not said
};

// experiment_read.c
void experiment_reader_keep(struct experiment_reader *reader, struct yaml_doc *doc); // takes doc
void experiment_reader_fini(struct experiment_reader *reader);
// The keys of a map into the fields of the group, like "devices"; the top group is "". reader may
// be NULL when the range is that of the settings of one device.
int experiment_read_group(struct experiment_reader *reader, const struct field_range *range,
                          const char *group, const struct yaml_node *node, struct err *err);
int experiment_read_override(struct experiment_reader *reader, const char *override,
                             struct err *err); // "KEY=VALUE"
struct field_range experiment_settings_range(struct device_settings *settings);

// experiment_named.c: devices.named is read when all else is.
extern const struct field_type experiment_type_named;
int experiment_read_named(struct experiment_reader *reader, struct err *err);

// The types of fields that other tables have too.
extern const struct field_type experiment_type_text;
extern const struct field_type experiment_type_texts;
extern const struct field_type experiment_type_u32;
void experiment_print_quoted(const char *text, struct buf *out);

#endif
