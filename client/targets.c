#include "client/targets.h"

#include "base/alloc.h"
#include "base/host_port.h"

#include <arpa/inet.h>
#include <assert.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *default_port(enum transport transport)
{
    return transport == TRANSPORT_SSH ? "22" : "23";
}

static int look_up(struct target *target, const char *text, enum transport transport, int flags,
                   struct err *err)
{
    char *copy = alloc_strdup(text);
    char *host;
    const char *port = default_port(transport);
    struct addrinfo *found = NULL;
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = flags};
    char *end;
    int result = 0;
    if (host_port_split(copy, &host, &port) < 0)
        result = err_input(err, "'%s' is no address; write HOST or HOST:PORT", text);
    else if (strtoul(port, &end, 10) - 1 > 65534 || *end)
        result = err_input(err, "'%s' has no port between 1 and 65535", text);
    else {
        int code = getaddrinfo(host, port, &hints, &found);
        if (code != 0)
            result = err_input(err, "cannot find the host '%s': %s", host, gai_strerror(code));
    }
    if (result == 0 && found) {
        memcpy(&target->address, found->ai_addr, found->ai_addrlen);
        target->len = found->ai_addrlen;
        freeaddrinfo(found);
    }
    free(copy);
    return result;
}

// The value of " key=" in the line, copied; NULL when it has none.
static char *word_of(const char *line, const char *key)
{
    size_t len = strlen(key);
    for (const char *p = strchr(line, ' '); p; p = strchr(p + 1, ' '))
        if (!strncmp(p + 1, key, len) && p[1 + len] == '=')
            return alloc_strndup(p + 2 + len, strcspn(p + 2 + len, " \r\n"));
    return NULL;
}

int targets_from_ready(struct targets *targets, const char *line, enum transport transport,
                       struct err *err)
{
    *targets = (struct targets){0};
    char *mode = word_of(line, "mode");
    char *place = word_of(line, transport_names[transport]);
    bool ports = mode && !strcmp(mode, "ports");
    bool address = mode && !strcmp(mode, "address");
    int result = 0;
    if (!place || (!ports && !address))
        result = err_set(err, "the emulator does not say where %s is: '%.*s'",
                         transport_names[transport], (int)strcspn(line, "\r\n"), line);
    else
        result = look_up(&targets->first, place, transport, AI_NUMERICHOST | AI_NUMERICSERV, err);
    targets->step = ports ? TARGETS_PORT : TARGETS_ADDRESS;
    free(mode);
    free(place);
    return result;
}

int targets_from_addresses(struct targets *targets, const struct text_list *addresses,
                           enum transport transport, struct err *err)
{
    *targets = (struct targets){.step = TARGETS_LISTED, .len = (uint32_t)addresses->len};
    targets->list = alloc_zero(addresses->len, sizeof *targets->list);
    for (size_t i = 0; i < addresses->len; i++)
        if (look_up(&targets->list[i], addresses->items[i], transport, 0, err) < 0) {
            targets_fini(targets);
            return err_prefix(err, "devices.addresses: ");
        }
    return 0;
}

void targets_fini(struct targets *targets)
{
    free(targets->list);
    *targets = (struct targets){0};
}

static void add_to_address(struct sockaddr_storage *address, uint32_t by)
{
    assert(address->ss_family == AF_INET); // the emulator's are in 127.0.0.0/8
    struct sockaddr_in *in = (struct sockaddr_in *)address;
    in->sin_addr.s_addr = htonl(ntohl(in->sin_addr.s_addr) + by);
}

static void add_to_port(struct sockaddr_storage *address, uint32_t by)
{
    // The port lies at the same place in both families.
    struct sockaddr_in *in = (struct sockaddr_in *)address;
    in->sin_port = htons((uint16_t)(ntohs(in->sin_port) + by));
}

struct target targets_get(const struct targets *targets, uint32_t device)
{
    assert(device >= 1);
    struct target target = targets->first;
    switch (targets->step) {
    case TARGETS_LISTED:
        assert(device <= targets->len);
        return targets->list[device - 1];
    case TARGETS_ADDRESS:
        add_to_address(&target.address, device - 1);
        break;
    case TARGETS_PORT:
        add_to_port(&target.address, device - 1);
        break;
    }
    return target;
}
