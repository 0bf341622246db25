#include "base/python_work.h"
#include "tests/unit/harness.h"

static struct python_work work_of(const char *interpreter_text, enum strategy strategy,
                                  enum transport transport, enum start_method method)
{
    static struct interpreter interpreter;
    struct err err;
    struct costs costs;
    struct python_work work;
    assert_int_equal(interpreter_parse(interpreter_text, &interpreter, &err), 0);
    costs_init(&costs);
    struct python_costs *python = costs_add_python(&costs, 3, 11);
    snprintf(python->path, sizeof python->path, "/measured");
    costs.telnet_session.median = 50;
    costs.telnet_command.median = 30;
    costs.ssh_session.median = 1000;
    costs.ssh_command.median = 900;
    costs.ssh_first.median = 700;
    costs.fork.median = 100;
    costs.spawn.median = 300;
    costs.thread_start.median = 30;
    costs.wake_latency.median = 5;
    costs.wake_cpu.median = 4;
    costs.ctx_switch.median = 1;
    python->telnet_session.median = 450;
    python->telnet_command.median = 130;
    python->telnet_first.median = 2000;
    python->async_session.median = 950;
    python->async_command.median = 230;
    python->ssh_session.median = 6000;
    python->ssh_command.median = 600; // less than the C client's
    python->ssh_worker_session.median = 1500;
    python->ssh_first.median = 3700;
    python->fork.median = 1100;
    python->spawn.median = 40300;
    python->thread_start.median = 140;
    python->interpreter.median = 9000;
    python->datagram.median = 200;
    python->datagram_cold.median = 500;
    const struct run_spec spec = {.interpreter = &interpreter,
                                  .strategy = strategy,
                                  .transport = transport,
                                  .start_method = method};
    python_work_set(&work, &costs, &spec);
    costs_fini(&costs);
    return work;
}

static void test_a_python_computes_what_it_costs_less_what_c_costs(void **state)
{
    (void)state;
    static const struct {
        enum strategy strategy;
        enum transport transport;
        uint64_t first_ns;
        uint64_t session_ns;
        uint64_t command_ns;
    } cases[] = {
        {STRATEGY_THREADS, TRANSPORT_TELNET, 2000, 400, 100},
        {STRATEGY_ASYNC, TRANSPORT_TELNET, 2000, 900, 200},
        {STRATEGY_THREADS, TRANSPORT_SSH, 3000, 5000, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct python_work work =
            work_of("cpython-3.11", cases[i].strategy, cases[i].transport, START_FORK);
        assert_int_equal(work.first_ns, cases[i].first_ns);
        assert_int_equal(work.session_ns, cases[i].session_ns);
        assert_int_equal(work.command_ns, cases[i].command_ns);
    }
}

// A quarter of the session is the worker's thread's, so a quarter of what it takes beyond C is.
static void test_the_rest_of_a_session_is_in_paramikos_thread(void **state)
{
    (void)state;
    struct python_work ssh = work_of("cpython-3.11", STRATEGY_THREADS, TRANSPORT_SSH, START_FORK);
    struct python_work telnet =
        work_of("cpython-3.11", STRATEGY_THREADS, TRANSPORT_TELNET, START_FORK);
    assert_int_equal(ssh.reader_session_ns, 3750);
    assert_int_equal(telnet.reader_session_ns, 0);
}

static void test_starts_cost_more_by_what_a_python_adds(void **state)
{
    (void)state;
    struct python_work work =
        work_of("cpython-3.11", STRATEGY_PROCESSES, TRANSPORT_SLEEP, START_FORK);
    assert_int_equal(work.thread_ns, 140 - 30 - (5 + 4 + 1));
    assert_int_equal(work.process_ns, 1000);
    assert_int_equal(work.ready_ns, 0);
    assert_int_equal(work.interpreter_ns, 0);
    work = work_of("cpython-3.11", STRATEGY_PROCESSES, TRANSPORT_SLEEP, START_SPAWN);
    assert_int_equal(work.process_ns, 0);
    assert_int_equal(work.ready_ns, 40000);
    work = work_of("subinterpreters", STRATEGY_INTERPRETERS, TRANSPORT_SLEEP, START_FORK);
    assert_int_equal(work.interpreter_ns, 9000);
}

static void test_a_free_threaded_build_takes_longer_for_the_same(void **state)
{
    (void)state;
    struct python_work work =
        work_of("free-threaded-3.13", STRATEGY_THREADS, TRANSPORT_TELNET, START_FORK);
    // By 40 %, as the only Pythons that were measured have a lock.
    assert_int_equal(work.first_ns, 2800);
    assert_int_equal(work.session_ns, 560);
    assert_int_equal(work.command_ns, 140);
    assert_int_equal(work.datagram_ns, 280);
    assert_int_equal(work.cold_ns, 700);
}

static void test_native_adds_nothing(void **state)
{
    (void)state;
    static const struct python_work nothing;
    struct python_work work = work_of("native", STRATEGY_THREADS, TRANSPORT_SSH, START_FORK);
    assert_memory_equal(&work, &nothing, sizeof work);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_python_computes_what_it_costs_less_what_c_costs),
        cmocka_unit_test(test_the_rest_of_a_session_is_in_paramikos_thread),
        cmocka_unit_test(test_starts_cost_more_by_what_a_python_adds),
        cmocka_unit_test(test_a_free_threaded_build_takes_longer_for_the_same),
        cmocka_unit_test(test_native_adds_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
