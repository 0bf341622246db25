// The AAA server that all devices of transport sleep ask: its queue, shared by all workers of a
// run, threads and processes alike. (Behind the other transports it is the emulator's.)
#ifndef CLIENT_AAA_QUEUE_H
#define CLIENT_AAA_QUEUE_H

#include <stdint.h>

struct aaa_queue;

// In memory of its own, with a descriptor for processes that are started anew. NULL if there is
// none left.
struct aaa_queue *aaa_queue_new(void);
// What another process made; fd is closed.
struct aaa_queue *aaa_queue_attach(int fd);
void aaa_queue_free(struct aaa_queue *queue);
int aaa_queue_fd(const struct aaa_queue *queue);

// Puts a login at the end; returns when it is answered (clock_now_ns). Any thread.
uint64_t aaa_queue_join(struct aaa_queue *queue, double rate_per_s, uint64_t now_ns);

#endif
