#include "emulator/delay.h"

const char *const fault_names[FAULTS] = {"none", "refuse", "hang", "drop", "auth_fail"};

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

enum fault delay_fault(const struct faults *faults, const struct delay_key *key, size_t n_commands,
                       uint64_t *drop_at)
{
    static const enum fault order[] = {FAULT_REFUSE, FAULT_HANG, FAULT_DROP, FAULT_AUTH_FAIL};
    const double shares[] = {faults->refuse, faults->hang, faults->drop, faults->auth_fail};
    struct rng rng;
    rng_key(&rng, key->seed, key->device, key->session, RNG_STEP_FAULT);
    double where = rng_uniform(&rng);
    *drop_at = n_commands / 2;
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        if (where < shares[i])
            return order[i];
        where -= shares[i];
    }
    return FAULT_NONE;
}
