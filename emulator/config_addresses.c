#include "emulator/config_addresses.h"

#include "emulator/config.h"
#include "emulator/ipv4.h"

#include "base/alloc.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { SLOTS_MIN = 256, BITS = 32 };

// What is counted: addresses by their own network; and by each network around them, the own one
// among these.
enum kind { OWN = 1, AROUND };

struct slot {
    uint64_t key; // kind, length, network; 0: free
    uint32_t count;
};

struct config_addresses {
    struct slot *slots; // NULL: nobody has asked yet
    size_t n_slots;     // a power of two
    size_t n_used;
};

struct config_addresses *config_addresses_new(void)
{
    return alloc_zero(1, sizeof(struct config_addresses));
}

void config_addresses_free(struct config_addresses *addresses)
{
    free(addresses->slots);
    free(addresses);
}

static uint32_t mask_of_length(unsigned length)
{
    return length ? UINT32_MAX << (BITS - length) : 0;
}

static unsigned length_of_mask(uint32_t mask)
{
    return mask == UINT32_MAX ? BITS : (unsigned)__builtin_clz(~mask);
}

// The slot of what is counted, or the free one where it would be.
static struct slot *slot_of(const struct config_addresses *addresses, uint64_t key)
{
    uint64_t hash = key * UINT64_C(0x9e3779b97f4a7c15); // Knuth's multiplier, of 64 bits
    size_t at = (size_t)(hash >> 32) & (addresses->n_slots - 1);
    while (addresses->slots[at].key && addresses->slots[at].key != key)
        at = (at + 1) & (addresses->n_slots - 1);
    return &addresses->slots[at];
}

static uint64_t key_of(enum kind kind, uint32_t address, unsigned length)
{
    return (uint64_t)kind << 40 | (uint64_t)length << 32 | (address & mask_of_length(length));
}

static void grow(struct config_addresses *addresses)
{
    struct config_addresses larger = {.n_slots =
                                          addresses->n_slots ? addresses->n_slots * 2 : SLOTS_MIN};
    larger.slots = alloc_zero(larger.n_slots, sizeof *larger.slots);
    for (size_t i = 0; addresses->slots && i < addresses->n_slots; i++)
        if (addresses->slots[i].count) {
            *slot_of(&larger, addresses->slots[i].key) = addresses->slots[i];
            larger.n_used++;
        }
    free(addresses->slots);
    *addresses = larger;
}

static void count(struct config_addresses *addresses, uint64_t key, int change)
{
    if (addresses->n_used >= addresses->n_slots / 2)
        grow(addresses);
    struct slot *slot = slot_of(addresses, key);
    if (!slot->key) {
        slot->key = key;
        addresses->n_used++;
    }
    slot->count += (uint32_t)change;
}

static uint32_t counted(const struct config_addresses *addresses, uint64_t key)
{
    return slot_of(addresses, key)->count;
}

static bool is_interface(const struct config_line *section)
{
    return section->text && config_begins(section->text, "interface");
}

// "ip address 10.0.0.1 255.255.255.0"; false when it is another line.
static bool read_line(const char *text, uint32_t *address, uint32_t *mask)
{
    if (!config_begins(text, "ip address"))
        return false;
    const char *word = text + strlen("ip address");
    word += *word == ' ';
    const char *blank = strchr(word, ' ');
    *address = ipv4_of(word);
    *mask = blank ? ipv4_of(blank + 1) : 0;
    return *mask != 0;
}

static void count_line(struct config_addresses *addresses, const char *text, int change)
{
    uint32_t address;
    uint32_t mask;
    if (!read_line(text, &address, &mask))
        return;
    unsigned length = length_of_mask(mask);
    count(addresses, key_of(OWN, address, length), change);
    for (unsigned around = 0; around <= length; around++)
        count(addresses, key_of(AROUND, address, around), change);
}

void config_addresses_add(struct config_addresses *addresses, const struct config_line *section,
                          const struct config_line *line)
{
    if (addresses->slots && is_interface(section))
        count_line(addresses, line->text, 1);
}

void config_addresses_remove(struct config_addresses *addresses, const struct config_line *section,
                             const struct config_line *line)
{
    if (addresses->slots && is_interface(section))
        count_line(addresses, line->text, -1);
}

static void count_all(struct config_addresses *addresses, const struct config_line *top)
{
    grow(addresses);
    for (size_t i = 0; i < top->n_lines; i++)
        for (size_t k = 0; k < top->lines[i]->n_lines; k++)
            config_addresses_add(addresses, top->lines[i], top->lines[i]->lines[k]);
}

static bool line_meets(const char *text, uint32_t address, uint32_t mask)
{
    uint32_t own;
    uint32_t own_mask;
    return read_line(text, &own, &own_mask) &&
           (own & mask & own_mask) == (address & mask & own_mask);
}

static uint32_t meeting_lines(const struct config_line *interface, uint32_t address, uint32_t mask)
{
    uint32_t n = 0;
    for (size_t i = 0; i < interface->n_lines; i++)
        n += line_meets(interface->lines[i]->text, address, mask);
    return n;
}

bool config_addresses_meet_in(const struct config_line *interface, uint32_t address, uint32_t mask)
{
    return meeting_lines(interface, address, mask) > 0;
}

bool config_addresses_meet(const struct config *config, const struct config_line *own,
                           uint32_t address, uint32_t mask)
{
    struct config_addresses *addresses = config->addresses;
    if (!addresses->slots)
        count_all(addresses, &config->top);
    unsigned length = length_of_mask(mask);
    uint32_t n = counted(addresses, key_of(AROUND, address, length));
    for (unsigned shorter = 0; shorter < length; shorter++)
        n += counted(addresses, key_of(OWN, address, shorter));
    return n > (own && is_interface(own) ? meeting_lines(own, address, mask) : 0);
}
