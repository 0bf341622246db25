// Somebody who works off a queue at a rate, one after the other, first in first out: the AAA server
// that all devices ask, the control plane of a slow device. Where it stands is one number: when it
// is done with what it has.
#ifndef BASE_RATE_QUEUE_H
#define BASE_RATE_QUEUE_H

#include <stdint.h>

// Puts one more at the end of the queue; returns when it is done, in ns on the clock of now_ns.
// With rate 0 that is now.
uint64_t rate_queue_join(uint64_t *free_ns, double rate_per_s, uint64_t now_ns);
// From now on the rate is another one: who comes next queues behind as many as before, each of whom
// takes the new time.
void rate_queue_change(uint64_t *free_ns, double before_per_s, double after_per_s, uint64_t now_ns);

#endif
