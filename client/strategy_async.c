// One thread, one event loop, `workers` sessions at once: like asyncio with a semaphore. All that a
// session computes holds up all the others. The lock is held in every callback, so not while the
// loop waits.
//
// A slot is a place for one session; when its session is over it takes the next job. Waits of the
// sleep transport have a timer of their own each (client/nap_timer.h), because libuv's count whole
// milliseconds.
#include "base/alloc.h"
#include "base/clock.h"
#include "client/job.h"
#include "client/nap_timer.h"
#include "client/strategy.h"
#include "client/strategy_background.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#define NOT_ARMED UINT64_MAX

struct loop {
    uv_loop_t uv;
    struct worker worker;
    struct board_queue queue;
};

struct slot {
    struct loop *loop;
    uint32_t id; // the worker of its sessions' rows
    struct job job;
    uv_poll_t poll; // of the session's socket, or of timer_fd
    bool polling;   // poll is a handle of the loop
    int armed_events;
    uv_timer_t timeout;
    uint64_t armed_ns;        // what timeout is set to; NOT_ARMED: not set (0 is due at once)
    int timer_fd;             // of the sleep transport; -1: none
    bool over;                // no more jobs: what is closed stays closed
    struct lock_spans *turns; // NULL: not recorded
};

static void step(struct slot *slot);

static void take_lock(struct loop *loop)
{
    gil_take(loop->worker.gil, &loop->worker.lock);
}

static void drop_lock(struct loop *loop)
{
    gil_drop(loop->worker.gil, &loop->worker.lock);
}

// What the loop does for one of its workers.
static void turn(struct slot *slot, void (*act)(struct slot *slot))
{
    uint64_t from_ns = slot->turns ? clock_now_ns() : 0;
    act(slot);
    if (slot->turns)
        lock_spans_add(slot->turns, true, from_ns, clock_now_ns());
}

static void locked_turn(struct slot *slot, void (*act)(struct slot *slot))
{
    take_lock(slot->loop);
    turn(slot, act);
    drop_lock(slot->loop);
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
    (void)events;
    struct slot *slot = poll->data;
    if (status < 0) // of the socket, which its next use tells; libuv has stopped to watch it
        slot->armed_events = 0;
    if (slot->timer_fd >= 0 && !nap_timer_rang(slot->timer_fd))
        return;
    locked_turn(slot, step);
}

static void on_timeout(uv_timer_t *timer)
{
    struct slot *slot = timer->data;
    slot->armed_ns = NOT_ARMED;
    locked_turn(slot, step);
}

static void poll_on(struct slot *slot, int fd, int events)
{
    if (!slot->polling) {
        uv_poll_init(&slot->loop->uv, &slot->poll, fd);
        slot->poll.data = slot;
        slot->polling = true;
        slot->armed_events = 0;
    }
    if (slot->armed_events != events) {
        uv_poll_start(&slot->poll, events, on_poll);
        slot->armed_events = events;
    }
}

static void set_timeout(struct slot *slot, uint64_t due_ns)
{
    if (slot->armed_ns == due_ns)
        return;
    uint64_t now = clock_now_ns();
    uint64_t left_ms = due_ns > now ? (due_ns - now) / CLOCK_NS_PER_MS + 1 : 0;
    uv_update_time(&slot->loop->uv); // it may be old by all that was computed since
    uv_timer_start(&slot->timeout, on_timeout, left_ms, 0);
    slot->armed_ns = due_ns;
}

static void arm(struct slot *slot)
{
    struct conn_wait wait;
    job_wait(&slot->job, &wait);
    if (wait.fd >= 0) {
        int events = wait.events & POLLIN ? UV_READABLE : 0;
        poll_on(slot, wait.fd, events | (wait.events & POLLOUT ? UV_WRITABLE : 0));
        set_timeout(slot, wait.due_ns);
    } else if (slot->timer_fd >= 0) {
        nap_timer_set(slot->timer_fd, wait.due_ns);
        poll_on(slot, slot->timer_fd, UV_READABLE);
    } else {
        set_timeout(slot, wait.due_ns);
    }
}

