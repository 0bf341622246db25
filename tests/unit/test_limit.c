// What limits a run, from figures of which the answer is known by counting.
#include "base/buf.h"
#include "plots/limit.h"
#include "tests/unit/harness.h"

#include <math.h>
#include <string.h>

// Of a run. 0 for what it does not have; NAN for what is not known.
struct known {
    const char *strategy;
    const char *interpreter;
    double devices, workers, processes, cores;
    double wall_s, cpu_s, emulator_s, held_s;
    double running_s, wait_gil_s, wait_core_s, wait_device_s; // NAN: measured
    double p50_s, max_s;
};

static void fill(struct run_row *row, const struct known *known)
{
    static const struct interpreter any = {0};
    static const struct run_spec spec = {.interpreter = &any};
    run_row_init(row, &spec);
    snprintf(row->strategy, sizeof row->strategy, "%s", known->strategy);
    snprintf(row->interpreter, sizeof row->interpreter, "%s", known->interpreter);
    row->devices = known->devices;
    row->workers = known->workers;
    row->processes = known->processes;
    row->cores = known->cores;
    row->wall_s = known->wall_s;
    row->cpu_user_s = known->cpu_s;
    row->cpu_sys_s = 0;
    row->emulator_cpu_s = known->emulator_s;
    row->gil_held_s = known->held_s;
    row->state_s[STATE_RUNNING] = known->running_s;
    row->state_s[STATE_WAIT_GIL] = known->wait_gil_s;
    row->state_s[STATE_WAIT_CORE] = known->wait_core_s;
    row->state_s[STATE_WAIT_DEVICE] = known->wait_device_s;
    row->p50_s = known->p50_s;
    row->max_s = known->max_s;
}

// The sentences of the first run, beside the second unless it has no strategy.
static void check(const struct known runs[2], double aaa_rate, const char *expected)
{
    struct run_row rows[2];
    size_t run_of[2] = {0, 1};
    struct experiment experiment = {.devices.aaa_rate_per_s = aaa_rate};
    struct folder folder = {.runs = rows, .n_runs = 2, .experiment = &experiment};
    struct group groups[2];
    for (size_t i = 0; i < 2 && runs[i].strategy; i++) {
        fill(&rows[i], &runs[i]);
        groups[i] = (struct group){.row = &rows[i], .runs = &run_of[i], .n_runs = 1};
    }
    struct dataset dataset = {.folders = &folder, .n_folders = 1, .groups = groups, .n_groups = 2};
    struct buf text = {0};
    limit_write(&dataset, &groups[0], runs[1].strategy ? &groups[1] : NULL, &text);
    assert_string_equal(buf_text(&text), expected);
    buf_fini(&text);
}

#define NOBODY                                                                                     \
    {                                                                                              \
        0                                                                                          \
    }
#define MEASURED NAN, NAN, NAN, NAN

