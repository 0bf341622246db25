// A process that does not outlive the one that started it: nothing is left running when a run is
// killed. On Linux the kernel ends it (orphan_linux.c); elsewhere a thread of it looks who its
// parent is, ten times a second (orphan_posix.c).
#ifndef CLIENT_ORPHAN_H
#define CLIENT_ORPHAN_H

#include <sys/types.h>

// In the child, once; a fork of the child needs a call of its own. parent: who started it.
void orphan_ends(pid_t parent);

#endif
