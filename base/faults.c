#include "base/faults.h"

#include "base/rng.h"

#include <stddef.h>

enum { ANSWER_BYTES = 1000 };

const char *const fault_names[] = {
    "none",         "refuse", "hang", "drop",   "auth_fail", "reset", "password_expired",
    "wrong_prompt", "cut",    "drip", "syslog", NULL,
};
const char *const fault_place_names[] = {"connect", "login", "command", "output", "any", NULL};
const char *const fault_rest_names[] = {"silence", "prompt", NULL};

double faults_sum(const struct faults *faults)
{
    double sum = 0;
    for (int kind = FAULT_NONE + 1; kind < FAULT_KINDS; kind++)
        sum += faults->share[kind];
    return sum;
}

static enum fault_kind draw_kind(const struct faults *faults, double where)
{
    for (int kind = FAULT_NONE + 1; kind < FAULT_KINDS; kind++) {
        if (where < faults->share[kind])
            return (enum fault_kind)kind;
        where -= faults->share[kind];
    }
    return FAULT_NONE;
}

struct fault fault_draw(const struct faults *faults, uint64_t seed, uint64_t device,
                        uint64_t session, uint64_t n_commands)
{
    struct rng rng;
    rng_key(&rng, seed, device, session, RNG_STEP_FAULT);
    struct fault fault = {.kind = draw_kind(faults, rng_uniform(&rng)),
                          .place = (enum fault_place)faults->at,
                          .rest = (enum fault_rest)faults->cut_then,
                          .drip_bytes_per_s = faults->drip_bytes_per_s,
                          .command = n_commands / 2};
    if (faults->at == FAULT_AT_ANY)
        fault.place = (enum fault_place)rng_below(&rng, FAULT_PLACES);
    return fault;
}

static bool breaks_at(const struct fault *fault, enum fault_place place)
{
    return (fault->kind == FAULT_DROP || fault->kind == FAULT_RESET) && fault->place == place;
}

enum fault_effect fault_at_accept(const struct fault *fault)
{
    return fault->kind == FAULT_REFUSE ? FAULT_LOSS : FAULT_HARMLESS;
}

enum fault_effect fault_at_connect(const struct fault *fault)
{
    if (fault->kind == FAULT_HANG)
        return FAULT_SILENCE;
    return breaks_at(fault, FAULT_AT_CONNECT) ? FAULT_LOSS : FAULT_HARMLESS;
}

enum fault_effect fault_at_login(const struct fault *fault)
{
    if (fault->kind == FAULT_AUTH_FAIL || fault->kind == FAULT_PASSWORD_EXPIRED)
        return FAULT_REFUSAL;
    return breaks_at(fault, FAULT_AT_LOGIN) ? FAULT_LOSS : FAULT_HARMLESS;
}

enum fault_effect fault_at_command(const struct fault *fault, uint64_t n)
{
    if (n != fault->command)
        return FAULT_HARMLESS;
    if (breaks_at(fault, FAULT_AT_COMMAND) || breaks_at(fault, FAULT_AT_OUTPUT))
        return FAULT_LOSS;
    // A prompt that is wrong from the first one on is learnt by the client, which knows no better.
    bool changes = fault->kind == FAULT_WRONG_PROMPT && fault->place >= FAULT_AT_COMMAND;
    bool stops = fault->kind == FAULT_CUT && fault->rest == FAULT_THEN_SILENCE;
    return changes || stops ? FAULT_SILENCE : FAULT_HARMLESS;
}

uint64_t fault_drip_ns(const struct fault *fault)
{
    if (fault->kind != FAULT_DRIP)
        return 0;
    return ANSWER_BYTES * UINT64_C(1000000000) / fault->drip_bytes_per_s;
}
