#include "client/calibrate_sessions.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/folder.h"
#include "client/calibrate_machine.h"
#include "client/emulator_child.h"
#include "client/job.h"
#include "client/plan.h"
#include "client/samples.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { DEVICES = 40, ROUNDS = 3, COMMANDS = 20, SLEEP_SESSIONS = 2000 };

// An experiment that exists for the measurement only, with its devices up.
struct stage {
    struct experiment *experiment;
    struct emulator_child emulator;
    struct plan *plan;
    struct worker worker;
};

static int write_experiment(const struct experiment *experiment, char *path, struct err *err)
{
    int fd = mkstemp(path);
    FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (!file)
        return err_set(err, "cannot write '%s': %s", path, strerror(errno));
    int result = experiment_write(experiment, file, err);
    if (fclose(file) != 0 && result == 0)
        result = err_set(err, "cannot write '%s': %s", path, strerror(errno));
    return result;
}

static int start_emulator(struct stage *stage, const char *program, enum transport transport,
                          const volatile sig_atomic_t *stop, struct targets *targets,
                          struct err *err)
{
    char *path = folder_temporary("calibrate");
    int result = write_experiment(stage->experiment, path, err);
    if (result == 0)
        result = emulator_child_start(&stage->emulator, program, path, DEVICES, transport, stop,
                                      targets, err);
    unlink(path);
    free(path);
    return result;
}

static void stage_end(struct stage *stage)
{
    struct usage usage;
    char died_of[64];
    plan_free(stage->plan);
    if (stage->emulator.pid > 0)
        emulator_child_stop(&stage->emulator, &usage, died_of, sizeof died_of);
    experiment_free(stage->experiment);
}

// command_latency as experiment files write it.
static int stage_start(struct stage *stage, const char *program, enum transport transport,
                       int commands, const char *command_latency, const volatile sig_atomic_t *stop,
                       struct err *err)
{
    *stage = (struct stage){.emulator = {.pid = -1, .stdin_fd = -1, .stdout_fd = -1}};
    struct buf list = {0};
    buf_puts(&list, "work.commands=[show clock");
    for (int i = 1; i < commands; i++)
        buf_puts(&list, ", show clock");
    buf_puts(&list, "]");
    char *latency = alloc_printf("devices.latency.command=%s", command_latency);
    char *name = alloc_printf("devices.transport=%s", transport_names[transport]);
    const char *overrides[] = {"name=calibrate",
                               "devices.latency.connect=0",
                               "devices.latency.login=0",
                               "devices.count=40",
                               latency,
                               name,
                               buf_text(&list),
                               NULL};
    stage->experiment = experiment_load(NULL, overrides, err);
    buf_fini(&list);
    free(latency);
    free(name);
    struct targets targets = {0};
    if (!stage->experiment)
        return -1;
    if (transport != TRANSPORT_SLEEP &&
        start_emulator(stage, program, transport, stop, &targets, err) < 0) {
        stage_end(stage);
        return -1;
    }
    stage->plan = plan_new(stage->experiment, transport, DEVICES, targets);
    stage->worker = (struct worker){.plan = stage->plan, .zero_ns = clock_now_ns()};
    if (stage->plan->conn_type->prepare)
        stage->plan->conn_type->prepare();
    return 0;
}

