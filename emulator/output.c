#include "emulator/output.h"

#include "base/clock.h"
#include "emulator/timers.h"

#include <assert.h>

// An emptied buffer larger than this is given back: a thousand idle sessions should not each keep
// their longest answer.
enum { KEPT_CAP = 512 };
// A paced output moves in steps of this, or of a byte where a byte takes longer.
static const uint64_t step_ns = 5 * CLOCK_NS_PER_MS;
// Above it the pace could not be told from none, and the products below would overflow.
static const uint64_t rate_max = UINT64_C(10000000000);

void output_fini(struct output *output)
{
    buf_fini(&output->bytes);
    output->sent = 0;
    output->paced = false;
}

void output_pace(struct output *output, uint64_t rate_bytes_per_s, uint64_t now_ns)
{
    if (output->paced || !rate_bytes_per_s || rate_bytes_per_s > rate_max ||
        !output_waiting(output))
        return;
    output->rate_bytes_per_s = rate_bytes_per_s;
    output->paced = true;
    output->paced_since_ns = now_ns;
    output->paced_sent = 0;
}

size_t output_waiting(const struct output *output)
{
    return output->bytes.len - output->sent;
}

// How many bytes may have left at a time since the pace began.
static uint64_t allowed(const struct output *output, uint64_t now_ns)
{
    uint64_t elapsed = now_ns > output->paced_since_ns ? now_ns - output->paced_since_ns : 0;
    uint64_t rate = output->rate_bytes_per_s;
    uint64_t bytes =
        elapsed / CLOCK_NS_PER_S * rate + elapsed % CLOCK_NS_PER_S * rate / CLOCK_NS_PER_S;
    return bytes ? bytes : 1;
}

size_t output_ready(const struct output *output, uint64_t now_ns)
{
    size_t waiting = output_waiting(output);
    if (!output->paced)
        return waiting;
    uint64_t may = allowed(output, now_ns);
    may = may > output->paced_sent ? may - output->paced_sent : 0;
    return waiting < may ? waiting : (size_t)may;
}

const char *output_front(const struct output *output)
{
    return output->bytes.data + output->sent;
}

void output_sent(struct output *output, size_t len)
{
    assert(len <= output_waiting(output));
    output->sent += len;
    output->paced_sent += len;
    if (output_waiting(output))
        return;
    output->sent = 0;
    output->paced = false;
    if (output->bytes.cap > KEPT_CAP)
        buf_fini(&output->bytes);
    else
        buf_clear(&output->bytes);
}

uint64_t output_next_ns(const struct output *output, uint64_t now_ns)
{
    if (!output->paced || output_ready(output, now_ns))
        return TIMERS_NEVER;
    uint64_t rate = output->rate_bytes_per_s;
    uint64_t step = rate / (CLOCK_NS_PER_S / step_ns);
    if (step > output_waiting(output))
        step = output_waiting(output);
    uint64_t goal = output->paced_sent + (step ? step : 1);
    uint64_t whole_s = goal / rate;
    uint64_t rest_ns = (goal % rate * CLOCK_NS_PER_S + rate - 1) / rate;
    return output->paced_since_ns + whole_s * CLOCK_NS_PER_S + rest_ns;
}
