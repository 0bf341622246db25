// Files that somebody edited badly: texts that are right, with bytes changed, cut out, doubled and
// put elsewhere, for every reader of files there is. Whatever a reader takes must be fit to work
// with: an experiment is written and read back, results become charts and sentences.
#include "base/alloc.h"
#include "base/costs.h"
#include "base/experiment.h"
#include "base/rng.h"
#include "base/timeline_file.h"
#include "emulator/authorized_keys.h"
#include "emulator/platform.h"
#include "plots/charts.h"
#include "plots/compare_text.h"
#include "plots/report_tables.h"
#include "plots/timeline.h"
#include "plots/verdict.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TEXT_MAX = 64 * 1024, MENDS_MAX = 3 };

static char *folder;

static char *path_of(const char *name)
{
    return alloc_printf("%s/%s", folder, name);
}

static void write_file(const char *name, const struct buf *text)
{
    char *path = path_of(name);
    FILE *file = fopen(path, "w");
    if (!file || fwrite(buf_text(text), 1, text->len, file) != text->len || fclose(file) != 0) {
        perror(path);
        exit(1);
    }
    free(path);
}

static void read_file(const char *path, struct buf *text)
{
    char chunk[4096];
    FILE *file = fopen(path, "r");
    if (!file) {
        perror(path);
        exit(1);
    }
    for (size_t got = 1; got; buf_add(text, chunk, got))
        got = fread(chunk, 1, sizeof chunk, file);
    fclose(file);
}

// The readers. True: it took the text.

static void write_experiment(const struct experiment *experiment, struct buf *text)
{
    char *path = path_of("written.yaml");
    struct err err;
    FILE *file = fopen(path, "w");
    if (!file || experiment_write(experiment, file, &err) < 0 || fclose(file) != 0)
        abort();
    buf_clear(text);
    read_file(path, text);
    free(path);
}

static void check_reads_back(const struct experiment *experiment)
{
    struct buf first = {0};
    struct buf second = {0};
    struct err err;
    char *path = path_of("written.yaml");
    write_experiment(experiment, &first);
    struct experiment *again = experiment_load(path, NULL, &err);
    if (!again) {
        fprintf(stderr, "what was written is not read: %s\n%s", err.text, buf_text(&first));
        abort();
    }
    write_experiment(again, &second);
    if (strcmp(buf_text(&first), buf_text(&second)) != 0) {
        fprintf(stderr, "written again it is another one:\n%s---\n%s", buf_text(&first),
                buf_text(&second));
        abort();
    }
    experiment_free(again);
    free(path);
    buf_fini(&first);
    buf_fini(&second);
}

static bool read_experiment(const char *path)
{
    struct err err;
    struct experiment *experiment = experiment_load(path, NULL, &err);
    if (!experiment)
        return false;
    check_reads_back(experiment);
    experiment_free(experiment);
    return true;
}

static bool read_machine(const char *path)
{
    struct err err;
    struct costs costs;
    if (costs_load(path, &costs, &err) < 0)
        return false;
    costs_fini(&costs);
    return true;
}

static bool read_keys(const char *path)
{
    struct err err;
    struct authorized_keys *keys = authorized_keys_read(path, &err);
    authorized_keys_free(keys);
    return keys != NULL;
}

static bool read_timeline(const char *path)
{
    struct err err;
    struct timeline timeline;
    if (timeline_read(path, &timeline, &err) < 0)
        return false;
    timeline_fini(&timeline);
    return true;
}

static void draw_all(const struct dataset *dataset)
{
    for (const struct chart *chart = charts; chart->name; chart++) {
        struct figure figure;
        struct buf text = {0};
        if (!chart_fits(chart, dataset))
            continue;
        if (!chart_figure(chart, dataset, &figure)) {
            figure_write_dat(&figure, &text);
            figure_write_gp(&figure, "", &text);
        }
        figure_fini(&figure);
        buf_fini(&text);
    }
}

