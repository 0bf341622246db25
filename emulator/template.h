// Output templates: text with {{...}} in it. platforms/README.md is the manual; in short
//
//     {{expression}}  {{expression:20}}  {{expression:>8}}     value, padded on the right, on the
//     left
//     {{if expression}} ... {{elif expression}} ... {{else}} ... {{end}}
//     {{for 'interface'}} ... {{end}}        every top line of the configuration that begins so
//     {{for child 'network'}} ... {{end}}    every such line below the current one
//     {{for now 'session'}} ... {{end}}      every such line of what goes on at the moment
//     {{times 3}} ... {{end}}                {{index}} counts from 1
//     {{let total = total + 1}}              a value of the template's own
//
// A line that holds nothing but if, elif, else, for, times, let, end or {{# a remark }} leaves no
// line behind. Compiled once, rendered by any thread.
#ifndef EMULATOR_TEMPLATE_H
#define EMULATOR_TEMPLATE_H

#include "base/buf.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TEMPLATE_LOCALS_MAX = 16 };

struct config;
struct config_line;
struct device;
struct device_visit;
struct parsed;
struct platform;
struct template;

// What the session tells a template; their names are in expression.c.
enum template_variable {
    VARIABLE_HOSTNAME,
    VARIABLE_USER,
    VARIABLE_LINE,      // "vty 0"
    VARIABLE_PEER,      // the client's address
    VARIABLE_PRIVILEGE, // 1 or 15
    VARIABLE_ROWS,
    VARIABLE_COLUMNS,
    VARIABLE_TYPED,          // the command as typed
    VARIABLE_HISTORY,        // the last commands, a line each
    VARIABLE_MODE,           // the mode's name
    VARIABLE_SECTION,        // the heading of the section that is being configured
    VARIABLE_CONFIG_SESSION, // the name of the configuration session, "" outside of one
    VARIABLE_AMOUNT,         // a number the command's handler found: bytes copied
    VARIABLE_PASSWORD,       // of the experiment's user, for the first configuration
    VARIABLE_SECRET,
    VARIABLE_LOGIN_USER,
    TEMPLATE_VARIABLES,
};

struct template_answer {
    const char *name;
    const char *text;
};

// All borrowed. config may be NULL when template_needs_config says so.
struct template_scope {
    const struct platform *platform;
    uint64_t seed;
    uint32_t device;
    uint32_t devices; // how many there are
    const struct config *config;
    const struct config *running; // config, or where config is a candidate, what works meanwhile
    bool as_set;                  // configuration with braces is to be shown as commands
    struct device *owner;         // for those who fill the scope
    const struct device_visit *visit; // of the session that asks; NULL: none
    int64_t now_ms;                   // wall clock, since 1970
    int64_t boot_s;                   // when the device started
    const struct parsed *parsed;
    const char *variables[TEMPLATE_VARIABLES]; // NULL reads as ""
    const struct template_answer *answers;     // to the command's questions
    size_t n_answers;

    // Moved by loops while rendering; zero at the start.
    const struct config_line *at;
    uint64_t index;
    struct buf locals[TEMPLATE_LOCALS_MAX];
};

// Where names come from when a template is compiled. All may be NULL.
struct template_names {
    const struct platform *platform; // its facts and fields so far
    const char *pattern;             // of the command: its arguments
    const char *const *others;       // ended by NULL
    const char *const *locals;       // set by {{let}}; ended by NULL
};

// On an error *offset is the place of the mistake in the text.
struct template *template_compile(const char *text, const struct template_names *names,
                                  size_t *offset, struct err *err);
// The whole text is one expression, without braces.
struct template *template_compile_expression(const char *text, const struct template_names *names,
                                             size_t *offset, struct err *err);
void template_free(struct template *template);

bool template_needs_config(const struct template *template);
void template_render(const struct template *template, struct template_scope *scope,
                     struct buf *out);

#endif
