#include "tests/bench/child.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORDS_MAX = 32 };

static void run(const char *program, const char *const *options, int in, int out)
{
    const char *words[WORDS_MAX] = {program,    "emulate", "--until-eof", "--ssh", "0",
                                    "--telnet", "0"};
    size_t n = 7;
    for (; *options && n < WORDS_MAX - 1; options++)
        words[n++] = *options;
    dup2(in, STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    execv(program, (char *const *)(uintptr_t)words);
    perror(program);
    _exit(1);
}

void child_start(struct child *child, const char *const *options)
{
    const char *program = getenv("NETBATON");
    if (!program) {
        fputs("set NETBATON to the program to measure\n", stderr);
        exit(2);
    }
    int in[2];
    int out[2];
    if (pipe2(in, O_CLOEXEC) < 0 || pipe2(out, O_CLOEXEC) < 0 || (child->pid = fork()) < 0) {
        perror("cannot start the emulator");
        exit(1);
    }
    if (child->pid == 0) {
        close(in[1]);
        close(out[0]);
        run(program, options, in[0], out[1]);
    }
    close(in[0]);
    close(out[1]);
    child->hold = in[1];
    char line[256] = "";
    FILE *ready = fdopen(out[0], "r");
    char host[64];
    struct in_addr address;
    if (!fgets(line, sizeof line, ready) ||
        sscanf(line, "ready mode=address ssh=%63[^:]:%hu telnet=%*[^:]:%hu", host, &child->ssh,
               &child->telnet) != 3 ||
        inet_pton(AF_INET, host, &address) != 1) {
        fprintf(stderr, "the emulator is not ready: %s\n", line);
        exit(1);
    }
    child->address = ntohl(address.s_addr);
    fclose(ready);
}

void child_stop(struct child *child)
{
    int status = 0;
    close(child->hold);
    if (waitpid(child->pid, &status, 0) < 0 || status != 0) {
        fprintf(stderr, "the emulator ended with status %d\n", status);
        exit(1);
    }
}

struct sockaddr_in child_address(const struct child *child, uint32_t device, uint16_t port)
{
    return (struct sockaddr_in){
        .sin_family = AF_INET,
        .sin_port = htons(port),
        .sin_addr.s_addr = htonl(child->address + device - 1),
    };
}

long child_rss_kb(pid_t pid)
{
    char path[64];
    char line[256];
    long kb = -1;
    snprintf(path, sizeof path, "/proc/%ld/status", (long)pid);
    FILE *status = fopen(path, "r");
    while (status && fgets(line, sizeof line, status))
        if (sscanf(line, "VmRSS: %ld kB", &kb) == 1)
            break;
    if (status)
        fclose(status);
    return kb;
}

double child_cpu_s(pid_t pid)
{
    char path[64];
    char text[1024] = "";
    unsigned long user = 0;
    unsigned long system = 0;
    snprintf(path, sizeof path, "/proc/%ld/stat", (long)pid);
    FILE *stat = fopen(path, "r");
    if (!stat)
        return 0;
    size_t len = fread(text, 1, sizeof text - 1, stat);
    text[len] = '\0';
    fclose(stat);
    const char *after_name = strrchr(text, ')');
    if (after_name)
        sscanf(after_name, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system);
    return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

void print_figure(const char *name, double value, const char *unit)
{
    printf("%s\t%.6g\t%s\n", name, value, unit);
    fflush(stdout);
}