static double cpu_ns(void)
{
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static int check(const struct job_result *result, struct err *err)
{
    if (result->row.end == JOB_OK)
        return 0;
    return err_set(err, "a session with the emulator failed: %s", result->reason);
}

// CPU of each of the sessions.
static int measure_cpu(const char *program, enum transport transport, int commands,
                       const volatile sig_atomic_t *stop, struct samples *samples, struct err *err)
{
    struct stage stage;
    if (stage_start(&stage, program, transport, commands, "0", stop, err) < 0)
        return -1;
    int result = 0;
    for (int round = 0; round <= ROUNDS && result == 0; round++)
        for (uint32_t i = 0; i < DEVICES && result == 0; i++) {
            struct job_result done;
            double start_ns = cpu_ns();
            job_run(&stage.worker, i, &done);
            if (round > 0) // the first one warms up
                samples_add(samples, cpu_ns() - start_ns);
            result = *stop ? err_set(err, "interrupted") : check(&done, err);
        }
    stage_end(&stage);
    return result;
}

// Sessions of one and of many commands: what a command adds, and what is left for the session.
static int measure_transport(const char *program, enum transport transport,
                             const volatile sig_atomic_t *stop, struct cost *session,
                             struct cost *command, struct err *err)
{
    struct samples few = {0};
    struct samples many = {0};
    struct samples commands = {0};
    struct cost one = {0};
    int result = measure_cpu(program, transport, 1, stop, &few, err);
    if (result == 0)
        result = measure_cpu(program, transport, 1 + COMMANDS, stop, &many, err);
    if (result == 0) {
        samples_cost(&few, &one);
        for (size_t i = 0; i < many.len; i++)
            samples_add(&commands, (many.values[i] - one.median) / COMMANDS);
        samples_take(&commands, command);
        *session = (struct cost){one.min - command->median, one.median - command->median,
                                 one.max - command->median};
    }
    samples_fini(&few);
    samples_fini(&many);
    return result;
}

// Sessions that all wait for an answer; what the process has more than before, by session.
static int measure_memory(const char *program, enum transport transport,
                          const volatile sig_atomic_t *stop, struct cost *memory, struct err *err)
{
    struct stage stage;
    if (stage_start(&stage, program, transport, 1, "60s", stop, err) < 0)
        return -1;
    double before = calibrate_own_kb("smaps_rollup", "Rss:");
    struct job *jobs = alloc_zero(DEVICES, sizeof *jobs);
    uint32_t waiting = 0;
    int result = 0;
    for (uint32_t i = 0; i < DEVICES; i++)
        job_start(&jobs[i], &stage.worker, i);
    while (waiting < DEVICES && result == 0) {
        waiting = 0;
        for (uint32_t i = 0; i < DEVICES && result == 0; i++) {
            if (job_step(&jobs[i]) && check(&jobs[i].result, err) < 0)
                result = -1;
            waiting += jobs[i].dialog.command > 0;
        }
        poll(NULL, 0, 1);
        if (*stop)
            result = err_set(err, "interrupted");
    }
    double each = (calibrate_own_kb("smaps_rollup", "Rss:") - before) / DEVICES;
    for (uint32_t i = 0; i < DEVICES; i++)
        job_stop(&jobs[i]);
    free(jobs);
    stage_end(&stage);
    if (result == 0)
        *memory = (struct cost){each, each, each};
    return result;
}

static int measure_harness(const volatile sig_atomic_t *stop, struct costs *costs, struct err *err)
{
    struct stage stage;
    struct samples samples = {0};
    if (stage_start(&stage, NULL, TRANSPORT_SLEEP, 1, "0", stop, err) < 0)
        return -1;
    for (uint32_t i = 0; i < SLEEP_SESSIONS; i++) {
        struct job_result done;
        double start_ns = cpu_ns();
        job_run(&stage.worker, i % DEVICES, &done);
        samples_add(&samples, cpu_ns() - start_ns);
    }
    stage_end(&stage);
    samples_take(&samples, &costs->job);
    return 0;
}

int calibrate_sessions(const char *program, const volatile sig_atomic_t *stop, struct costs *costs,
                       struct err *err)
{
    static const struct {
        enum transport transport;
        size_t session;
        size_t command;
        size_t memory;
    } transports[] = {
        {TRANSPORT_TELNET, offsetof(struct costs, telnet_session),
         offsetof(struct costs, telnet_command), offsetof(struct costs, telnet_memory)},
        {TRANSPORT_SSH, offsetof(struct costs, ssh_session), offsetof(struct costs, ssh_command),
         offsetof(struct costs, ssh_memory)},
    };
    if (measure_harness(stop, costs, err) < 0)
        return -1;
    for (size_t i = 0; i < sizeof transports / sizeof *transports; i++) {
        char *base = (char *)costs;
        if (measure_transport(program, transports[i].transport, stop,
                              (struct cost *)(void *)(base + transports[i].session),
                              (struct cost *)(void *)(base + transports[i].command), err) < 0 ||
            measure_memory(program, transports[i].transport, stop,
                           (struct cost *)(void *)(base + transports[i].memory), err) < 0)
            return -1;
    }
    return 0;
}
