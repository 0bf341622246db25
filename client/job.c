#include "client/job.h"

#include "base/clock.h"
#include "client/python_burn.h"

#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static const struct experiment *experiment_of(const struct job *job)
{
    return job->worker->plan->experiment;
}

static uint64_t since_zero(const struct job *job)
{
    return clock_now_ns() - job->worker->zero_ns;
}

static void limit(struct job *job, uint64_t from_ns, uint64_t timeout_ns)
{
    job->deadline_ns = job->worker->zero_ns + from_ns + timeout_ns;
}

static void drop_lock(struct worker *worker)
{
    gil_drop(worker->gil, &worker->lock);
}

static void take_lock(struct worker *worker)
{
    gil_take(worker->gil, &worker->lock);
}

static struct conn *start_conn(struct worker *worker, uint32_t device)
{
    if (!worker->plan->conn_type->calls)
        return conn_new(worker->plan, device);
    drop_lock(worker);
    struct conn *conn = conn_new(worker->plan, device);
    take_lock(worker);
    return conn;
}

static enum conn_event step_conn(struct job *job)
{
    if (!job->conn->type->calls)
        return conn_step(job->conn);
    drop_lock(job->worker);
    enum conn_event event = conn_step(job->conn);
    take_lock(job->worker);
    return event;
}

void job_start(struct job *job, struct worker *worker, uint32_t number)
{
    const struct plan *plan = worker->plan;
    *job = (struct job){.worker = worker};
    job->result.job = number;
    job->result.row.device = plan_device(plan, number);
    job->result.row.worker = worker->id;
    job->result.row.start_ns = since_zero(job);
    limit(job, job->result.row.start_ns, plan->experiment->runs.timeout_connect_ns);
    python_burn_step(worker, SESSION_BEGINS);
    dialog_init(&job->dialog, plan_script(plan, job->result.row.device), plan->conn_type->in_band);
    job->conn = start_conn(worker, job->result.row.device);
}

static bool end(struct job *job, enum job_end how)
{
    job->result.row.end = how;
    job->result.row.end_ns = since_zero(job);
    return true;
}

static bool fail(struct job *job, enum job_end how, const char *reason)
{
    char *kept = job->result.reason;
    snprintf(kept, sizeof job->result.reason, "%.*s", (int)sizeof job->result.reason - 1, reason);
    return end(job, how);
}

static void secured(struct job *job)
{
    job->result.row.secured_ns = since_zero(job);
    limit(job, job->result.row.secured_ns, experiment_of(job)->runs.timeout_login_ns);
    python_burn_step(job->worker, SESSION_SECURED);
}

// The phase a connection that ends now has cut short.
static enum job_end phase_of_loss(const struct job *job)
{
    const struct session_row *row = &job->result.row;
    if (row->ready_ns)
        return JOB_COMMAND;
    if (row->login_ns)
        return JOB_PROMPT;
    if (job->dialog.sent_password)
        return JOB_AUTH;
    if (row->secured_ns)
        return JOB_PROMPT;
    return job->heard ? JOB_HANDSHAKE : JOB_CONNECT;
}

static bool lost(struct job *job, enum job_end how, const char *reason)
{
    if (job->dialog.state == DIALOG_LOGOUT) // all was done; how the device hangs up is its affair
        return end(job, JOB_OK);
    return fail(job, how, reason);
}

static bool timed_out(struct job *job)
{
    static const char *const waited_for[] = {
        [DIALOG_LOGIN] = "a login prompt",
        [DIALOG_PROMPT] = "a prompt",
        [DIALOG_PAUSED] = "a prompt",
        [DIALOG_COMMAND] = "the answer to a command",
        [DIALOG_LOGOUT] = "the end of the session",
    };
    const struct session_row *row = &job->result.row;
    const char *what = waited_for[job->dialog.state];
    if (!row->connected_ns)
        what = "the connection";
    else if (!row->secured_ns && !job->conn->type->in_band)
        what = "the key exchange";
    else if (job->dialog.state == DIALOG_LOGIN && job->dialog.sent_password)
        what = "the answer to the password";
    char reason[JOB_REASON_MAX];
    snprintf(reason, sizeof reason, "no more time to wait for %s", what);
    return fail(job, JOB_TIMEOUT, reason);
}

static void burn_cpu(struct job *job, uint64_t cpu_ns)
{
    struct worker *worker = job->worker;
    if (cpu_ns)
        burn_work(worker->burner, worker->gil, &worker->lock, cpu_ns);
}

static void ready(struct job *job)
{
    struct session_row *row = &job->result.row;
    row->ready_ns = since_zero(job);
    if (!row->secured_ns)
        row->secured_ns = row->ready_ns;
    if (!row->login_ns)
        row->login_ns = row->ready_ns;
    python_burn_step(job->worker, SESSION_READY);
    burn_cpu(job, plan_cpu_login_ns(job->worker->plan, row->device));
}

static void answered(struct job *job)
{
    const struct plan *plan = job->worker->plan;
    uint32_t command = (uint32_t)job->dialog.command - 1;
    python_burn_step(job->worker, SESSION_ANSWERED);
    burn_cpu(job, plan_cpu_command_ns(plan, job->result.row.device, command));
}

