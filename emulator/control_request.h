// The requests of the control channel: JSON objects {"request": NAME, ...}, as netbaton-ctl(1) has
// them. The answer is {"ok": true, ...}, or {"ok": false, "error": TEXT, "exit": N} where N is what
// a command that asked for this ends with.
#ifndef EMULATOR_CONTROL_REQUEST_H
#define EMULATOR_CONTROL_REQUEST_H

#include "base/err.h"
#include "emulator/server.h"

#include <jansson.h>
#include <stddef.h>

// The answer to a line as one line with its newline; the caller frees.
char *control_answer(struct server *server, const char *line, size_t len);
// The answer to what was no request.
char *control_refusal(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

// The devices that request["device"] names, all of them if it does not (emulator/device_row.h).
int control_devices(struct server *server, const json_t *request, struct device_row *row,
                    struct err *err);

// In emulator/control_settings.c: what is set for devices. The answer, or NULL with an error.
json_t *control_show(struct server *server, const json_t *request, struct err *err);
json_t *control_set(struct server *server, const json_t *request, struct err *err);
json_t *control_reset(struct server *server, const json_t *request, struct err *err);

#endif
