// Where devices are that the file gives an address or a port of their own; the others are where
// their number puts them (emulator/listener.h).
#ifndef EMULATOR_PLACES_H
#define EMULATOR_PLACES_H

#include "base/experiment.h"
#include "emulator/listener.h"

#include <stdint.h>

// Sets place->named for a transport; the rest of the place is set. Host names are looked up. Two
// devices at one address and port are an input error. End with places_fini.
int places_read(struct listen_place *place, const struct experiment *experiment,
                enum transport transport, struct err *err);
void places_fini(struct listen_place *place);

// Where a device is: *port is 0 while the place has none yet.
void places_find(const struct listen_place *place, uint32_t device, uint32_t *address,
                 uint16_t *port);
// The device at an address and the port of the place; 0: there is none.
uint32_t places_device_at(const struct listen_place *place, uint32_t address);
// Does the one socket of the loopback network serve this one too?
bool places_on_loopback_socket(const struct listen_place *place, const struct named_place *named);
// Is any device behind that socket?
bool places_want_loopback_socket(const struct listen_place *place);
// Has device `number` an address or a port of its own?
bool places_has_own(const struct listen_place *place, uint32_t device);

#endif
