#include "client/calibrate_sessions.h"

#include "base/alloc.h"
#include "client/burn.h"
#include "client/calibrate_machine.h"
#include "client/calibrate_stage.h"
#include "client/job.h"
#include "client/samples.h"

#include <poll.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    DEVICES = CALIBRATE_DEVICES,
    ROUNDS = 7,
    AT_ONCE = 10,
    COMMANDS = 10,
    PROCESSES = 9,
    SLEEP_SESSIONS = 2000
};

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

// Sessions as they are in a run: several at once, whose devices take their time, so that none has
// the caches for itself.
static int run_sessions(struct calibrate_stage *stage, uint32_t sessions,
                        const volatile sig_atomic_t *stop, struct err *err)
{
    struct job jobs[AT_ONCE];
    struct pollfd fds[AT_ONCE];
    uint32_t next = 0;
    uint32_t open = 0;
    int result = 0;
    for (; open < AT_ONCE && next < sessions; open++)
        job_start(&jobs[open], &stage->worker, next++ % DEVICES);
    while (open > 0 && result == 0) {
        for (uint32_t i = 0; i < open && result == 0; i++) {
            if (!job_step(&jobs[i]))
                continue;
            result = check(&jobs[i].result, err);
            job_stop(&jobs[i]);
            if (result == 0 && next < sessions)
                job_start(&jobs[i], &stage->worker, next++ % DEVICES);
            else
                jobs[i--] = jobs[--open];
        }
        for (uint32_t i = 0; i < open; i++) {
            struct conn_wait wait;
            job_wait(&jobs[i], &wait);
            fds[i] = (struct pollfd){.fd = wait.fd, .events = wait.events};
        }
        poll(fds, open, 1);
        if (*stop)
            result = err_set(err, "interrupted");
    }
    while (open > 0)
        job_stop(&jobs[--open]);
    return result;
}

// CPU of a session at both ends: one sample.
static int measure_cpu(const char *program, enum transport transport, int commands,
                       const volatile sig_atomic_t *stop, struct samples ends[2], struct err *err)
{
    struct calibrate_stage stage;
    if (calibrate_stage_start(&stage, program, transport, commands, "2ms", stop, err) < 0)
        return -1;
    double idle_ns = calibrate_cpu_ns(stage.emulator.pid);
    double start_ns = cpu_ns();
    int result = run_sessions(&stage, DEVICES, stop, err);
    samples_add(&ends[0], (cpu_ns() - start_ns) / DEVICES);
    double emulator_ns = calibrate_stage_end(&stage);
    if (idle_ns >= 0)
        samples_add(&ends[1], (emulator_ns - idle_ns) / DEVICES);
    return result;
}

// What a command adds, and what is left for the session: of each round by itself, as the core may
// be half as fast in the next. A round in which it changed its speed would have one of them take
// nothing, and tells neither. One more command turns the pager off, which takes about half, because
// nothing is waited for.
static void tell_apart(const struct samples *few, const struct samples *many, struct cost *session,
                       struct cost *command)
{
    struct samples sessions = {0};
    struct samples commands = {0};
    for (size_t i = 0; i < few->len && i < many->len; i++) {
        double command_ns = (many->values[i] - few->values[i]) / COMMANDS;
        double session_ns = few->values[i] - 1.5 * command_ns;
        if (command_ns <= 0 || session_ns <= 0)
            continue;
        samples_add(&commands, command_ns);
        samples_add(&sessions, session_ns);
    }
    samples_take(&commands, command);
    samples_take(&sessions, session);
}

// Sessions of one and of many commands in turn: a core that is slower for a while is so for both.
static int measure_transport(const char *program, enum transport transport,
                             const volatile sig_atomic_t *stop, struct cost *session,
                             struct cost *command, struct cost *device, struct cost *device_command,
                             struct err *err)
{
    struct samples few[2] = {{0}, {0}};
    struct samples many[2] = {{0}, {0}};
    int result = 0;
    for (int round = 0; round < ROUNDS && result == 0; round++) {
        result = measure_cpu(program, transport, 1, stop, few, err);
        if (result == 0)
            result = measure_cpu(program, transport, 1 + COMMANDS, stop, many, err);
    }
    if (result == 0) {
        tell_apart(&few[0], &many[0], session, command);
        if (few[1].len > 0)
            tell_apart(&few[1], &many[1], device, device_command);
    }
    for (int i = 0; i < 2; i++) {
        samples_fini(&few[i]);
        samples_fini(&many[i]);
    }
    return result;
}

