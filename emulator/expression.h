// What stands between the braces of a template. Values are texts; a text of digits is also a
// number.
//
//     'text'  12  name  function(...)  not a   a * b / c % d   a + b - c   a ~ b (joined)
//     a == b  != < <= > >=   a and b   a or b (the first that is not empty)
#ifndef EMULATOR_EXPRESSION_H
#define EMULATOR_EXPRESSION_H

#include "emulator/template.h"

struct expression;
struct function; // functions.h

enum { EXPRESSION_ARGUMENTS_MAX = 4 };

// Reads one expression at *at, which is moved behind it. On an error *at is the mistake.
struct expression *expression_read(const char **at, const struct template_names *names,
                                   struct err *err);
void expression_free(struct expression *expression);
bool expression_needs_config(const struct expression *expression);
void expression_evaluate(const struct expression *expression, struct template_scope *scope,
                         struct buf *out);
bool expression_true(const struct expression *expression,
                     struct template_scope *scope); // neither empty nor 0
int64_t expression_number(const struct expression *expression,
                          struct template_scope *scope); // 0 when it is none

#endif
