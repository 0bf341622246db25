#include "base/experiment.h"
#include "base/rng.h"
#include "emulator/platform.h"
#include "emulator/shell.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const platforms[] = {"cisco_ios",        "arista_eos",    "cisco_nxos",
                                        "cisco_iosxr",      "juniper_junos", "huawei_vrp",
                                        "mikrotik_routeros"};

// Pieces of lines that lead far into a platform; the rest is random keys.
static const char *const pieces[] = {
    "show ",
    "display ",
    "conf t\r",
    "configure\r",
    "system-view\r",
    "interface ",
    "gi0/1 ",
    "loopback 7",
    "no ",
    "undo ",
    "do ",
    "| include ",
    "| section ",
    "(((",
    "exit\r",
    "end\r",
    "enable\rcisco\r",
    "ip address 1.2.3.4 255.0.0.0\r",
    "router ospf 1\r",
    "set system host-name x\r",
    "commit\r",
    "run",
    "version\r",
    "?",
    "\t",
    "\033[A",
    "\x15",
    "\r\n",
    "description ",
    "hostname ",
    "banner motd #",
    "#\r",
    "q",
    " ",
    "yes\r",
    "no\r",
    "edit interfaces ge-0/0/0\r",
    "delete ",
    "vlan 30\r",
    "name x\r",
    "username a secret b\r",
    "rollback\r",
    "write\r",
    "reload\r",
    "terminal length 0\r",
    "copy run start\r\r",
    "running-config\r",
    "up\r",
    "interface range gi0/0 - 1 , lo1 - 9\r",
    "line vty 3 9\r",
    "vlan 10,20-40\r",
    "default ",
    "interface gi0/1\r",
    "ip access-list extended A\r",
    "15 permit ip any any\r",
    "permit ",
    "copy run flash:a\r\r",
    "copy flash:a run\r\r",
    "configure replace flash:a force\r",
    "show run | redirect flash:a\r",
    "| append b\r",
    "more flash:a\r",
    "/ip\r",
    "delete flash:a\r\r\r",
    "reload in 5\r\r",
    "reload cancel\r",
    "terminal monitor\r",
    "send log x\r",
    "clear line vty 0\r\r",
    "terminal history size 3\r",
    "commit confirmed 1\r",
    "rollback 1\r",
    "show | compare rollback 1\r",
    "checkpoint a\r",
    "checkpoint file a\r",
    "rollback running-config checkpoint a\r",
    "rollback configuration last 1\r",
    "show configuration commit ",
    "show diff rollback-patch ",
    "configure session a\r",
    "show session-config diffs\r",
    "commit timer 00:00:01\r",
    "\x14\x19\033b\033u",
};

struct world {
    struct platform *platform;
    struct device_set *set;
    struct device *device;
    struct shell *shell;
};

static void open_session(struct world *world, struct rng *rng)
{
    const struct shell_options options = {.user = "cisco", .privilege = rng_below(rng, 2) ? 15 : 1};
    struct buf out = {0};
    world->device = device_open(world->set, 1 + (uint32_t)rng_below(rng, 3));
    world->shell = shell_new(world->device, &options);
    shell_start(world->shell, &out);
    buf_fini(&out);
}

static void close_session(struct world *world)
{
    shell_free(world->shell);
    device_close(world->set, world->device);
}

static void type(struct world *world, struct rng *rng, const char *bytes, size_t len)
{
    struct buf out = {0};
    shell_input(world->shell, bytes, len, &out);
    while (shell_status(world->shell) == SHELL_BUSY) {
        shell_resume(world->shell, &out);
        if (shell_is_entering(world->shell) && rng_below(rng, 50) == 0)
            break; // what is typed next comes in the middle of the file, or the session ends there
    }
    buf_fini(&out);
}

static void type_something(struct world *world, struct rng *rng)
{
    if (rng_below(rng, 4)) {
        const char *piece = pieces[rng_below(rng, sizeof pieces / sizeof *pieces)];
        type(world, rng, piece, strlen(piece));
        return;
    }
    char bytes[32];
    size_t len = 1 + rng_below(rng, sizeof bytes);
    for (size_t i = 0; i < len; i++)
        bytes[i] = (char)rng_below(rng, rng_below(rng, 2) ? 256 : 128);
    type(world, rng, bytes, len);
}

static int fuzz_platform(const char *name, const struct experiment *experiment, uint64_t seed,
                         uint64_t rounds)
{
    struct err err;
    struct rng rng;
    struct world world = {.platform = platform_load(name, NULL, &err)};
    if (!world.platform) { // it need not be among those built in
        printf("%s: %s\n", name, err.text);
        return strstr(err.text, "no platform is called") ? 0 : -1;
    }
    rng_key(&rng, seed, strlen(name), 0, 0);
    world.set = device_set_new(experiment, world.platform, 5);
    for (uint64_t round = 0; round < rounds; round++) {
        open_session(&world, &rng);
        for (int i = 0; i < 60 && shell_status(world.shell) == SHELL_READY; i++)
            type_something(&world, &rng);
        close_session(&world);
    }
    device_set_free(world.set);
    platform_free(world.platform);
    return 0;
}

int main(int argc, char **argv)
{
    uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
    uint64_t rounds = argc > 2 ? strtoull(argv[2], NULL, 10) : 100;
    struct err err;
    struct experiment *experiment = experiment_load(NULL, NULL, &err);
    int result = 0;
    for (size_t i = 0; i < sizeof platforms / sizeof *platforms && result == 0; i++)
        result = fuzz_platform(platforms[i], experiment, seed, rounds);
    experiment_free(experiment);
    printf("seed %" PRIu64 ", %" PRIu64 " sessions a platform\n", seed, rounds);
    return result < 0;
}
