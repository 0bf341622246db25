// The inside of the functions, for functions*.c: each file fills a table.
#ifndef EMULATOR_FUNCTIONS_DATA_H
#define EMULATOR_FUNCTIONS_DATA_H

#include "emulator/functions.h"

#include <stdint.h>
#include <stdlib.h>

typedef const char *const *arguments;

// Ended by an entry without a name.
extern const struct function functions_of_addresses[];
extern const struct function functions_of_history[];
extern const struct function functions_of_texts[];

static inline int64_t integer(const char *text)
{
    return strtoll(text, NULL, 10);
}

#endif
