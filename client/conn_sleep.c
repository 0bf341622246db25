// No peer: each wait of the experiment is a sleep of the client, drawn from the same keys as the
// emulator draws them, and the answers are an echo and a prompt. With latency 0 nothing is waited
// for, which measures the harness itself; faults, limits and bandwidth are the emulator's and have
// no effect here.
#include "base/clock.h"
#include "client/conn.h"
#include "client/plan.h"

#include <string.h>

enum sleep_state { SLEEP_CONNECT, SLEEP_LOGIN, SLEEP_PROMPT, SLEEP_IDLE, SLEEP_ANSWER, SLEEP_BYE };

struct sleep_conn {
    struct conn conn;
    const struct plan *plan;
    uint32_t device;
    enum sleep_state state;
    uint32_t commands; // with a latency, so far: the step of the next draw
    uint64_t due_ns;
};

static const struct device_latency *latency_of(const struct sleep_conn *self)
{
    return &experiment_device_settings(self->plan->experiment, self->device)->latency;
}

static uint64_t draw(const struct sleep_conn *self, const struct latency *latency, uint64_t step)
{
    struct rng rng;
    if (latency->kind == LATENCY_CONSTANT)
        return latency->a_ns;
    rng_key(&rng, self->plan->experiment->seed, self->device, 0, step);
    return latency_draw(latency, &rng);
}

// A wait of 0 takes no look at the clock: the state is due at once.
static void enter(struct sleep_conn *self, enum sleep_state state, uint64_t wait_ns)
{
    self->state = state;
    self->due_ns = wait_ns ? clock_now_ns() + wait_ns : 0;
}

static void sleep_start(struct conn *conn, const struct plan *plan, uint32_t device)
{
    struct sleep_conn *self = (struct sleep_conn *)conn;
    self->plan = plan;
    self->device = device;
    enter(self, SLEEP_CONNECT, draw(self, &latency_of(self)->connect, RNG_STEP_CONNECT));
}

static bool is_logout(const struct sleep_conn *self, const char *command)
{
    return !strcmp(command, plan_script(self->plan, self->device)->platform->logout);
}

static bool is_instant(const struct sleep_conn *self, const char *command)
{
    return is_logout(self, command) || experiment_command_is_instant(latency_of(self), command);
}

static void take_command(struct sleep_conn *self)
{
    const struct device_latency *latency = latency_of(self);
    struct buf *out = &self->conn.out;
    size_t len = strcspn(buf_text(out), "\n");
    buf_add(&self->conn.in, out->data, len); // the echo
    out->data[len] = '\0';
    uint64_t wait_ns = 0;
    if (!is_instant(self, out->data))
        wait_ns = draw(self, experiment_command_latency(latency, out->data),
                       RNG_STEP_COMMAND + self->commands++);
    enter(self, is_logout(self, out->data) ? SLEEP_BYE : SLEEP_ANSWER, wait_ns);
    buf_clear(out);
}

static enum conn_event sleep_step(struct conn *conn)
{
    struct sleep_conn *self = (struct sleep_conn *)conn;
    const struct device_latency *latency = latency_of(self);
    if (self->state == SLEEP_IDLE && conn->out.len)
        take_command(self);
    if (self->state == SLEEP_IDLE || (self->due_ns && clock_now_ns() < self->due_ns))
        return CONN_AGAIN;
    switch (self->state) {
    case SLEEP_CONNECT:
        enter(self, SLEEP_LOGIN, 0);
        return CONN_CONNECTED;
    case SLEEP_LOGIN:
        enter(self, SLEEP_PROMPT, draw(self, &latency->login, RNG_STEP_LOGIN));
        return CONN_SECURED;
    case SLEEP_PROMPT:
    case SLEEP_ANSWER:
        enter(self, SLEEP_IDLE, 0);
        buf_puts(&conn->in, "\r\nR>");
        return CONN_DATA;
    case SLEEP_BYE:
    case SLEEP_IDLE:
        break;
    }
    return CONN_CLOSED;
}

static void sleep_wait(const struct conn *conn, struct conn_wait *wait)
{
    const struct sleep_conn *self = (const struct sleep_conn *)conn;
    if (self->state != SLEEP_IDLE)
        wait->due_ns = self->due_ns;
}

static void sleep_stop(struct conn *conn)
{
    (void)conn;
}

const struct conn_type conn_sleep = {
    .in_band = false,
    .newline = "\n",
    .size = sizeof(struct sleep_conn),
    .start = sleep_start,
    .step = sleep_step,
    .wait = sleep_wait,
    .stop = sleep_stop,
};
