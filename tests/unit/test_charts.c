// The charts' data from a small fixed results folder, tests/golden/data/plot. What is written must
// be the files in its expected/, byte for byte; with NEW=1 in the environment they are written
// anew.
#include "base/alloc.h"
#include "plots/charts.h"
#include "plots/choice.h"
#include "tests/unit/harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FOLDER NETBATON_SOURCE "/tests/golden/data/plot"

static struct dataset *load(const char *const *dirs, size_t n_dirs)
{
    struct err err = {0};
    struct dataset *dataset = dataset_load(dirs, n_dirs, &err);
    if (!dataset)
        fail_msg("%s", err.text);
    return dataset;
}

static char *read_file(const char *path)
{
    struct buf text = {0};
    char chunk[4096];
    FILE *file = fopen(path, "r");
    for (size_t got = 1; file && got; buf_add(&text, chunk, got))
        got = fread(chunk, 1, sizeof chunk, file);
    if (file)
        fclose(file);
    return buf_take(&text);
}

static void check_golden(const char *name, const char *actual)
{
    char *path = alloc_printf("%s/expected/%s", FOLDER, name);
    if (getenv("NEW")) {
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        fputs(actual, file);
        fclose(file);
    }
    char *expected = read_file(path);
    if (strcmp(actual, expected) != 0)
        fail_msg("%s is not what it was; now it is:\n%s", path, actual);
    free(expected);
    free(path);
}

static void test_every_chart_writes_the_same_files_as_ever(void **state)
{
    (void)state;
    struct dataset *dataset = load((const char *const[]){FOLDER}, 1);
    for (const struct chart *chart = charts; chart->name; chart++) {
        struct figure figure;
        struct buf dat = {0};
        struct buf gp = {0};
        const char *why_not = chart_figure(chart, dataset, &figure);
        if (why_not)
            buf_printf(&dat, "left out: %s\n", why_not);
        else
            figure_write_dat(&figure, &dat);
        if (!why_not)
            figure_write_gp(&figure, "", &gp);
        char *dat_name = alloc_printf("%s.dat", chart->name);
        char *gp_name = alloc_printf("%s.head.gp", chart->name);
        check_golden(dat_name, buf_text(&dat));
        if (!why_not)
            check_golden(gp_name, buf_text(&gp));
        free(dat_name);
        free(gp_name);
        buf_fini(&dat);
        buf_fini(&gp);
        figure_fini(&figure);
    }
    dataset_free(dataset);
}

// A results folder of the rows' text, gone again after the test.
struct temporary {
    char dir[64];
};

static void make_folder(struct temporary *folder, const char *header, const char *rows)
{
    strcpy(folder->dir, "/tmp/netbaton-test-XXXXXX");
    assert_non_null(mkdtemp(folder->dir));
    char *path = alloc_printf("%s/runs.csv", folder->dir);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file, "%s\n%s", header, rows);
    fclose(file);
    free(path);
}

static void remove_folder(struct temporary *folder)
{
    char *path = alloc_printf("%s/runs.csv", folder->dir);
    unlink(path);
    rmdir(folder->dir);
    free(path);
}

static const char header[] =
    "strategy,interpreter,transport,devices,workers,processes,repeat,wall_s,kind";

static const struct chart *chart_named(const char *name)
{
    const struct chart *chart = charts;
    while (chart->name && strcmp(chart->name, name) != 0)
        chart++;
    assert_non_null(chart->name);
    return chart;
}

// Panels, then series, of a chart of one folder with these rows, as "a; b | c; d".
static void check_roles(const char *name, const char *rows, const char *expected)
{
    struct temporary folder;
    struct figure figure;
    struct buf text = {0};
    make_folder(&folder, header, rows);
    struct dataset *dataset = load((const char *const[]){folder.dir}, 1);
    const char *why_not = chart_figure(chart_named(name), dataset, &figure);
    if (why_not)
        buf_puts(&text, why_not);
    for (size_t p = 0; p < figure.n_panels && !why_not; p++)
        buf_printf(&text, "%s%s", p ? "; " : "", figure.panels[p]);
    for (size_t s = 0; s < figure.n_series && !why_not; s++)
        buf_printf(&text, "%s%s", s ? "; " : " | ", figure.series[s].name);
    assert_string_equal(buf_text(&text), expected);
    buf_fini(&text);
    figure_fini(&figure);
    dataset_free(dataset);
    remove_folder(&folder);
}

static void test_strategies_are_curves_and_the_rest_panels(void **state)
{
    (void)state;
    check_roles("wall-by-workers",
                "threads,native,ssh,40,1,1,0,9,measured\n"
                "async,native,ssh,40,5,1,0,2,measured\n"
                "threads,native,telnet,40,5,1,0,2,measured\n",
                "ssh; telnet | threads; async");
    check_roles("wall-by-workers",
                "threads,native,ssh,40,1,1,0,9,measured\n"
                "threads,cpython-2.7,ssh,40,5,1,0,2,measured\n",
                " | native; cpython-2.7");
    check_roles("wall-by-workers",
                "hybrid,native,ssh,40,1,1,0,9,measured\n"
                "hybrid,native,ssh,40,8,4,0,2,measured\n"
                "threads,native,ssh,40,8,1,0,2,measured\n",
                " | hybrid; threads");
}

