// How long a large configuration holds a loop: entered line by line, put in the place of what runs,
// shown, compared, and how long what is asked of it afterwards takes. Of the command line alone: no
// socket.
#include "base/clock.h"
#include "emulator/device.h"
#include "emulator/device_state.h"
#include "emulator/shell.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

// Of one request: the time from the first step to the last, and of the longest step.
struct took {
    uint64_t whole_ns;
    uint64_t longest_ns;
};

struct bench {
    struct experiment *experiment;
    struct platform *platform;
    struct device_set *set;
    struct device *device;
    struct shell *shell;
};

static void open_bench(struct bench *bench, const char *platform)
{
    struct err err;
    bench->experiment = experiment_load(NULL, NULL, &err);
    bench->platform = platform_load(platform, NULL, &err);
    if (!bench->platform) {
        fprintf(stderr, "%s\n", err.text);
        exit(1);
    }
    bench->set = device_set_new(bench->experiment, bench->platform, 3);
    bench->device = device_open(bench->set, 2);
    struct buf out = {0};
    bench->shell =
        shell_new(bench->device, &(struct shell_options){.user = "cisco", .privilege = 15});
    shell_start(bench->shell, &out);
    buf_fini(&out);
}

static void close_bench(struct bench *bench)
{
    shell_free(bench->shell);
    device_close(bench->set, bench->device);
    device_set_free(bench->set);
    platform_free(bench->platform);
    experiment_free(bench->experiment);
}

// What it costs the loop's thread; what others on the machine do does not count.
static uint64_t spent_ns(void)
{
    struct timespec spent;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent);
    return (uint64_t)spent.tv_sec * CLOCK_NS_PER_S + (uint64_t)spent.tv_nsec;
}

static struct took ask(struct bench *bench, const char *command)
{
    struct buf out = {0};
    struct took took = {0};
    shell_input(bench->shell, command, strlen(command), &out);
    shell_input(bench->shell, "\r", 1, &out);
    while (shell_status(bench->shell) == SHELL_BUSY) {
        uint64_t start = spent_ns();
        shell_resume(bench->shell, &out);
        uint64_t ns = spent_ns() - start;
        took.whole_ns += ns;
        took.longest_ns = ns > took.longest_ns ? ns : took.longest_ns;
    }
    buf_fini(&out);
    return took;
}

// A router of many customers: so many interfaces with what belongs to them.
static void write_router(uint32_t interfaces, uint32_t changed, struct buf *text)
{
    buf_puts(text, "hostname big\n!\n");
    for (uint32_t i = 1; i <= interfaces; i++)
        buf_printf(text,
                   "interface Loopback%u\n description customer %u, line %u\n ip address "
                   "10.%u.%u.%u 255.255.255.252\n ip ospf cost %u\n!\n",
                   i, i, changed + i, i / 16384 + 64, i / 64 % 256, i % 64 * 4 + 1, i % 100 + 1);
    buf_puts(text, "router ospf 1\n network 10.0.0.0 0.255.255.255 area 0\n!\n");
    for (uint32_t i = 1; i <= interfaces; i++)
        buf_printf(text, "ip route 172.%u.%u.%u 255.255.255.252 10.0.0.1\n", i / 16384 + 16,
                   i / 64 % 256, i % 64 * 4);
    buf_puts(text, "!\nip access-list extended ALL\n");
    for (uint32_t i = 1; i <= interfaces; i++)
        buf_printf(text, " permit tcp host 10.%u.%u.%u any eq %u\n", i / 16384 + 64, i / 64 % 256,
                   i % 64 * 4 + 1, i % 1000 + 1);
    buf_puts(text, "!\nend\n");
}

static void put_file(struct bench *bench, const char *name, struct buf *text)
{
    device_lock(bench->device);
    if (!device_put_file(bench->device, name, text))
        fprintf(stderr, "no room for %s\n", name);
    device_unlock(bench->device);
}

static void print(const char *name, size_t bytes, struct took took)
{
    printf("%s of %zu kB\t%.1f\tms\n", name, bytes / 1000, (double)took.whole_ns / 1e6);
    printf("%s of %zu kB, longest step\t%.2f\tms\n", name, bytes / 1000,
           (double)took.longest_ns / 1e6);
    fflush(stdout);
}

static void measure(uint32_t interfaces)
{
    static const char *const commands[] = {
        "copy flash:b running-config",
        "copy flash:b running-config",
        "show running-config",
        "show ip interface brief",
        "show interfaces",
        "show ip route",
        "show archive config differences flash:a flash:b",
        "configure replace flash:a force",
        "write memory",
    };
    struct bench bench;
    struct buf text = {0};
    open_bench(&bench, "cisco_ios");
    ask(&bench, "terminal length 0");
    ask(&bench, "configure terminal");
    ask(&bench, "file prompt quiet");
    ask(&bench, "end");
    write_router(interfaces, 0, &text);
    put_file(&bench, "a", &text);
    write_router(interfaces, interfaces, &text);
    size_t bytes = text.len;
    put_file(&bench, "b", &text);
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        print(commands[i], bytes, ask(&bench, commands[i]));
    close_bench(&bench);
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        measure((uint32_t)strtoul(argv[i], NULL, 10));
    if (argc == 1) {
        measure(500);
        measure(5000);
        measure(12000);
    }
    return 0;
}