// Alone, and beside the results it was made from.
static bool read_results(const char *path)
{
    (void)path;
    struct err err;
    char *bad = path_of("results");
    char *good = path_of("right");
    const char *const dirs[] = {good, bad};
    bool taken = false;
    for (size_t first = 0; first < 2; first++) {
        struct buf text = {0};
        struct dataset *dataset = dataset_load(dirs + first, 2 - first, &err);
        if (!dataset)
            break;
        taken = true;
        draw_all(dataset);
        for (size_t i = 0; i < dataset->n_folders; i++) {
            verdict_write(dataset, i, &text);
            report_runs(dataset, i, &text);
            report_parameters(dataset, i, &text);
        }
        if (dataset->n_folders == 2) {
            struct pairs pairs;
            pairs_of(dataset, &pairs);
            compare_table(dataset, &pairs, &text);
            compare_csv(dataset, &pairs, &text);
            pairs_fini(&pairs);
        }
        buf_fini(&text);
        dataset_free(dataset);
    }
    free(bad);
    free(good);
    return taken;
}

static bool read_platform(const char *path)
{
    (void)path;
    struct err err;
    char *dir = path_of("platform");
    struct platform *platform = platform_load("cisco_ios", dir, &err);
    platform_free(platform);
    free(dir);
    return platform != NULL;
}

#define RESULTS "tests/golden/data/plot/"
#define IOS "emulator/platforms/cisco_ios/"

static const char machine[] = "cores: 2\n"
                              "wake_latency_ns: {min: 900, median: 1.5e3, max: 4000}\n"
                              "syscall_ns: 200\n"
                              "pythons:\n"
                              "  - path: \"/usr/bin/python3\"\n"
                              "    version: \"3.11.2\"\n"
                              "    has_lock: 1\n"
                              "    loop_ns: {min: 20, median: 21, max: 30}\n";

static const char keys[] =
    "# of a teacher\n"
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDnQjXdLGTMBGOUtmQS7Hv7FyVU8cJIOc8gaQKtpZqUf me@here\n"
    "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQC7\n";

static const char timeline[] = TIMELINE_FILE_HEADER "0,thread,0,runs with the lock,0,2.999\n"
                                                    "0,thread,1,waits for the lock,0,3\n"
                                                    "0,core,0,thread 0,0,3\n"
                                                    "0,lock,0,thread 0,0,3\n"
                                                    "0,lock,0,thread 1,3,6\n"
                                                    "2,worker,0,thread 1,0,0\n"
                                                    "4,thread,0,idle,0,1\n";

static const struct reader {
    const char *name;
    const char *right; // a text that is: lines, or the path of a file in the source tree
    const char *file;  // what it is called in the folder
    bool (*read)(const char *path);
    unsigned share; // of the rounds: one in so many
} readers[] = {
    {"experiment", "experiments/reference.yaml", "experiment.yaml", read_experiment, 1},
    {"named", "experiments/classroom-three-routers.yaml", "experiment.yaml", read_experiment, 1},
    {"machine", machine, "machine.yaml", read_machine, 1},
    {"keys", keys, "keys.pub", read_keys, 1},
    {"timeline", timeline, "timeline.csv", read_timeline, 4},
    {"runs", RESULTS "runs.csv", "results/runs.csv", read_results, 2},
    {"sessions", RESULTS "sessions.csv", "results/sessions.csv", read_results, 2},
    {"platform", IOS "platform.yaml", "platform/platform.yaml", read_platform, 20},
    {"commands", IOS "show.yaml", "platform/show.yaml", read_platform, 20},
};

// Mutations.

static const char *const pieces[] = {
    "0",
    "-1",
    "4294967295",
    "4294967296",
    "18446744073709551616",
    "1e308",
    "nan",
    "inf",
    "\n",
    "  ",
    "\"",
    "'",
    ": ",
    ", ",
    "[",
    "]",
    "{",
    "}",
    "- ",
    "#",
    "%",
    "\xff",
    "é",
    "\t",
    "|",
    "{{",
    "{{times 9999}}x",
    "}}",
    "{{end}}",
    "(",
    ")",
    "~",
};

static void put_at(struct buf *text, size_t at, const char *bytes, size_t len)
{
    struct buf all = {0};
    buf_add(&all, buf_text(text), at);
    buf_add(&all, bytes, len);
    buf_add(&all, buf_text(text) + at, text->len - at);
    buf_fini(text);
    *text = all;
}

static void cut_out(struct buf *text, size_t at, size_t len)
{
    memmove(text->data + at, text->data + at + len, text->len - at - len);
    text->len -= len;
    text->data[text->len] = '\0';
}

