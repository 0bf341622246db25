// What is recorded of a lock, and the timeline it makes.
#include "client/burn.h"
#include "client/gil.h"
#include "client/lock_log.h"
#include "tests/unit/harness.h"

#include "base/clock.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CROWD = 4, TURNS = 50 };

static struct run_spec spec_of(const char *name, struct interpreter *interpreter, uint32_t workers)
{
    struct err err;
    assert_int_equal(interpreter_parse(name, interpreter, &err), 0);
    return (struct run_spec){
        .strategy = STRATEGY_THREADS, .workers = workers, .interpreter = interpreter};
}

// The file of one run; the caller frees.
static char *written(const struct lock_log *log)
{
    char path[] = "/tmp/netbaton-timeline-XXXXXX";
    struct err err;
    close(mkstemp(path));
    struct timeline_file *file = timeline_file_new(path, &err);
    assert_non_null(file);
    lock_log_write(log, 3, file);
    assert_int_equal(timeline_file_close(file, &err), 0);
    FILE *stream = fopen(path, "r");
    assert_int_equal(fseek(stream, 0, SEEK_END), 0);
    size_t len = (size_t)ftell(stream);
    rewind(stream);
    char *text = calloc(1, len + 1);
    assert_int_equal(fread(text, 1, len, stream), len);
    fclose(stream);
    unlink(path);
    return text;
}

struct hold {
    double from_s;
    double to_s;
};

static int compare_from(const void *a, const void *b)
{
    double x = ((const struct hold *)a)->from_s;
    double y = ((const struct hold *)b)->from_s;
    return (x > y) - (x < y);
}

// The holds in the file by their beginning; the caller frees.
static struct hold *holds_in(const char *text, size_t *count)
{
    struct hold *holds = calloc(strlen(text), sizeof *holds);
    *count = 0;
    static const char head[] = "\n3,lock,0,thread ";
    for (const char *line = text; (line = strstr(line, head)); line++) {
        char *end;
        holds[*count].from_s = strtod(strchr(line + sizeof head, ',') + 1, &end);
        holds[*count].to_s = strtod(end + 1, NULL);
        ++*count;
    }
    qsort(holds, *count, sizeof *holds, compare_from);
    return holds;
}

static void test_spans_become_intervals_from_the_start_of_the_run(void **state)
{
    (void)state;
    struct err err;
    struct interpreter interpreter;
    struct run_spec spec = spec_of("cpython-3.11", &interpreter, 1);
    struct lock_log *log = lock_log_new(&spec, 0, &err);
    struct lock_spans *main_thread = lock_log_thread(log, LOCK_LOG_MAIN, 7);
    struct lock_spans *worker = lock_log_thread(log, LOCK_LOG_FIRST_WORKER, 7);
    lock_log_start(log, 1000000);
    lock_spans_add(main_thread, true, 900000, 950000);  // before the start
    lock_spans_add(main_thread, true, 960000, 1002000); // over it
    lock_spans_add(worker, false, 1001000, 1002000);
    lock_spans_add(worker, true, 1002000, 1005000);
    lock_spans_add(worker, false, 1009000, 1009999); // too short to be seen
    lock_spans_add(worker, true, 1010000, 1012000);
    lock_spans_add(worker, false, 1011500, 1014000); // begins before the hold is over
    char *text = written(log);
    assert_string_equal(text, "run,row,number,name,from_s,to_s\n"
                              "3,worker,0,thread 1,0.000000000,0.000000000\n"
                              "3,thread,0,runs with the lock,0.000000000,0.000002000\n"
                              "3,lock,7,thread 0,0.000000000,0.000002000\n"
                              "3,thread,1,waits for the lock,0.000001000,0.000002000\n"
                              "3,thread,1,runs with the lock,0.000002000,0.000005000\n"
                              "3,lock,7,thread 1,0.000002000,0.000005000\n"
                              "3,thread,1,waits for the device,0.000005000,0.000010000\n"
                              "3,thread,1,runs with the lock,0.000010000,0.000012000\n"
                              "3,lock,7,thread 1,0.000010000,0.000012000\n"
                              "3,thread,1,waits for the lock,0.000012000,0.000014000\n");
    free(text);
    assert_int_equal(lock_log_grain_ns(log), 0);
    lock_log_free(log);
}

