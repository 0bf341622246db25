#include "emulator/loop_data.h"

#include "base/alloc.h"
#include "base/clock.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static void on_before_sleep(uv_prepare_t *handle)
{
    struct loop *loop = handle->data;
    loop_reap(
        loop); // libuv's own timers, where they are the alarm, run before this and not in the poll
    alarm_set(&loop->alarm);
}

static void on_after_turn(uv_check_t *handle)
{
    loop_reap(handle->data);
}

static void end_all(struct loop *loop)
{
    loop->stopping = true;
    loop_close_entrances(loop);
    while (loop->seats)
        session_end(loop->seats->session, SESSION_END_STOPPED);
    loop_reap(loop);
    unattended_fini(&loop->unattended);
    delay_lines_close(&loop->lines);
    alarm_close(&loop->alarm);
    uv_close((uv_handle_t *)&loop->wake, NULL);
    uv_close((uv_handle_t *)&loop->before_sleep, NULL);
    uv_close((uv_handle_t *)&loop->after_turn, NULL);
}

static void on_wake(uv_async_t *handle)
{
    struct loop *loop = handle->data;
    uv_mutex_lock(&loop->lock);
    if (loop->call)
        loop->call(loop, loop->call_data);
    loop->call = NULL;
    bool stop = loop->stop_wanted;
    uv_cond_signal(&loop->called);
    uv_mutex_unlock(&loop->lock);
    loop_attend_woken(loop);
    if (stop)
        end_all(loop);
}

static void run(void *data)
{
    struct loop *loop = data;
    uv_run(&loop->uv, UV_RUN_DEFAULT);
}

static int init_handles(struct loop *loop, struct err *err)
{
    int failed = uv_loop_init(&loop->uv);
    if (failed)
        return err_set(err, "cannot make an event loop: %s", uv_strerror(failed));
    if (alarm_init(&loop->alarm, &loop->uv, &loop->timers, err) < 0) {
        uv_loop_close(&loop->uv);
        return -1;
    }
    uv_mutex_init(&loop->lock);
    uv_mutex_init(&loop->woken_lock);
    uv_cond_init(&loop->called);
    uv_async_init(&loop->uv, &loop->wake, on_wake);
    uv_prepare_init(&loop->uv, &loop->before_sleep);
    uv_prepare_start(&loop->before_sleep, on_before_sleep);
    uv_check_init(&loop->uv, &loop->after_turn);
    uv_check_start(&loop->after_turn, on_after_turn);
    loop->wake.data = loop->before_sleep.data = loop->after_turn.data = loop;
    return 0;
}

struct loop *loop_new(const struct loop_settings *settings, uint32_t index, struct err *err)
{
    struct loop *loop = alloc_zero(1, sizeof *loop);
    loop->settings = settings;
    loop->next_id = index + 1;
    timers_init(&loop->timers, clock_now_ns);
    if (init_handles(loop, err) < 0) {
        free(loop);
        return NULL;
    }
    loop->env = (struct session_env){
        .experiment = settings->experiment,
        .devices = settings->devices,
        .limits = settings->limits,
        .timers = &loop->timers,
        .unattended = &loop->unattended,
        .counts = &loop->counts,
        .login_timeout_ns = settings->login_timeout_ns,
        .idle_timeout_ns = settings->idle_timeout_ns,
    };
    unattended_init(&loop->unattended, &loop->env);
    loop_seat_hooks(&loop->env);
    loop->lines = (struct delay_lines){.loop = &loop->uv, .timers = &loop->timers};
    loop->spare_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    return loop;
}

int loop_start(struct loop *loop, struct err *err)
{
    int failed = uv_thread_create(&loop->thread, run, loop);
    if (failed)
        return err_set(err, "cannot start a thread: %s", uv_strerror(failed));
    loop->started = true;
    return 0;
}

void loop_stop(struct loop *loop)
{
    uv_mutex_lock(&loop->lock);
    loop->stop_wanted = true;
    uv_mutex_unlock(&loop->lock);
    uv_async_send(&loop->wake);
}

void loop_call(struct loop *loop, void (*call)(struct loop *loop, void *data), void *data)
{
    uv_mutex_lock(&loop->lock);
    loop->call = call;
    loop->call_data = data;
    uv_async_send(&loop->wake);
    while (loop->call)
        uv_cond_wait(&loop->called, &loop->lock);
    uv_mutex_unlock(&loop->lock);
}

void loop_join(struct loop *loop)
{
    if (loop->started)
        uv_thread_join(&loop->thread);
    loop->started = false;
}

void loop_each_session(struct loop *loop,
                       void (*each)(struct session *session, uint64_t id, void *data), void *data)
{
    for (struct seat *seat = loop->seats, *next; seat; seat = next) {
        next = seat->next;
        each(seat->session, seat->id, data);
    }
}

const struct counts *loop_counts(const struct loop *loop)
{
    return &loop->counts;
}

void loop_free(struct loop *loop)
{
    if (!loop)
        return;
    if (!loop->stopping)
        end_all(loop); // it never ran
    uv_run(&loop->uv, UV_RUN_DEFAULT);
    uv_loop_close(&loop->uv);
    loop_free_entrances(loop);
    timers_fini(&loop->timers);
    uv_mutex_destroy(&loop->lock);
    uv_mutex_destroy(&loop->woken_lock);
    uv_cond_destroy(&loop->called);
    if (loop->spare_fd >= 0)
        close(loop->spare_fd);
    free(loop);
}
