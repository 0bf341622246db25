// Which networks the interfaces of a configuration have addresses in, counted, so that a new
// address is not compared with those of ten thousand interfaces one by one. Of lines "ip address
// 10.0.0.1 255.255.255.0" below "interface ..."; they are looked at when somebody asks for the
// first time, and from then on as they come and go.
#ifndef EMULATOR_CONFIG_ADDRESSES_H
#define EMULATOR_CONFIG_ADDRESSES_H

#include <stdbool.h>
#include <stdint.h>

struct config;
struct config_addresses;
struct config_line;

struct config_addresses *config_addresses_new(void);
void config_addresses_free(struct config_addresses *addresses);

// For config.c: the line below the section has come, or is about to go.
void config_addresses_add(struct config_addresses *addresses, const struct config_line *section,
                          const struct config_line *line);
void config_addresses_remove(struct config_addresses *addresses, const struct config_line *section,
                             const struct config_line *line);

// Has an interface other than `own` an address in the network, or this address in its network?
bool config_addresses_meet(const struct config *config, const struct config_line *own,
                           uint32_t address, uint32_t mask);
// Has this one?
bool config_addresses_meet_in(const struct config_line *interface, uint32_t address, uint32_t mask);

#endif
