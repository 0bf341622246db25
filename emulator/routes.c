#include "emulator/routes.h"

#include "base/alloc.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CODE_WIDTH = 6, SUBNET_INDENT = 9, MASK_BITS = 33 };

struct route {
    char code[CODE_WIDTH + 1]; // "O IA"
    uint32_t address;
    unsigned bits;
    char *rest; // behind the network
};

struct routes {
    struct route *list;
    size_t n;
};

// The classes of old are how the table is grouped (RFC 791).
static unsigned class_bits(uint32_t address)
{
    return address >> 31 == 0 ? 8 : address >> 30 == 2 ? 16 : 24;
}

static uint32_t class_network(uint32_t address)
{
    return address & (UINT32_MAX << (32 - class_bits(address)));
}

// Does it belong under its classful network's heading? One route to the whole network alone has
// none.
static bool is_member(const struct route *route)
{
    return route->address && route->bits >= class_bits(route->address);
}

static bool read_route(const char *line, size_t len, struct route *route)
{
    unsigned part[5];
    int used = 0;
    char *copy = alloc_strndup(line, len);
    size_t at = strcspn(copy, "0123456789");
    bool good = isupper((unsigned char)*copy) && at <= SUBNET_INDENT &&
                sscanf(copy + at, "%3u.%3u.%3u.%3u/%2u%n", &part[0], &part[1], &part[2], &part[3],
                       &part[4], &used) == 5 &&
                part[4] <= 32;
    if (good) {
        *route = (struct route){
            .address = part[0] << 24 | part[1] << 16 | part[2] << 8 | part[3],
            .bits = part[4],
            .rest = alloc_strdup(copy + at + used),
        };
        size_t code = at < CODE_WIDTH ? at : CODE_WIDTH;
        memcpy(route->code, copy, code);
        while (code && route->code[code - 1] == ' ')
            route->code[--code] = '\0';
    }
    free(copy);
    return good;
}

static int compare(const void *a, const void *b)
{
    const struct route *x = a;
    const struct route *y = b;
    if (x->address != y->address)
        return x->address < y->address ? -1 : 1;
    return x->bits != y->bits ? (x->bits < y->bits ? -1 : 1) : strcmp(x->code, y->code);
}

// The routes of one classful network stand side by side once they are sorted: where those behind
// the first end.
static size_t network_end(const struct routes *routes, size_t first)
{
    uint32_t network = class_network(routes->list[first].address);
    size_t end = first;
    while (end < routes->n && class_network(routes->list[end].address) == network)
        end++;
    return end;
}

static bool has_subnets(const struct routes *routes, size_t first, size_t end)
{
    for (size_t i = first; i < end; i++)
        if (is_member(&routes->list[i]) &&
            routes->list[i].bits > class_bits(routes->list[i].address))
            return true;
    return false;
}

// The heading above the subnets of one network; returns whether they all have one mask.
static bool put_heading(const struct routes *routes, size_t first, size_t end, struct buf *out)
{
    uint32_t network = class_network(routes->list[first].address);
    bool seen[MASK_BITS] = {false};
    unsigned masks = 0;
    unsigned subnets = 0;
    for (size_t i = first; i < end; i++) {
        const struct route *route = &routes->list[i];
        if (!is_member(route))
            continue;
        subnets++;
        masks += !seen[route->bits];
        seen[route->bits] = true;
    }
    unsigned bits = masks > 1 ? class_bits(network) : routes->list[first].bits;
    buf_printf(out, "      %u.%u.%u.%u/%u is %ssubnetted, %u subnets", network >> 24,
               network >> 16 & 255, network >> 8 & 255, network & 255, bits,
               masks > 1 ? "variably " : "", subnets);
    if (masks > 1)
        buf_printf(out, ", %u masks", masks);
    buf_putc(out, '\n');
    return masks == 1;
}

static void put_route(const struct route *route, bool below, bool with_mask, struct buf *out)
{
    buf_printf(out, "%-*s%u.%u.%u.%u", below ? SUBNET_INDENT : CODE_WIDTH, route->code,
               route->address >> 24, route->address >> 16 & 255, route->address >> 8 & 255,
               route->address & 255);
    if (with_mask)
        buf_printf(out, "/%u", route->bits);
    buf_printf(out, "%s\n", route->rest);
}

static void put_network(const struct routes *routes, size_t first, size_t end, struct buf *out)
{
    bool subnets = has_subnets(routes, first, end);
    bool open = false; // the heading was printed
    bool one_mask = false;
    for (size_t i = first; i < end; i++) {
        bool below = subnets && is_member(&routes->list[i]);
        if (below && !open)
            one_mask = put_heading(routes, i, end, out);
        open |= below;
        put_route(&routes->list[i], below, !below || !one_mask, out);
        free(routes->list[i].rest);
    }
}

static void put_all(struct routes *routes, struct buf *out)
{
    if (routes->n)
        qsort(routes->list, routes->n, sizeof *routes->list, compare);
    for (size_t first = 0, end; first < routes->n; first = end) {
        end = network_end(routes, first);
        put_network(routes, first, end, out);
    }
}

void routes_arrange(struct buf *text)
{
    struct routes routes = {0};
    struct buf out = {0};
    struct buf behind = {0};
    const char *end = buf_text(text) + text->len;
    for (const char *at = buf_text(text); at < end;) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        size_t len = (size_t)((newline ? newline : end) - at);
        struct route route;
        if (read_route(at, len, &route)) {
            if ((routes.n & (routes.n - 1)) == 0) // doubles at each power of two
                routes.list =
                    alloc_resize(routes.list, routes.n ? routes.n * 2 : 1, sizeof *routes.list);
            routes.list[routes.n++] = route;
        } else {
            struct buf *side = routes.n ? &behind : &out;
            buf_add(side, at, len);
            buf_putc(side, '\n');
        }
        at += len + 1;
    }
    put_all(&routes, &out);
    buf_add(&out, buf_text(&behind), behind.len);
    buf_fini(&behind);
    free(routes.list);
    buf_fini(text);
    *text = out;
}
