#include "sim/grain.h"

#include "base/rng.h"

enum { DRAWS = 1000 };            // for the mean of a distribution
enum { STRETCH_ROUNDS_MIN = 20 }; // of what a session computes in one go

static double mean_ns(const struct latency *latency)
{
    struct rng rng;
    double sum = 0;
    if (latency->kind == LATENCY_CONSTANT)
        return (double)latency->a_ns;
    rng_seed(&rng, 1);
    for (int i = 0; i < DRAWS; i++)
        sum += (double)latency_draw(latency, &rng);
    return sum / DRAWS;
}

bool grain_is_plain(const struct experiment *experiment, const struct run_spec *spec,
                    const struct sim_costs *costs, uint32_t cores)
{
    return spec->strategy == STRATEGY_THREADS && spec->workers > 1 && !spec->background &&
           !costs->emulator && !experiment->work.echo_ns && !costs->timeshare && cores > 1;
}

double grain_session_ns(const struct experiment *experiment)
{
    return mean_ns(&experiment->work.cpu_command) * (double)experiment->work.commands.len +
           mean_ns(&experiment->work.cpu_login);
}

uint32_t grain_of(const struct experiment *experiment, const struct run_spec *spec,
                  const struct sim_costs *costs, uint32_t cores)
{
    double check_ns = (double)((spec->check_interval + 1) * costs->tick_ns_x1000) / 1000;
    bool semaphore = spec->interpreter->gil == GIL_TICKS && costs->tick_lock == TICK_LOCK_SEMAPHORE;
    if (!semaphore || !grain_is_plain(experiment, spec, costs, cores) || check_ns < 1)
        return 1;
    double grain = grain_session_ns(experiment) * spec->devices / check_ns / GRAIN_ROUNDS_MAX;
    double most = mean_ns(&experiment->work.cpu_command) / check_ns / STRETCH_ROUNDS_MIN;
    if (grain > most)
        grain = most;
    return grain > 1 ? (uint32_t)grain : 1;
}

void grain_set(struct sim_costs *costs, uint32_t grain)
{
    costs->grain = grain;
    costs->quantum_ns *= grain;
    costs->slice_ns *= grain;
    costs->cache_hot_ns *= grain;
    costs->idle_moment_ns *= grain;
}
