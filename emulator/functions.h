// The functions of template expressions, one table.
#ifndef EMULATOR_FUNCTIONS_H
#define EMULATOR_FUNCTIONS_H

#include "emulator/template.h"

struct function {
    const char *name;
    size_t min_arguments, max_arguments;
    bool needs_config;
    void (*call)(struct template_scope *scope, const char *const *arguments, size_t n,
                 struct buf *out);
};

const struct function *function_find(const char *name);
const char *function_name(size_t i); // of the table, NULL behind its end

#endif