static void test_a_real_python_stands_beside_the_same_rules(void **state)
{
    (void)state;
    struct temporary folder;
    struct figure figure;
    make_folder(&folder, "source,strategy,interpreter,transport,devices,workers,wall_s,kind",
                "netbaton,threads,cpython-3.11,ssh,4,1,9,measured\n"
                "netbaton,threads,cpython-3.11,ssh,4,2,5,measured\n"
                "netbaton,async,native,ssh,4,2,5,measured\n"
                "python 3.11.7,threads,python:/usr/bin/python3,ssh,4,1,9,measured\n"
                "python 3.13.0t,threads,python:/opt/python3,ssh,4,2,5,measured\n"
                "python 3.14.0t+gil,threads,python:/opt/python3,ssh,4,2,5,measured\n");
    struct dataset *dataset = load((const char *const[]){folder.dir}, 1);
    assert_null(chart_figure(chart_named("wall-by-workers"), dataset, &figure));
    assert_int_equal(figure.n_panels, 4);
    assert_string_equal(figure.panels[0], "cpython-3.11");
    assert_string_equal(figure.panels[2], "free-threaded-3.13");
    assert_string_equal(figure.panels[3], "cpython-3.14");
    assert_int_equal(figure.n_series, 3);
    assert_string_equal(figure.series[0].name, "threads, in C");
    assert_string_equal(figure.series[1].name, "threads, real Python"); // beside its colour
    assert_int_equal(figure.series[1].style, figure.series[0].style + 10);
    figure_fini(&figure);
    dataset_free(dataset);
    remove_folder(&folder);
}

// A key names what is drawn, and the same strategy of two folders side by side.
static void test_series_are_arranged_for_the_key(void **state)
{
    (void)state;
    static const char *const columns[] = {"x", NULL};
    struct figure figure;
    figure_init(&figure, "chart", columns);
    size_t panel = figure_panel(&figure, "");
    const struct {
        const char *name;
        int style;
        double x; // 0: no row
    } series[] = {
        {"threads, a", 2, 1}, {"unused", 3, 0}, {"async, a", 5, 2}, {"threads, b", 12, 3}};
    for (size_t i = 0; i < sizeof series / sizeof *series; i++) {
        size_t index = figure_series(&figure, series[i].name, series[i].style);
        if (series[i].x > 0)
            figure_add(&figure, panel, index, &series[i].x);
    }
    figure_sort(&figure);
    assert_int_equal(figure.n_series, 3);
    static const char *const names[] = {"threads, a", "threads, b", "async, a"};
    static const double rows[] = {1, 3, 2};
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(figure.series[i].name, names[i]);
        assert_int_equal(figure.blocks[i].series, i);
        assert_true(figure.blocks[i].rows[0] == rows[i]);
    }
    figure_fini(&figure);
}

// Of many sessions the longest is another one than the 99th of a hundred.
static void test_the_longest_is_in_the_key_when_it_shows(void **state)
{
    (void)state;
    static const struct {
        const char *longest;
        const char *value;
    } cases[] = {{"0.2", "longest_apart = 0\n"}, {"0.3", "longest_apart = 1\n"}};
    for (size_t i = 0; i < 2; i++) {
        struct temporary folder;
        struct figure figure;
        char rows[256];
        snprintf(rows, sizeof rows,
                 "threads,ssh,200,1,9,0.1,0.1,0.1,0.1\n"
                 "threads,ssh,200,2,5,0.1,0.1,0.2,%s\n",
                 cases[i].longest);
        make_folder(&folder, "strategy,transport,devices,workers,wall_s,p50_s,p90_s,p99_s,max_s",
                    rows);
        struct dataset *dataset = load((const char *const[]){folder.dir}, 1);
        assert_null(chart_figure(chart_named("percentiles"), dataset, &figure));
        assert_non_null(strstr(buf_text(&figure.values), cases[i].value));
        figure_fini(&figure);
        dataset_free(dataset);
        remove_folder(&folder);
    }
}

// Strategies below each other, interpreters side by side, whatever the order of the runs.
static void test_the_chosen_runs_make_a_grid(void **state)
{
    (void)state;
    struct temporary folder;
    struct choice choice;
    make_folder(&folder, "strategy,interpreter,transport,devices,workers,wall_s",
                "sequential,cpython-2.7,ssh,40,1,9\n"
                "threads,cpython-2.7,ssh,40,4,4\n"
                "threads,cpython-2.7,ssh,40,10,4\n" // four sessions for each worker
                "threads,cpython-2.7,ssh,40,40,4\n"
                "sequential,cpython-3.11,ssh,40,1,9\n"
                "threads,cpython-3.11,ssh,40,40,4\n");
    struct dataset *dataset = load((const char *const[]){folder.dir}, 1);
    choice_of(dataset, &choice);
    static const char *const titles[] = {"sequential | cpython-2.7", "sequential | cpython-3.11",
                                         "threads, 10 workers | cpython-2.7",
                                         "threads, 40 workers | cpython-3.11"};
    assert_int_equal(choice.len, 4);
    assert_int_equal(choice.columns, 2);
    for (size_t i = 0; i < 4; i++)
        assert_string_equal(choice.items[i].title, titles[i]);
    choice_fini(&choice);
    dataset_free(dataset);
    remove_folder(&folder);
}