// In a process of its own: what its first session takes; -1 when that fails.
static double cpu_of_first(struct calibrate_stage *stage)
{
    int ends[2];
    double ns = -1;
    if (pipe(ends) < 0)
        return -1;
    pid_t pid = fork();
    if (pid == 0) {
        struct job_result done;
        double start_ns = cpu_ns();
        job_run(&stage->worker, 0, &done);
        ns = done.row.end == JOB_OK ? cpu_ns() - start_ns : -1;
        _exit(write(ends[1], &ns, sizeof ns) != sizeof ns);
    }
    close(ends[1]);
    if (pid < 0 || read(ends[0], &ns, sizeof ns) != sizeof ns)
        ns = -1;
    close(ends[0]);
    if (pid > 0)
        waitpid(pid, NULL, 0);
    return ns;
}

// The libraries set themselves up in the first SSH session of a process, and what is forked from it
// later finds that done: so before this process has any.
static int measure_first(const char *program, const volatile sig_atomic_t *stop,
                         struct samples *whole, struct err *err)
{
    struct calibrate_stage stage;
    if (calibrate_stage_start(&stage, program, TRANSPORT_SSH, 1, "5ms", stop, err) < 0)
        return -1;
    for (int i = 0; i < PROCESSES && !*stop; i++) {
        double ns = cpu_of_first(&stage);
        if (ns >= 0)
            samples_add(whole, ns);
    }
    calibrate_stage_end(&stage);
    return whole->len > 0 ? 0 : err_set(err, "no process could log in to the emulator");
}

// What those sessions took beyond a usual one.
static void set_first(const struct samples *whole, struct costs *costs)
{
    double usual_ns = costs->ssh_session.median + 1.5 * costs->ssh_command.median;
    struct samples more = {0};
    for (size_t i = 0; i < whole->len; i++)
        samples_add(&more, whole->values[i] - usual_ns);
    samples_take(&more, &costs->ssh_first);
}

// Sessions that all wait for an answer; what the process has more than before, by session.
static int measure_memory(const char *program, enum transport transport,
                          const volatile sig_atomic_t *stop, struct cost *memory, struct err *err)
{
    struct calibrate_stage stage;
    if (calibrate_stage_start(&stage, program, transport, 1, "60s", stop, err) < 0)
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
    calibrate_stage_end(&stage);
    if (result == 0 && each > 0)
        *memory = (struct cost){each, each, each};
    return result;
}

static int measure_harness(const volatile sig_atomic_t *stop, struct costs *costs, struct err *err)
{
    struct calibrate_stage stage;
    struct samples samples = {0};
    if (calibrate_stage_start(&stage, NULL, TRANSPORT_SLEEP, 1, "0", stop, err) < 0)
        return -1;
    for (uint32_t i = 0; i < SLEEP_SESSIONS; i++) {
        struct job_result done;
        double start_ns = cpu_ns();
        job_run(&stage.worker, i % DEVICES, &done);
        samples_add(&samples, cpu_ns() - start_ns);
    }
    calibrate_stage_end(&stage);
    samples_take(&samples, &costs->job);
    return 0;
}

int calibrate_sessions(const char *program, const volatile sig_atomic_t *stop, struct costs *costs,
                       struct samples *passes, struct err *err)
{
    const struct {
        enum transport transport;
        struct cost *session;
        struct cost *command;
        struct cost *device;
        struct cost *device_command;
        struct cost *memory;
    } transports[] = {
        {TRANSPORT_TELNET, &costs->telnet_session, &costs->telnet_command, &costs->telnet_device,
         &costs->telnet_device_command, &costs->telnet_memory},
        {TRANSPORT_SSH, &costs->ssh_session, &costs->ssh_command, &costs->ssh_device,
         &costs->ssh_device_command, &costs->ssh_memory},
    };
    struct samples first = {0};
    int result = measure_first(program, stop, &first, err);
    if (result == 0)
        result = measure_harness(stop, costs, err);
    for (size_t i = 0; i < sizeof transports / sizeof *transports && result == 0; i++) {
        samples_add(passes, burn_pass_ns());
        result = measure_transport(program, transports[i].transport, stop, transports[i].session,
                                   transports[i].command, transports[i].device,
                                   transports[i].device_command, err);
        samples_add(passes, burn_pass_ns());
        if (result == 0)
            result =
                measure_memory(program, transports[i].transport, stop, transports[i].memory, err);
    }
    if (result == 0)
        set_first(&first, costs);
    samples_fini(&first);
    return result;
}