static bool next_job(struct slot *slot)
{
    uint32_t number;
    struct queue *queue = &slot->loop->queue.queue;
    if (!queue->next(queue, &number))
        return false;
    job_start(&slot->job, &slot->loop->worker, number);
    slot->job.result.row.worker = slot->id;
    return true;
}

static void go_on(struct slot *slot)
{
    if (next_job(slot)) {
        step(slot);
    } else {
        slot->over = true;
        uv_close((uv_handle_t *)&slot->timeout, NULL);
    }
}

static void on_poll_closed(uv_handle_t *handle)
{
    struct slot *slot = handle->data;
    slot->polling = false;
    if (!slot->over)
        locked_turn(slot, go_on);
}

static void end_slot(struct slot *slot)
{
    slot->over = true;
    if (slot->polling)
        uv_close((uv_handle_t *)&slot->poll, on_poll_closed);
    uv_close((uv_handle_t *)&slot->timeout, NULL);
}

// A loop and no recursion: sessions that wait for nothing end one after the other in here.
static void step(struct slot *slot)
{
    for (;;) {
        if (!job_step(&slot->job)) {
            arm(slot);
            return;
        }
        bool own_fd = slot->polling && slot->timer_fd < 0;
        if (own_fd) // before the descriptor is closed; its number may come back at once
            uv_close((uv_handle_t *)&slot->poll, on_poll_closed);
        uv_timer_stop(&slot->timeout);
        slot->armed_ns = NOT_ARMED;
        job_stop(&slot->job);
        slot->loop->queue.queue.done(&slot->loop->queue.queue, &slot->job.result);
        if (own_fd)
            return; // on_poll_closed goes on
        if (!next_job(slot)) {
            end_slot(slot);
            return;
        }
    }
}

static void begin(struct slot *slot)
{
    if (next_job(slot))
        step(slot);
    else
        end_slot(slot);
}

static int init_slot(struct loop *loop, struct slot *slot, uint32_t id, bool sleeps,
                     struct err *err)
{
    slot->id = id;
    slot->loop = loop;
    slot->timer_fd = -1;
    slot->armed_ns = NOT_ARMED;
    if (sleeps && nap_timer_open(&slot->timer_fd, err) < 0)
        return -1;
    uv_timer_init(&loop->uv, &slot->timeout);
    slot->timeout.data = slot;
    return 0;
}

static int run_loop(struct loop *loop, struct slot *slots, uint32_t n, bool sleeps, struct err *err)
{
    for (uint32_t i = 0; i < n; i++)
        if (init_slot(loop, &slots[i], i, sleeps, err) < 0)
            return -1;
    take_lock(loop);
    for (uint32_t i = 0; i < n; i++)
        turn(&slots[i], begin);
    drop_lock(loop);
    uv_run(&loop->uv, UV_RUN_DEFAULT);
    for (uint32_t i = 0; i < n; i++)
        if (slots[i].timer_fd >= 0)
            close(slots[i].timer_fd);
    return 0;
}

int strategy_async(struct run *run, struct err *err)
{
    struct gil *gil = run_new_gil(run);
    struct background *background = background_start(run, gil, err);
    struct loop *loop = alloc_zero(1, sizeof *loop);
    if (!background || uv_loop_init(&loop->uv) != 0)
        return background ? err_set(err, "cannot start an event loop") : -1;
    board_queue_init(&loop->queue, run->board);
    run->zero_ns = clock_now_ns();
    run_worker_init(run, &loop->worker, 0, gil);
    uint32_t n = run_workers(run);
    struct slot *slots = alloc_zero(n, sizeof *slots);
    for (uint32_t i = 0; i < n; i++)
        slots[i].turns = lock_log_turns(run->lock_log, i);
    int result = run_loop(loop, slots, n, run->spec->transport == TRANSPORT_SLEEP, err);
    run->board->wall_ns = clock_now_ns() - run->zero_ns;
    gil_thread_fini(&loop->worker.lock);
    worker_add_lock(&run->board->lock, &loop->worker.lock);
    background_stop(background);
    if (result == 0) { // else the process ends with its handles open
        uv_loop_close(&loop->uv);
        free(slots);
        free(loop);
        gil_free(gil);
    }
    return result;
}
