#include "client/calibrate_stage.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/folder.h"
#include "client/conn.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

static int start_emulator(struct calibrate_stage *stage, const char *program,
                          enum transport transport, const volatile sig_atomic_t *stop,
                          struct targets *targets, struct err *err)
{
    char *path = folder_temporary("calibrate");
    int result = write_experiment(stage->experiment, path, err);
    if (result == 0)
        result = emulator_child_start(&stage->emulator, program, path, CALIBRATE_DEVICES, transport,
                                      stop, targets, err);
    unlink(path);
    free(path);
    return result;
}

double calibrate_stage_end(struct calibrate_stage *stage)
{
    struct usage usage = {0};
    char died_of[64];
    plan_free(stage->plan);
    if (stage->emulator.pid > 0)
        emulator_child_stop(&stage->emulator, &usage, died_of, sizeof died_of);
    experiment_free(stage->experiment);
    return (usage.user_s + usage.sys_s) * 1e9;
}

int calibrate_stage_start(struct calibrate_stage *stage, const char *program,
                          enum transport transport, int commands, const char *command_latency,
                          const volatile sig_atomic_t *stop, struct err *err)
{
    *stage = (struct calibrate_stage){.emulator = {.pid = -1, .stdin_fd = -1, .stdout_fd = -1}};
    struct buf list = {0};
    buf_puts(&list, "work.commands=[show clock");
    for (int i = 1; i < commands; i++)
        buf_puts(&list, i % 2 ? ", show ip interface brief" : ", show clock");
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
        calibrate_stage_end(stage);
        return -1;
    }
    stage->plan = plan_new(stage->experiment, transport, CALIBRATE_DEVICES, targets);
    stage->worker = (struct worker){.plan = stage->plan, .zero_ns = clock_now_ns()};
    if (stage->plan->conn_type->prepare)
        stage->plan->conn_type->prepare();
    return 0;
}
