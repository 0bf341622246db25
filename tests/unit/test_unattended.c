// A file whose session has ended is entered to the end all the same.
#include "emulator/unattended.h"

#include "base/experiment.h"
#include "emulator/device_state.h"
#include "tests/unit/harness.h"
#include "tests/unit/shell_fixture.h"

#include <string.h>

enum { ADDRESSES = 2000 };

static uint64_t now_ns(void)
{
    return 1;
}

// Two shells of one device: one has begun to enter a file, f.shell is another.
struct left {
    struct fixture f;
    struct shell *leaver;
    struct device *device; // its own hold of it
    struct timers timers;
    struct session_env env;
    struct unattended unattended;
    int line;
};

static void begin_copy(struct left *left)
{
    struct fixture *f = &left->f;
    struct buf text = {0};
    open_shell(f, 15);
    says(f, "configure terminal\nfile prompt quiet\nend\n");
    for (int i = 0; i < ADDRESSES; i++)
        buf_printf(&text, "interface Loopback%d\n", 1000 + i);
    buf_puts(&text, "hostname Done\n");
    device_lock(f->device);
    assert_true(device_put_file(f->device, "a.cfg", &text));
    device_unlock(f->device);
    const char copy[] = "copy flash:a.cfg running-config\n";
    shell_input(f->shell, copy, sizeof copy - 1, &f->out);
    for (int i = 0; i < 4; i++)
        assert_int_equal(shell_resume(f->shell, &f->out), SHELL_BUSY);
    left->leaver = f->shell;
    left->device = device_open(f->set, 2);
    f->shell = shell_new(f->device, &(struct shell_options){.user = "watcher", .privilege = 15});
    shell_start(f->shell, &f->out);
}

static void leave(struct left *left)
{
    begin_copy(left);
    timers_init(&left->timers, now_ns);
    left->env = (struct session_env){
        .devices = left->f.set, .limits = limits_new(0), .timers = &left->timers};
    left->line = limits_take_line(left->env.limits, 2, 1);
    unattended_init(&left->unattended, &left->env);
    unattended_take(&left->unattended, left->leaver, left->device, left->line);
}

static void end(struct left *left)
{
    unattended_fini(&left->unattended);
    limits_free(left->env.limits);
    timers_fini(&left->timers);
    close_shell(&left->f);
}

static void test_it_is_entered_to_the_end_in_pieces(void **state)
{
    (void)state;
    struct left left;
    size_t pieces = 0;
    leave(&left);
    assert_null(strstr(says(&left.f, "show users\n"), "cisco"));
    for (; timers_next_ns(&left.timers) != TIMERS_NEVER; pieces++) {
        assert_int_equal(limits_take_line(left.env.limits, 2, 1), -1);
        timers_run(&left.timers);
    }
    assert_in_range(pieces, 10, ADDRESSES);
    assert_int_equal(limits_take_line(left.env.limits, 2, 1), 0);
    assert_non_null(strstr(says(&left.f, "show running-config | count ^interface Loopback[12]\n"),
                           "regexp = 2000"));
    assert_non_null(strstr(says(&left.f, "\n"), "Done#"));
    end(&left);
}

static void test_a_restart_of_the_device_ends_it(void **state)
{
    (void)state;
    struct left left;
    leave(&left);
    timers_run(&left.timers);
    assert_true(timer_is_set(&left.unattended.timer));
    says(&left.f, "reload\nno\n\n");
    timers_run(&left.timers);
    assert_int_equal(timers_next_ns(&left.timers), TIMERS_NEVER);
    end(&left);
}

static void test_what_is_not_entered_when_the_emulator_ends_is_dropped(void **state)
{
    (void)state;
    struct left left;
    leave(&left);
    timers_run(&left.timers);
    end(&left); // nothing leaks, and no timer is left
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_it_is_entered_to_the_end_in_pieces),
        cmocka_unit_test(test_a_restart_of_the_device_ends_it),
        cmocka_unit_test(test_what_is_not_entered_when_the_emulator_ends_is_dropped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
