#include "base/alloc.h"
#include "base/cli.h"
#include "tests/unit/harness.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct command command = {
    .name = "try",
    .summary = "tries the options",
    .arguments = "FILE",
    .example = "  netbaton try a.yaml\n",
};

// What a call of a command with the usual options printed and gave.
struct outcome {
    enum cli_result result;
    int code; // of cli_done; -1 when it was to go on
    int port;
    char *overrides; // joined by spaces
    char *arguments; // joined by spaces
    char text[4096]; // both streams
};

static char *joined(const char *const *words)
{
    char *text = alloc_strdup("");
    for (; words && *words; words++) {
        char *longer = alloc_printf("%s%s%s", text, *text ? " " : "", *words);
        free(text);
        text = longer;
    }
    return text;
}

static void take_values(struct outcome *outcome, const struct cli *cli,
                        const struct cli_common *common)
{
    char **overrides = cli_overrides(common);
    outcome->overrides = joined((const char *const *)overrides);
    outcome->arguments = joined(cli->arguments);
    cli_overrides_free(overrides);
}

static struct outcome parse(const char *const *words)
{
    struct outcome outcome = {.code = -1};
    struct cli_common common = {0};
    struct poptOption options[] = {
        {"port", 'p', POPT_ARG_INT, &outcome.port, 0, "listen on PORT", "PORT"},
        CLI_COMMON_OPTIONS(&common),
        POPT_TABLEEND,
    };
    int argc = 0;
    char *argv[16] = {0};
    for (; words[argc]; argc++)
        argv[argc] = alloc_strdup(words[argc]);
    FILE *shown = tmpfile();
    int out = dup(1);
    int error = dup(2);
    fflush(stdout);
    dup2(fileno(shown), 1);
    dup2(fileno(shown), 2);
    struct cli cli;
    outcome.result = cli_parse(&cli, &command, argc, argv, options);
    fflush(stdout);
    dup2(out, 1);
    dup2(error, 2);
    close(out);
    close(error);
    rewind(shown);
    outcome.text[fread(outcome.text, 1, sizeof outcome.text - 1, shown)] = '\0';
    fclose(shown);
    if (outcome.result == CLI_GO) {
        take_values(&outcome, &cli, &common);
        cli_free(&cli, &common);
    } else {
        outcome.code = cli_done(&cli);
    }
    for (int i = 0; i < argc; i++)
        free(argv[i]);
    return outcome;
}

static void test_options_and_arguments_mix(void **state)
{
    (void)state;
    static const char *const words[] = {"try", "a.yaml", "--port", "22",     "--set", "a=1",
                                        "b",   "--set",  "c=[1]",  "--seed", "9",     NULL};
    struct outcome outcome = parse(words);
    assert_int_equal(outcome.result, CLI_GO);
    assert_int_equal(outcome.port, 22);
    assert_string_equal(outcome.overrides, "a=1 c=[1] --seed=9");
    assert_string_equal(outcome.arguments, "a.yaml b");
    assert_string_equal(outcome.text, "");
    free(outcome.overrides);
    free(outcome.arguments);
}

static void test_wrong_calls_get_one_message_and_exit_code_2(void **state)
{
    (void)state;
    static const struct {
        const char *word;
        const char *message;
    } cases[] = {
        {"--prot", "netbaton try: unknown option '--prot'; did you mean '--port'? "
                   "(see `netbaton try --help`)\n"},
        {"--elephant", "netbaton try: unknown option '--elephant' (see `netbaton try --help`)\n"},
        {"-Z", "netbaton try: unknown option '-Z' (see `netbaton try --help`)\n"},
        {"--port=x", "netbaton try: option '--port=x': invalid numeric value "
                     "(see `netbaton try --help`)\n"},
        {"--seed", "netbaton try: option '--seed': missing argument (see `netbaton try --help`)\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *const words[] = {"try", cases[i].word, NULL};
        struct outcome outcome = parse(words);
        assert_int_equal(outcome.result, CLI_WRONG);
        assert_string_equal(outcome.text, cases[i].message);
        assert_int_equal(outcome.code, 2);
    }
}

static void test_help_shows_every_option_and_an_example(void **state)
{
    (void)state;
    static const char *const words[] = {"try", "--help", NULL};
    static const char *const shown[] = {
        "netbaton try: tries the options\n",
        "FILE",
        "--port=PORT",
        "--set KEY=VALUE",
        "--seed=N",
        "--output=DIR",
        "--quiet",
        "--verbose",
        "--no-color",
        "--help",
        "\nExample:\n  netbaton try a.yaml\n",
    };
    struct outcome outcome = parse(words);
    assert_int_equal(outcome.result, CLI_HELPED);
    assert_int_equal(outcome.code, 0);
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++)
        if (!strstr(outcome.text, shown[i]))
            fail_msg("--help lacks '%s':\n%s", shown[i], outcome.text);
}

static void test_a_terminal_is_written_over_and_coloured_unless_it_is_dumb(void **state)
{
    (void)state;
    static const struct {
        const char *term;
        const char *no_color;
        bool live;
        bool color;
    } cases[] = {
        {"xterm", "", true, true},
        {"xterm", "1", true, false},
        {"dumb", "", false, false},
    };
    struct cli_common common = {0};
    int master = posix_openpt(O_RDWR | O_NOCTTY);
    if (master < 0)
        skip(); // no /dev/ptmx, as in some chroots
    assert_int_equal(grantpt(master) + unlockpt(master), 0);
    FILE *terminal = fopen(ptsname(master), "w");
    FILE *file = tmpfile();
    assert_true(terminal && file);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        setenv("TERM", cases[i].term, 1);
        setenv("NO_COLOR", cases[i].no_color, 1);
        assert_true(cli_is_live(terminal) == cases[i].live);
        assert_true(cli_color(&common, terminal) == cases[i].color);
        assert_false(cli_is_live(file));
        assert_false(cli_color(&common, file));
    }
    fclose(terminal);
    fclose(file);
    close(master);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_options_and_arguments_mix),
        cmocka_unit_test(test_wrong_calls_get_one_message_and_exit_code_2),
        cmocka_unit_test(test_help_shows_every_option_and_an_example),
        cmocka_unit_test(test_a_terminal_is_written_over_and_coloured_unless_it_is_dumb),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
