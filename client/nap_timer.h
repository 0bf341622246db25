// A timer to the nanosecond that an event loop polls by its descriptor, as libuv's own count whole
// milliseconds. Linux has it (nap_timer_linux.c); elsewhere there is none and the loop's own,
// rounded up, must do (nap_timer_none.c).
#ifndef CLIENT_NAP_TIMER_H
#define CLIENT_NAP_TIMER_H

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

// *fd -1: there is none here. The caller closes it.
int nap_timer_open(int *fd, struct err *err);
void nap_timer_set(int fd, uint64_t due_ns); // clock_now_ns at which it becomes readable
bool nap_timer_rang(int fd);                 // and is quiet again

#endif
