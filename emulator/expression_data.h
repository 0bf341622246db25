// The inside of an expression, for expression*.c.
#ifndef EMULATOR_EXPRESSION_DATA_H
#define EMULATOR_EXPRESSION_DATA_H

#include "emulator/expression.h"

enum expression_kind {
    EXPRESSION_TEXT,
    EXPRESSION_VARIABLE, // number: enum template_variable
    EXPRESSION_FACT,     // number: of the platform's facts
    EXPRESSION_FIELD,
    EXPRESSION_ARGUMENT, // of the command, or an answer; text: its name
    EXPRESSION_LOCAL,    // number: of the template's own values
    EXPRESSION_DEVICE,   // the device's number
    EXPRESSION_DEVICES,
    EXPRESSION_INDEX,
    EXPRESSION_CALL,
    EXPRESSION_NOT,
    EXPRESSION_OPERATOR, // text: which
};

struct expression {
    enum expression_kind kind;
    char *text;
    size_t number;
    bool needs_config; // of a fact
    const struct function *function;
    struct expression *arguments[EXPRESSION_ARGUMENTS_MAX];
    size_t n_arguments;
};

#endif
