#include "sim/predict.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "sim/cohort.h"
#include "sim/engine.h"
#include "sim/grain.h"
#include "sim/interpreter_rules.h"
#include "sim/world.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static double seconds(uint64_t ns)
{
    return (double)ns / 1e9;
}

static void set_gils(struct engine *engine, const struct run_spec *spec)
{
    for (uint32_t i = 0; i < engine->n_gils; i++) {
        struct gil *gil = &engine->gils[i];
        gil->kind = spec->interpreter->gil == GIL_TICKS ? GIL_TICKS : GIL_TIMED;
        gil->interval_ns = spec->switch_interval_ns;
        // ceval.c: `if (--_Py_Ticker < 0) { ... _Py_Ticker = _Py_CheckInterval;`
        gil->check_ns = (spec->check_interval + 1) * engine->costs.tick_ns_x1000 / 1000;
        gil->check_ns *= engine->costs.grain;
        gil->asleep.cohort_most = engine->costs.cohort;
    }
}

static void fill_percentiles(struct run_row *row, const struct workload *workload)
{
    const struct histogram *histogram = &workload->histogram;
    if (!histogram->count)
        return;
    row->p50_s = seconds(histogram_percentile(histogram, 0.50));
    row->p90_s = seconds(histogram_percentile(histogram, 0.90));
    row->p99_s = seconds(histogram_percentile(histogram, 0.99));
    row->max_s = seconds(histogram->max_ns);
}

static void fill_states(struct run_row *row, const struct world *world)
{
    uint64_t sum[STATES] = {0};
    for (uint32_t i = 0; i < world->n_workers; i++) {
        const struct thread *worker = &world->engine->threads[world->first_worker + i];
        uint64_t spent[TASK_STATES];
        memcpy(spent, worker->spent_ns, sizeof spent);
        if (world->readers)
            reader_add_states(&world->readers[i], spent);
        sum[STATE_RUNNING] += spent[TASK_RUNNING];
        sum[STATE_WAIT_GIL] += spent[TASK_WAIT_GIL] + spent[TASK_PARKED] + worker->gil_ready_ns;
        sum[STATE_WAIT_CORE] += spent[TASK_READY] - worker->gil_ready_ns;
        sum[STATE_WAIT_DEVICE] += spent[TASK_DEVICE];
        sum[STATE_IDLE] += spent[TASK_IDLE];
    }
    for (int i = 0; i < STATES; i++)
        row->state_s[i] = seconds(sum[i]);
}

static void fill_gil(struct run_row *row, const struct world *world)
{
    const struct engine *engine = world->engine;
    row->gil_held_s = row->gil_wait_s = row->gil_switches = 0;
    row->gil_forced = row->gil_requests = 0;
    for (uint32_t i = 0; i < engine->n_gils; i++) {
        const struct gil *gil = &engine->gils[i];
        row->gil_held_s += seconds(gil->held_ns);
        row->gil_switches += (double)gil->switch_number;
        row->gil_forced += (double)gil->forced;
        row->gil_requests += (double)gil->requests;
    }
    for (uint32_t i = 0; i < engine->n_threads; i++)
        row->gil_wait_s += seconds(engine->threads[i].gil_waited_ns);
}

// The emulator's are not the client's.
static void fill_switches(struct run_row *row, const struct world *world)
{
    row->ctx_voluntary = row->ctx_involuntary = 0;
    for (uint32_t i = 0; i < world->engine->n_threads; i++) {
        const struct thread *thread = &world->engine->threads[i];
        if (thread == world->peer.thread)
            continue;
        row->ctx_voluntary += (double)thread->voluntary;
        row->ctx_involuntary += (double)thread->involuntary;
    }
}

