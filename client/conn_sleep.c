// No peer: each wait of the experiment is a sleep of the client, drawn from the same keys as the
// emulator draws them, and the answers are an echo and a prompt. So are the faults, as far as a
// client notices them, the AAA server's queue and the control plane's. With latency 0 nothing is
// waited for, which measures the harness itself. Bandwidth and round-trip time are the emulator's
// and have no effect; vty_lines and maxstartups never bind, as each device is logged in to once.
#include "base/clock.h"
#include "base/rate_queue.h"
#include "client/aaa_queue.h"
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
    struct fault fault;
    enum job_end loss; // the state ends so; JOB_OK: in good order
};

static const struct device_settings *settings_of(const struct sleep_conn *self)
{
    return experiment_device_settings(self->plan->experiment, self->device);
}

static const struct device_latency *latency_of(const struct sleep_conn *self)
{
    return &settings_of(self)->latency;
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

// What the fault makes of the wait that has just begun.
static void spoil(struct sleep_conn *self, enum fault_effect effect, enum job_end phase)
{
    if (effect == FAULT_SILENCE)
        self->due_ns = UINT64_MAX;
    else if (effect != FAULT_HARMLESS)
        self->loss = effect == FAULT_REFUSAL ? JOB_AUTH : phase;
}

static void sleep_start(struct conn *conn, const struct plan *plan, uint32_t device)
{
    struct sleep_conn *self = (struct sleep_conn *)conn;
    self->plan = plan;
    self->device = device;
    self->fault = experiment_fault(plan->experiment, settings_of(self), device, 0);
    bool refused = fault_at_accept(&self->fault) != FAULT_HARMLESS;
    enter(self, SLEEP_CONNECT,
          refused ? 0 : draw(self, &latency_of(self)->connect, RNG_STEP_CONNECT));
    spoil(self, refused ? FAULT_LOSS : fault_at_connect(&self->fault), JOB_CONNECT);
}

// The queue of the AAA server, then the device.
static void log_in(struct sleep_conn *self)
{
    const struct plan *plan = self->plan;
    uint64_t takes_ns = self->fault.kind == FAULT_AUTH_FAIL
                            ? 0
                            : draw(self, &latency_of(self)->login, RNG_STEP_LOGIN);
    enter(self, SLEEP_PROMPT, takes_ns);
    if (plan->aaa)
        self->due_ns =
            takes_ns +
            aaa_queue_join(plan->aaa, plan->experiment->devices.aaa_rate_per_s, clock_now_ns());
    spoil(self, fault_at_login(&self->fault), JOB_AUTH);
}

static bool is_logout(const struct sleep_conn *self, const char *command)
{
    return !strcmp(command, plan_script(self->plan, self->device)->platform.logout);
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
    enum sleep_state next = is_logout(self, out->data) ? SLEEP_BYE : SLEEP_ANSWER;
    if (is_instant(self, out->data)) {
        enter(self, next, 0);
    } else {
        uint32_t n = self->commands++;
        uint64_t queue_ns = 0; // nobody else uses the device's control plane
        enter(self, next,
              rate_queue_join(&queue_ns, settings_of(self)->limits.command_rate_per_s, 0) +
                  draw(self, experiment_command_latency(latency, out->data), RNG_STEP_COMMAND + n) +
                  fault_drip_ns(&self->fault));
        spoil(self, fault_at_command(&self->fault, n), JOB_COMMAND);
    }
    buf_clear(out);
}

static enum conn_event sleep_step(struct conn *conn)
{
    struct sleep_conn *self = (struct sleep_conn *)conn;
    if (self->state == SLEEP_IDLE && conn->out.len)
        take_command(self);
    if (self->state == SLEEP_IDLE || (self->due_ns && clock_now_ns() < self->due_ns))
        return CONN_AGAIN;
    if (self->loss != JOB_OK)
        return conn_fail(conn, self->loss,
                         self->loss == JOB_AUTH ? "the password was refused"
                                                : "the device closed the connection");
    switch (self->state) {
    case SLEEP_CONNECT:
        enter(self, SLEEP_LOGIN, 0);
        return CONN_CONNECTED;
    case SLEEP_LOGIN:
        log_in(self);
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
