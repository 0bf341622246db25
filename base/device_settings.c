#include "base/device_settings.h"

#include "base/alloc.h"

#include <stdlib.h>

int device_settings_check(const struct device_settings *settings, const char *name, struct err *err)
{
    if (faults_sum(&settings->faults) > 1 + 1e-9) // 0.1 ten times is a little more than 1
        return err_input(err, "%s: faults add up to more than 1; they are shares of all sessions",
                         name);
    return 0;
}

struct device_settings *device_settings_copy(const struct device_settings *settings)
{
    struct device_settings *copy = alloc_zero(1, sizeof *copy);
    *copy = *settings;
    copy->platform = alloc_strdup(settings->platform);
    copy->username = alloc_strdup(settings->username);
    copy->password = alloc_strdup(settings->password);
    copy->enable_secret = alloc_strdup(settings->enable_secret);
    size_t n = settings->latency.n_per_command;
    copy->latency.per_command = n ? alloc_zero(n, sizeof *copy->latency.per_command) : NULL;
    for (size_t i = 0; i < n; i++) {
        copy->latency.per_command[i] = settings->latency.per_command[i];
        copy->latency.per_command[i].pattern =
            alloc_strdup(settings->latency.per_command[i].pattern);
    }
    return copy;
}

void device_settings_free(struct device_settings *settings)
{
    if (!settings)
        return;
    for (size_t i = 0; i < settings->latency.n_per_command; i++)
        free(settings->latency.per_command[i].pattern);
    free(settings->latency.per_command);
    free(settings->platform);
    free(settings->username);
    free(settings->password);
    free(settings->enable_secret);
    free(settings);
}
