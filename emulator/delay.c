#include "emulator/delay.h"

static uint64_t draw(const struct latency *latency, const struct delay_key *key, uint64_t step)
{
    if (latency_is_zero(latency))
        return 0;
    struct rng rng;
    rng_key(&rng, key->seed, key->device, key->session, step);
    return latency_draw(latency, &rng);
}

uint64_t delay_connect_ns(const struct device_latency *latency, const struct delay_key *key)
{
    return draw(&latency->connect, key, RNG_STEP_CONNECT);
}

uint64_t delay_login_ns(const struct device_latency *latency, const struct delay_key *key)
{
    return draw(&latency->login, key, RNG_STEP_LOGIN);
}

uint64_t delay_command_ns(const struct device_latency *latency, const struct delay_key *key,
                          const char *command, bool instant, uint64_t *index)
{
    const struct latency *one = experiment_command_latency(latency, command);
    bool named = one != &latency->command;
    if (!named && (instant || experiment_command_is_instant(latency, command)))
        return 0;
    return draw(one, key, RNG_STEP_COMMAND + (*index)++);
}
