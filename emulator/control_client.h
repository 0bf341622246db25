// The other end of a control channel: finds the emulator, asks, waits for the answer.
#ifndef EMULATOR_CONTROL_CLIENT_H
#define EMULATOR_CONTROL_CLIENT_H

#include "base/err.h"

#include <jansson.h>

// A connected socket: to the emulator at path, or with NULL to the only one that runs; -1 with an
// error, which with several names them.
int control_client_open(const char *path, struct err *err);

// The answer to a request, or NULL with an error when it is refused. The caller frees.
json_t *control_client_ask(int fd, const json_t *request, struct err *err);

#endif
