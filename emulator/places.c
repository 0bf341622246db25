#include "emulator/places.h"

#include "base/alloc.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static int look_up(const struct named_device *device, uint32_t *address, struct err *err)
{
    struct in_addr in;
    if (inet_pton(AF_INET, device->address, &in) != 1) {
        struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM};
        struct addrinfo *found = NULL;
        int failed = getaddrinfo(device->address, NULL, &hints, &found);
        if (failed)
            return err_input(err, "cannot find the address '%s' of the device '%s': %s",
                             device->address, device->name, gai_strerror(failed));
        in = ((const struct sockaddr_in *)(const void *)found->ai_addr)->sin_addr;
        freeaddrinfo(found);
    }
    *address = ntohl(in.s_addr);
    return 0;
}

static uint32_t address_by_number(const struct listen_place *place, uint32_t device)
{
    return place->ports ? place->address : place->address + (device - 1);
}

static int compare_devices(const void *a, const void *b)
{
    const struct named_place *x = a;
    const struct named_place *y = b;
    return (x->device > y->device) - (x->device < y->device);
}

static const struct named_place *own_place(const struct listen_place *place, uint32_t device)
{
    const struct named_place key = {.device = device};
    return place->n_named ? bsearch(&key, place->named, place->n_named, sizeof key, compare_devices)
                          : NULL;
}

bool places_has_own(const struct listen_place *place, uint32_t device)
{
    return own_place(place, device) != NULL;
}

void places_find(const struct listen_place *place, uint32_t device, uint32_t *address,
                 uint16_t *port)
{
    const struct named_place *own = own_place(place, device);
    uint32_t step = place->ports && place->port ? device - 1 : 0;
    *address = own ? own->address : address_by_number(place, device);
    *port = own ? own->port : (uint16_t)(place->port + step);
    if (own && !own->port)
        *port = place->port;
}

// By address, of those that the loopback socket serves.

static int compare_addresses(const void *a, const void *b)
{
    const struct named_place *x = *(const struct named_place *const *)a;
    const struct named_place *y = *(const struct named_place *const *)b;
    return (x->address > y->address) - (x->address < y->address);
}

bool places_on_loopback_socket(const struct listen_place *place, const struct named_place *named)
{
    return !place->ports && listener_is_loopback(place->address) &&
           listener_is_loopback(named->address) && (!named->port || named->port == place->port);
}

static void sort_by_address(struct listen_place *place)
{
    place->by_address = alloc_zero(place->n_named, sizeof(const struct named_place *));
    for (size_t i = 0; i < place->n_named; i++)
        if (places_on_loopback_socket(place, &place->named[i]))
            place->by_address[place->n_by_address++] = &place->named[i];
    if (place->n_by_address)
        qsort(place->by_address, place->n_by_address, sizeof(const struct named_place *),
              compare_addresses);
}

bool places_want_loopback_socket(const struct listen_place *place)
{
    return place->n_named < place->devices || place->n_by_address;
}

// By number; 0: none.
static uint32_t number_at(const struct listen_place *place, uint32_t address)
{
    return address >= place->address && address - place->address < place->devices
               ? address - place->address + 1
               : 0;
}

uint32_t places_device_at(const struct listen_place *place, uint32_t address)
{
    const struct named_place key = {.address = address};
    const struct named_place *wanted = &key;
    const struct named_place **found =
        place->n_by_address ? bsearch(&wanted, place->by_address, place->n_by_address,
                                      sizeof(const struct named_place *), compare_addresses)
                            : NULL;
    return found ? (*found)->device : number_at(place, address);
}

// Two at one place.

static int compare_places(const void *a, const void *b)
{
    const struct named_place *x = a;
    const struct named_place *y = b;
    if (x->address != y->address)
        return x->address > y->address ? 1 : -1;
    return (x->port > y->port) - (x->port < y->port);
}

// The device that its number puts at a place where one with a name is; 0: none.
static uint32_t numbered_at(const struct listen_place *place, const struct named_place *named)
{
    uint32_t device = 0;
    if (place->ports && named->address == place->address && named->port >= place->port)
        device = (uint32_t)(named->port - place->port) + 1;
    else if (!place->ports && named->port == place->port)
        device = number_at(place, named->address);
    bool taken =
        device && device <= place->devices && device != named->device && !own_place(place, device);
    return taken ? device : 0;
}

static int refuse(const struct listen_place *place, const struct experiment *experiment,
                  const struct named_place *at, uint32_t other, struct err *err)
{
    char host[INET_ADDRSTRLEN];
    char names[2][DEVICE_NAME_MAX + 1];
    struct in_addr in = {.s_addr = htonl(at->address)};
    inet_ntop(AF_INET, &in, host, sizeof host);
    return err_input(err,
                     "'%s' and '%s' would both answer at %s:%u; give one of them another address "
                     "or %s_port, or begin elsewhere with --listen",
                     experiment_device_name(experiment, at->device, names[0]),
                     experiment_device_name(experiment, other, names[1]), host, at->port,
                     place->option + strlen("--"));
}

static int check_clashes(const struct listen_place *place, const struct experiment *experiment,
                         struct err *err)
{
    struct named_place *sorted = alloc_zero(place->n_named, sizeof *sorted);
    for (size_t i = 0; i < place->n_named; i++) {
        sorted[i] = place->named[i];
        if (!sorted[i].port)
            sorted[i].port = place->port;
    }
    qsort(sorted, place->n_named, sizeof *sorted, compare_places);
    int result = 0;
    for (size_t i = 0; i < place->n_named && result == 0; i++) {
        uint32_t other = numbered_at(place, &sorted[i]);
        if (i && !compare_places(&sorted[i - 1], &sorted[i]))
            other = sorted[i - 1].device;
        if (other)
            result = refuse(place, experiment, &sorted[i], other, err);
    }
    free(sorted);
    return result;
}

int places_read(struct listen_place *place, const struct experiment *experiment,
                enum transport transport, struct err *err)
{
    const struct named_list *list = &experiment->devices.named;
    place->named = alloc_zero(list->len, sizeof *place->named);
    for (uint32_t i = 0; i < list->len; i++) {
        const struct named_device *device = &list->items[i];
        uint32_t port = transport == TRANSPORT_SSH ? device->ssh_port : device->telnet_port;
        struct named_place own = {
            .device = i + 1, .address = address_by_number(place, i + 1), .port = (uint16_t)port};
        if (!device->address && !port)
            continue;
        if (device->address && look_up(device, &own.address, err) < 0)
            return -1;
        place->named[place->n_named++] = own;
    }
    sort_by_address(place);
    return check_clashes(place, experiment, err);
}

void places_fini(struct listen_place *place)
{
    free(place->named);
    free(place->by_address);
    place->named = NULL;
    place->by_address = NULL;
    place->n_named = place->n_by_address = 0;
}
