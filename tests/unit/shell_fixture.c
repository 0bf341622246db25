#include "tests/unit/shell_fixture.h"

#include "tests/unit/harness.h"

#include <string.h>

int64_t fixture_clock_ms = INT64_C(1768473000123);

static int64_t clock_ms(void)
{
    return fixture_clock_ms;
}

void open_platform(struct fixture *f, const char *platform, uint8_t privilege)
{
    struct err err;
    *f = (struct fixture){0};
    f->experiment = experiment_load(NULL, NULL, &err);
    f->platform = platform_load(platform, NULL, &err);
    if (!f->platform)
        fail_msg("%s", err.text);
    f->set = device_set_new(f->experiment, f->platform, 9);
    device_set_clock(f->set, clock_ms);
    f->device = device_open(f->set, 2);
    f->shell =
        shell_new(f->device, &(struct shell_options){.user = "cisco", .privilege = privilege});
    shell_start(f->shell, &f->out);
}

void open_shell(struct fixture *f, uint8_t privilege)
{
    open_platform(f, "cisco_ios", privilege);
}

void close_shell(struct fixture *f)
{
    shell_free(f->shell);
    device_close(f->set, f->device);
    device_set_free(f->set);
    platform_free(f->platform);
    experiment_free(f->experiment);
    buf_fini(&f->out);
}

static void resume_all(struct shell *shell, struct buf *out)
{
    while (shell_status(shell) == SHELL_BUSY)
        shell_resume(shell, out);
}

const char *type(struct fixture *f, const char *bytes, size_t len)
{
    buf_clear(&f->out);
    shell_input(f->shell, bytes, len, &f->out);
    resume_all(f->shell, &f->out);
    return buf_text(&f->out);
}

const char *says(struct fixture *f, const char *text)
{
    return type(f, text, strlen(text));
}

const char *other_says(struct fixture *f, struct shell *shell, const char *text)
{
    buf_clear(&f->out);
    shell_input(shell, text, strlen(text), &f->out);
    resume_all(shell, &f->out);
    return buf_text(&f->out);
}