static void fill_row(struct run_row *row, const struct world *world)
{
    const struct engine *engine = world->engine;
    const struct workload *workload = world->workload;
    uint64_t busy = 0;
    uint64_t emulator = peer_busy_ns(&world->peer);
    for (uint32_t i = 0; i < engine->cores.count; i++)
        busy += engine->cores.items[i].busy_ns;
    run_row_init(row, world->spec);
    snprintf(row->source, sizeof row->source, "model");
    snprintf(row->kind, sizeof row->kind, "predicted");
    row->wall_s = seconds(engine->run_ns);
    row->sessions_ok = (double)workload->ended[JOB_OK];
    row->sessions_failed = 0;
    for (int i = JOB_OK + 1; i < JOB_ENDS; i++) {
        row->failed[i] = (double)workload->ended[i];
        row->sessions_failed += row->failed[i];
    }
    fill_percentiles(row, workload);
    row->cpu_user_s = seconds(busy - emulator); // the model does not tell user from system time
    row->cpu_sys_s = 0;
    if (world->peer.thread)
        row->emulator_cpu_s = seconds(emulator);
    fill_switches(row, world);
    row->peak_rss_kb = engine->costs.memory_kb + engine->costs.worker_memory_kb * world->n_workers +
                       engine->costs.session_memory_kb * workload->most_open;
    if (engine->n_gils)
        fill_gil(row, world);
    fill_states(row, world);
    row->cores = engine->cores.count;
    if (world->answers)
        row->answers_per_s =
            (double)world->answers / seconds(world->echo_to_ns - world->echo_from_ns);
}

static void label_run(struct trace *trace, const struct world *world, uint32_t run)
{
    const struct run_spec *spec = world->spec;
    char *label = alloc_printf("%s, %u workers, %s", strategy_names[spec->strategy], spec->workers,
                               spec->interpreter->name);
    trace_run(trace, run, world->engine->n_threads, label);
    if (spec->strategy == STRATEGY_ASYNC)
        trace_name_turns(trace, spec->workers, label);
    free(label);
    trace_name_thread(trace, 0, "main");
    for (uint32_t i = 0; i < world->n_workers && world->first_worker; i++) {
        char name[32];
        snprintf(name, sizeof name, "worker %u", i);
        trace_name_thread(trace, world->first_worker + i, name);
    }
    // The sessions of a loop are no threads.
    for (uint32_t i = 0; i < world->n_workers && spec->strategy != STRATEGY_ASYNC; i++)
        trace_worker(trace, i, world->first_worker + i);
    for (uint32_t i = 0; i < spec->background; i++) {
        char name[32];
        snprintf(name, sizeof name, "background %u", i);
        trace_name_thread(trace, world->first_background + i, name);
    }
    if (world->peer.thread)
        trace_name_thread(trace, world->peer.thread->id, "emulator");
    for (uint32_t i = 0; i < spec->workers && world->readers; i++) {
        char name[32];
        snprintf(name, sizeof name, "reader %u", i);
        trace_name_thread(trace, world->readers[i].thread->id, name);
        snprintf(name, sizeof name, "limit %u", i);
        trace_name_thread(trace, world->readers[i].timer->id, name);
    }
}

// Who still has a lock when the run is over: one in the background.
static void trace_last_holders(struct engine *engine)
{
    for (uint32_t i = 0; i < engine->n_threads && engine->trace; i++)
        if (engine->threads[i].holds && engine->threads[i].gil)
            engine_trace_holder(engine, &engine->threads[i]);
}

// multiprocessing.Pool's handler thread looked for its end every 0.1 s before 3.8.
static uint64_t pool_poll_ns(const struct interpreter *interpreter)
{
    bool polls = interpreter->major == 2 || (interpreter->major == 3 && interpreter->minor < 8);
    return polls ? 100 * CLOCK_NS_PER_MS : 0;
}

static void set_up(struct engine *engine, struct world *world, const struct strategy_model *model,
                   const struct sim_costs *costs, uint32_t cores, uint64_t seed)
{
    const struct run_spec *spec = world->spec;
    bool lock = spec->interpreter->gil != GIL_NONE;
    uint32_t threads = model->threads(spec) + spec->background;
    bool emulator = costs->emulator && model != &model_echo;
    uint32_t readers = costs->reader ? readers_threads(spec->workers) : 0;
    engine_init(engine, costs, cores, threads + emulator + readers, lock ? model->gils(spec) : 0,
                seed);
    set_gils(engine, spec);
    engine->main = &engine->threads[0];
    engine->world = world;
    world->engine = engine;
    world->handshake = spec->interpreter->major != 0;
    if (costs->pool_ns) // on the ideal machine it ends at once
        world->pool_poll_ns = pool_poll_ns(spec->interpreter);
    world->n_workers = spec->workers;
    world->first_worker = 1;
    world->workers = alloc_zero(spec->workers, sizeof *world->workers);
    world->used = alloc_zero(spec->workers, sizeof *world->used);
    if (emulator)
        peer_init(world, &engine->threads[threads]);
    model->build(world);
    if (readers)
        readers_init(world, threads + emulator);
}

