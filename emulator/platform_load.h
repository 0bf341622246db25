// How a platform's files become a struct platform. Only for platform*.c.
#ifndef EMULATOR_PLATFORM_LOAD_H
#define EMULATOR_PLATFORM_LOAD_H

#include "emulator/platform_data.h"

#include "base/yaml_doc.h"

// A file of one of the layers: the built-in base, the built-in platform, the user's folder.
struct source_file {
    char *path;  // below the platform's folder: "templates/show_version.txt"
    char *shown; // for messages
    char *text;
    size_t len;
};

struct source_layer {
    struct source_file *files; // by path
    size_t n_files;
    struct yaml_doc **docs; // one for each .yaml file, platform.yaml first
    size_t n_docs;
};

enum { LAYERS_MAX = 5 };

struct loader {
    struct platform *platform;
    struct source_layer layers[LAYERS_MAX]; // the later lies over the earlier
    size_t n_layers;
    struct err *err;
};

// platform_files.c: finds the layers of a platform and reads their files.
int loader_open(struct loader *loader, const char *name, const char *overlay);
void loader_close(struct loader *loader);
// The file of that path in the topmost layer that has it; NULL when none has.
const struct source_file *loader_file(const struct loader *loader, const char *path);

// platform_read.c: everything but commands.
int loader_read_settings(struct loader *loader);
// Calls read with the root of each document, the lower layers' first, until one fails.
int loader_each_document(struct loader *loader,
                         int (*read)(struct loader *loader, const struct yaml_node *root));
// Compiles a template's text given in YAML; its mistakes are told at that place.
struct template *loader_template(struct loader *loader, const struct yaml_node *node,
                                 const struct template_names *names);
struct template *loader_expression(struct loader *loader, const struct yaml_node *node,
                                   const struct template_names *names);
// Compiles a template in a file named by the node.
struct template *loader_template_file(struct loader *loader, const struct yaml_node *node,
                                      const struct template_names *names);
int loader_mode(struct loader *loader, const struct yaml_node *node,
                const char *name); // -1 and an error when unknown

int loader_read_flag(const struct yaml_node *node, bool *flag, struct err *err);
int loader_read_texts(struct loader *loader, const struct yaml_node *list, char ***texts,
                      size_t *n);
int loader_set_template(struct loader *loader, const struct yaml_node *node, struct template **slot,
                        bool file);

// platform_modes.c: of one document each, in this order; then the check of all.
int loader_declare_modes(struct loader *loader, const struct yaml_node *root);
int loader_define_modes(struct loader *loader, const struct yaml_node *root);
int loader_check_modes(struct loader *loader);

// platform_commands.c: the commands and their help.
int loader_read_commands(struct loader *loader);

#endif