static void test_workers_of_a_loop_take_turns_on_its_thread(void **state)
{
    (void)state;
    struct err err;
    struct interpreter interpreter;
    struct run_spec spec = spec_of("cpython-3.11", &interpreter, 2);
    spec.strategy = STRATEGY_ASYNC;
    spec.background = 1;
    assert_int_equal(lock_log_worker_thread(&spec, 1), LOCK_LOG_MAIN);
    uint32_t background = lock_log_first_background(&spec);
    struct lock_log *log = lock_log_new(&spec, 0, &err);
    struct lock_spans *loop = lock_log_thread(log, LOCK_LOG_MAIN, 0);
    struct lock_spans *beside = lock_log_thread(log, background, 0);
    lock_log_start(log, 1000000);
    lock_spans_add(lock_log_turns(log, 0), true, 999000, 1004000);
    lock_spans_add(lock_log_turns(log, 1), true, 1020000, 1030000);
    lock_spans_add(loop, true, 1000000, 1004000);
    lock_spans_add(loop, true, 1020000, 1030000);
    lock_spans_add(beside, true, 1004000, 1018000);
    lock_spans_add(beside, false, 1020000, 1031000);
    char *text = written(log);
    assert_string_equal(text, "run,row,number,name,from_s,to_s\n"
                              "3,thread,0,runs with the lock,0.000000000,0.000004000\n"
                              "3,lock,0,thread 0,0.000000000,0.000004000\n"
                              "3,thread,0,waits for the device,0.000004000,0.000020000\n"
                              "3,thread,0,runs with the lock,0.000020000,0.000030000\n"
                              "3,lock,0,thread 0,0.000020000,0.000030000\n"
                              "3,thread,1,runs with the lock,0.000004000,0.000018000\n"
                              "3,lock,0,thread 1,0.000004000,0.000018000\n"
                              "3,thread,1,waits for the lock,0.000020000,0.000031000\n"
                              "3,worker,0,thread 0,0.000000000,0.000004000\n"
                              "3,worker,1,thread 0,0.000020000,0.000030000\n");
    free(text);
    lock_log_free(log);
    assert_null(lock_log_turns(NULL, 0));
}

static void test_a_full_list_joins_its_shortest_spans(void **state)
{
    (void)state;
    enum { SPANS = 1000, LIMIT = 20 };
    struct err err;
    struct interpreter interpreter;
    struct run_spec spec = spec_of("cpython-2.7", &interpreter, 1);
    struct lock_log *log = lock_log_new(&spec, LIMIT, &err);
    struct lock_spans *spans = lock_log_thread(log, LOCK_LOG_FIRST_WORKER, 0);
    // Of each 10 us 3 are a wait and 5 a hold; in the middle a hold of a second.
    uint64_t now_ns = 0;
    for (uint64_t i = 0; i < SPANS; i++, now_ns += 10000) {
        lock_spans_add(spans, false, now_ns, now_ns + 3000);
        lock_spans_add(spans, true, now_ns + 3000, now_ns + 8000);
        if (i == SPANS / 2) {
            now_ns += 10000;
            lock_spans_add(spans, true, now_ns, now_ns + 1000000000);
            now_ns += 1000000000;
        }
    }
    assert_true(lock_log_grain_ns(log) >= 1000000 && lock_log_grain_ns(log) < 16000000);
    size_t count;
    double sum_s = 0;
    char *text = written(log);
    struct hold *holds = holds_in(text, &count);
    assert_in_range(count, 3, LIMIT);
    for (size_t i = 0; i < count; i++) {
        assert_true(!i || holds[i].from_s >= holds[i - 1].to_s);
        sum_s += holds[i].to_s - holds[i].from_s;
    }
    assert_float_equal(sum_s, 1.005, 1e-9);
    assert_true(holds[count - 1].to_s > 1.0);
    assert_non_null(strstr(text, "3,thread,1,runs with the lock,0.005010000,1.005010000\n"));
    assert_non_null(strstr(text, "3,joined,0,shorter than "));
    free(holds);
    free(text);
    lock_log_free(log);
}

