#include "client/usage.h"

#include "base/clock.h"

#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <sys/wait.h>

static double seconds(const struct timeval *time)
{
    return (double)time->tv_sec + (double)time->tv_usec / 1e6;
}

#ifdef __APPLE__
enum { MAXRSS_PER_KB = 1024 }; // bytes there
#else
enum { MAXRSS_PER_KB = 1 };
#endif

uint64_t usage_peak_kb(const struct rusage *rusage)
{
    return (uint64_t)rusage->ru_maxrss / MAXRSS_PER_KB;
}

struct usage usage_of(const struct rusage *rusage)
{
    return (struct usage){
        .user_s = seconds(&rusage->ru_utime),
        .sys_s = seconds(&rusage->ru_stime),
        .ctx_voluntary = (double)rusage->ru_nvcsw,
        .ctx_involuntary = (double)rusage->ru_nivcsw,
        .peak_kb = (double)usage_peak_kb(rusage),
    };
}

int usage_wait(pid_t pid, uint64_t limit_ns, int *status, struct rusage *rusage)
{
    uint64_t until = clock_now_ns() + limit_ns;
    for (;;) {
        pid_t got = wait4(pid, status, WNOHANG, rusage);
        if (got == pid)
            return 1;
        if (got < 0 && errno != EINTR)
            return -1;
        if (clock_now_ns() >= until)
            return 0;
        poll(NULL, 0, 1); // wait4 has no time limit of its own
    }
}
