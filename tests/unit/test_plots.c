#include "base/spread.h"
#include "plots/axis.h"
#include "plots/gp_text.h"
#include "plots/html.h"
#include "plots/timeline.h"
#include "tests/unit/harness.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void test_the_spread_of_repeats_passes_over_unknown_values(void **state)
{
    (void)state;
    static const struct {
        double values[4];
        size_t len;
        struct spread expected;
    } cases[] = {
        {{3}, 1, {3, 3, 3, 1}},
        {{5, 1, 3}, 3, {3, 1, 5, 3}},
        {{4, 1, 2, 3}, 4, {2.5, 1, 4, 4}},
        {{NAN, 2, NAN, 1}, 4, {1.5, 1, 2, 2}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct spread spread = spread_of(cases[i].values, cases[i].len);
        assert_true(spread.median == cases[i].expected.median);
        assert_true(spread.min == cases[i].expected.min);
        assert_true(spread.max == cases[i].expected.max);
        assert_int_equal(spread.count, cases[i].expected.count);
    }
    assert_true(isnan(spread_of(NULL, 0).median));
}

static void test_what_gnuplot_would_take_for_its_own_is_quoted(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *quoted;
    } cases[] = {
        {"plain", "'plain'"},
        {"it's", "'it''s'"},
        {"`touch /tmp/x`", "'`touch /tmp/x`'"},
        {"a\\n\"b\" {_x^2} @y $z", "'a\\n\"b\" {_x^2} @y $z'"},
        {"two\nlines\ttab\x7f", "'two lines tab '"},
        {"\xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80", "'\xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80'"},
        {"bad\xff\xc3!", "'bad?"
                         "?!'"},
        {"", "''"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf out = {0};
        gp_quote(&out, cases[i].text);
        assert_string_equal(buf_text(&out), cases[i].quoted);
        buf_fini(&out);
    }
}

static void test_lines_break_after_a_separator_then_after_a_space(void **state)
{
    (void)state;
    assert_int_equal(gp_line_bytes("short", 10), 5);
    assert_int_equal(gp_line_bytes("ab cd ef", 5), 3);
    assert_int_equal(gp_line_bytes("ab cd" GP_SEPARATOR "ef gh ij", 14),
                     sizeof "ab cd" GP_SEPARATOR - 1);
    assert_int_equal(gp_line_bytes("abcdefgh", 3), 3);
    assert_int_equal(gp_line_bytes("\xc3\xbc\xc3\xbc\xc3\xbc", 3), 6);
}

static void check_ticks(const double *values, size_t len, size_t labels, bool log,
                        const char *ticks)
{
    struct axis axis = axis_of_points(values, len, labels);
    assert_int_equal(axis.log, log);
    assert_string_equal(axis.ticks, ticks);
    axis_fini(&axis);
}

static void test_labels_stand_at_the_values_measured(void **state)
{
    (void)state;
    check_ticks((double[]){40, 1, 5, 10, 20, 5}, 6, 10, true, "1, 5, 10, 20, 40");
    check_ticks((double[]){1, 2, 4}, 3, 10, false, "1, 2, 4");
    check_ticks((double[]){1, 2, 3, 4, 5, 6}, 6, 4, false, "1, \"\" 2 1, 3, \"\" 4 1, \"\" 5 1, 6");
    check_ticks((double[]){1, 18, 19, 20, 21, 22, 40}, 7, 8, true,
                "1, \"\" 18 1, \"\" 19 1, 20, \"\" 21 1, \"\" 22 1, 40");
    check_ticks((double[]){7}, 1, 4, false, "7");
}

static void test_seconds_get_the_unit_that_reads_best(void **state)
{
    (void)state;
    static const struct {
        double low;
        double high;
        const char *unit;
        bool log;
        const char *ticks;
    } cases[] = {
        {0.4, 14, "s", true, "0.5, 1, 2, 5, 10"},
        {3, 14, "s", false, ""},
        {0.0045, 0.05, "ms", true, "5, 10, 20, 50"},
        {0.00002, 0.0001, "us", false, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct axis axis = axis_of_seconds(cases[i].low, cases[i].high);
        assert_string_equal(axis.unit, cases[i].unit);
        assert_int_equal(axis.log, cases[i].log);
        assert_string_equal(axis.ticks, cases[i].ticks);
        assert_true(axis.min <= cases[i].low * axis.scale);
        assert_true(axis.max >= cases[i].high * axis.scale);
        axis_fini(&axis);
    }
}

static void test_no_text_can_become_html(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *html;
    } cases[] = {
        {"<script>alert('x')</script>", "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;"},
        {"a & \"b\"\n\t", "a &amp; &quot;b&quot;\n\t"},
        {"\xc3\xbc\xff\x01", "\xc3\xbc??"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf out = {0};
        html_text(&out, cases[i].text);
        assert_string_equal(buf_text(&out), cases[i].html);
        buf_fini(&out);
    }
}

static void test_pictures_in_a_page_keep_their_symbols_apart(void **state)
{
    (void)state;
    struct buf out = {0};
    html_svg(&out,
             "<?xml version=\"1.0\"?>\n<svg width=\"9\"><title>Gnuplot</title>"
             "<g id=\"a\"/><path id='gpPt0'/><use xlink:href='#gpPt0' fill='url(#p)'/>"
             "<text>id='b' url(#c)</text></svg>",
             "a < b", "cost");
    assert_string_equal(buf_text(&out), "<svg width=\"9\"><title>a &lt; b</title>\n"
                                        "<g id=\"cost-a\"/><path id='cost-gpPt0'/>"
                                        "<use xlink:href='#cost-gpPt0' fill='url(#cost-p)'/>"
                                        "<text>id='b' url(#c)</text></svg>");
    buf_fini(&out);
}

static int read_timeline(const char *text, struct timeline *timeline, struct err *err)
{
    char path[] = "/tmp/netbaton-test-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
    int result = timeline_read(path, timeline, err);
    unlink(path);
    return result;
}

static void test_a_moment_shows_what_a_thread_did_most_and_who_held_the_lock(void **state)
{
    (void)state;
    struct timeline timeline;
    struct err err;
    const size_t last = TIMELINE_MOMENTS - 1;
    assert_int_equal(read_timeline("run,row,number,name,from_s,to_s\n"
                                   "0,thread,0,runs with the lock,0,2.999\n"
                                   "0,thread,1,waits for the lock,0,3\n"
                                   "0,thread,0,waits for the device,2.999,6\n"
                                   "0,thread,1,runs,3,6\n"
                                   "0,core,0,thread 0,0,3\n"
                                   "0,lock,0,thread 0,0,3\n"
                                   "0,lock,0,thread 1,3,6\n"
                                   "4,thread,0,idle,0,1\n",
                                   &timeline, &err),
                     0);
    assert_int_equal(timeline.n_runs, 2);
    assert_int_equal(timeline.runs[1].run, 4);
    const struct timeline_run *run = timeline.runs;
    assert_int_equal(run->n_threads, 2);
    assert_int_equal(timeline_state(run, 0, 0), TIMELINE_RUNS);
    assert_int_equal(timeline_state(run, 0, TIMELINE_MOMENTS / 2 - 1), TIMELINE_RUNS);
    assert_int_equal(timeline_state(run, 0, last), TIMELINE_DEVICE);
    assert_int_equal(timeline_state(run, 1, 0), TIMELINE_LOCK);
    assert_int_equal(timeline_state(run, 1, last), TIMELINE_RUNS);
    assert_true(timeline_holds(run, 0, 0) && !timeline_holds(run, 1, 0));
    assert_true(!timeline_holds(run, 0, last) && timeline_holds(run, 1, last));
    timeline_fini(&timeline);
}

static void test_a_worker_of_a_loop_has_the_lock_while_the_loop_works_for_it(void **state)
{
    (void)state;
    struct timeline timeline;
    struct err err;
    assert_int_equal(read_timeline("run,row,number,name,from_s,to_s\n"
                                   "0,thread,0,runs with the lock,0,6\n"
                                   "0,thread,1,runs with the lock,6,9\n"
                                   "0,lock,0,thread 0,0,6\n"
                                   "0,lock,0,thread 1,6,9\n"
                                   "0,worker,2,thread 0,0,3\n"  // it is worker 0 that has no turn
                                   "0,worker,1,thread 0,3,9\n", // gives the lock up on the way
                                   &timeline, &err),
                     0);
    const struct timeline_run *run = timeline.runs;
    assert_int_equal(run->n_workers, 3);
    for (size_t third = 0; third < 3; third++) {
        size_t moment = third * TIMELINE_MOMENTS / 3 + TIMELINE_MOMENTS / 6;
        assert_false(timeline_worker_holds(run, 0, moment));
        assert_int_equal(timeline_worker_holds(run, 1, moment), third == 1);
        assert_int_equal(timeline_worker_holds(run, 2, moment), third == 0);
    }
    timeline_fini(&timeline);
}

static void test_what_is_no_time_is_no_interval(void **state)
{
    (void)state;
    static const char *const times[] = {"-1,2", "2,1", "nan,2", "0,inf", "1e300,1e301", "0,", "0"};
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        struct timeline timeline;
        struct err err;
        char text[128];
        snprintf(text, sizeof text, "run,row,number,name,from_s,to_s\n0,thread,0,runs,%s\n",
                 times[i]);
        assert_int_equal(read_timeline(text, &timeline, &err), -1);
        assert_int_equal(err_exit_code(&err), 2);
        assert_non_null(strstr(err.text, ":2: not an interval of a timeline"));
    }
}

static void test_among_many_that_take_turns_the_longest_is_the_holder(void **state)
{
    (void)state;
    struct timeline_run *run = calloc(1, sizeof *run);
    run->n_threads = 20;
    run->end_s = TIMELINE_MOMENTS; // one second each
    for (size_t thread = 0; thread < run->n_threads; thread++)
        for (size_t moment = 0; moment < 2; moment++)
            run->held_s[thread][moment] = (moment ? 0.01 : 0.04) + (thread == 7 ? 0.005 : 0);
    for (size_t thread = 0; thread < run->n_threads; thread++) {
        assert_int_equal(timeline_holds(run, thread, 0), thread == 7);
        assert_false(timeline_holds(run, thread, 1)); // the lock was free for most of it
    }
    free(run);
}

static void test_a_timeline_tells_which_thread_a_worker_is(void **state)
{
    (void)state;
    static const char text[] = "run,row,number,name,from_s,to_s\n"
                               "0,lock,0,thread 1,0,1\n"
                               "2,worker,0,thread 1,0,0\n"
                               "2,worker,1,thread 3,0,0\n"
                               "2,thread,3,runs with the lock,0,2\n"
                               "2,lock,0,thread 3,0,2\n"
                               "7,lock,0,thread 1,0,1\n";
    const struct timeline_wanted wanted[] = {{2, 4}, {7, NAN}, {9, 1}};
    char path[] = "/tmp/netbaton-test-XXXXXX";
    struct timeline timeline;
    struct err err;
    int fd = mkstemp(path);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
    assert_int_equal(timeline_read_runs(path, wanted, 3, &timeline, &err), 0);
    unlink(path);
    assert_int_equal(timeline.n_runs, 2);
    assert_null(timeline_find(&timeline, 0));
    assert_null(timeline_find(&timeline, 9));
    assert_int_equal(timeline_find(&timeline, 7)->n_workers, 0);
    const struct timeline_run *run = timeline_find(&timeline, 2);
    assert_int_equal(run->n_workers, 2);
    assert_int_equal(run->worker_thread[0], 1);
    assert_int_equal(run->worker_thread[1], 3);
    assert_float_equal(run->last_s, 2, 0);
    assert_float_equal(run->end_s, 4, 0); // the file has half of the run
    assert_float_equal(timeline_find(&timeline, 7)->end_s, 1, 0);
    assert_true(timeline_holds(run, 3, TIMELINE_MOMENTS / 2 - 1));
    assert_false(timeline_holds(run, 3, TIMELINE_MOMENTS / 2));
    assert_true(timeline_holds(run, 3, 0) && !timeline_holds(run, 1, 0));
    timeline_fini(&timeline);
}

static void test_what_is_no_timeline_is_wrong_input(void **state)
{
    (void)state;
    static const char *const cases[] = {"", "strategy,wall_s\n",
                                        "run,row,number,name,from_s,to_s\n1,2\n"};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct timeline timeline;
        struct err err = {0};
        assert_int_equal(read_timeline(cases[i], &timeline, &err), -1);
        assert_int_equal(err_exit_code(&err), 2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_spread_of_repeats_passes_over_unknown_values),
        cmocka_unit_test(test_what_gnuplot_would_take_for_its_own_is_quoted),
        cmocka_unit_test(test_lines_break_after_a_separator_then_after_a_space),
        cmocka_unit_test(test_labels_stand_at_the_values_measured),
        cmocka_unit_test(test_no_text_can_become_html),
        cmocka_unit_test(test_pictures_in_a_page_keep_their_symbols_apart),
        cmocka_unit_test(test_a_moment_shows_what_a_thread_did_most_and_who_held_the_lock),
        cmocka_unit_test(test_a_worker_of_a_loop_has_the_lock_while_the_loop_works_for_it),
        cmocka_unit_test(test_what_is_no_time_is_no_interval),
        cmocka_unit_test(test_among_many_that_take_turns_the_longest_is_the_holder),
        cmocka_unit_test(test_a_timeline_tells_which_thread_a_worker_is),
        cmocka_unit_test(test_what_is_no_timeline_is_wrong_input),
        cmocka_unit_test(test_seconds_get_the_unit_that_reads_best),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