static void test_a_lock_that_cannot_be_seen_is_not_recorded(void **state)
{
    (void)state;
    static const struct {
        const char *interpreter;
        enum strategy strategy;
        enum start_method start;
        bool possible;
    } cases[] = {
        {"cpython-2.7", STRATEGY_THREADS, START_FORK, true},
        {"cpython-3.11", STRATEGY_SEQUENTIAL, START_SPAWN, true},
        {"subinterpreters", STRATEGY_INTERPRETERS, START_FORK, true},
        {"cpython-3.11", STRATEGY_HYBRID, START_FORK, true},
        {"cpython-3.11", STRATEGY_HYBRID, START_SPAWN, false},
        {"cpython-3.11", STRATEGY_PROCESSES, START_SPAWN, false},
        {"native", STRATEGY_THREADS, START_FORK, false},
        {"free-threaded", STRATEGY_THREADS, START_FORK, false},
        {"python:/usr/bin/python3", STRATEGY_THREADS, START_FORK, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct interpreter interpreter;
        struct run_spec spec = spec_of(cases[i].interpreter, &interpreter, 1);
        spec.strategy = cases[i].strategy;
        spec.start_method = cases[i].start;
        assert_int_equal(lock_log_is_possible(&spec), cases[i].possible);
    }
    assert_null(lock_log_thread(NULL, 0, 0));
}

struct member {
    struct gil *gil;
    const struct burner *burner;
    struct gil_thread me;
    pthread_t thread;
};

static void *work(void *argument)
{
    struct member *member = argument;
    for (int turn = 0; turn < TURNS; turn++) {
        gil_take(member->gil, &member->me);
        burn(member->burner, member->gil, &member->me, 100 * CLOCK_NS_PER_US);
        gil_drop(member->gil, &member->me);
    }
    return NULL;
}

static void check_holds(const struct lock_log *log, uint64_t held_ns)
{
    size_t count;
    double sum_s = 0;
    char *text = written(log);
    struct hold *holds = holds_in(text, &count);
    assert_true(count >= CROWD);
    for (size_t i = 0; i < count; i++) {
        assert_true(!i || holds[i].from_s >= holds[i - 1].to_s);
        sum_s += holds[i].to_s - holds[i].from_s;
    }
    assert_float_equal(sum_s, (double)held_ns / 1e9, 1e-5);
    free(holds);
    free(text);
}

static void test_recorded_holds_never_overlap_and_add_up(void **state)
{
    (void)state;
    static const char *const interpreters[] = {"cpython-2.7", "cpython-3.11"};
    for (size_t i = 0; i < sizeof interpreters / sizeof *interpreters; i++) {
        struct err err;
        struct interpreter interpreter;
        struct run_spec spec = spec_of(interpreters[i], &interpreter, CROWD);
        const struct burner burner = {.passes_per_ns = 0.5};
        struct member members[CROWD] = {0};
        struct gil *gil = gil_new(&interpreter, CLOCK_NS_PER_MS / 10, 100, 10);
        struct lock_log *log = lock_log_new(&spec, 0, &err);
        uint64_t held_ns = 0;
        lock_log_start(log, clock_now_ns());
        for (uint32_t k = 0; k < CROWD; k++) {
            members[k] = (struct member){.gil = gil, .burner = &burner};
            gil_thread_init(gil, &members[k].me);
            members[k].me.spans = lock_log_thread(log, LOCK_LOG_FIRST_WORKER + k, 0);
        }
        for (uint32_t k = 0; k < CROWD; k++)
            pthread_create(&members[k].thread, NULL, work, &members[k]);
        for (uint32_t k = 0; k < CROWD; k++) {
            pthread_join(members[k].thread, NULL);
            held_ns += members[k].me.held_ns;
            gil_thread_fini(&members[k].me);
        }
        assert_int_equal(lock_log_grain_ns(log), 0);
        check_holds(log, held_ns);
        lock_log_free(log);
        gil_free(gil);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_spans_become_intervals_from_the_start_of_the_run),
        cmocka_unit_test(test_workers_of_a_loop_take_turns_on_its_thread),
        cmocka_unit_test(test_a_full_list_joins_its_shortest_spans),
        cmocka_unit_test(test_a_lock_that_cannot_be_seen_is_not_recorded),
        cmocka_unit_test(test_recorded_holds_never_overlap_and_add_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