int predict_check(const struct experiment *experiment, const struct run_spec *spec,
                  const struct predict_options *options, struct err *err)
{
    struct interpreter interpreter = *spec->interpreter;
    if (interpreter_rules(&interpreter, spec->transport, options->costs, err) < 0)
        return -1;
    if (!options->costs && experiment->work.echo_ns)
        return err_input(err, "on the ideal machine an echo takes no time; leave out --ideal");
    if (!options->costs && interpreter.gil == GIL_TICKS && spec->background)
        return err_input(err, "on the ideal machine a thread that computes all the time never "
                              "loses the lock of 2.7; leave out --ideal");
    return 0;
}

// A real Python's sessions over SSH have a second thread, where they have any.
static bool has_reader(const struct experiment *experiment, const struct run_spec *spec)
{
    bool blocks = spec->strategy != STRATEGY_ASYNC && spec->strategy != STRATEGY_INTERPRETERS;
    return interpreter_python_path(spec->interpreter) && blocks && !experiment->work.echo_ns;
}

int predict_run(const struct experiment *experiment, const struct run_spec *spec,
                const struct predict_options *options, struct prediction *out, struct err *err)
{
    struct interpreter interpreter = *spec->interpreter;
    struct run_spec own = *spec;
    own.interpreter = &interpreter;
    *out = (struct prediction){0};
    if (predict_check(experiment, spec, options, err) < 0)
        return -1;
    interpreter_rules(&interpreter, spec->transport, options->costs, err);
    // Even on the ideal machine threads share a core, or one that computes for ever would keep it.
    struct sim_costs costs = {.quantum_ns = 4 * CLOCK_NS_PER_MS};
    if (options->costs)
        sim_costs_set(&costs, options->costs, &own, has_reader(experiment, spec));
    costs.emulator &= !experiment->devices.addresses.len;
    uint32_t cores = experiment->machine.cores ? experiment->machine.cores : options->cores;
    uint32_t grain = options->grain ? options->grain : grain_of(experiment, &own, &costs, cores);
    uint32_t cohort =
        options->cohort ? options->cohort : cohort_of(experiment, &own, &costs, cores);
    grain_set(&costs, options->trace ? 1 : grain); // a timeline shows every round
    costs.cohort = options->trace ? 1 : cohort;    // and every waiter
    const struct strategy_model *model =
        experiment->work.echo_ns ? &model_echo : strategy_models[own.strategy];
    struct workload *workload = alloc_zero(1, sizeof *workload);
    workload_init(workload, experiment, &own, &costs, &options->answers, options->sessions);
    struct world world = {.spec = &own, .workload = workload};
    struct engine engine;
    set_up(&engine, &world, model, &costs, cores,
           experiment->seed ^ (UINT64_C(0x9e3779b97f4a7c15) * (own.repeat + 1)));
    engine.trace = options->trace;
    if (options->trace)
        label_run(options->trace, &world, options->run);
    int result = engine_run(&engine, options->stop) ? 0 : -1;
    if (result == 0) {
        trace_last_holders(&engine);
        fill_row(&out->row, &world);
        snprintf(out->row.interpreter, sizeof out->row.interpreter, "%s", spec->interpreter->name);
        out->events = engine.queue.taken;
        out->grain = costs.grain;
        for (uint32_t i = 0; i < engine.n_gils; i++)
            if (engine.gils[i].asleep.cohort_largest > out->cohort)
                out->cohort = engine.gils[i].asleep.cohort_largest;
        out->sessions = workload->rows;
        out->n_sessions = workload->n_rows;
        workload->rows = NULL;
    } else {
        err_set(err,
                options->stop && *options->stop ? "interrupted" : "the model came to a standstill");
    }
    if (model->fini)
        model->fini(&world);
    readers_fini(&world);
    peer_fini(&world.peer);
    free(world.used);
    free(world.workers);
    workload_fini(workload);
    free(workload);
    engine_fini(&engine);
    return result;
}
