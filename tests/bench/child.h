// A `netbaton emulate` of the benchmark's own, in a child process that ends with it.
#ifndef TESTS_BENCH_CHILD_H
#define TESTS_BENCH_CHILD_H

#include <netinet/in.h>
#include <stdint.h>
#include <sys/types.h>

struct child {
    pid_t pid;
    int hold; // its standard input: closed, it ends
    uint32_t address;
    uint16_t ssh;
    uint16_t telnet;
};

// options: words after `netbaton emulate --until-eof --ssh 0 --telnet 0`, ended by NULL. Exits with
// a message when it does not come up.
void child_start(struct child *child, const char *const *options);
void child_stop(struct child *child); // checks that it ended with 0
struct sockaddr_in child_address(const struct child *child, uint32_t device, uint16_t port);
long child_rss_kb(pid_t pid);
double child_cpu_s(pid_t pid); // user and system time so far

// Prints "NAME<TAB>VALUE<TAB>UNIT".
void print_figure(const char *name, double value, const char *unit);

#endif