// A word, a part of a line, some lines.
static size_t some(struct rng *rng, size_t most)
{
    size_t len = 1 + rng_below(rng, rng_below(rng, 3) ? 12 : 200);
    return len < most ? len : most;
}

static void spoil(struct buf *text, struct rng *rng)
{
    size_t at = rng_below(rng, text->len + 1);
    size_t rest = text->len - at;
    const char *piece = pieces[rng_below(rng, sizeof pieces / sizeof *pieces)];
    switch (rng_below(rng, 5)) {
    case 0:
        if (rest)
            text->data[at] = (char)rng_below(rng, 256);
        break;
    case 1:
        if (rest)
            cut_out(text, at, some(rng, rest));
        break;
    case 2:
        put_at(text, at, piece, strlen(piece));
        break;
    case 3:
        if (rest)
            cut_out(text, at, some(rng, rest));
        put_at(text, at, piece, strlen(piece));
        break;
    default:
        if (rest && text->len < TEXT_MAX) {
            size_t len = some(rng, rest);
            char *copy = alloc_zero(len, 1);
            memcpy(copy, text->data + at, len);
            put_at(text, rng_below(rng, text->len + 1), copy, len);
            free(copy);
        }
    }
}

static void read_source(const char *tree, const char *name, struct buf *text)
{
    char *path = alloc_printf("%s/%s", tree, name);
    read_file(path, text);
    free(path);
}

static void fuzz(const struct reader *reader, const char *tree, uint64_t seed, uint64_t rounds)
{
    struct buf right = {0};
    char *path = path_of(reader->file);
    uint64_t taken = 0;
    if (strchr(reader->right, '\n'))
        buf_puts(&right, reader->right);
    else
        read_source(tree, reader->right, &right);
    write_file(reader->file, &right);
    if (!reader->read(path)) {
        fprintf(stderr, "%s: what is right is not taken\n", reader->name);
        exit(1);
    }
    for (uint64_t round = 0; round < rounds / reader->share; round++) {
        struct rng rng;
        struct buf text = {0};
        rng_key(&rng, seed, (uint64_t)(reader - readers), 0, round);
        buf_add(&text, buf_text(&right), right.len);
        for (uint64_t n = 1 + rng_below(&rng, MENDS_MAX); n > 0; n--)
            spoil(&text, &rng);
        write_file(reader->file, &text);
        taken += reader->read(path);
        buf_fini(&text);
    }
    write_file(reader->file, &right);
    printf("%s: %" PRIu64 " of %" PRIu64 " taken\n", reader->name, taken, rounds / reader->share);
    free(path);
    buf_fini(&right);
}

static void copy(const char *tree, const char *from, const char *to)
{
    struct buf text = {0};
    read_source(tree, from, &text);
    write_file(to, &text);
    buf_fini(&text);
}

static void make_folders(const char *tree)
{
    static const char *const names[] = {"results", "right", "platform"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *path = path_of(names[i]);
        mkdir(path, 0777);
        free(path);
    }
    copy(tree, RESULTS "runs.csv", "right/runs.csv");
    copy(tree, RESULTS "runs.csv", "results/runs.csv");
    copy(tree, RESULTS "sessions.csv", "right/sessions.csv");
    copy(tree, RESULTS "sessions.csv", "results/sessions.csv");
}

static void remove_folder(void)
{
    char *command = alloc_printf("rm -rf '%s'", folder);
    if (system(command) != 0)
        perror(folder);
    free(command);
}

// fuzz_files TREE [SEED [ROUNDS [READER]]]
int main(int argc, char **argv)
{
    uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    uint64_t rounds = argc > 3 ? strtoull(argv[3], NULL, 10) : 100;
    folder = alloc_strdup("/tmp/netbaton-fuzz-XXXXXX");
    if (argc < 2 || !mkdtemp(folder)) {
        fprintf(stderr, "usage: fuzz_files TREE [SEED [ROUNDS [READER]]]\n");
        return 2;
    }
    make_folders(argv[1]);
    for (size_t i = 0; i < sizeof readers / sizeof *readers; i++)
        if (argc < 5 || !strcmp(argv[4], readers[i].name))
            fuzz(&readers[i], argv[1], seed, rounds);
    remove_folder();
    free(folder);
    return 0;
}
