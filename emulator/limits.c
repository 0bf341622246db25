#include "emulator/limits.h"

#include "base/alloc.h"
#include "base/rate_queue.h"

#include <stdlib.h>
#include <uv.h>

// The lines of the devices that somebody talks to: an open-addressed table, a device that has no
// session has no entry.
struct lines {
    uint32_t device;           // 0: empty
    uint32_t used;             // how many
    uint32_t startups;         // of these, how many have not logged in (SSH)
    uint64_t low;              // bit n: line n is in use; lines from 64 on are counted only
    uint64_t commands_done_ns; // when the control plane is done with what it has
};

struct limits_state {
    uv_mutex_t lock;
    double aaa_rate_per_s;
    uint64_t aaa_done_ns; // when the server is done with what it has
    struct lines *table;
    size_t len;
    size_t cap; // a power of 2
};

enum { LOW_LINES = 64, FIRST_CAP = 16 };

struct limits_state *limits_new(double aaa_rate_per_s)
{
    struct limits_state *state = alloc_zero(1, sizeof *state);
    if (uv_mutex_init(&state->lock) != 0)
        abort(); // out of memory, like base/alloc
    state->aaa_rate_per_s = aaa_rate_per_s;
    state->cap = FIRST_CAP;
    state->table = alloc_zero(state->cap, sizeof *state->table);
    return state;
}

void limits_free(struct limits_state *state)
{
    if (!state)
        return;
    uv_mutex_destroy(&state->lock);
    free(state->table);
    free(state);
}

static size_t home(const struct limits_state *state, uint32_t device)
{
    return (device * UINT32_C(2654435761)) & (state->cap - 1);
}

// Its entry, or the empty place where it would stand.
static struct lines *find(struct limits_state *state, uint32_t device)
{
    size_t i = home(state, device);
    while (state->table[i].device && state->table[i].device != device)
        i = (i + 1) & (state->cap - 1);
    return &state->table[i];
}

static void grow(struct limits_state *state)
{
    struct lines *old = state->table;
    size_t old_cap = state->cap;
    state->cap *= 2;
    state->table = alloc_zero(state->cap, sizeof *state->table);
    for (size_t i = 0; i < old_cap; i++)
        if (old[i].device)
            *find(state, old[i].device) = old[i];
    free(old);
}

// Empties a place and moves up what had been pushed behind it.
static void erase(struct limits_state *state, struct lines *entry)
{
    size_t hole = (size_t)(entry - state->table);
    size_t mask = state->cap - 1;
    state->len--;
    for (size_t i = (hole + 1) & mask; state->table[i].device; i = (i + 1) & mask) {
        size_t from_home = (i - home(state, state->table[i].device)) & mask;
        if (from_home >= ((i - hole) & mask)) {
            state->table[hole] = state->table[i];
            hole = i;
        }
    }
    state->table[hole] = (struct lines){0};
}

static int take(struct lines *entry)
{
    int line = 0;
    while (line < LOW_LINES && (entry->low >> line & 1))
        line++;
    if (line < LOW_LINES)
        entry->low |= UINT64_C(1) << line;
    entry->used++;
    return line;
}

int limits_take_line(struct limits_state *state, uint32_t device, uint32_t vty_lines)
{
    uv_mutex_lock(&state->lock);
    int line = -1;
    struct lines *entry = find(state, device);
    if (!vty_lines || entry->used < vty_lines) {
        if (!entry->device) {
            if (++state->len * 2 > state->cap) {
                grow(state);
                entry = find(state, device);
            }
            entry->device = device;
        }
        line = take(entry);
    }
    uv_mutex_unlock(&state->lock);
    return line;
}

void limits_give_line(struct limits_state *state, uint32_t device, int line)
{
    uv_mutex_lock(&state->lock);
    struct lines *entry = find(state, device);
    if (line < LOW_LINES)
        entry->low &= ~(UINT64_C(1) << line);
    if (--entry->used == 0)
        erase(state, entry);
    uv_mutex_unlock(&state->lock);
}

void limits_set_aaa_rate(struct limits_state *state, double per_s, uint64_t now_ns)
{
    uv_mutex_lock(&state->lock);
    rate_queue_change(&state->aaa_done_ns, state->aaa_rate_per_s, per_s, now_ns);
    state->aaa_rate_per_s = per_s;
    uv_mutex_unlock(&state->lock);
}

bool limits_begin_startup(struct limits_state *state, uint32_t device,
                          const struct startups *startups, double chance)
{
    uv_mutex_lock(&state->lock);
    struct lines *entry = find(state, device);
    bool refused = startups_refuse(startups, entry->startups, chance);
    entry->startups += !refused;
    uv_mutex_unlock(&state->lock);
    return !refused;
}

void limits_end_startup(struct limits_state *state, uint32_t device)
{
    uv_mutex_lock(&state->lock);
    find(state, device)->startups--;
    uv_mutex_unlock(&state->lock);
}

uint64_t limits_command_ns(struct limits_state *state, uint32_t device, double rate_per_s,
                           uint64_t now_ns)
{
    if (rate_per_s <= 0)
        return now_ns;
    uv_mutex_lock(&state->lock);
    uint64_t done = rate_queue_join(&find(state, device)->commands_done_ns, rate_per_s, now_ns);
    uv_mutex_unlock(&state->lock);
    return done;
}

uint64_t limits_aaa_answer_ns(struct limits_state *state, uint64_t now_ns)
{
    uv_mutex_lock(&state->lock);
    uint64_t answer = rate_queue_join(&state->aaa_done_ns, state->aaa_rate_per_s, now_ns);
    uv_mutex_unlock(&state->lock);
    return answer;
}
