// The answers of the control channel as people read them.
#ifndef EMULATOR_CONTROL_PRINT_H
#define EMULATOR_CONTROL_PRINT_H

#include <jansson.h>
#include <stdio.h>

void control_print_sessions(const json_t *answer, FILE *out);
void control_print_counters(const json_t *answer, FILE *out);
void control_print_settings(const json_t *answer, FILE *out);
void control_print_changed(const json_t *answer, FILE *out);
void control_print_dropped(const json_t *answer, FILE *out);

#endif