static void test_a_chart_of_one_point_says_why_it_is_left_out(void **state)
{
    (void)state;
    check_roles("wall-by-workers", "threads,native,ssh,40,5,1,0,9,measured\n",
                "there is only one number of workers");
    check_roles("wall-by-devices", "threads,native,ssh,40,5,1,0,9,measured\n",
                "there is only one number of devices");
    check_roles("speedup", "threads,native,ssh,40,5,1,0,9,measured\n",
                "there is no sequential run, nor one with one worker, to compare with");
    check_roles("gantt", "threads,native,ssh,40,5,1,0,9,measured\n",
                "sessions.csv has no session of these runs");
    check_roles("cost", "threads,native,ssh,40,5,1,0,9,measured\n",
                "no run tells its CPU time, memory or context switches");
}

static void test_speedup_is_sequential_over_wall_and_bars_turn_around(void **state)
{
    (void)state;
    struct temporary folder;
    struct figure figure;
    make_folder(&folder, header,
                "sequential,native,ssh,40,1,1,0,12,measured\n"
                "threads,native,ssh,40,1,1,0,15,measured\n"
                "threads,native,ssh,40,4,1,0,3,measured\n"
                "threads,native,ssh,40,4,1,1,4,measured\n"
                "threads,native,ssh,40,4,1,2,6,measured\n");
    struct dataset *dataset = load((const char *const[]){folder.dir}, 1);
    assert_null(chart_figure(chart_named("speedup"), dataset, &figure));
    assert_int_equal(figure.n_blocks, 1);
    const double *row = figure.blocks[0].rows + figure.n_columns;
    assert_true(row[0] == 4 && row[1] == 3 && row[2] == 2 && row[3] == 4);
    figure_fini(&figure);
    assert_null(chart_figure(chart_named("efficiency"), dataset, &figure));
    row = figure.blocks[0].rows + figure.n_columns;
    assert_true(row[0] == 4 && row[1] == 0.75 && row[2] == 0.5 && row[3] == 1);
    figure_fini(&figure);
    dataset_free(dataset);
    remove_folder(&folder);
}

static void test_folders_are_labelled_by_what_differs(void **state)
{
    (void)state;
    static const struct {
        const char *rows[2];
        const char *label; // of the first
    } cases[] = {
        {{"threads,native,ssh,40,1,1,0,9,predicted\n", "threads,native,ssh,40,1,1,0,9,measured\n"},
         "predicted"},
        {{"threads,cpython-2.7,ssh,40,1,1,0,9,measured\n",
          "threads,native,ssh,40,1,1,0,9,measured\n"},
         "cpython-2.7"},
        {{"threads,native,ssh,40,1,1,0,9,measured\n", "threads,native,ssh,40,1,1,0,9,measured\n"},
         NULL}, // the folder's own name
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct temporary folders[2];
        make_folder(&folders[0], header, cases[i].rows[0]);
        make_folder(&folders[1], header, cases[i].rows[1]);
        struct dataset *dataset = load((const char *const[]){folders[0].dir, folders[1].dir}, 2);
        const char *expected = cases[i].label ? cases[i].label : folders[0].dir + strlen("/tmp/");
        assert_string_equal(dataset->folders[0].label, expected);
        assert_int_equal(dataset->varying, 0);
        dataset_free(dataset);
        remove_folder(&folders[0]);
        remove_folder(&folders[1]);
    }
}

static void test_a_folder_without_runs_is_wrong_input(void **state)
{
    (void)state;
    struct temporary folder;
    struct err err = {0};
    make_folder(&folder, header, "");
    assert_null(dataset_load((const char *const[]){folder.dir}, 1, &err));
    assert_int_equal(err_exit_code(&err), 2);
    assert_non_null(strstr(err.text, "has no finished run yet"));
    remove_folder(&folder);
    assert_null(dataset_load((const char *const[]){folder.dir}, 1, &err));
    assert_int_equal(err_exit_code(&err), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_chart_writes_the_same_files_as_ever),
        cmocka_unit_test(test_strategies_are_curves_and_the_rest_panels),
        cmocka_unit_test(test_a_real_python_stands_beside_the_same_rules),
        cmocka_unit_test(test_series_are_arranged_for_the_key),
        cmocka_unit_test(test_the_longest_is_in_the_key_when_it_shows),
        cmocka_unit_test(test_the_chosen_runs_make_a_grid),
        cmocka_unit_test(test_a_chart_of_one_point_says_why_it_is_left_out),
        cmocka_unit_test(test_speedup_is_sequential_over_wall_and_bars_turn_around),
        cmocka_unit_test(test_folders_are_labelled_by_what_differs),
        cmocka_unit_test(test_a_folder_without_runs_is_wrong_input),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
