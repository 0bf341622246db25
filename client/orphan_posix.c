#include "client/orphan.h"

#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <unistd.h>

enum { LOOK_MS = 100 };

static void *look(void *parent)
{
    while (getppid() == (pid_t)(intptr_t)parent)
        poll(NULL, 0, LOOK_MS);
    _exit(1);
}

void orphan_ends(pid_t parent)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, look, (void *)(intptr_t)parent) == 0)
        pthread_detach(thread);
}
