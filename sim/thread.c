#include "sim/thread.h"

#include "sim/cores.h"
#include "sim/engine.h"
#include "sim/gil.h"

#include <assert.h>
#include <stddef.h>

enum call_phase { CALL_NONE, CALL_ENTER, CALL_COMPUTE, CALL_WAIT, CALL_RETURN };

enum verdict thread_run(struct thread *thread, uint64_t ns)
{
    thread->left_ns = ns;
    return ns || thread->debt_ns ? STEP_RUN : STEP_NEXT;
}

enum verdict thread_run_loop(struct thread *thread, uint64_t ns)
{
    thread->tick_share = TICK_SHARE_LOOP;
    return thread_run(thread, ns);
}

enum verdict thread_run_calls(const struct engine *engine, struct thread *thread, uint64_t ns,
                              uint32_t ticks)
{
    uint64_t loop_ns = ticks * engine->costs.tick_ns_x1000 / 1000;
    thread->tick_share = sim_gil_share(loop_ns, ns);
    return thread_run(thread, ns);
}

enum verdict thread_call_sleep(struct thread *thread, uint64_t cpu_ns, uint64_t wait_ns,
                               enum task_state state)
{
    thread->call = (struct call){.phase = CALL_ENTER,
                                 .wait = wait_ns ? CALL_SLEEP : CALL_NOTHING,
                                 .state = state,
                                 .cpu_ns = cpu_ns,
                                 .wait_ns = wait_ns,
                                 .no_lock = !thread->holds};
    return STEP_NEXT;
}

enum verdict thread_call_channel(struct thread *thread, uint64_t cpu_ns, struct channel *channel,
                                 enum task_state state)
{
    thread->call = (struct call){.phase = CALL_ENTER,
                                 .wait = CALL_CHANNEL,
                                 .state = state,
                                 .cpu_ns = cpu_ns,
                                 .channel = channel,
                                 .no_lock = !thread->holds};
    return STEP_NEXT;
}

enum verdict thread_call_ask(struct thread *thread, uint64_t cpu_ns,
                             void (*asks)(struct engine *engine, struct thread *thread),
                             struct channel *channel)
{
    thread_call_channel(thread, cpu_ns, channel, TASK_DEVICE);
    thread->call.in_user = true;
    thread->call.asks = asks;
    return STEP_NEXT;
}

static void channel_wait(struct channel *channel, struct thread *thread)
{
    thread->next = NULL;
    if (channel->last)
        channel->last->next = thread;
    else
        channel->first = thread;
    channel->last = thread;
}

void channel_post(struct engine *engine, struct channel *channel, struct thread *by)
{
    channel->tokens++;
    engine->posts++;
    struct thread *thread = channel->first;
    if (!thread)
        return;
    channel->first = thread->next;
    if (!channel->first)
        channel->last = NULL;
    uint64_t cost_ns = cores_wake(engine, thread, WAKE_HANDOVER);
    if (by)
        by->debt_ns += cost_ns;
}

static enum verdict wait_for_call(struct engine *engine, struct thread *thread)
{
    struct call *call = &thread->call;
    enum task_state state = (enum task_state)call->state;
    if (call->asks) {
        call->asks(engine, thread);
        call->asks = NULL;
    }
    if (call->wait == CALL_CHANNEL) {
        if (call->channel->tokens) {
            call->channel->tokens--;
            call->phase = CALL_RETURN;
            return STEP_NEXT;
        }
        channel_wait(call->channel, thread);
        cores_block(engine, thread, state, 0);
        return STEP_BLOCK; // woken, it looks for the token again: another may have been quicker
    }
    call->phase = CALL_RETURN;
    if (call->wait == CALL_NOTHING)
        return STEP_NEXT;
    cores_block(engine, thread, state, 0);
    if (state == TASK_IDLE)
        thread->dozed_ns = engine->queue.now_ns;
    engine_set_timer(engine, thread,
                     call->wait_ns + engine_jitter(engine, engine->costs.timer_slack_ns));
    return STEP_BLOCK;
}

static enum verdict step_call(struct engine *engine, struct thread *thread)
{
    struct call *call = &thread->call;
    switch ((enum call_phase)call->phase) {
    case CALL_ENTER:
        call->phase = CALL_COMPUTE;
        return call->no_lock ? STEP_NEXT : sim_gil_drop(thread);
    case CALL_COMPUTE:
        call->phase = CALL_WAIT;
        thread->in_kernel = !call->in_user;
        return thread_run(thread, call->cpu_ns);
    case CALL_WAIT:
        return wait_for_call(engine, thread);
    default:
        if (call->after_ns) {
            uint64_t ns = call->after_ns;
            call->after_ns = 0;
            thread->in_kernel = true;
            return thread_run(thread, ns);
        }
        call->phase = CALL_NONE;
        return call->no_lock ? STEP_NEXT : sim_gil_take(engine, thread);
    }
}

enum verdict thread_advance(struct engine *engine, struct thread *thread)
{
    thread->in_kernel = false;
    for (;;) {
        enum verdict verdict;
        if (thread->gil_phase) {
            verdict = sim_gil_step(engine, thread);
        } else if (thread->rest_ns) {
            verdict = thread_run(thread, thread->rest_ns);
            thread->rest_ns = 0;
        } else if (thread->call.phase) {
            verdict = step_call(engine, thread);
        } else {
            thread->tick_share = engine->costs.code_share;
            verdict = thread->program(engine, thread);
        }
        if (verdict == STEP_RUN) {
            thread->left_ns += thread->debt_ns;
            thread->debt_ns = 0;
            if (thread->holds)
                sim_gil_slice(engine, thread);
            return STEP_RUN;
        }
        if (verdict != STEP_NEXT)
            return verdict;
    }
}
