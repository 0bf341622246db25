#include "base/platform_words.h"

#include <string.h>

// First commands as netmiko 4.6 and scrapli send them; MikroTik's suffix asks for a dumb, wide
// terminal.
static const struct platform_words platforms[] = {
    {"cisco_ios", "terminal length 0", "exit", "", "cisco_ios", "cisco.ios.ios", "cisco_iosxe"},
    {"cisco_nxos", "terminal length 0", "exit", "", "cisco_nxos", "cisco.nxos.nxos", "cisco_nxos"},
    {"cisco_iosxr", "terminal length 0", "exit", "", "cisco_xr", "cisco.iosxr.iosxr",
     "cisco_iosxr"},
    {"arista_eos", "terminal length 0", "exit", "", "arista_eos", "arista.eos.eos", "arista_eos"},
    {"juniper_junos", "set cli screen-length 0", "exit", "", "juniper_junos",
     "junipernetworks.junos.junos", "juniper_junos"},
    {"huawei_vrp", "screen-length 0 temporary", "quit", "", "huawei", "community.network.ce",
     "huawei_vrp"},
    {"mikrotik_routeros", NULL, "/quit", "+ct511w4098h", "mikrotik_routeros",
     "community.routeros.routeros", "mikrotik_routeros"},
};

struct platform_words platform_words(const char *name)
{
    const char *slash = strrchr(name, '/');
    const char *word = slash ? slash + 1 : name;
    for (size_t i = 0; i < sizeof platforms / sizeof *platforms; i++)
        if (!strcmp(platforms[i].name, word))
            return platforms[i];
    struct platform_words own = platforms[0];
    own.name = own.netmiko = own.ansible = own.scrapli = word;
    return own;
}
