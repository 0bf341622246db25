// What a session has to say and has not said yet, let out no faster than the device's bandwidth. No
// socket, no clock.
#ifndef EMULATOR_OUTPUT_H
#define EMULATOR_OUTPUT_H

#include "base/buf.h"

#include <stdbool.h>
#include <stdint.h>

struct output {
    struct buf bytes;          // append here; what went out already is still in front
    size_t sent;               // of bytes
    uint64_t rate_bytes_per_s; // while paced
    uint64_t paced_since_ns;   // the answer's first byte
    uint64_t paced_sent;       // bytes since then
    bool paced;                // until all is out
};

void output_fini(struct output *output);

// From now on bytes leave at the rate (0: no limit): the first at once, the n-th n / rate after
// now. Does nothing while a pace is on.
void output_pace(struct output *output, uint64_t rate_bytes_per_s, uint64_t now_ns);

size_t output_waiting(const struct output *output);                // bytes not sent
size_t output_ready(const struct output *output, uint64_t now_ns); // of these, how many may go now
const char *output_front(const struct output *output);             // the first of them
void output_sent(struct output *output, size_t len);               // they went out
uint64_t output_next_ns(const struct output *output,
                        uint64_t now_ns); // when more may go; TIMERS_NEVER: no wait

#endif