static void next_command(struct job *job)
{
    dialog_next(&job->dialog, &job->conn->out);
    uint64_t now = since_zero(job);
    if (job->dialog.state == DIALOG_LOGOUT) {
        job->result.row.worked_ns = now;
        python_burn_step(job->worker, SESSION_LOGOUT);
    }
    limit(job, now, experiment_of(job)->runs.timeout_command_ns);
}

// Reads what came and decides what to say.
static bool think(struct job *job)
{
    struct conn *conn = job->conn;
    bool was_asked = job->dialog.asked;
    size_t command = job->dialog.command;
    enum dialog_state state = job->dialog.state;
    enum dialog_event event =
        dialog_input(&job->dialog, buf_text(&conn->in), conn->in.len, &conn->out);
    buf_clear(&conn->in);
    if (job->dialog.asked && !was_asked && job->dialog.sent_user)
        secured(job);
    switch (event) {
    case DIALOG_MORE:
        // The dialogue went on by itself from "no paging" to the first command or the logout.
        if (job->dialog.command != command || job->dialog.state != state) {
            uint64_t now = since_zero(job);
            if (job->dialog.state == DIALOG_LOGOUT)
                job->result.row.worked_ns = now;
            limit(job, now, experiment_of(job)->runs.timeout_command_ns);
        }
        return false;
    case DIALOG_READY:
        ready(job);
        next_command(job);
        return false;
    case DIALOG_ANSWERED:
        answered(job);
        next_command(job);
        return false;
    case DIALOG_REFUSED:
        return fail(job, JOB_AUTH,
                    strcasestr(job->dialog.line, "new password") ? "the password has expired"
                                                                 : "the password was refused");
    case DIALOG_ERROR:
        break;
    }
    return fail(job, JOB_COMMAND, job->dialog.line);
}

static bool act(struct job *job, enum conn_event event)
{
    struct session_row *row = &job->result.row;
    switch (event) {
    case CONN_AGAIN:
        break;
    case CONN_CONNECTED:
        row->connected_ns = since_zero(job);
        break;
    case CONN_SECURED:
        secured(job);
        break;
    case CONN_LOGGED_IN:
        row->login_ns = since_zero(job);
        break;
    case CONN_DATA:
        job->heard = true;
        return think(job);
    case CONN_CLOSED:
        return lost(job, phase_of_loss(job), "the device closed the connection");
    case CONN_FAILED:
        return lost(job, job->conn->failure ? job->conn->failure : phase_of_loss(job),
                    job->conn->reason);
    }
    return false;
}

// A device that never stops talking is not stepped for ever: its time limit is looked at, and in a
// loop the other sessions have their turn.
enum { STEPS_AT_ONCE = 64 };

bool job_step(struct job *job)
{
    job->busy = true;
    for (int i = 0; i < STEPS_AT_ONCE && job->busy; i++) {
        enum conn_event event = step_conn(job);
        job->busy = event != CONN_AGAIN;
        if (act(job, event))
            return true;
    }
    return clock_now_ns() >= job->deadline_ns && timed_out(job);
}

void job_wait(const struct job *job, struct conn_wait *wait)
{
    conn_wait(job->conn, wait);
    if (job->busy)
        wait->due_ns = 0;
    else if (wait->due_ns > job->deadline_ns)
        wait->due_ns = job->deadline_ns;
}

void job_stop(struct job *job)
{
    conn_free(job->conn);
    job->conn = NULL;
}

// An interruption is one more turn, here and in nap: the deadline ends it.
static void wait_for_device(const struct conn_wait *wait, uint64_t left_ns)
{
    struct pollfd fd = {.fd = wait->fd, .events = wait->events};
    uint64_t left_ms = (left_ns + CLOCK_NS_PER_MS - 1) / CLOCK_NS_PER_MS;
    poll(&fd, 1, left_ms < INT_MAX ? (int)left_ms : INT_MAX);
}

static void nap(uint64_t left_ns)
{
    struct timespec time = {
        .tv_sec = (time_t)(left_ns / CLOCK_NS_PER_S),
        .tv_nsec = (long)(left_ns % CLOCK_NS_PER_S),
    };
    nanosleep(&time, NULL);
}

static void wait_for(struct job *job)
{
    struct conn_wait wait;
    job_wait(job, &wait);
    uint64_t now = clock_now_ns();
    uint64_t left = wait.due_ns > now ? wait.due_ns - now : 0;
    drop_lock(job->worker);
    if (wait.fd >= 0)
        wait_for_device(&wait, left);
    else
        nap(left);
    take_lock(job->worker);
}

void job_run(struct worker *worker, uint32_t number, struct job_result *result)
{
    struct job job;
    job_start(&job, worker, number);
    while (!job_step(&job))
        wait_for(&job);
    job_stop(&job);
    *result = job.result;
}

void job_result_lost(struct job_result *result, const struct plan *plan, uint32_t number,
                     uint32_t worker, uint64_t at_ns)
{
    *result = (struct job_result){
        .job = number,
        .row = {.device = plan_device(plan, number),
                .worker = worker,
                .end = JOB_WORKER,
                .start_ns = at_ns,
                .end_ns = at_ns},
        .reason = "the worker process died",
    };
}
