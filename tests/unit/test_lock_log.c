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
    assert_int_equal(lock_log_left_out(log), 0);
    lock_log_free(log);
}

static void test_a_timeline_ends_where_the_first_list_is_full(void **state)
{
    (void)state;
    struct err err;
    struct interpreter interpreter;
    struct run_spec spec = spec_of("cpython-2.7", &interpreter, 2);
    struct lock_log *log = lock_log_new(&spec, 3, &err);
    struct lock_spans *first = lock_log_thread(log, LOCK_LOG_FIRST_WORKER, 0);
    struct lock_spans *second = lock_log_thread(log, LOCK_LOG_FIRST_WORKER + 1, 0);
    for (uint64_t i = 0; i < 5; i++)
        lock_spans_add(first, true, 10 * i, 10 * i + 5);
    lock_spans_add(second, true, 7, 8);
    lock_spans_add(second, true, 26, 28); // the first one's list is full at 25
    assert_int_equal(lock_log_left_out(log), 2);
    char *text = written(log);
    assert_non_null(strstr(text, "3,lock,0,thread 1,0.000000020,0.000000025\n"));
    assert_null(strstr(text, "0.000000030"));
    assert_null(strstr(text, "0.000000026"));
    assert_non_null(strstr(text, "3,lock,0,thread 2,0.000000007,0.000000008\n"));
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
        const struct burner burner = {0.5};
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
        assert_int_equal(lock_log_left_out(log), 0);
        check_holds(log, held_ns);
        lock_log_free(log);
        gil_free(gil);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_spans_become_intervals_from_the_start_of_the_run),
        cmocka_unit_test(test_a_timeline_ends_where_the_first_list_is_full),
        cmocka_unit_test(test_a_lock_that_cannot_be_seen_is_not_recorded),
        cmocka_unit_test(test_recorded_holds_never_overlap_and_add_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
