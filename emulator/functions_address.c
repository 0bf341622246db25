// Functions of addresses and the numbers of a network.
#include "emulator/functions_data.h"

#include "emulator/config.h"
#include "emulator/config_addresses.h"
#include "emulator/ipv4.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

static void put_address(uint32_t address, struct buf *out)
{
    buf_printf(out, "%u.%u.%u.%u", address >> 24, address >> 16 & 255, address >> 8 & 255,
               address & 255);
}

static uint32_t mask_of_bits(int64_t bits)
{
    return bits <= 0 ? 0 : bits >= 32 ? UINT32_MAX : UINT32_MAX << (32 - bits);
}

// "255.255.255.0", "24" and "10.0.0.1/24" are all masks.
static uint32_t mask_of(const char *text)
{
    const char *slash = strchr(text, '/');
    if (slash)
        return mask_of_bits(integer(slash + 1));
    return strchr(text, '.') ? ipv4_of(text) : mask_of_bits(integer(text));
}

static void call_ip(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    (void)scope;
    put_address(ipv4_of(a[0]) + (n > 1 ? (uint32_t)integer(a[1]) : 0), out);
}

static void call_net(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    (void)scope;
    put_address(ipv4_of(a[0]) & mask_of(a[n - 1]), out);
}

static void call_broadcast(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    (void)scope;
    put_address(ipv4_of(a[0]) | ~mask_of(a[n - 1]), out);
}

static void call_mask(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    (void)scope;
    (void)n;
    put_address(mask_of(a[0]), out);
}

static void call_bits(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    (void)scope;
    (void)n;
    buf_printf(out, "%d", __builtin_popcount(mask_of(a[0])));
}

// Does the first address lie in the network of the second under the mask?
static void call_within(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    (void)scope;
    uint32_t mask = mask_of(a[n - 1]);
    buf_puts(out, (ipv4_of(a[0]) & mask) == (ipv4_of(a[1]) & mask) ? "1" : "");
}

// An address of the networks a lab uses (RFC 1918, RFC 6890 loopback): what answers a ping here.
static void call_private(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    (void)scope;
    (void)n;
    uint32_t address = ipv4_of(a[0]);
    bool inside = address >> 24 == 10 || address >> 24 == 127 || address >> 20 == 0xac1 ||
                  address >> 16 == 0xc0a8;
    buf_puts(out, inside ? "1" : "");
}

// 12 hex digits as "aabb.cc00.0100", or with another separator and group: mac(x, ':', 2).
static void call_mac(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    (void)scope;
    const char *separator = n > 1 ? a[1] : ".";
    int64_t group = n > 2 ? integer(a[2]) : 4;
    for (size_t i = 0; a[0][i] && i < 12; i++) {
        if (i && group > 0 && i % (size_t)group == 0)
            buf_puts(out, separator);
        buf_putc(out, a[0][i]);
    }
}

static void call_hexadecimal(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    (void)scope;
    buf_printf(out, "%0*" PRIx64, n > 1 ? (int)(integer(a[1]) % 17) : 1, (uint64_t)integer(a[0]));
}

// Are its bits ones, then zeros?
static void call_is_mask(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    (void)scope;
    (void)n;
    uint32_t rest = ~mask_of(a[0]);
    buf_puts(out, (rest & (rest + 1)) == 0 ? "1" : "");
}

// An address as 0xFF00FF00.
static void call_as_hexadecimal(struct template_scope *scope, arguments a, size_t n,
                                struct buf *out)
{
    (void)scope;
    (void)n;
    buf_printf(out, "0x%08" PRIX32, ipv4_of(a[0]));
}

// The other interface that has an address of the network; empty: none.
static void call_overlaps(struct template_scope *scope, arguments a, size_t n, struct buf *out)
{
    (void)n;
    uint32_t address = ipv4_of(a[0]);
    uint32_t mask = mask_of(a[1]);
    if (!scope->config || !config_addresses_meet(scope->config, scope->at, address, mask))
        return;
    for (size_t i = 0; i < scope->config->top.n_lines; i++) {
        const struct config_line *line = scope->config->top.lines[i];
        if (line == scope->at || !config_begins(line->text, "interface") ||
            !config_addresses_meet_in(line, address, mask))
            continue;
        buf_puts(out, line->text + strlen("interface "));
        return;
    }
}

const struct function functions_of_addresses[] = {
    {"as_hexadecimal", 1, 1, false, call_as_hexadecimal},
    {"bits", 1, 1, false, call_bits},
    {"hexadecimal", 1, 2, false, call_hexadecimal},
    {"ip", 1, 2, false, call_ip},
    {"is_mask", 1, 1, false, call_is_mask},
    {"mac", 1, 3, false, call_mac},
    {"mask", 1, 1, false, call_mask},
    {"broadcast", 1, 2, false, call_broadcast},
    {"net", 1, 2, false, call_net},
    {"overlaps", 2, 2, true, call_overlaps},
    {"private", 1, 1, false, call_private},
    {"within", 2, 3, false, call_within},
    {0},
};
