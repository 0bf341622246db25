// The sockets that devices answer on: which address and port is which device.
//
//   address mode   device n is at address + n - 1, all at one port. Of addresses in 127.0.0.0/8 one
//   socket for each loop serves them all:
//                  bound to every address, but on the loopback interface only (SO_BINDTODEVICE), so
//                  that nobody outside can reach it. Other addresses must be the machine's and take
//                  a socket each.
//   ports mode     device n is at port + n - 1 of one address.
//   named places   of devices that the file puts elsewhere: those in 127.0.0.0/8 at the port of all
//   are behind the one
//                  socket too, the others take a socket each.
#ifndef EMULATOR_LISTENER_H
#define EMULATOR_LISTENER_H

#include "base/err.h"
#include "emulator/loop.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

// A device that is not where its number puts it.
struct named_place {
    uint32_t device;
    uint32_t address;
    uint16_t port; // 0: that of the place
};

struct listen_place {
    uint32_t address; // IPv4, host byte order: of the first device
    uint16_t port;    // of the first device; 0: any free one
    bool ports;       // ports mode
    uint32_t devices;
    struct named_place *named; // by device; owned; see emulator/places.h
    size_t n_named;
    const struct named_place **by_address; // those that the loopback socket serves
    size_t n_by_address;
    const char *option; // that chooses another port, for messages: "--ssh"
};

// "127.100.0.1:2222": of the first device. Returns text.
enum { LISTEN_PLACE_TEXT = INET_ADDRSTRLEN + sizeof ":65535" };
const char *listen_place_text(const struct listen_place *place, char text[LISTEN_PLACE_TEXT]);

// Opens the place for one transport and spreads it over the loops, which take the sockets. On
// success place->port is the real one.
int listener_open(struct listen_place *place, const struct transport_ops *ops,
                  struct loop *const *loops, uint32_t n_loops, struct err *err);

// Can one socket serve the whole loopback network here? Not outside Linux, and not for everybody
// before Linux 5.7.
bool listener_can_serve_loopback(void);
bool listener_is_loopback(uint32_t address);
// How many sockets a place takes.
uint64_t listener_sockets(const struct listen_place *place, uint32_t n_loops);

// Accepts one peer on a socket that does not block; -1 with errno.
int listener_accept(int fd, struct sockaddr_in *from);

#endif
