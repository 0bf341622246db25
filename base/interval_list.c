#include "base/interval_list.h"

#include <stdbool.h>
#include <stdlib.h>

static int compare(const void *left, const void *right)
{
    const struct interval *a = left;
    const struct interval *b = right;
    if (a->row != b->row)
        return a->row < b->row ? -1 : 1;
    if (a->from_ns != b->from_ns)
        return a->from_ns < b->from_ns ? -1 : 1;
    return (a->to_ns > b->to_ns) - (a->to_ns < b->to_ns);
}

// By row, then time. The list of one thread is in order already.
static void sort(struct interval_list *list)
{
    for (uint32_t i = 1; i < list->len; i++)
        if (compare(&list->items[i - 1], &list->items[i]) > 0) {
            qsort(list->items, list->len, sizeof *list->items, compare);
            return;
        }
}

static bool is_short(const struct interval *interval, uint64_t grain_ns)
{
    return interval->to_ns - interval->from_ns < grain_ns;
}

// Adds the piece to those of its bundle, which begin at first and end before len.
static uint32_t bundle_add(struct interval *items, uint32_t first, uint32_t len,
                           struct interval piece)
{
    for (uint32_t i = first; i < len; i++)
        if (items[i].name == piece.name) {
            items[i].to_ns += piece.to_ns - piece.from_ns;
            return len;
        }
    items[len] = piece;
    return len + 1;
}

// One after the other; no later than where they ended before, as they did not overlap.
static void bundle_close(struct interval *items, uint32_t first, uint32_t len)
{
    for (uint32_t i = first + 1; i < len; i++) {
        uint64_t length = items[i].to_ns - items[i].from_ns;
        items[i].from_ns = items[i - 1].to_ns;
        items[i].to_ns = items[i].from_ns + length;
    }
}

static void join(struct interval_list *list)
{
    struct interval *items = list->items;
    uint64_t grain_ns = list->grain_ns;
    uint32_t len = 0;
    uint32_t first = 0; // of the bundle at hand
    uint64_t window = 0;
    bool open = false;
    for (uint32_t i = 0; i < list->len; i++) {
        struct interval piece = items[i];
        bool joins = is_short(&piece, grain_ns);
        if (open &&
            (!joins || piece.row != items[first].row || piece.from_ns / grain_ns != window)) {
            bundle_close(items, first, len);
            open = false;
        }
        if (!joins) {
            items[len++] = piece;
            continue;
        }
        if (!open) {
            open = true;
            first = len;
            window = piece.from_ns / grain_ns;
        }
        len = bundle_add(items, first, len, piece);
    }
    if (open)
        bundle_close(items, first, len);
    list->len = len;
}

// The first grain that can be enough: as long as an interval is on average if all are in one row.
static uint64_t first_grain_ns(const struct interval_list *list)
{
    uint64_t from_ns = UINT64_MAX;
    uint64_t to_ns = 0;
    uint64_t grain_ns = 1000;
    for (uint32_t i = 0; i < list->len; i++) {
        from_ns = list->items[i].from_ns < from_ns ? list->items[i].from_ns : from_ns;
        to_ns = list->items[i].to_ns > to_ns ? list->items[i].to_ns : to_ns;
    }
    while (grain_ns * list->limit < to_ns - from_ns)
        grain_ns *= 2;
    return grain_ns;
}

static void make_room(struct interval_list *list)
{
    sort(list);
    if (!list->grain_ns)
        list->grain_ns = first_grain_ns(list);
    join(list);
    while (list->len > list->limit / 2 && list->grain_ns < UINT64_MAX / 4) {
        list->grain_ns *= 2;
        join(list);
    }
}

void interval_list_add(struct interval_list *list, const struct interval *interval)
{
    if (list->len == list->limit)
        make_room(list);
    if (list->len < list->limit)
        list->items[list->len++] = *interval;
}
