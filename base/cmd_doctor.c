#include "base/cmd_doctor.h"

#include "base/buf.h"
#include "base/cli.h"
#include "base/doctor_programs.h"
#include "base/loopback.h"
#include "base/machine.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum verdict {
    VERDICT_OK,
    VERDICT_NOTE,  // everything works, but a limit is near or a choice is missing
    VERDICT_LACKS, // something does not work
};

// What a check found; both texts may have several lines.
struct finding {
    struct buf text;
    struct buf mend; // commands; empty when there is nothing to mend
};

enum {
    FILES_ENOUGH = 4096,     // of 2,000 sessions, the client's and the emulator's ends
    PROCESSES_ENOUGH = 4096, // threads count as processes
    BACKLOG_ENOUGH = 1024,   // connections that wait to be accepted
};

static enum verdict check_gnuplot(struct finding *finding)
{
    char *version = program_first_line((const char *const[]){"gnuplot", "--version", NULL});
    if (version) {
        buf_puts(&finding->text, version);
        free(version);
        return VERDICT_OK;
    }
    buf_puts(&finding->text, "none on PATH: `netbaton plot` and `netbaton report` draw nothing");
    program_install_command("gnuplot-nox", "gnuplot-minimal", "gnuplot", &finding->mend);
    return VERDICT_LACKS;
}

static enum verdict check_cores(struct finding *finding)
{
    uint32_t cores = machine_cores();
    buf_printf(&finding->text, "%u", cores);
    if (cores > 1)
        return VERDICT_OK;
    buf_puts(&finding->text, ": devices and client share one core, so many workers look worse "
                             "than they are");
    return VERDICT_NOTE;
}

static enum verdict check_files(struct finding *finding)
{
    struct rlimit limit = {0};
    getrlimit(RLIMIT_NOFILE, &limit);
    buf_printf(&finding->text, "%llu open files a process", (unsigned long long)limit.rlim_cur);
    if (limit.rlim_cur >= FILES_ENOUGH)
        return VERDICT_OK;
    buf_puts(&finding->text, ": each session needs one in the client and one in the emulator");
    if (limit.rlim_max > limit.rlim_cur)
        buf_printf(&finding->mend, "ulimit -n %llu", (unsigned long long)limit.rlim_max);
    else
        buf_puts(&finding->mend, "echo '* - nofile 1048576' | sudo tee "
                                 "/etc/security/limits.d/netbaton.conf   # then log in again");
    return VERDICT_NOTE;
}

static enum verdict check_processes(struct finding *finding)
{
    struct rlimit limit = {0};
    getrlimit(RLIMIT_NPROC, &limit);
    if (limit.rlim_cur == RLIM_INFINITY) {
        buf_puts(&finding->text, "no limit of this user's threads and processes");
        return VERDICT_OK;
    }
    buf_printf(&finding->text, "%llu threads and processes of this user",
               (unsigned long long)limit.rlim_cur);
    if (limit.rlim_cur >= PROCESSES_ENOUGH)
        return VERDICT_OK;
    if (limit.rlim_max > limit.rlim_cur)
        buf_printf(&finding->mend, "ulimit -u %llu", (unsigned long long)limit.rlim_max);
    return VERDICT_NOTE;
}

// Reads a number from a file of /proc; -1 where there is none.
static long proc_number(const char *path)
{
    FILE *file = fopen(path, "r");
    if (!file)
        return -1;
    char line[64] = "";
    if (!fgets(line, sizeof line, file))
        line[0] = '\0';
    fclose(file);
    char *end;
    long number = strtol(line, &end, 10);
    return end == line ? -1 : number;
}

static enum verdict check_backlog(struct finding *finding)
{
    long backlog = proc_number("/proc/sys/net/core/somaxconn");
    if (backlog < 0) {
        buf_puts(&finding->text, "unknown here");
        return VERDICT_OK;
    }
    buf_printf(&finding->text, "%ld connections may wait to be accepted", backlog);
    if (backlog >= BACKLOG_ENOUGH)
        return VERDICT_OK;
    buf_puts(&finding->mend, "sudo sysctl -w net.core.somaxconn=4096");
    return VERDICT_NOTE;
}

static enum verdict check_pythons(struct finding *finding)
{
    size_t count = program_list_pythons(&finding->text);
    if (count)
        return VERDICT_OK;
    buf_puts(&finding->text, "none on PATH: `interpreter: python:PATH` cannot be measured");
    program_install_command("python3", "python3", "python3", &finding->mend);
    return VERDICT_NOTE;
}