// 40 sessions each, on two cores.
static void test_the_highest_floor_limits(void **state)
{
    (void)state;
    static const struct {
        struct known runs[2]; // this one, the one with one worker
        double aaa_rate;
        const char *sentences;
    } cases[] = {
        // 4 rounds of 100 ms.
        {{{"threads", "native", 40, 10, 1, 2, 0.4, 0.01, 0, 0, 0.01, 0, 0, 3.99, 0.1, 0.1},
          {"sequential", "native", 40, 1, 1, 2, 4, 0.01, 0, 0, MEASURED, 0.1, 0.1}},
         0,
         " Of their time its workers spend 100 % waiting for the devices. The wait limits."},
        // Two rounds for 30 workers: most of them are done after the first.
        {{{"threads", "native", 40, 30, 1, 2, 0.2, 0.01, 0, 0, MEASURED, 0.1, 0.1},
          {"sequential", "native", 40, 1, 1, 2, 4, 0.01, 0, 0, MEASURED, 0.1, 0.1}},
         0,
         " The client computed for less than 1 % of its workers' time. The wait limits."},
        // 20 ms of computing each under one lock.
        {{{"threads", "cpython-3.11", 40, 10, 1, 2, 0.83, 0.8, 0, 0.8, 0.8, 6, 0.1, 0.8, 0.2, 0.2},
          {"sequential", "cpython-3.11", 40, 1, 1, 2, 1.6, 0.8, 0, 0.8, MEASURED, 0.04, 0.04}},
         0,
         " Of their time its workers spend 78 % waiting for the lock, 10 % waiting for the "
         "devices, "
         "10 % computing, 1 % waiting for a core. The lock was held for 96 % of the run, the cores "
         "were busy for 48 %: the lock limits."},
        // A real Python does not tell how long the lock was held.
        {{{"threads", "cpython-3.11", 40, 10, 1, 2, 0.83, 0.8, 0, NAN, MEASURED, 0.2, 0.2}, NOBODY},
         0,
         " The client computed for 10 % of its workers' time. The lock was held for 96 % of the "
         "run, the cores were busy for 48 %: the lock limits."},
        // The same with a lock for each.
        {{{"processes", "cpython-3.11", 40, 10, 10, 2, 0.43, 0.8, 0, 0.8, MEASURED, 0.1, 0.1},
          {"sequential", "cpython-3.11", 40, 1, 1, 2, 1.6, 0.8, 0, 0.8, MEASURED, 0.04, 0.04}},
         0,
         " The client computed for 19 % of its workers' time. The cores were busy for 93 % of the "
         "run: the cores limit."},
        // Starting them computes more than they do.
        {{{"processes", "cpython-3.11", 40, 40, 40, 2, 0.75, 1.4, 0, 0, MEASURED, 0.1, 0.1},
          {"sequential", "cpython-3.11", 40, 1, 1, 2, 0.25, 0.05, 0, 0.05, MEASURED, 0.01, 0.01}},
         0,
         " The client computed for 5 % of its workers' time. The cores were busy for 93 % of the "
         "run: the cores limit. It computed 28 times as much as one after the other: processes "
         "have to be started, and fed with work."},
        // 2.7: who wakes up for the lock finds it taken.
        {{{"threads", "cpython-2.7", 40, 10, 1, 2, 2.6, 3.4, 0, 1.2, 3.4, 0.5, 18.5, 2.4, 0.6, 0.7},
          {"sequential", "cpython-2.7", 40, 1, 1, 2, 3.2, 0.8, 0, 0.8, MEASURED, 0.08, 0.08}},
         0,
         " Of their time its workers spend 75 % waiting for a core, 14 % computing, 10 % waiting "
         "for the devices, 2 % waiting for the lock. The lock was held for 46 % of the run, the "
         "cores were busy for 65 %: the fight for the lock limits. It computed 4.2 times as much "
         "as one after the other: its threads wake up for the lock in vain."},
        // One loop computes for all.
        {{{"async", "cpython-3.11", 40, 40, 1, 2, 0.86, 0.8, 0, 0.8, 0.8, 0, 0, 0.06, 0.5, 0.86},
          {"sequential", "cpython-3.11", 40, 1, 1, 2, 3.2, 0.8, 0, 0.8, MEASURED, 0.08, 0.08}},
         0,
         " Of its time the loop spends 93 % computing, 7 % waiting for the devices. The cores were "
         "busy for 47 % of the run, the loop computed for 93 %: the one thread of the event loop "
         "limits."},
        // 40 logins at 10 a second; nothing of the client or the device shows it.
        {{{"threads", "native", 40, 40, 1, 2, 4.2, 0.2, 0, 0, MEASURED, 2, 4.2}, NOBODY},
         10,
         " The client computed for less than 1 % of its workers' time. The AAA server was busy for "
         "95 % of the run: the AAA server limits."},
        // The other end computes, too.
        {{{"threads", "native", 40, 40, 1, 2, 1, 0.4, 0.9, 0, MEASURED, 0.5, 1}, NOBODY},
         0,
         " The client computed for 1 % of its workers' time. The cores were busy for 65 % of the "
         "run, the emulator was busy for 90 %: the emulator (one thread plays all devices) "
         "limits."},
        // Less busy, but nothing else is as busy.
        {{{"threads", "native", 40, 40, 1, 2, 1, 0.4, 0.7, 0, MEASURED, 0.9, 1},
          {"sequential", "native", 40, 1, 1, 2, 4.9, 0.4, 0.7, 0, MEASURED, 0.12, 0.13}},
         0,
         " The client computed for 1 % of its workers' time. The cores were busy for 55 % of the "
         "run, the emulator was busy for 70 %: the emulator (one thread plays all devices) "
         "limits."},
        // Four processes that only compute, on more cores than that.
        {{{"processes", "native", 40, 4, 4, 8, 0.41, 1.6, 0, 0, 1.6, 0, 0, 0.04, 0.04, 0.04},
          NOBODY},
         0,
         " Of their time its workers spend 98 % computing, 2 % waiting for the devices. The cores "
         "were busy for 49 % of the run: the computing itself limits."},
        // A worker alone waits for nobody's lock.
        {{{"sequential", "cpython-3.11", 10, 1, 1, 1, 0.61, 0.6, 0, 0.6, 0.6, 0, 0, 0.01, 0.06,
           0.06},
          NOBODY},
         0,
         " Of its time the worker spends 98 % computing, 2 % waiting for the devices. The "
         "computing "
         "itself limits."},
        // 4 workers are as many as one lock can feed: 80 ms a session, 20 of it under the lock.
        {{{"threads", "cpython-3.11", 40, 4, 1, 2, 0.92, 0.8, 0, 0.8, MEASURED, 0.09, 0.1},
          {"sequential", "cpython-3.11", 40, 1, 1, 2, 3.2, 0.8, 0, 0.8, MEASURED, 0.08, 0.08}},
         0,
         " The client computed for 22 % of its workers' time. The lock was held for 87 % of the "
         "run, the cores were busy for 43 %: the wait and the lock limit together."},
        // One device of forty is slow.
        {{{"threads", "native", 40, 40, 1, 2, 1, 0.01, 0, 0, MEASURED, 0.1, 1},
          {"sequential", "native", 40, 1, 1, 2, 4.9, 0.01, 0, 0, MEASURED, 0.1, 1}},
         0,
         " The client computed for less than 1 % of its workers' time. The longest session "
         "limits."},
        // One is so slow that the others wait for the loop, which has time for them.
        {{{"async", "cpython-3.11", 40, 40, 1, 2, 3.6, 2.27, 0, 2.27, 2.27, 0, 0, 1.33, 2.9, 3.5},
          {"sequential", "cpython-3.11", 40, 1, 1, 2, 82, 2.27, 0, 2.27, MEASURED, 2, 3.2}},
         0,
         " Of its time the loop spends 63 % computing, 37 % waiting for the devices. The cores "
         "were "
         "busy for 32 % of the run, the loop computed for 63 %: the longest session limits."},
        // One was late in the sequential run only.
        {{{"threads", "cpython-3.11", 40, 10, 1, 2, 0.83, 0.8, 0, 0.8, MEASURED, 0.2, 0.2},
          {"sequential", "cpython-3.11", 40, 1, 1, 2, 1.6, 0.8, 0, 0.8, MEASURED, 0.04, 1}},
         0,
         " The client computed for 10 % of its workers' time. The lock was held for 96 % of the "
         "run, the cores were busy for 48 %: the lock limits."},
        // Nothing is busy, and no worker has so much to do.
        {{{"threads", "native", 40, 40, 1, 2, 1, 0.4, 0, 0, MEASURED, 0.9, 1},
          {"sequential", "native", 40, 1, 1, 2, 4.9, 0.4, 0, 0, MEASURED, 0.12, 0.13}},
         0,
         " The client computed for 1 % of its workers' time. The cores were busy for 20 % of the "
         "run: nothing alone limits."},
        // Old results do not tell the computing.
        {{{"threads", "native", 40, 40, 1, 2, 1, NAN, NAN, NAN, MEASURED, NAN, NAN}, NOBODY},
         0,
         ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check(cases[i].runs, cases[i].aaa_rate, cases[i].sentences);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_highest_floor_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
