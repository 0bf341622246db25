#include "client/burn.h"

#include <assert.h>
#include <time.h>

// A try is as long as one of a Python program (300,000 passes of its loop, some 6 ms), so that both
// find the same speed on a core whose speed changes.
enum { TRIES = 9, TRY_PASSES = 5000000, LOOKS = 3, LOOK_PASSES = 300000 };

// A chain of dependent operations that the compiler may neither shorten nor drop.
static void spin(uint64_t passes)
{
    uint64_t x = passes;
    while (passes > 0) {
        x = x * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        __asm__ volatile("" : "+r"(x));
        passes--;
    }
}

// The remainder of a step goes to the next, so that nothing is lost by rounding. tick_share: of the
// old lock's ticks, beside a loop's.
static void burn_passes(const struct burner *burner, struct gil *gil, struct gil_thread *thread,
                        double passes, double tick_share)
{
    double carried = 0;
    while (passes > 0) {
        double step = gil_gap_ns(gil, tick_share) * burner->passes_per_ns;
        if (step > passes)
            step = passes;
        carried += step;
        uint64_t whole = (uint64_t)carried;
        spin(whole);
        carried -= (double)whole;
        passes -= step;
        gil_check(gil, thread, step / burner->passes_per_ns * tick_share);
    }
}

// Of this thread: time that others have the core does not count.
static double cpu_now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

void burn_calibrate(struct burner *burner)
{
    burner->passes_per_ns = 1; // the steps' length only
    double best = 0;
    for (int i = 0; i < TRIES; i++) {
        double start_ns = cpu_now_ns();
        burn_passes(burner, NULL, NULL, TRY_PASSES, 1);
        double rate = TRY_PASSES / (cpu_now_ns() - start_ns);
        if (rate > best)
            best = rate;
    }
    burner->passes_per_ns = best;
}

double burn_pass_ns(void)
{
    double best = 0;
    for (int i = 0; i < LOOKS; i++) {
        double start_ns = cpu_now_ns();
        spin(LOOK_PASSES);
        double each = (cpu_now_ns() - start_ns) / LOOK_PASSES;
        if (i == 0 || each < best)
            best = each;
    }
    return best;
}

static void burn_ticking(const struct burner *burner, struct gil *gil, struct gil_thread *thread,
                         uint64_t cpu_ns, double tick_share)
{
    assert(burner->passes_per_ns > 0);
    burn_passes(burner, gil, thread, (double)cpu_ns * burner->passes_per_ns, tick_share);
}

void burn(const struct burner *burner, struct gil *gil, struct gil_thread *thread, uint64_t cpu_ns)
{
    burn_ticking(burner, gil, thread, cpu_ns, burner->code_share > 0 ? burner->code_share : 1);
}

void burn_calls(const struct burner *burner, struct gil *gil, struct gil_thread *thread,
                uint64_t cpu_ns, double loop_ns)
{
    double share = (double)cpu_ns > loop_ns && loop_ns > 0 ? loop_ns / (double)cpu_ns : 1;
    burn_ticking(burner, gil, thread, cpu_ns, share);
}

void burn_loop(const struct burner *burner, struct gil *gil, struct gil_thread *thread,
               uint64_t cpu_ns)
{
    burn_ticking(burner, gil, thread, cpu_ns, 1);
}

void burn_work(const struct burner *burner, struct gil *gil, struct gil_thread *thread,
               uint64_t cpu_ns)
{
    burn_loop(burner, gil, thread, (uint64_t)((double)cpu_ns * gil_work_factor(gil)));
}
