#include "client/orphan.h"

#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

void orphan_ends(pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) // it died before the line above
        _exit(1);
}