// Could a server listen there?
static int listen_at(uint32_t address, bool on_loopback_only)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0)
        return -1;
    struct sockaddr_in where = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(address)};
    int result = on_loopback_only ? loopback_hold(fd) : 0;
    if (result == 0)
        result = bind(fd, (const struct sockaddr *)&where, sizeof where);
    if (result == 0)
        result = listen(fd, 1);
    int reason = errno;
    close(fd);
    errno = reason;
    return result;
}

static enum verdict check_loopback(struct finding *finding)
{
    enum { FIRST = 0x7f640001, FAR = 0x7fffffff - 1 }; // 127.100.0.1, 127.255.255.254
    if (listen_at(FIRST, false) == 0 && listen_at(FAR, false) == 0) {
        buf_puts(&finding->text, "127.100.0.1 and on: each device can have its own address");
        return VERDICT_OK;
    }
    buf_printf(&finding->text, "127.100.0.1 cannot be used (%s): devices need a port each",
               strerror(errno));
    buf_puts(&finding->mend, "netbaton emulate --ports");
    return VERDICT_NOTE;
}

static enum verdict check_interface(struct finding *finding)
{
    if (listen_at(INADDR_ANY, true) == 0) {
        buf_puts(&finding->text, "one listener serves every device and stays on the loopback");
        return VERDICT_OK;
    }
    buf_printf(&finding->text,
               "a listener cannot be held on the loopback (%s; Linux before 5.7 wants root)",
               strerror(errno));
    buf_puts(&finding->mend, "netbaton emulate --ports");
    return VERDICT_NOTE;
}

static const struct check {
    const char *name;
    enum verdict (*run)(struct finding *finding);
} checks[] = {
    {"gnuplot", check_gnuplot},     {"cores", check_cores},     {"files", check_files},
    {"processes", check_processes}, {"backlog", check_backlog}, {"loopback", check_loopback},
    {"interface", check_interface}, {"pythons", check_pythons},
};

static void print_lines(const char *text, const char *before)
{
    while (*text) {
        size_t len = strcspn(text, "\n");
        printf("%s%.*s\n", before, (int)len, text);
        text += len + (text[len] == '\n');
        before = "                    ";
    }
}

static void print_finding(const struct check *check, enum verdict verdict,
                          const struct finding *finding, bool color)
{
    static const char *const words[] = {"ok", "note", "lacks"};
    static const char *const colors[] = {"\033[32m", "\033[33m", "\033[31m"};
    printf("  %s%-5s%s  ", color ? colors[verdict] : "", words[verdict], color ? "\033[0m" : "");
    printf("%-10s ", check->name);
    print_lines(buf_text(&finding->text), "");
    if (finding->mend.len)
        print_lines(buf_text(&finding->mend), "                    mend: ");
}

static int run_doctor(const struct command *command, int argc, char **argv)
{
    struct cli_common common = {0};
    struct poptOption options[] = {
        {"quiet", 'q', POPT_ARG_NONE, &common.quiet, 0, "print only what is not ok", NULL},
        {"no-color", 0, POPT_ARG_NONE, &common.no_color, 0, "no colours (NO_COLOR does the same)",
         NULL},
        POPT_TABLEEND,
    };
    struct cli cli;
    if (cli_parse(&cli, command, argc, argv, options) != CLI_GO)
        return cli_done(&cli);
    if (cli.n_arguments) {
        cli_usage(command, "unexpected '%s'; it takes no argument", cli.arguments[0]);
        cli_free(&cli, &common);
        return 2;
    }
    bool works = true;
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
        struct finding finding = {0};
        enum verdict verdict = checks[i].run(&finding);
        if (verdict != VERDICT_OK || !common.quiet)
            print_finding(&checks[i], verdict, &finding, cli_color(&common, stdout));
        works = works && verdict != VERDICT_LACKS;
        buf_fini(&finding.text);
        buf_fini(&finding.mend);
    }
    cli_free(&cli, &common);
    return works ? 0 : 1;
}

const struct command command_doctor = {
    .name = "doctor",
    .summary = "say what this machine lacks or limits, and the command that mends it",
    .arguments = "",
    .example = "  netbaton doctor\n",
    .run = run_doctor,
};
